"""What the database itself holds about money going out."""

from django.db import migrations

from boai.ground.kit.db.guards import AppendOnly, Refuses

PAYING = "NEW.state = 'paid' AND OLD.state <> 'paid'"


class Migration(migrations.Migration):
    dependencies = [("finance", "0001_initial"), ("ledger", "0002_guards")]

    operations = [
        AppendOnly("decision"),
        AppendOnly("attendee"),
        AppendOnly("purchaseline"),
        AppendOnly(
            "disbursement",
            but=(
                "state",
                "decision_id",
                "decided_by_id",
                "decided_at",
                "paid_by_id",
                "paid_at",
                "paid_on",
                "bank",
                "batch",
                "entry_id",
                "consignment_id",
                "confirmed_by_id",
                "confirmed_at",
                "ended_reason",
            ),
        ),
        Refuses(
            "disbursement",
            "begins_proposed",
            on="insert",
            when="NEW.state <> 'proposed'",
            message="a disbursement begins as proposed",
        ),
        Refuses(
            "disbursement",
            "keeps_its_order",
            on="update",
            when="(OLD.state <> NEW.state AND NOT ("
            "(OLD.state = 'proposed' AND NEW.state IN ('decided', 'refused', 'cancelled'))"
            " OR (OLD.state = 'decided' AND NEW.state IN ('paid', 'cancelled'))"
            " OR (OLD.state = 'paid' AND NEW.state = 'confirmed')))"
            " OR (OLD.state IN ('paid', 'confirmed') AND (NEW.paid_by_id <> OLD.paid_by_id"
            " OR NEW.paid_on <> OLD.paid_on OR NEW.batch <> OLD.batch"
            " OR NEW.entry_id <> OLD.entry_id OR NEW.decided_by_id <> OLD.decided_by_id"
            " OR COALESCE(NEW.decision_id, 0) <> COALESCE(OLD.decision_id, 0)))",
            message="a disbursement goes its way in order",
        ),
        Refuses(
            "disbursement",
            "paid_on_a_decision",
            on="update",
            when=f"{PAYING} AND NOT EXISTS (SELECT 1 FROM finance_decision d"
            " WHERE d.id = NEW.decision_id AND d.approved AND d.held_on <= NEW.paid_on"
            " AND d.organisation_id = NEW.organisation_id"
            " AND (SELECT COUNT(*) FROM finance_attendee a WHERE a.decision_id = d.id) >= 3)"
            " AND NOT (NEW.basis = 'direction' AND EXISTS (SELECT 1 FROM ledger_fund f"
            " WHERE f.id = NEW.fund_id AND f.restriction = 'directed'))",
            message="no payment without a collective decision",
        ),
        Refuses(
            "disbursement",
            "lines_sum_to_amount",
            on="update",
            when=f"{PAYING} AND NEW.kind = 'purchase' AND NEW.amount_fen <> COALESCE(("
            "SELECT SUM(l.quantity * l.unit_price_fen) FROM finance_purchaseline l"
            " WHERE l.disbursement_id = NEW.id), 0)",
            message="purchase lines sum to the amount",
        ),
        Refuses(
            "disbursement",
            "keeps_the_restriction",
            on="insert",
            when="NOT EXISTS (SELECT 1 FROM ledger_fund f WHERE f.id = NEW.fund_id"
            " AND f.organisation_id = NEW.organisation_id"
            " AND (f.restriction <> 'appeal' OR f.appeal = NEW.serves)"
            " AND (f.restriction <> 'directed'"
            " OR f.beneficiary_organisation_id = NEW.payee_organisation_id))",
            message="a restricted fund keeps its purpose",
        ),
        Refuses(
            "purchaseline",
            "only_while_proposed",
            on="insert",
            when="NOT EXISTS (SELECT 1 FROM finance_disbursement d WHERE d.id = NEW.disbursement_id"
            " AND d.state = 'proposed' AND d.kind = 'purchase')",
            message="lines are set while the purchase is proposed",
        ),
    ]
