"""Payments that wait together share a transaction, and stay as exact as one by one."""

from datetime import datetime
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from boai.foundations.ledger import queries as ledger
from boai.ground.core.actors import PUBLIC
from boai.relief.donations.channels import checkout
from boai.relief.donations.models import Gift, PaymentNotification, PaymentOrder
from boai.relief.donations.services import giving, sharing
from boai.relief.donations.values import PaidNews
from tests.relief.donations.conftest import Opened


def news_of(appeal: Opened, at: datetime, count: int) -> list[PaidNews]:
    told = []
    for n in range(count):
        placed = checkout.start_payment(
            PUBLIC, appeal_id=appeal.id, amount_fen=100 + n, form_key=f"k{n}", name="张三", at=at
        )
        order = PaymentOrder.objects.get(number=placed.number)
        told.append(
            PaidNews(
                order.channel, order.merchant, "", f"N{n}", order.number, f"T{n}",
                order.amount_fen, "CNY", "paid", at, f"{n:064d}",
            )
        )  # fmt: skip
    return told


def changed(news: PaidNews, **more: Any) -> PaidNews:
    return PaidNews(**{name: getattr(news, name) for name in news.__slots__} | more)


def test_a_set_is_booked_in_as_many_statements_as_two(appeal: Opened, at: datetime) -> None:
    told = news_of(appeal, at, 22)
    counts = []
    for part in (told[:2], told[2:]):
        with CaptureQueriesContext(connection) as asked:
            assert len(sharing.confirm_plain(part, at=at)) == len(part)
        counts.append(len(asked))
    assert counts[1] <= counts[0] + 2
    assert Gift.objects.count() == PaymentNotification.objects.count() == 22
    assert ledger.fund(appeal.fund_id).received == sum(n.amount_fen for n in told)
    assert {o.state for o in PaymentOrder.objects.all()} == {"paid"}
    assert [giving.confirm_payment(n, at=at) for n in told] == ["repeated"] * 22


def test_only_plain_payments_are_booked_together(appeal: Opened, at: datetime) -> None:
    told = news_of(appeal, at, 6)
    giving.confirm_payment(told[0], at=at)
    wishes = [
        told[0],
        changed(told[1], amount_fen=5),
        told[2],
        changed(told[2], notification_id="again"),
        changed(told[3], order_number="none"),
        changed(told[4], outcome="closed", notification_id="c"),
        told[5],
    ]
    assert sharing.confirm_plain(wishes, at=at) == {"N5"}
    assert Gift.objects.count() == 2
