"""Papers of finance."""

from boai.foundations.catalogue import queries as catalogue
from boai.foundations.identity import queries as identity
from boai.foundations.ledger import queries as ledger
from boai.foundations.organisations import queries as organisations
from boai.ground.core.clock import CHINA
from boai.ground.core.money import in_words, yuan
from boai.ground.kit.documents import render_pdf
from boai.relief.finance import queries
from boai.relief.finance.values import BASIS_LABELS, KIND_LABELS, DisbursementRow


def payment_form(row: DisbursementRow) -> bytes:
    """The payment form (付款审批单) of one disbursement as PDF."""
    payer = organisations.row(row.organisation_id)
    payee = organisations.row(row.payee_organisation_id)
    found = queries.decision(row.decision_id) if row.decision_id else None
    names = identity.person_names(found.attendees) if found else {}
    items = catalogue.items_by_ids([line.item_id for line in row.lines])
    return render_pdf(
        "finance/payment-form.typ",
        {
            "number": row.number,
            "payer": payer.name if payer else "",
            "payee": payee.name if payee else "",
            "kind": KIND_LABELS[row.kind],
            "fund": ledger.fund(row.fund_id).name,
            "purpose": row.purpose,
            "basis": BASIS_LABELS[row.basis],
            "amount": yuan(row.amount_fen),
            "words": in_words(row.amount_fen),
            "batch": str(row.batch or ""),
            "bank": row.bank,
            "proposed": f"{row.proposed_at.astimezone(CHINA):%Y-%m-%d}",
            "paid": f"{row.paid_at.astimezone(CHINA):%Y-%m-%d}" if row.paid_at else "",
            "meeting": f"{found.meeting}（{found.held_on}）" if found else "",
            "attendees": "、".join(names[id] for id in found.attendees) if found else "",
            "lines": [
                {
                    "name": items[line.item_id].name,
                    "spec": line.spec,
                    "quantity": f"{line.quantity:,} {items[line.item_id].unit}",
                    "price": yuan(line.unit_price_fen),
                    "amount": yuan(line.amount_fen),
                }
                for line in row.lines
            ],
        },
    )
