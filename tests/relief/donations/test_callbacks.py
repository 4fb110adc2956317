"""Payment notifications: genuine ones count once, everything else counts nothing and alarms."""

import itertools
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from boai.foundations.ledger import queries as ledger
from boai.ground.core import clock
from boai.ground.core.actors import PUBLIC
from boai.relief.donations.channels import checkout
from boai.relief.donations.channels.sandbox import platform
from boai.relief.donations.channels.wechatpay.receiving import take_notification
from boai.relief.donations.models import CallbackAlarm, Gift, PaymentOrder
from boai.relief.donations.services import appeals
from tests.factories.world import World
from tests.relief.donations.conftest import Opened, open_one

PATH = "/api/v1/notify/wechatpay/"


@pytest.fixture
def order(appeal: Opened, at: datetime) -> PaymentOrder:
    """An order of 66 yuan, placed."""
    placed = checkout.start_payment(
        PUBLIC, appeal_id=appeal.id, amount_fen=6600, form_key="k1", name="张三", at=at
    )
    return PaymentOrder.objects.get(number=placed.number)


def tell(order: PaymentOrder, at: datetime, **more: Any) -> int:
    told = platform.notification(
        order_number=order.number, amount_fen=more.pop("amount_fen", 6600), at=at, **more
    )
    return take_notification(told.headers, told.body, at=at).http


def nothing_booked(order: PaymentOrder) -> bool:
    order.refresh_from_db()
    return not Gift.objects.exists() and order.state == "placed"


def test_a_genuine_notification_books_the_gift(
    order: PaymentOrder, appeal: Opened, at: datetime
) -> None:
    assert tell(order, at) == 204
    order.refresh_from_db()
    assert order.state == "paid"
    assert order.gift is not None
    assert order.gift.amount_fen == 6600
    assert ledger.fund(appeal.fund_id).received == 6600


def test_twenty_times_is_one_gift_and_one_answer(
    order: PaymentOrder, appeal: Opened, at: datetime
) -> None:
    first = platform.notification(order_number=order.number, amount_fen=6600, at=at)
    answers = {take_notification(first.headers, first.body, at=at).http for _turn in range(20)}
    for hours in range(1, 6):
        # The platform asks again later: the same contents under a fresh signature.
        later = at + timedelta(hours=hours)
        again = platform.signed(first.body, at=later)
        answers.add(take_notification(again.headers, again.body, at=later).http)
    assert answers == {204}
    assert Gift.objects.count() == 1
    assert ledger.fund(appeal.fund_id).received == 6600


@pytest.mark.parametrize(
    "change",
    [
        {"changes": {"mchid": "1900000999"}},
        {"changes": {"appid": "wxother"}},
        {"changes": {"amount": {"total": 6601, "currency": "CNY"}}},
        {"changes": {"amount": {"total": 6600, "currency": "USD"}}},
        {"changes": {"amount": {"total": 6600.0, "currency": "CNY"}}},
        {"changes": {"amount": {"total": "6600", "currency": "CNY"}}},
        {"changes": {"amount": None}},
        {"changes": {"out_trade_no": "DD20200129000999X"}},
        {"changes": {"out_trade_no": None}},
        {"changes": {"trade_state": "REFUND"}},
        {"changes": {"success_time": "yesterday"}},
        {"amount_fen": 1},
    ],
)
def test_signed_but_contradicting_is_refused(
    order: PaymentOrder, at: datetime, change: dict[str, Any]
) -> None:
    assert tell(order, at, **change) == 400
    assert nothing_booked(order)
    assert CallbackAlarm.objects.count() == 1


def _headers(**changes: str) -> Callable[[platform.Notification], platform.Notification]:
    def apply(told: platform.Notification) -> platform.Notification:
        return platform.Notification({**told.headers, **changes}, told.body)

    return apply


def _body(change: Callable[[bytes], bytes]) -> Callable[[platform.Notification], Any]:
    return lambda told: platform.Notification(told.headers, change(told.body))


FORGERIES = {
    "bad signature": _headers(**{"Wechatpay-Signature": "AAAA"}),
    "signature not base64": _headers(**{"Wechatpay-Signature": "!!!"}),
    "probe prefix": _headers(**{"Wechatpay-Signature": "WECHATPAY/SIGNTEST/abc"}),
    "no signature": _headers(**{"Wechatpay-Signature": ""}),
    "wrong serial": _headers(**{"Wechatpay-Serial": "00AA"}),
    "serial not hexadecimal": _headers(**{"Wechatpay-Serial": "' OR 1=1"}),
    "new nonce": _headers(**{"Wechatpay-Nonce": "other"}),
    "other time": _headers(**{"Wechatpay-Timestamp": "1580263201"}),
    "time as float": _headers(**{"Wechatpay-Timestamp": "1580263200.0"}),
    "negative time": _headers(**{"Wechatpay-Timestamp": "-1"}),
    "other algorithm": _headers(**{"Wechatpay-Signature-Type": "WECHATPAY2-SM2-WITH-SM3"}),
    "compressed": _headers(**{"Content-Encoding": "gzip"}),
    "body re-serialised": _body(lambda b: json.dumps(json.loads(b), indent=1).encode()),
    "one byte changed": _body(lambda b: b.replace(b"transaction", b"Transaction", 1)),
    "empty": _body(lambda b: b""),
    "not text": _body(lambda b: b"\xff\xfe" + b),
    "too large": _body(lambda b: b + b" " * 70000),
}


@pytest.mark.parametrize("name", FORGERIES)
def test_forgeries_are_refused(order: PaymentOrder, at: datetime, name: str) -> None:
    told = FORGERIES[name](platform.notification(order_number=order.number, amount_fen=6600, at=at))
    assert take_notification(told.headers, told.body, at=at).http == 400
    assert nothing_booked(order)
    assert CallbackAlarm.objects.count() == 1


@pytest.mark.parametrize(
    "body",
    [
        b"[]",
        b"{}",
        b"null",
        b'{"id":"1","id":"2"}',
        b'{"resource_type":"encrypt-resource","resource":{"algorithm":"AEAD_SM4_GCM"}}',
        b'{"resource_type":"encrypt-resource","resource":{"algorithm":"AEAD_AES_256_GCM",'
        b'"nonce":"x","ciphertext":"AAAA","associated_data":"t"}}',
        b'{"resource_type":"encrypt-resource","resource":{"algorithm":"AEAD_AES_256_GCM",'
        b'"nonce":"0123456789ab","ciphertext":"%%%","associated_data":"t"}}',
        b"[" * 5000 + b"]" * 5000,
    ],
)
def test_well_signed_nonsense_is_refused(order: PaymentOrder, at: datetime, body: bytes) -> None:
    told = platform.signed(body, at=at)
    assert take_notification(told.headers, told.body, at=at).http == 400
    assert nothing_booked(order)


@pytest.mark.parametrize("seconds", [-301, 301, 86400])
def test_outside_five_minutes_is_refused(order: PaymentOrder, at: datetime, seconds: int) -> None:
    told = platform.notification(order_number=order.number, amount_fen=6600, at=at)
    late = at + timedelta(seconds=seconds)
    assert take_notification(told.headers, told.body, at=late).http == 400
    assert nothing_booked(order)


@pytest.mark.parametrize("seconds", [-299, 299])
def test_within_five_minutes_counts(order: PaymentOrder, at: datetime, seconds: int) -> None:
    told = platform.notification(order_number=order.number, amount_fen=6600, at=at)
    near = at + timedelta(seconds=seconds)
    assert take_notification(told.headers, told.body, at=near).http == 204


def test_the_same_notification_number_with_other_contents_is_refused(
    order: PaymentOrder, at: datetime
) -> None:
    assert tell(order, at, notification_id="n1") == 204
    assert tell(order, at, notification_id="n1", transaction="420009999") == 400
    assert Gift.objects.count() == 1


def test_a_second_transaction_for_a_paid_order_is_refused(
    order: PaymentOrder, at: datetime
) -> None:
    assert tell(order, at, transaction="42000A") == 204
    assert tell(order, at, transaction="42000B") == 400
    assert Gift.objects.count() == 1


@pytest.mark.parametrize(
    "states", list(itertools.permutations(["SUCCESS", "CLOSED", "CLOSED", "SUCCESS"]))
)
def test_no_order_of_messages_undoes_a_payment(
    order: PaymentOrder, at: datetime, states: tuple[str, ...]
) -> None:
    """I-13: closed after success, success after closed, and every mixture: paid, one gift."""
    for state in states:
        assert tell(order, at, state=state, transaction="42000A") == 204
    order.refresh_from_db()
    assert order.state == "paid"
    assert Gift.objects.count() == 1


def test_money_for_a_suspended_appeal_is_owed_back(
    world: World, order: PaymentOrder, appeal: Opened, at: datetime
) -> None:
    appeals.suspend_appeal(world.cast.programme, appeal_id=appeal.id, reason="结束", at=at)
    later = at + timedelta(minutes=2)
    assert tell(order, later) == 204
    order.refresh_from_db()
    assert order.state == "refund-due"
    assert ledger.fund(appeal.fund_id).received == 0


def test_one_transaction_pays_one_order(world: World, order: PaymentOrder, at: datetime) -> None:
    other = open_one(world, at, slug="other", title="另一专项")
    placed = checkout.start_payment(
        PUBLIC, appeal_id=other.id, amount_fen=6600, form_key="k2", at=at
    )
    second = PaymentOrder.objects.get(number=placed.number)
    assert tell(order, at, transaction="42000A") == 204
    assert tell(second, at, transaction="42000A") == 400
    assert Gift.objects.count() == 1


def test_the_address_answers_as_the_platform_expects(
    client: Client, world: World, at: datetime
) -> None:
    now = clock.now()
    appeal = open_one(world, now - timedelta(hours=1))
    placed = checkout.start_payment(
        PUBLIC, appeal_id=appeal.id, amount_fen=6600, form_key="k1", at=now
    )
    told = platform.notification(order_number=placed.number, amount_fen=6600, at=now)
    headers = {f"HTTP_{k.upper().replace('-', '_')}": v for k, v in told.headers.items()}
    headers.pop("HTTP_CONTENT_TYPE")

    def send(body: bytes) -> Any:
        return client.post(PATH, body, content_type="application/json", **headers)

    refused = send(told.body + b" ")
    assert refused.status_code == 400
    assert refused.json()["code"] == "FAIL"
    assert not Gift.objects.exists()
    assert send(told.body).status_code == 204
    assert Gift.objects.count() == 1
    assert client.get(PATH).status_code == 405
    assert send(b"x" * 70000).status_code == 413
