"""What the database itself refuses, on SQLite and PostgreSQL (H01, H14, I-3, I-16, I-18)."""

from django.db import migrations

from boai.ground.kit.db.guards import AppendOnly, Refuses

SECOND = ("state", "countersigned_by_id", "countersigned_at", "countersigned_on")
UNFIT = (
    "EXISTS (SELECT 1 FROM warehouse_lot l JOIN warehouse_issuenote n ON n.id = NEW.note_id "
    "WHERE l.id = NEW.lot_id AND (l.state <> 'released' "
    "OR (l.expires_on IS NOT NULL AND l.expires_on < n.picked_on)))"
)
UNFIT_AT_SECOND = (
    "NEW.state = 'signed' AND EXISTS (SELECT 1 FROM warehouse_issueline i "
    "JOIN warehouse_lot l ON l.id = i.lot_id WHERE i.note_id = NEW.id AND (l.state <> 'released' "
    "OR (l.expires_on IS NOT NULL AND l.expires_on < NEW.countersigned_on)))"
)


class Migration(migrations.Migration):
    dependencies = [("warehouse", "0001_initial")]

    operations = [
        AppendOnly("receivednote", but=SECOND),
        Refuses(
            "receivednote",
            "closed",
            on="update",
            when="OLD.state <> 'counted'",
            message="warehouse: a signed or withdrawn received note does not change",
        ),
        AppendOnly("receivedline"),
        Refuses(
            "receivedline",
            "not_after_booking",
            on="insert",
            when="EXISTS (SELECT 1 FROM warehouse_lot l JOIN warehouse_receivedline r "
            "ON r.id = l.received_line_id WHERE r.note_id = NEW.note_id)",
            message="warehouse: no line is added to a booked note",
        ),
        Refuses(
            "receivedline",
            "not_expired",
            on="insert",
            when="EXISTS (SELECT 1 FROM warehouse_receivednote n WHERE n.id = NEW.note_id "
            "AND NEW.expires_on IS NOT NULL AND NEW.expires_on < n.counted_on)",
            message="warehouse: expired goods are not received",
        ),
        AppendOnly("lot", but=("state", "bin")),
        Refuses(
            "lot",
            "regulated_waits",
            on="insert",
            when="NEW.regulated <> '' AND NEW.state <> 'quarantine'",
            message="warehouse: a regulated lot begins in quarantine",
        ),
        Refuses(
            "lot",
            "regulated_needs_pass",
            on="update",
            when="NEW.state = 'released' AND OLD.state <> 'released' AND (OLD.state <> 'quarantine' "
            "OR NOT EXISTS (SELECT 1 FROM warehouse_inspection i "
            "WHERE i.lot_id = NEW.id AND i.passed))",
            message="warehouse: a lot is released by a passed inspection only",
        ),
        AppendOnly("inspection"),
        Refuses(
            "inspection",
            "not_by_counter",
            on="insert",
            when="EXISTS (SELECT 1 FROM warehouse_lot l "
            "JOIN warehouse_receivedline r ON r.id = l.received_line_id "
            "JOIN warehouse_receivednote n ON n.id = r.note_id "
            "WHERE l.id = NEW.lot_id AND n.counted_by_id = NEW.inspector_id)",
            message="warehouse: who counted a lot does not inspect it",
        ),
        AppendOnly("lotparent"),
        AppendOnly("reservation", but=("state", "quantity")),
        AppendOnly("issuenote", but=SECOND),
        Refuses(
            "issuenote",
            "closed",
            on="update",
            when="OLD.state <> 'counted'",
            message="warehouse: a signed or withdrawn issue note does not change",
        ),
        Refuses(
            "issuenote",
            "fit_at_second_signature",
            on="update",
            when=UNFIT_AT_SECOND,
            message="warehouse: an expired or unreleased lot is not issued",
        ),
        Refuses(
            "issuenote",
            "begins_unsigned",
            on="insert",
            when="NEW.state <> 'counted'",
            message="warehouse: an issue note begins with one signature",
        ),
        AppendOnly("issueline"),
        Refuses(
            "issueline",
            "fit",
            on="insert",
            when=UNFIT,
            message="warehouse: an expired or unreleased lot is not issued",
        ),
        Refuses(
            "issueline",
            "not_after_second",
            on="insert",
            when="EXISTS (SELECT 1 FROM warehouse_issuenote n "
            "WHERE n.id = NEW.note_id AND n.state <> 'counted')",
            message="warehouse: no line is added to a signed issue note",
        ),
        AppendOnly("adjustment", but=SECOND),
        Refuses(
            "adjustment",
            "closed",
            on="update",
            when="OLD.state <> 'proposed'",
            message="warehouse: a finished adjustment does not change",
        ),
    ]
