"""The trail is append-only in the database itself."""

from django.db import migrations

from boai.ground.kit.db.guards import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("trail", "0001_initial")]

    operations = [AppendOnly("Act"), AppendOnly("Evidence")]
