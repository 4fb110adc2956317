"""Who counted goods that came back stands on their lot, and does not inspect it (S0-20, S0-28)."""

import django.db.models.deletion
from django.db import migrations, models

from boai.ground.kit.db.guards import Refuses


class Migration(migrations.Migration):
    dependencies = [("identity", "0002_guards"), ("warehouse", "0006_packed_once")]

    # A column that may be empty is added in place: the table's guards stay, and ``lot`` refuses a
    # change of any column but state and bin.
    operations = [
        migrations.AddField(
            model_name="lot",
            name="counted_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="identity.person",
            ),
        ),
        Refuses(
            "lot",
            "counter_stays",
            on="update",
            when="COALESCE(NEW.counted_by_id, 0) <> COALESCE(OLD.counted_by_id, 0)",
            message="warehouse: who counted a lot stays",
        ),
        Refuses(
            "inspection",
            "not_by_counter_of_return",
            on="insert",
            when="EXISTS (SELECT 1 FROM warehouse_lot l WHERE l.id = NEW.lot_id"
            " AND l.counted_by_id = NEW.inspector_id)",
            message="warehouse: who counted goods that came back does not inspect them",
        ),
    ]
