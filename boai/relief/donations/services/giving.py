"""Giving on the phone: an order is placed, a channel collects, its signed word makes the gift."""

import secrets
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction

from boai.foundations.organisations import queries as organisations
from boai.foundations.trail.services import recording
from boai.ground.core.actors import SYSTEM, Actor
from boai.ground.core.canonical import digest
from boai.ground.core.clock import day_of
from boai.ground.core.errors import NotFound, SameKeyOtherInputs
from boai.ground.kit.db.series import take_public_numbers
from boai.relief.donations import errors, permissions, rules
from boai.relief.donations.models import Appeal, Gift, PaymentNotification, PaymentOrder
from boai.relief.donations.services import alarms, booking
from boai.relief.donations.values import (
    LARGEST_ONLINE_FEN,
    MESSAGE_LIMIT,
    GiftOrder,
    PaidNews,
    PlacedOrder,
)

VALID_FOR = timedelta(minutes=30)


def place_order(
    actor: Actor,
    *,
    appeal_id: int,
    amount_fen: int,
    channel: str,
    merchant: str,
    form_key: str,
    at: datetime,
    donor_name: str = "",
    phone: str = "",
    named: bool = False,
    display_name: str = "",
    message: str = "",
) -> PlacedOrder:
    """Place an order for a channel to collect. The same form sent twice is the same order.

    *Refuses*: ``NotFound``, ``AppealIsNotOpen``, ``AmountAboveOnlineLimit``, ``TextIsTooLong``,
    ``DisplayNameIsMissing``, ``PhoneIsNotReadable``, ``SameKeyOtherInputs``.
    """
    permissions.require_give(actor)
    if amount_fen <= 0 or amount_fen > LARGEST_ONLINE_FEN:
        raise errors.AmountAboveOnlineLimit(field="amount", largest="5,000,000.00")
    shown = rules.shown_name(named, display_name)
    name = rules.cleaned(donor_name, label="姓名", limit=60, field="donor_name")
    message = rules.cleaned(message, label="留言", limit=MESSAGE_LIMIT, field="message")
    neat = rules.neat_phone(phone)
    content = digest([appeal_id, amount_fen, channel, merchant, name, neat, shown, message])
    with transaction.atomic():
        known = _placed_before(form_key, content)
        if known is not None:
            return known
        appeal = Appeal.objects.select_for_update().filter(pk=appeal_id).first()
        if appeal is None:
            raise NotFound
        # Of two sendings at one moment the second has waited here for the first to end.
        known = _placed_before(form_key, content)
        if known is not None:
            return known
        rules.refuse_closed_appeal(
            title=appeal.title, state=appeal.state, suspended_at=None, given_at=at
        )
        order = PaymentOrder.objects.create(
            number=take_public_numbers("DD", day_of(at))[0],
            token=secrets.token_urlsafe(24),
            form_key=form_key[:64],
            form_digest=content,
            organisation_id=appeal.organisation_id,
            appeal=appeal,
            amount_fen=amount_fen,
            channel=channel,
            merchant=merchant,
            donor_name=name or shown,
            phone=neat,
            named=named,
            display_name=shown,
            message=message,
            placed_at=at,
            expires_at=at + VALID_FOR,
        )
    return PlacedOrder(order.number, order.token, appeal.title, "", repeated=False)


def _placed_before(form_key: str, content: str) -> PlacedOrder | None:
    """The order that this form has placed. *Refuses*: ``SameKeyOtherInputs``."""
    known = PaymentOrder.objects.filter(form_key=form_key[:64]).select_related("appeal").first()
    if known is None:
        return None
    if known.form_digest != content:
        raise SameKeyOtherInputs
    return PlacedOrder(known.number, known.token, known.appeal.title, "", repeated=True)


def payable(order: PaymentOrder, at: datetime) -> None:
    """*Refuses*: ``OrderHasExpired`` for an order that is paid, closed or too old."""
    if order.state != "placed" or order.expires_at <= at:
        raise errors.OrderHasExpired


def confirm_payment(news: PaidNews, *, at: datetime) -> str:
    """Take in the verified word of a channel about one order; safe to repeat, in any order.

    Answers what it came to: ``booked``, ``repeated``, ``closed``, ``ignored`` or ``refund-due``
    (paid after the appeal was suspended: the money is owed back, nothing is booked).
    *Refuses* (nothing changes, an alarm is counted): ``NotificationContradicts`` when the
    notification's number came with other contents, the order is unknown, or amount, currency,
    merchant or transaction differ from the order's (I-10, I-11).
    *Posts* and *announces* as ``booking.book_gifts``.
    """
    with transaction.atomic():
        return settle(news, at=at)


def settle(news: PaidNews, *, at: datetime) -> str:
    """As ``confirm_payment``, in the caller's transaction, which a refusal must end."""
    order = (
        PaymentOrder.objects.select_for_update()
        .select_related("appeal")
        .filter(number=news.order_number)
        .first()
    )
    # The same word sent twice at one moment: the second has waited at the order for the first.
    if _heard_before(news):
        return "repeated"
    if order is None:
        raise errors.NotificationContradicts(reason="unknown-order")
    refuse_contradiction(order, news)
    outcome = _moved(order, news, at)
    PaymentNotification.objects.create(
        channel=news.channel,
        notification_id=news.notification_id,
        order_number=news.order_number,
        digest=news.content_digest,
        outcome=outcome,
        at=at,
    )
    return outcome


def _heard_before(news: PaidNews) -> bool:
    """Whether this notification was taken in. *Refuses*: ``NotificationContradicts``."""
    known = PaymentNotification.objects.filter(
        channel=news.channel, notification_id=news.notification_id
    ).first()
    if known is not None and known.digest != news.content_digest:
        raise errors.NotificationContradicts(reason="other-contents")
    return known is not None


def refuse_contradiction(order: PaymentOrder, news: PaidNews) -> None:
    """*Refuses*: ``NotificationContradicts`` where the news does not fit its order (I-11)."""
    checks = {
        "other-channel": order.channel == news.channel,
        "other-merchant": order.merchant == news.merchant,
        "other-currency": order.currency == news.currency,
        "other-amount": order.amount_fen == news.amount_fen or news.outcome == "closed",
        "other-transaction": order.transaction in (None, news.transaction)
        or news.outcome == "closed",
    }
    for reason, holds in checks.items():
        if not holds:
            raise errors.NotificationContradicts(reason=reason)


def brought_by_lists(told: Iterable[tuple[PaymentOrder, PaidNews]]) -> set[tuple[str, str]]:
    """The payments (channel, transaction) among these that a list of the society has brought before
    they were told of: booked under the society's code, so that no key of the table meets them."""
    groups: dict[tuple[int, str], list[str]] = defaultdict(list)
    for order, news in told:
        groups[order.organisation_id, order.channel].append(news.transaction)
    codes = organisations.rows({organisation_id for organisation_id, _channel in groups})
    return {
        (channel, reference)
        for (organisation_id, channel), references in groups.items()
        if organisation_id in codes
        for reference in Gift.objects.filter(
            channel=channel,
            merchant=codes[organisation_id].code,
            channel_reference__in=references,
        ).values_list("channel_reference", flat=True)
    }


def _moved(order: PaymentOrder, news: PaidNews, at: datetime) -> str:
    if news.outcome == "closed":
        if not rules.payment_may_move(order.state, "closed"):
            return "ignored"
        order.state = "closed"
        order.save(update_fields=["state"])
        return "closed"
    if order.state in ("paid", "refund-due"):
        return "repeated"
    if brought_by_lists([(order, news)]):
        # Booked once already, into the fund that the list said: for a person.
        raise errors.NotificationContradicts(reason="transaction-known")
    order.transaction, order.paid_at = news.transaction, news.paid_at
    appeal = order.appeal
    if not rules.takes_gift_of(appeal.state, appeal.suspended_at, news.paid_at):
        order.state = "refund-due"
        order.save(update_fields=["state", "transaction", "paid_at"])
        alarms.tell_refund_due(order.organisation_id, order.number, at)
        return "refund-due"
    order.gift_id, number = _booked(order, news, at)
    order.state = "paid"
    order.save(update_fields=["state", "transaction", "paid_at", "gift"])
    recording.record(
        SYSTEM,
        "payment-confirmed",
        subject=f"donations.payment-order:{order.number}",
        at=at,
        organisation_id=order.organisation_id,
        detail={"gift": number, "amount_fen": order.amount_fen},
    )
    return "booked"


def gift_order(order: PaymentOrder, news: PaidNews, at: datetime) -> GiftOrder:
    """What a paid order is to the books."""
    return GiftOrder(
        amount_fen=order.amount_fen,
        channel=order.channel,
        merchant=order.merchant,
        channel_reference=news.transaction,
        given_at=min(news.paid_at, at),
        donor_name=order.donor_name or "",
        phone=order.phone or "",
        named=order.named,
        display_name=order.display_name or "",
        message=order.message,
        source=f"donations.payment-order:{order.number}",
    )


def _booked(order: PaymentOrder, news: PaidNews, at: datetime) -> tuple[int, str]:
    """The gift that the payment is now: its id and its number."""
    result = booking.book_gifts(
        SYSTEM,
        organisation_id=order.organisation_id,
        appeal_id=order.appeal_id,
        orders=[gift_order(order, news, at)],
        at=at,
    )
    if not result.gift_ids:
        # The transaction paid another order already, or came in by a statement: for a person.
        raise errors.NotificationContradicts(reason="transaction-known")
    return result.gift_ids[0], result.numbers[0]
