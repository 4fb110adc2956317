"""What was signed and paid stays; a payment and the fund's outflow say the same (I-6, I-22)."""

from django.db import migrations

from boai.ground.kit.db.guards import Refuses, SetOnce

OTHER_OUTFLOW = (
    "NEW.state = 'paid' AND OLD.state <> 'paid' AND NOT EXISTS ("
    "SELECT 1 FROM ledger_fundoutflow o JOIN ledger_posting p ON p.id = o.posting_id"
    " WHERE p.entry_id = NEW.entry_id AND o.fund_id = NEW.fund_id"
    " AND o.amount = NEW.amount_fen AND o.kind IN ('spend', 'transfer')"
    " AND o.subject = 'finance.disbursement:' || NEW.number)"
)
# Of an outflow that names a disbursement: the fund, the amount and the restriction are those that
# were proposed, and its decision was taken.
OTHER_DISBURSEMENT = (
    "NEW.kind IN ('spend', 'transfer') AND EXISTS (SELECT 1 FROM finance_disbursement d"
    " JOIN ledger_fund f ON f.id = NEW.fund_id"
    " WHERE 'finance.disbursement:' || d.number = NEW.subject"
    " AND (d.fund_id <> NEW.fund_id OR d.amount_fen <> NEW.amount OR d.state <> 'decided'"
    " OR (f.restriction = 'appeal' AND f.appeal <> d.serves)"
    " OR (f.restriction = 'directed'"
    " AND f.beneficiary_organisation_id <> d.payee_organisation_id)))"
)


class Migration(migrations.Migration):
    dependencies = [("finance", "0003_feeds"), ("ledger", "0003_feeds")]

    operations = [
        SetOnce(
            "disbursement",
            "signed_once",
            columns=(
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
            "paid_as_booked",
            on="update",
            when=OTHER_OUTFLOW,
            message="a payment is booked out of its fund in its amount",
        ),
        Refuses(
            "fundoutflow",
            "as_decided",
            on="insert",
            when=OTHER_DISBURSEMENT,
            message="money leaves a fund as it was decided, within its restriction",
            below="ledger",
        ),
    ]
