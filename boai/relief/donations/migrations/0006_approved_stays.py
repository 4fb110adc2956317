"""What the command approved stays, and a line says no more than the store received."""

from django.db import migrations

from boai.ground.kit.db.guards import Refuses, SetOnce

MORE_THAN_CAME = (
    "OLD.received_quantity IS NOT NULL AND NEW.received_quantity IS NULL"
    " OR NEW.received_quantity > COALESCE((SELECT SUM(l.received_quantity) FROM warehouse_lot l"
    " JOIN donations_gift g ON g.id = NEW.gift_id"
    " WHERE l.origin = 'donations.gift:' || g.number AND l.item_id = NEW.item_id), 0)"
)


class Migration(migrations.Migration):
    dependencies = [
        ("donations", "0005_intake"),
        ("warehouse", "0004_repacking"),
    ]

    operations = [
        SetOnce(
            "Appeal",
            "approved_once",
            columns=(
                "slug",
                "fund_id",
                "approved_by",
                "approved_at",
                "approval_basis",
                "opened_at",
                "suspended_at",
                "closed_at",
            ),
        ),
        Refuses(
            "GiftLine",
            "received_as_counted",
            on="update",
            when=MORE_THAN_CAME,
            message="a gift's line has no more than the store received",
        ),
    ]
