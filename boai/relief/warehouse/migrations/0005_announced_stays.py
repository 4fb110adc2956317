"""What was announced and what was set aside stays; only its progress moves, and only forward."""

from django.db import migrations

from boai.ground.kit.db.guards import AppendOnly, Refuses


class Migration(migrations.Migration):
    dependencies = [("warehouse", "0004_repacking")]

    operations = [
        AppendOnly("consignment", but=("state",)),
        Refuses(
            "consignment",
            "goes_its_way",
            on="update",
            when="NEW.state <> OLD.state AND OLD.state <> 'expected'",
            message="warehouse: goods that came or were called off are not expected again",
        ),
        AppendOnly("consignmentline"),
        Refuses(
            "reservation",
            "used_once",
            on="update",
            when="OLD.state <> 'held'",
            message="warehouse: what was issued or released is not set aside again",
        ),
        Refuses(
            "reservation",
            "never_more",
            on="update",
            when="NEW.quantity > OLD.quantity"
            " OR (NEW.quantity < OLD.quantity AND NEW.state <> 'issued')",
            message="warehouse: a reservation is used up in part or as a whole, never raised",
        ),
    ]
