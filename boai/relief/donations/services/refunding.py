"""Giving money back: what of a gift is unspent, a gift booked by mistake, a payment never booked.

One person asks, another pays (two persons, I-18). Everything that follows from the payment happens
in its transaction: the books, the papers, the payment order of directed money, the leaf.
"""

from datetime import datetime

from django.db import transaction

from boai.foundations.ledger import queries as ledger
from boai.foundations.ledger.services import funds, posting
from boai.foundations.trail.services import recording
from boai.ground.core.actors import Actor
from boai.ground.core.clock import day_of
from boai.ground.core.errors import NotFound
from boai.ground.core.events import announce
from boai.ground.core.money import yuan
from boai.ground.kit.db.series import take_public_numbers
from boai.relief.donations import errors, events, permissions, rules
from boai.relief.donations.models import Gift, PaymentOrder, Refund
from boai.relief.donations.queries import net_of_many
from boai.relief.donations.services import directing, funding, papers, receipting
from boai.relief.donations.values import gift_ref, refund_ref


@transaction.atomic
def propose_refund(
    actor: Actor, *, gift_number: str, amount_fen: int, reason: str, at: datetime
) -> str:
    """Ask that a part of a gift, or all of it, goes back to its giver. Answers the number.

    *Refuses*: ``GiftIsNotFound``, ``NotPermitted``, ``GiftCannotGoBack`` (goods, not confirmed),
    ``RefundIsNotAboveZero``, ``RefundIsTooMuch`` (more than is unspent and not asked for already,
    I-12), ``TextIsMissing`` and ``TextIsTooLong`` for the reason.
    """
    gift, person, why = _own_gift(actor, gift_number, reason)
    if amount_fen <= 0:
        raise errors.RefundIsNotAboveZero(field="amount_fen")
    _refuse_more_than_free(gift, amount_fen)
    return _ask(actor, gift, None, "refund", amount_fen, why, person, at)


@transaction.atomic
def propose_reversal(actor: Actor, *, gift_number: str, reason: str, at: datetime) -> str:
    """Ask that a gift which was booked by mistake be taken back whole. Answers the number.

    *Refuses*: as ``propose_refund``; a gift of which a part was spent or given back stays.
    """
    gift, person, why = _own_gift(actor, gift_number, reason)
    _refuse_more_than_free(gift, gift.amount_fen or 0)
    return _ask(actor, gift, None, "reversal", gift.amount_fen or 0, why, person, at)


@transaction.atomic
def propose_order_return(actor: Actor, *, order_number: str, reason: str, at: datetime) -> str:
    """Ask that a payment which came too late goes back the way it came. Answers the number.

    The money never entered the books: the appeal had stopped taking gifts (H29). *Refuses*:
    ``NotFound``, ``NotPermitted``, ``OrderOwesNothing``, and the reason's refusals.
    """
    order = PaymentOrder.objects.select_for_update().filter(number=order_number).first()
    if order is None:
        raise NotFound(field="number")
    person = permissions.require_refund(actor, order.organisation_id)
    why = rules.cleaned(reason, label="退款原因", limit=300, field="reason", required=True)
    live = Refund.objects.filter(order=order).exclude(state="withdrawn")
    if order.state != "refund-due" or live.exists():
        raise errors.OrderOwesNothing(number=order.number)
    return _ask(actor, None, order, "order", order.amount_fen, why, person, at)


@transaction.atomic
def pay_refund(actor: Actor, *, number: str, at: datetime) -> None:
    """The second person has paid it back (or agrees that the gift was booked by mistake).

    *Refuses*: ``NotFound``, ``NotPermitted``, ``RefundIsNotWaiting``, ``RefundNeedsAnother``,
    ``PartlySpent`` when the money was used meanwhile, ``NotEnough``, ``StockIsUsedUp`` where a
    receipt must be reversed and no number is left for the red one. *Posts* fund to bank out of
    the gift's own interval, or the gift's entry with the sides exchanged; nothing for a payment
    that was never booked. *Announces* ``MoneyGivenBack``.
    """
    row, person = _waiting(actor, number)
    if person == row.proposed_by:
        raise errors.RefundNeedsAnother
    gift = None
    if row.gift_id is not None:
        gift = (
            Gift.objects.select_for_update(of=("self",))
            .select_related("appeal")
            .get(pk=row.gift_id)
        )
        row.entry_id = _book(actor, row, gift, at)
    row.state, row.paid_by, row.paid_at = "paid", person, at
    row.save(update_fields=["state", "paid_by", "paid_at", "entry_id"])
    if gift is not None:
        _settle(actor, gift, row, at)
    _record(actor, "pay-refund", row, at)
    announce(
        events.MoneyGivenBack(
            number=row.number,
            kind=row.kind,
            organisation_id=row.organisation_id,
            gift_number=gift.number if gift else "",
            fund_id=gift.fund_id if gift else None,
            appeal_slug=_appeal_of(row, gift),
            amount_fen=row.amount_fen,
            at=at,
        )
    )


@transaction.atomic
def withdraw_refund(actor: Actor, *, number: str, at: datetime) -> None:
    """Give up a refund that has not been paid; its number stays used.

    *Refuses*: ``NotFound``, ``NotPermitted``, ``RefundIsNotWaiting``.
    """
    row, _person = _waiting(actor, number)
    row.state = "withdrawn"
    row.save(update_fields=["state"])
    _record(actor, "withdraw-refund", row, at)


def _own_gift(actor: Actor, number: str, reason: str) -> tuple[Gift, int, str]:
    gift = Gift.objects.select_for_update().filter(number=number).first()
    if gift is None:
        raise errors.GiftIsNotFound(field="number")
    person = permissions.require_refund(actor, gift.organisation_id)
    if gift.kind != "cash" or gift.state != "confirmed":
        raise errors.GiftCannotGoBack(number=gift.number)
    why = rules.cleaned(reason, label="退款原因", limit=300, field="reason", required=True)
    return gift, person, why


def _refuse_more_than_free(gift: Gift, wanted: int) -> None:
    """What is unspent, less what somebody has asked for already."""
    asked = Refund.objects.filter(gift=gift, state="proposed").values_list("amount_fen", flat=True)
    free = ledger.unspent_at_home(gift_ref(gift.number)) - sum(asked)
    if wanted > free:
        raise errors.RefundIsTooMuch(field="amount_fen", free=yuan(free), wanted=yuan(wanted))


def _ask(
    actor: Actor,
    gift: Gift | None,
    order: PaymentOrder | None,
    kind: str,
    amount_fen: int,
    reason: str,
    person: int,
    at: datetime,
) -> str:
    about = gift or order
    assert about is not None
    row = Refund.objects.create(
        number=take_public_numbers("TK", day_of(at))[0],
        organisation_id=about.organisation_id,
        kind=kind,
        gift=gift,
        order=order,
        amount_fen=amount_fen,
        reason=reason,
        proposed_by=person,
        proposed_at=at,
    )
    _record(actor, "propose-refund", row, at)
    return row.number


def _waiting(actor: Actor, number: str) -> tuple[Refund, int]:
    row = Refund.objects.select_for_update().filter(number=number).first()
    if row is None:
        raise NotFound(field="number")
    person = permissions.require_refund(actor, row.organisation_id)
    if row.state != "proposed":
        raise errors.RefundIsNotWaiting(number=row.number)
    return row, person


def _book(actor: Actor, row: Refund, gift: Gift, at: datetime) -> int:
    if row.kind == "reversal":
        assert gift.entry_id is not None
        return posting.reverse(
            actor, entry_id=gift.entry_id, key=refund_ref(row.number), at=at, reason=row.number
        ).entry_id
    return funds.refund(
        actor,
        fund_id=gift.fund_id or 0,
        source=gift_ref(gift.number),
        amount=row.amount_fen,
        bank=funding.bank_for(gift.organisation_id, gift.channel),
        subject=refund_ref(row.number),
        key=refund_ref(row.number),
        at=at,
        inputs={"refund": row.number, "gift": gift.number, "amount_fen": row.amount_fen},
    ).entry_id


def _settle(actor: Actor, gift: Gift, row: Refund, at: datetime) -> None:
    """The gift's state, its papers (I-12, I-15), its receipts and its unpaid payment order follow."""
    if row.kind == "reversal":
        gift.state = "reversed"
        gift.save(update_fields=["state"])
    net = 0 if row.kind == "reversal" else net_of_many([gift])[gift.pk]
    papers.settle(gift, net, f"退款 {row.number}", at)
    receipting.follow_refund(actor, gift, row, net, at)
    directing.order_again(gift, f"退款 {row.number}", at)


def _appeal_of(row: Refund, gift: Gift | None) -> str:
    if gift is not None:
        return gift.appeal.slug if gift.appeal else ""
    return row.order.appeal.slug if row.order is not None else ""


def _record(actor: Actor, verb: str, row: Refund, at: datetime) -> None:
    """One line under the refund itself, which names the gift or the order."""
    about = gift_ref(row.gift.number) if row.gift else refund_ref(row.number)
    recording.record(
        actor,
        verb,
        subject=about,
        at=at,
        organisation_id=row.organisation_id,
        detail={"refund": row.number, "kind": row.kind, "amount_fen": row.amount_fen},
    )
