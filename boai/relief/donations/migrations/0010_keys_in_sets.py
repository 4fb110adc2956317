"""On PostgreSQL the keys of donors and gifts are looked for once a statement."""

from django.db import migrations

from boai.ground.kit.db.keys import KeysInSets


class Migration(migrations.Migration):
    dependencies = [("donations", "0009_refund_feeds"), ("organisations", "0001_initial")]

    operations = [
        KeysInSets("Donor", guarded=("organisation_id",), may_change=("organisation_id",)),
        KeysInSets("Gift", guarded=("organisation_id", "donor_id", "appeal_id", "directed_to_id")),
    ]
