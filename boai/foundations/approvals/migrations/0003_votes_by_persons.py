"""A vote names the person behind the account that cast it (I-21)."""

from django.db import migrations

from boai.ground.kit.db.guards import Refuses


class Migration(migrations.Migration):
    dependencies = [("approvals", "0002_guards"), ("identity", "0002_guards")]

    operations = [
        Refuses(
            "vote",
            "person_of_account",
            on="insert",
            when="NOT EXISTS (SELECT 1 FROM identity_user u"
            " WHERE u.id = NEW.user_id AND u.person_id = NEW.person_id)",
            message="a vote names the person of its account",
        ),
    ]
