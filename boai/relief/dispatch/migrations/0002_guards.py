"""What the database itself refuses, on SQLite and PostgreSQL (H01, I-3, I-18, I-19)."""

from django.db import migrations

from boai.ground.kit.db.guards import AppendOnly, Refuses

LOADING = (
    "state",
    "carrier",
    "vehicle",
    "driver",
    "loaded_by_id",
    "loaded_at",
    "loading_digest",
    "countersigned_by_id",
    "departed_at",
    "departed_on",
)
SETTLING = (
    "state",
    "outcome",
    "reason",
    "proposed_by_id",
    "proposed_at",
    "settled_by_id",
    "settled_at",
    "settled_on",
)


class Migration(migrations.Migration):
    dependencies = [("dispatch", "0001_initial"), ("warehouse", "0002_guards")]

    operations = [
        AppendOnly("waybill", but=LOADING),
        Refuses(
            "waybill",
            "finished",
            on="update",
            when="OLD.state IN ('delivered', 'settled', 'cancelled')",
            message="dispatch: a finished waybill does not change",
        ),
        Refuses(
            "waybill",
            "never_back",
            on="update",
            when="OLD.state IN ('in_transit', 'disputed') "
            "AND NEW.state IN ('ordered', 'loading', 'cancelled')",
            message="dispatch: goods that have left are not called back on paper",
        ),
        AppendOnly("waybillline"),
        Refuses(
            "waybillline",
            "before_loading",
            on="insert",
            when="EXISTS (SELECT 1 FROM dispatch_waybill w "
            "WHERE w.id = NEW.waybill_id AND w.state <> 'ordered')",
            message="dispatch: no line is added once loading has begun",
        ),
        AppendOnly("delivery"),
        Refuses(
            "delivery",
            "not_by_sender",
            on="insert",
            when="EXISTS (SELECT 1 FROM dispatch_waybill w WHERE w.id = NEW.waybill_id "
            "AND (w.state <> 'in_transit' OR NEW.received_by_id = w.loaded_by_id "
            "OR NEW.received_by_id = w.countersigned_by_id))",
            message="dispatch: who loaded does not sign for the arrival",
        ),
        AppendOnly("deliveryline"),
        Refuses(
            "deliveryline",
            "not_more_than_sent",
            on="insert",
            when="EXISTS (SELECT 1 FROM dispatch_waybillline l "
            "WHERE l.id = NEW.line_id AND NEW.accepted > l.quantity)",
            message="dispatch: no more is delivered than was sent",
        ),
        AppendOnly("discrepancy", but=SETTLING),
        Refuses(
            "discrepancy",
            "settled",
            on="update",
            when="OLD.state = 'settled'",
            message="dispatch: a settled difference does not change",
        ),
    ]
