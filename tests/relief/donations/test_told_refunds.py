"""What WeChat Pay tells of refunds, and what it answers when it is asked about an order."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from boai.ground.core.actors import PUBLIC
from boai.ground.core.laws import all_laws
from boai.relief.donations import errors
from boai.relief.donations.channels import checkout
from boai.relief.donations.channels.sandbox import platform
from boai.relief.donations.channels.wechatpay import asking
from boai.relief.donations.channels.wechatpay.receiving import take_notification
from boai.relief.donations.models import CallbackAlarm, Gift, PaymentOrder, ToldRefund
from tests.relief.donations.conftest import Opened


@pytest.fixture
def order(appeal: Opened, at: datetime) -> PaymentOrder:
    """An order of 66 yuan, placed."""
    placed = checkout.start_payment(
        PUBLIC, appeal_id=appeal.id, amount_fen=6600, form_key="k1", at=at
    )
    return PaymentOrder.objects.get(number=placed.number)


@pytest.fixture(autouse=True)
def laws_hold(db: None) -> Iterator[None]:
    """The laws of the room, after each test."""
    yield
    own = [law for law in all_laws() if law.id.startswith("donations-")]
    assert {law.id: f.breaches for law in own if (f := law.check()).breaches} == {}


def paid(order: PaymentOrder, at: datetime) -> int:
    told = platform.notification(
        order_number=order.number, amount_fen=6600, at=at, transaction="42000A"
    )
    return take_notification(told.headers, told.body, at=at).http


def back(order: PaymentOrder, fen: int, request: str, at: datetime, **more: Any) -> int:
    told = platform.returned(
        order_number=more.pop("order_number", order.number),
        transaction=more.pop("transaction", "42000A"),
        request=request,
        total_fen=6600,
        amount_fen=fen,
        at=at,
        **more,
    )
    return take_notification(told.headers, told.body, at=at).http


def test_parts_are_told_each_once_before_or_after_the_payment(
    order: PaymentOrder, at: datetime
) -> None:
    answers = [back(order, 600, "R1", at), paid(order, at), back(order, 1000, "R2", at)]
    answers += [back(order, 600, "R1", at), back(order, 1000, "R2", at), paid(order, at)]
    assert set(answers) == {204}
    assert Gift.objects.count() == 1
    rows = ToldRefund.objects.order_by("request").values_list("request", "amount_fen", "in_all")
    assert list(rows) == [("R1", 600, False), ("R2", 1000, False)]


@pytest.mark.parametrize(
    "wrong",
    [
        {"order_number": "DD20200129000999X"},
        {"transaction": "42000B"},
        {"changes": {"mchid": "1900000999"}},
        {"changes": {"refund_status": "ABNORMAL"}},
        {"changes": {"amount": {"refund": 6601}}},
        {"changes": {"amount": {"refund": 0}}},
        {"changes": {"amount": {"refund": "600"}}},
        {"changes": {"amount": {"refund": True}}},
        {"changes": {"amount": None}},
        {"changes": {"out_refund_no": ""}},
        {"changes": {"success_time": "yesterday"}},
    ],
)
def test_a_refund_that_does_not_fit_is_refused(
    order: PaymentOrder, at: datetime, wrong: dict[str, Any]
) -> None:
    paid(order, at)
    assert back(order, 600, "R1", at, **wrong) == 400
    assert not ToldRefund.objects.exists()
    assert CallbackAlarm.objects.count() == 1


def test_parts_never_sum_to_more_than_was_paid(order: PaymentOrder, at: datetime) -> None:
    paid(order, at)
    assert back(order, 6000, "R1", at) == 204
    assert back(order, 601, "R2", at) == 400
    assert back(order, 600, "R2", at) == 204
    assert back(order, 599, "R2", at) == 400


def answer(order: PaymentOrder, **more: Any) -> str:
    account = platform.merchant()
    said = {
        "mchid": account.number, "appid": account.app, "out_trade_no": order.number,
        "trade_state": "SUCCESS", "transaction_id": "42000A", "amount": {"total": 6600},
        "success_time": "2020-01-29T10:00:00+08:00",
    }  # fmt: skip
    return json.dumps({**said, **more})


@pytest.mark.parametrize(
    ("state", "heard"),
    [("SUCCESS", "paid"), ("REFUND", "paid"), ("CLOSED", "closed"), ("NOTPAY", "waiting")],
)
def test_what_an_answer_means(order: PaymentOrder, at: datetime, state: str, heard: str) -> None:
    asks = asking.asker(platform.merchant(), lambda n: (200, answer(order, trade_state=state)))
    assert asks(order.number, at=at).answer == heard


def test_an_order_that_the_platform_does_not_know(order: PaymentOrder, at: datetime) -> None:
    asks = asking.asker(platform.merchant(), lambda n: (404, '{"code":"ORDER_NOT_EXIST"}'))
    assert asks(order.number, at=at).answer == "unknown"


@pytest.mark.parametrize(
    ("http", "more", "refusal"),
    [
        (500, {}, errors.ChannelIsNotAvailable),
        (200, {"mchid": "1"}, errors.NotificationIsNotGenuine),
        (200, {"out_trade_no": "DD1"}, errors.NotificationIsNotGenuine),
        (200, {"amount": {"total": "6600"}}, errors.NotificationIsNotGenuine),
    ],
)
def test_an_answer_that_does_not_fit(
    order: PaymentOrder, at: datetime, http: int, more: dict[str, Any], refusal: type[Exception]
) -> None:
    asks = asking.asker(platform.merchant(), lambda n: (http, answer(order, **more)))
    with pytest.raises(refusal):
        asks(order.number, at=at)
