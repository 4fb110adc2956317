"""Leaves for what goes back or is made anew: refunds, returns of goods, kits and repacked lots.

Called from ``receivers`` only, as ``leaving``.
"""

from boai.foundations.organisations import queries as organisations
from boai.relief.dispatch.events import GoodsReturned
from boai.relief.donations.events import MoneyGivenBack
from boai.relief.donations.values import refund_ref
from boai.relief.warehouse.events import GoodsRepacked
from boai.window.disclosure.services.leaving import leave_one, public_lines

_GIVEN_BACK = {
    "refund": "gift-refunded",
    "reversal": "gift-reversed",
    "order": "payment-returned",
}


def leave_money_given_back(fact: MoneyGivenBack) -> None:
    """Money went back to its giver; a payment that was never booked touches no fund."""
    booked = {} if fact.kind == "order" else {"gift": fact.gift_number, "fund": fact.fund_id}
    leave_one(
        refund_ref(fact.number),
        _GIVEN_BACK[fact.kind],
        fact.organisation_id,
        fact.at,
        number=fact.number,
        appeal=fact.appeal_slug,
        amount_fen=fact.amount_fen,
        **booked,
    )


def leave_goods_repacked(fact: GoodsRepacked) -> None:
    """Lots were put together, divided or merged."""
    leave_one(
        f"warehouse.repacking:{fact.number}",
        "goods-repacked",
        fact.organisation_id,
        fact.at,
        number=fact.number,
        kind=str(fact.kind),
        used=public_lines(fact.used),
        lines=public_lines(fact.made),
    )


def leave_goods_returned(fact: GoodsReturned) -> None:
    """Delivered goods are back in the store."""
    receiver = organisations.row(fact.receiver_id)
    leave_one(
        f"dispatch.return:{fact.number}",
        "goods-returned",
        fact.organisation_id,
        fact.at,
        number=fact.number,
        waybill=fact.waybill,
        receiver=receiver.name if receiver else "",
        lines=public_lines(fact.lines),
    )
