"""Receipts for gifts: how much of a gift may be receipted is laid down when somebody first asks.

The ten million gifts that never ask leave no row (docs/decisions/0014). From the first asking on,
each refund and reversal of the gift follows into the receipts, in its own transaction.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from boai.ground.core.actors import SYSTEM, Actor
from boai.relief.donations import errors, permissions, rules
from boai.relief.donations.models import Gift, Refund
from boai.relief.donations.queries import net_of_many
from boai.relief.donations.values import ANONYMOUS, gift_ref, refund_ref
from boai.relief.receipts import queries as receipts
from boai.relief.receipts.services import asking, entitling
from boai.relief.receipts.values import EntitlementOrder, Medium, SlipOrder

MOST_AT_ONCE = 1000


@transaction.atomic
def ask_receipt(
    actor: Actor,
    *,
    gift_number: str,
    amount_fen: int | None = None,
    payer: str,
    payer_uscc: str = "",
    note: str = "",
    medium: str = Medium.ELECTRONIC,
    at: datetime,
) -> int:
    """Draw up a receipt for a gift, over all that is not receipted yet or over a part of it; another
    person reviews it. Answers the slip's id.

    *Refuses*: ``GiftIsNotFound``, ``NotPermitted``, ``GiftIsNotConfirmed``, ``GoodsHaveNoValue``
    (H03), and as ``receipts.services.asking.ask``.
    """
    gift = _locked(actor, [gift_number])[0]
    _entitle(gift.organisation_id, [gift], at)
    order = SlipOrder(
        subject=gift_ref(gift.number),
        amount_fen=_free([gift])[gift.pk] if amount_fen is None else amount_fen,
        payer=rules.cleaned(payer, label="交款人", limit=100, field="payer"),
        payer_uscc=payer_uscc,
        note=rules.cleaned(note, label="备注", limit=200, field="note"),
        medium=medium,
    )
    return asking.ask(actor, organisation_id=gift.organisation_id, order=order, at=at)


@transaction.atomic
def ask_receipts(
    actor: Actor, *, gift_numbers: Sequence[str], medium: str = Medium.ELECTRONIC, at: datetime
) -> list[int]:
    """Draw up a receipt for each of many gifts, over all that is not receipted yet, in the name
    under which each was given. Gifts with nothing left are passed over. Answers the slips' ids.

    *Refuses*: as ``ask_receipt``, and ``TooManyAtOnce``; one refused gift refuses all.
    """
    if not 0 < len(set(gift_numbers)) <= MOST_AT_ONCE:
        raise errors.TooManyAtOnce(most=MOST_AT_ONCE, given=len(set(gift_numbers)))
    gifts = _locked(actor, gift_numbers)
    _entitle(gifts[0].organisation_id, gifts, at)
    free = _free(gifts)
    orders = [
        SlipOrder(
            subject=gift_ref(gift.number),
            amount_fen=free[gift.pk],
            payer=payer_of(gift)[:100],
            payer_uscc=gift.donor.uscc if gift.donor else "",
            medium=medium,
        )
        for gift in gifts
        if free[gift.pk] > 0
    ]
    if not orders:
        raise errors.NothingLeftToReceipt
    return asking.ask_many(actor, organisation_id=gifts[0].organisation_id, orders=orders, at=at)


def follow_refund(actor: Actor, gift: Gift, row: Refund, net_fen: int, at: datetime) -> list[str]:
    """Money of a gift went back: receipts over more than is left are reversed by the two persons of
    the refund, in its transaction. Answers the red serials; nothing for gifts without receipts.

    *Refuses*: ``StockIsUsedUp`` where no number is left for the red receipt.
    """
    return entitling.give_back(
        actor,
        subject=gift_ref(gift.number),
        left_fen=net_fen,
        reason="reversal" if row.kind == "reversal" else "refund",
        cause=refund_ref(row.number),
        asked_by=row.proposed_by,
        why=f"退款 {row.number}",
        at=at,
    )


def payer_of(gift: Gift) -> str:
    """The name under which a gift was given: its donor's, for the paper only that the donor gets."""
    name = gift.donor.name if gift.donor and gift.donor.name else ""
    return name or gift.display_name or ANONYMOUS


def _locked(actor: Actor, numbers: Sequence[str]) -> list[Gift]:
    """Confirmed gifts of one society with a known value, locked against refunds at this moment."""
    rows = Gift.objects.select_for_update(of=("self",)).select_related("donor")
    gifts = list(rows.filter(number__in=set(numbers)).order_by("pk"))
    societies = {gift.organisation_id for gift in gifts}
    if len(gifts) != len(set(numbers)) or len(societies) != 1:
        raise errors.GiftIsNotFound(field="number")
    permissions.require_receipt(actor, gifts[0].organisation_id)
    for gift in gifts:
        if gift.state != "confirmed":
            raise errors.GiftIsNotConfirmed(number=gift.number)
        if gift.amount_fen is None:
            raise errors.GoodsHaveNoValue(number=gift.number)
    return gifts


def _entitle(organisation_id: int, gifts: Sequence[Gift], at: datetime) -> None:
    """Lay down what is left of each gift, once, however many there are. Later refunds follow."""
    net = net_of_many(gifts)
    orders = [
        EntitlementOrder(gift_ref(gift.number), net[gift.pk], "gift", gift_ref(gift.number))
        for gift in gifts
        if net[gift.pk] > 0
    ]
    entitling.entitle_many(SYSTEM, organisation_id=organisation_id, orders=orders, at=at)


def _free(gifts: Sequence[Gift]) -> dict[int, int]:
    """What of each gift is neither receipted nor asked for."""
    known = receipts.allowances([gift_ref(gift.number) for gift in gifts])
    rows = {gift.pk: known.get(gift_ref(gift.number)) for gift in gifts}
    return {pk: row.free_fen if row else 0 for pk, row in rows.items()}
