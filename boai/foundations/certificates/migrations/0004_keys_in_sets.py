"""On PostgreSQL the keys of papers are looked for once a statement."""

from django.db import migrations

from boai.ground.kit.db.keys import KeysInSets


class Migration(migrations.Migration):
    dependencies = [("certificates", "0003_wrongcheck"), ("organisations", "0001_initial")]

    operations = [
        KeysInSets("Paper", guarded=("organisation_id",), stays=("replaces_id",)),
    ]
