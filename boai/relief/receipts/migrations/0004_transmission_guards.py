"""What the database itself holds about what the fiscal platform was told and answered."""

from django.db import migrations

from boai.ground.kit.db.guards import AppendOnly, Refuses, SetOnce


class Migration(migrations.Migration):
    dependencies = [("receipts", "0003_transmissions")]

    operations = [
        AppendOnly(
            "transmission",
            but=(
                "state",
                "attempts",
                "next_try_at",
                "sent_at",
                "answered_at",
                "fiscal_code",
                "signature",
                "reason",
                "failure",
            ),
        ),
        SetOnce(
            "transmission",
            "answer_stays",
            columns=("sent_at", "answered_at", "fiscal_code", "signature", "reason"),
        ),
        Refuses(
            "transmission",
            "begins_waiting",
            on="insert",
            when="NEW.state <> 'waiting' OR NOT EXISTS (SELECT 1 FROM receipts_receipt r"
            " WHERE r.id = NEW.receipt_id AND r.medium = 'electronic' AND r.serial = NEW.key)",
            message="an electronic receipt is told under its own serial",
        ),
        Refuses(
            "transmission",
            "goes_its_way",
            on="update",
            when="NEW.state <> OLD.state AND NOT ("
            "(OLD.state = 'waiting' AND NEW.state IN ('sent', 'called-off'))"
            " OR (OLD.state = 'sent' AND NEW.state IN ('issued', 'refused')))",
            message="a transmission goes its way in order",
        ),
        Refuses(
            "voiding",
            "not_told",
            on="insert",
            when="EXISTS (SELECT 1 FROM receipts_transmission t WHERE t.receipt_id = NEW.receipt_id"
            " AND t.state IN ('waiting', 'sent', 'issued'))",
            message="what the fiscal platform was told is not voided",
        ),
    ]
