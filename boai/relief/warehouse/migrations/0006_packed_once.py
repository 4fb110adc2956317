"""A packing that is sent twice is one packing: a key of the keeper who packs."""

from django.db import migrations, models

from boai.ground.kit.db.guards import Refuses


class Migration(migrations.Migration):
    dependencies = [("warehouse", "0005_announced_stays")]

    # A column that may be empty is added in place, and the constraint is an index: neither rebuilds
    # the table on SQLite, so its guards stay.
    operations = [
        migrations.AddField(
            model_name="repacking",
            name="key",
            field=models.CharField(max_length=64, null=True),
        ),
        migrations.AddConstraint(
            model_name="repacking",
            constraint=models.UniqueConstraint(
                models.F("packed_by"), models.F("key"), name="warehouse_repacking_key_once"
            ),
        ),
        Refuses(
            "repacking",
            "key_stays",
            on="update",
            when="COALESCE(NEW.key, '') <> COALESCE(OLD.key, '')",
            message="warehouse: the key of a packing stays",
        ),
    ]
