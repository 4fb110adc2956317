"""No money goes back out of a fund unless a refund of that gift and amount is being paid (I-6, I-12).

What is spent or transferred is guarded by ``finance``.
"""

from django.db import migrations

from boai.ground.kit.db.guards import Refuses

PREFIX = "donations.refund:"
GIFT = "donations.gift:"
# Numbers are cut out of the references, so that the look-ups go by their indexes.
NO_REFUND = (
    "NEW.kind = 'refund' AND NOT EXISTS (SELECT 1 FROM donations_refund r"  # noqa: S608
    " JOIN donations_gift g ON g.id = r.gift_id"
    f" WHERE r.number = SUBSTR(NEW.subject, {len(PREFIX) + 1})"
    f" AND NEW.subject = '{PREFIX}' || r.number"
    " AND r.kind = 'refund' AND r.state = 'proposed'"
    " AND r.amount_fen = NEW.amount AND g.fund_id = NEW.fund_id)"
)
# A gift booked by mistake is taken back by an entry whose key is the refund's reference. To take a
# taking-back back is to give its money the way again that it had: that needs no refund.
NO_REVERSAL = (
    "NEW.kind = 'reversal' AND NOT EXISTS (SELECT 1 FROM donations_gift g"  # noqa: S608
    " JOIN donations_refund r ON r.gift_id = g.id"
    " JOIN ledger_posting p ON p.id = NEW.posting_id JOIN ledger_entry e ON e.id = p.entry_id"
    f" WHERE g.number = SUBSTR(NEW.subject, {len(GIFT) + 1})"
    f" AND NEW.subject = '{GIFT}' || g.number"
    " AND r.kind = 'reversal' AND r.state = 'proposed' AND r.amount_fen = NEW.amount"
    f" AND g.fund_id = NEW.fund_id AND e.key = '{PREFIX}' || r.number"
    " AND e.reverses_id = g.entry_id)"
    " AND NOT EXISTS (SELECT 1 FROM ledger_posting p JOIN ledger_entry e ON e.id = p.entry_id"
    " JOIN ledger_posting b ON b.entry_id = e.reverses_id"
    " JOIN ledger_fundinflow i ON i.posting_id = b.id"
    " WHERE p.id = NEW.posting_id AND i.continues_id IS NOT NULL AND i.fund_id = NEW.fund_id"
    " AND i.amount = NEW.amount AND i.source = NEW.subject)"
)


class Migration(migrations.Migration):
    dependencies = [
        ("donations", "0007_told"),
        ("finance", "0005_outflows_named"),
        ("ledger", "0004_inflows_in_sets"),
    ]

    operations = [
        Refuses(
            "fundoutflow",
            "names_a_refund",
            on="insert",
            when=f"({NO_REFUND}) OR ({NO_REVERSAL})",
            message="money goes back only by a refund of that gift (I-6)",
            below="ledger",
        ),
    ]
