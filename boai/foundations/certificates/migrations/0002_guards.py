"""What the database itself refuses about papers."""

from django.db import migrations

from boai.ground.kit.db.guards import AppendOnly, Refuses


class Migration(migrations.Migration):
    dependencies = [("certificates", "0001_initial")]
    operations = [
        AppendOnly("Paper", but=("state", "closed_at")),
        Refuses(
            "Paper",
            "stays_closed",
            on="update",
            when="OLD.state <> 'issued'",
            message="a paper that is no longer valid stays so",
        ),
    ]
