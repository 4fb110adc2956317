"""Payments that wait together share one transaction (decisions 0007 and 0012).

Only plain payments are booked together. Whatever needs a closer look (a repeated notification, a
contradiction, a payment after the suspension) is left for ``giving.confirm_payment``.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from boai.foundations.trail.services import recording
from boai.foundations.trail.values import ActOrder
from boai.ground.core.actors import SYSTEM
from boai.ground.core.errors import Refusal
from boai.ground.kit.db.bulk import append_rows
from boai.ground.kit.db.changing import change_rows
from boai.relief.donations import rules
from boai.relief.donations.models import Appeal, PaymentNotification, PaymentOrder
from boai.relief.donations.services import booking, giving
from boai.relief.donations.values import PaidNews


def confirm_plain(many: Sequence[PaidNews], *, at: datetime) -> set[str]:
    """Book those of many payments that need no closer look, in one transaction and a handful of
    statements; answers the ids of their notifications. The others are left as they are.

    *Posts* and *announces* as ``booking.book_gifts``.
    """
    with transaction.atomic():
        plain = _plain(many, at)
        groups: dict[tuple[int, int], list[tuple[PaymentOrder, PaidNews]]] = defaultdict(list)
        for order, news in plain:
            groups[order.organisation_id, order.appeal_id].append((order, news))
        done: list[_Booked] = []
        acts: list[ActOrder] = []
        for (organisation_id, appeal_id), members in sorted(groups.items(), key=lambda g: g[0]):
            result = booking.book_gifts(
                SYSTEM,
                organisation_id=organisation_id,
                appeal_id=appeal_id,
                orders=[giving.gift_order(order, news, at) for order, news in members],
                at=at,
            )
            for place, number, gift_id in zip(
                result.accepted, result.numbers, result.gift_ids, strict=True
            ):
                order, news = members[place]
                done.append((order, news, gift_id))
                acts.append(
                    ActOrder(
                        "payment-confirmed",
                        f"donations.payment-order:{order.number}",
                        organisation_id,
                        {"gift": number, "amount_fen": order.amount_fen},
                    )
                )
        _note(done, acts, at)
    return {news.notification_id for _order, news, _gift_id in done}


_Booked = tuple[PaymentOrder, PaidNews, int]
"""An order that is paid, by which news, and the gift it is now."""


def _note(done: Sequence[_Booked], acts: Sequence[ActOrder], at: datetime) -> None:
    if not done:
        return
    change_rows(
        PaymentOrder,
        [order.pk for order, _news, _gift_id in done],
        {
            "state": ("text", ["paid"] * len(done)),
            "gift_id": ("bigint", [gift_id for _order, _news, gift_id in done]),
            "transaction": ("text", [news.transaction for _order, news, _gift_id in done]),
            "paid_at": ("timestamptz", [news.paid_at for _order, news, _gift_id in done]),
        },
    )
    recording.record_many(SYSTEM, acts, at=at)
    append_rows(
        PaymentNotification,
        len(done),
        {
            "channel": [news.channel for _order, news, _gift_id in done],
            "notification_id": [news.notification_id for _order, news, _gift_id in done],
            "order_number": [news.order_number for _order, news, _gift_id in done],
            "digest": [news.content_digest for _order, news, _gift_id in done],
            "outcome": "booked",
            "at": at,
        },
        with_ids=False,
    )


def _plain(many: Sequence[PaidNews], at: datetime) -> list[tuple[PaymentOrder, PaidNews]]:
    """First news of a payment that fits its order and that the appeal takes. Orders are locked, then
    their appeals, each in one order, so that whoever books elsewhere waits and is not in the way."""
    numbers = Counter(news.order_number for news in many)
    moved = Counter(news.transaction for news in many)
    told = Counter(news.notification_id for news in many)
    alone = [
        news
        for news in many
        if news.outcome == "paid"
        and numbers[news.order_number] == moved[news.transaction] == told[news.notification_id] == 1
    ]
    wanted = [news.order_number for news in alone]
    rows = PaymentOrder.objects.select_for_update().filter(number__in=wanted).order_by("number")
    orders = {order.number: order for order in rows}
    appeals = (
        Appeal.objects.select_for_update()
        .order_by("pk")
        .in_bulk(sorted({order.appeal_id for order in orders.values()}))
    )
    for order in orders.values():
        order.appeal = appeals[order.appeal_id]
    heard = set(
        PaymentNotification.objects.filter(
            notification_id__in=[news.notification_id for news in alone]
        ).values_list("notification_id", flat=True)
    )
    fitting = [
        (orders[news.order_number], news)
        for news in alone
        if news.order_number in orders
        and news.notification_id not in heard
        and _fits(orders[news.order_number], news, at)
    ]
    listed = giving.brought_by_lists(fitting)
    return [(o, news) for o, news in fitting if (o.channel, news.transaction) not in listed]


def _fits(order: PaymentOrder, news: PaidNews, at: datetime) -> bool:
    try:
        giving.refuse_contradiction(order, news)
    except Refusal:
        return False
    appeal = order.appeal
    return (
        rules.payment_may_move(order.state, "paid")
        and rules.takes_gift_of(appeal.state, appeal.suspended_at, news.paid_at)
        and not rules.reason_against(giving.gift_order(order, news, at), at)
    )
