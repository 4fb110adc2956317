"""Alipay: genuine notifications count once and are answered ``success``; nothing else counts."""

import json
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import pytest
import requests
from django.db import IntegrityError, transaction
from django.test import Client

from boai.foundations.ledger import queries as ledger
from boai.ground.core import clock
from boai.ground.core.actors import PUBLIC
from boai.ground.core.laws import all_laws
from boai.relief.donations import errors
from boai.relief.donations.channels import asking as silent_channels
from boai.relief.donations.channels import checkout, gateways
from boai.relief.donations.channels.alipay import asking, platform, receiving
from boai.relief.donations.channels.alipay.keys import Account, configured
from boai.relief.donations.channels.alipay.ordering import opener
from boai.relief.donations.channels.alipay.platform import Platform
from boai.relief.donations.channels.alipay.signing import ASKED, content, is_signed
from boai.relief.donations.models import (
    AskedOrder,
    CallbackAlarm,
    Gift,
    PaymentOrder,
    ToldPayment,
    ToldRefund,
)
from boai.relief.donations.services import giving, silence
from boai.relief.donations.services.draining import drain
from tests.relief.donations.conftest import Opened, open_one

PATH = "/api/v1/notify/alipay/"
HOUR = timedelta(hours=1)


@pytest.fixture
def fake(
    own_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> Platform:
    """The platform, and our account at it as an operator writes it down."""
    made = platform.fresh("alipay")
    for name, key in (("platform", made.key), ("merchant", made.merchant_key)):
        (tmp_path / f"{name}.pem").write_text(platform.pem(key))
    public = tmp_path / "public.pem"
    public.write_bytes(public_pem(made))
    written = tmp_path / "alipay.json"
    written.write_text(
        json.dumps(
            {
                "app_id": made.app,
                "seller_id": made.seller,
                "private_key": str(tmp_path / "merchant.pem"),
                "alipay_public_key": str(public),
            }
        )
    )
    monkeypatch.setenv("BOAI_ALIPAY", str(written))
    settings.BOAI_CHANNELS = ["alipay"]
    return made


def public_pem(made: Platform) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return made.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


@pytest.fixture
def order(fake: Platform, appeal: Opened, at: datetime) -> PaymentOrder:
    """An order of 66.50 yuan whose cashier is open."""
    placed = checkout.start_payment(
        PUBLIC, appeal_id=appeal.id, amount_fen=6650, form_key="k1", name="张三", at=at
    )
    fake.open(placed.number, 6650)
    return PaymentOrder.objects.get(number=placed.number)


@pytest.fixture(autouse=True)
def laws_hold(db: None) -> Iterator[None]:
    """The laws of the room, after each test."""
    yield
    own = [law for law in all_laws() if law.id.startswith("donations-")]
    assert {law.id: f.breaches for law in own if (f := law.check()).breaches} == {}


def take(body: bytes, at: datetime) -> tuple[int, bytes]:
    answer = receiving.take_notification(body, at=at)
    return answer.http, answer.text


GOOD = (200, b"success")
BAD = (400, b"fail")


def test_a_genuine_notification_books_the_gift(
    fake: Platform, order: PaymentOrder, appeal: Opened, at: datetime
) -> None:
    fake.pay(order.number, at)
    assert take(fake.notification(order.number, at), at) == GOOD
    order.refresh_from_db()
    assert (order.state, order.channel, order.merchant) == ("paid", "alipay", fake.seller)
    assert order.gift is not None
    assert order.gift.channel_reference == fake.trades[order.number].transaction
    assert ledger.fund(appeal.fund_id).received == 6650


def test_eight_sendings_in_a_day_are_one_gift(
    fake: Platform, order: PaymentOrder, at: datetime
) -> None:
    fake.pay(order.number, at)
    answers, moment = {take(fake.notification(order.number, at), at)}, at
    for wait in platform.RETRIES:
        moment += wait
        answers.add(take(fake.notification(order.number, moment), moment))
    assert moment - at < timedelta(hours=26)
    assert answers == {GOOD}
    assert Gift.objects.count() == ToldPayment.objects.count() == 1


@pytest.mark.parametrize(
    ("paid", "back"), [(True, 0), (True, 2000), (True, 6650), (False, 0)], ids=str
)
def test_every_order_of_messages_comes_to_the_same(
    fake: Platform, order: PaymentOrder, at: datetime, paid: bool, back: int
) -> None:
    """F-09: what comes first, refund or payment, makes no difference."""
    messages = []
    if paid:
        fake.pay(order.number, at)
        messages.append(fake.notification(order.number, at))
    else:
        fake.close(order.number, at)
        messages.append(fake.notification(order.number, at))
    if back:
        fake.refund(order.number, back, "R1", at + HOUR)
        messages.append(fake.notification(order.number, at + HOUR))
    later = at + 2 * HOUR
    for body in (*reversed(messages), *messages):
        assert take(body, later) == GOOD
    order.refresh_from_db()
    assert order.state == ("paid" if paid else "closed")
    assert Gift.objects.count() == int(paid)
    assert list(ToldRefund.objects.values_list("amount_fen", "in_all")) == [(back, True)] * bool(
        back
    )


def changed(**changes: str) -> Callable[[Platform, str, datetime], bytes]:
    return lambda fake, number, at: fake.notification(number, at, **changes)


def broken(change: Callable[[bytes], bytes]) -> Callable[[Platform, str, datetime], bytes]:
    return lambda fake, number, at: change(fake.notification(number, at))


def forged(**changes: str) -> Callable[[Platform, str, datetime], bytes]:
    """Parameters altered after they were signed."""

    def alter(fake: Platform, number: str, at: datetime) -> bytes:
        return urlencode(
            {**dict(parse_qsl(fake.notification(number, at).decode())), **changes}
        ).encode()

    return alter


REFUSED: dict[str, Callable[[Platform, str, datetime], bytes]] = {
    "other amount": changed(total_amount="66.51"),
    "amount with a third decimal": changed(total_amount="66.500"),
    "amount as power": changed(total_amount="6.65e1"),
    "amount in other digits": changed(total_amount="６６.50"),
    "negative amount": changed(total_amount="-66.50"),
    "no amount": changed(total_amount=""),
    "other seller": changed(seller_id="2088000000000009"),
    "no seller": changed(seller_id=""),
    "other application": changed(app_id="2021000000000009"),
    "unknown order": changed(out_trade_no="DD20200129000999X"),
    "no order": changed(out_trade_no=""),
    "unknown state": changed(trade_status="TRADE_DANCING"),
    "no number": changed(notify_id=""),
    "endless number": changed(notify_id="9" * 129),
    "old": changed(notify_time="2020-01-27 10:00:00"),
    "from the future": changed(notify_time="2020-01-29 11:00:00"),
    "no time": changed(notify_time="yesterday"),
    "refund above payment": changed(refund_fee="66.51"),
    "closed with a part back": changed(trade_status="TRADE_CLOSED", refund_fee="1.00"),
    "closed after payment, nothing back": changed(trade_status="TRADE_CLOSED"),
    "amount altered": forged(total_amount="6650.00"),
    "order altered": forged(out_trade_no="DD1"),
    "signature of nothing": forged(sign=""),
    "signature not base64": forged(sign="!!!"),
    "other algorithm": forged(sign_type="RSA"),
    "parameter added": broken(lambda body: body + b"&extra=1"),
    "parameter twice": broken(lambda body: body + b"&total_amount=1.00"),
    "empty": lambda *_: b"",
    "not a form": lambda *_: b"<xml/>",
    "bad escape": broken(lambda body: body + b"&x=%ff%fe"),
    "too large": broken(lambda body: body + b"&x=" + b"1" * 70000),
    "too many": broken(lambda body: body + b"".join(b"&x%d=1" % n for n in range(200))),
    "raw bytes": broken(lambda body: body + b"&x=\xff"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_everything_else_is_refused(
    fake: Platform, order: PaymentOrder, at: datetime, name: str
) -> None:
    fake.pay(order.number, at)
    assert take(REFUSED[name](fake, order.number, at), at) == BAD
    order.refresh_from_db()
    assert order.state == "placed"
    assert not Gift.objects.exists()
    assert not ToldRefund.objects.exists()
    assert CallbackAlarm.objects.count() == 1


def test_another_platforms_signature_counts_nothing(
    fake: Platform, order: PaymentOrder, at: datetime
) -> None:
    foreign = platform.fresh("alipay")
    foreign.open(order.number, 6650)
    foreign.pay(order.number, at)
    assert take(foreign.notification(order.number, at), at) == BAD
    assert not Gift.objects.exists()


def test_a_payment_that_waits_is_acknowledged_and_nothing_else(
    fake: Platform, order: PaymentOrder, at: datetime
) -> None:
    assert take(fake.notification(order.number, at), at) == GOOD
    assert not ToldPayment.objects.exists()


def test_a_number_with_other_contents_is_refused(
    fake: Platform, order: PaymentOrder, at: datetime
) -> None:
    fake.pay(order.number, at)
    assert take(fake.notification(order.number, at, notify_id="N1"), at) == GOOD
    told = fake.notification(order.number, at, notify_id="N1", trade_no="2020012922001")
    assert take(told, at) == BAD
    assert Gift.objects.count() == 1


def test_a_refund_of_another_transaction_is_refused(
    fake: Platform, order: PaymentOrder, at: datetime
) -> None:
    fake.pay(order.number, at)
    assert take(fake.notification(order.number, at), at) == GOOD
    fake.refund(order.number, 100, "R1", at)
    assert take(fake.notification(order.number, at, trade_no="2020012922001"), at) == BAD
    assert not ToldRefund.objects.exists()


def test_the_database_refuses_what_does_not_fit(
    fake: Platform, order: PaymentOrder, at: datetime
) -> None:
    fake.pay(order.number, at)
    fake.refund(order.number, 100, "R1", at)
    take(fake.notification(order.number, at), at)
    row = ToldRefund.objects.get()
    for change in (
        {"order_number": "DD1"},
        {"merchant": "2088"},
        {"channel": "wechatpay"},
        {"transaction": "other"},
        {"amount_fen": 6651},
        {"amount_fen": 0},
        {"in_all": False, "request": ""},
        {"in_all": False, "amount_fen": 6651},
    ):
        told = ToldRefund.objects.get(pk=row.pk)
        told.pk, told.notification_id = None, "other"
        for name, value in change.items():
            setattr(told, name, value)
        with pytest.raises(IntegrityError), transaction.atomic():
            told.save(force_insert=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        ToldRefund.objects.update(amount_fen=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        ToldRefund.objects.all().delete()


def test_the_address_answers_seven_bytes(client: Client, fake: Platform, world: Any) -> None:
    now = clock.now()
    appeal = open_one(world, now - HOUR)
    placed = checkout.start_payment(
        PUBLIC, appeal_id=appeal.id, amount_fen=6650, form_key="k1", at=now
    )
    fake.open(placed.number, 6650)
    fake.pay(placed.number, now)
    body = fake.notification(placed.number, now)
    kind = "application/x-www-form-urlencoded; charset=utf-8"

    def send(body: bytes) -> tuple[int, bytes]:
        answer = client.post(PATH, body, content_type=kind)
        return answer.status_code, answer.content

    assert send(body + b"&x=1") == BAD
    assert send(b"x" * 70000) == (413, b"fail")
    assert not Gift.objects.exists()
    assert send(body) == GOOD
    assert Gift.objects.count() == 1
    assert client.get(PATH).status_code == 405


@pytest.mark.parametrize(
    ("on_phone", "method"), [(True, "alipay.trade.wap.pay"), (False, "alipay.trade.page.pay")]
)
def test_the_cashiers_address_is_signed(
    fake: Platform, order: PaymentOrder, on_phone: bool, method: str
) -> None:
    account = configured()
    assert account is not None
    address = opener(account)(
        number=order.number, token="t", amount_fen=123450, title="抗疫 & 爱心", on_phone=on_phone
    )
    parts = urlsplit(address)
    given = {name: value for name, [value] in parse_qs(parts.query).items()}
    assert (parts.scheme, parts.netloc) == ("https", "openapi.alipay.com")
    assert is_signed(content(given, but=ASKED), given["sign"], fake.merchant_key.public_key())
    assert (given["method"], given["notify_url"][-len(PATH) :]) == (method, PATH)
    about = json.loads(given["biz_content"])
    assert (about["total_amount"], about["out_trade_no"]) == ("1234.50", order.number)


def account_of(fake: Platform, post: Any = None) -> Account:
    own = fake.account()
    return Account(
        own.app, own.seller, own.platform_key, own.own_key, "alipay", post=post or own.post
    )


def test_an_order_is_asked_about(fake: Platform, order: PaymentOrder, at: datetime) -> None:
    account = account_of(fake)
    assert asking.ask(account, "DD-unknown", at=at).answer == "unknown"
    assert asking.ask(account, order.number, at=at).answer == "waiting"
    fake.pay(order.number, at)
    heard = asking.ask(account, order.number, at=at)
    assert heard.news is not None
    assert (heard.answer, heard.news.amount_fen) == ("paid", 6650)
    fake.refund(order.number, 6650, "R1", at)
    assert asking.ask(account, order.number, at=at).answer == "paid"
    assert asking.ask_refund(account, order.number, "R1") == 6650
    assert asking.ask_refund(account, order.number, "R2") == 0


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text.replace(b"66.50", b"66.51"),
        lambda text: text.replace(b'"sign":"', b'"sign":"A'),
        lambda text: text.replace(b"alipay_trade_query_response", b"error_response"),
        lambda text: b"[]",
        lambda text: b"<html>",
        lambda text: b"\xff",
        lambda text: b'{"alipay_trade_query_response":{"code":"10000"},' + text[1:],
    ],
)
def test_an_answer_that_is_not_signed_is_not_believed(
    fake: Platform, order: PaymentOrder, at: datetime, spoil: Callable[[bytes], bytes]
) -> None:
    fake.pay(order.number, at)
    account = account_of(fake, lambda where, asked: spoil(fake.answer(where, asked)))
    with pytest.raises(errors.NotificationIsNotGenuine):
        asking.ask(account, order.number, at=at)


def switch_on(monkeypatch: pytest.MonkeyPatch, account: Account) -> None:
    """The account's own post, where the gateways look for the configured one."""
    monkeypatch.setattr(gateways.alipay_keys, "configured", lambda: account)


def test_silence_is_asked_about_and_found(
    fake: Platform, order: PaymentOrder, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    switch_on(monkeypatch, account_of(fake))
    assert silent_channels.ask_silent(at + timedelta(minutes=1)) == 0
    assert silent_channels.ask_silent(at + timedelta(minutes=2)) == 1
    assert silent_channels.ask_silent(at + timedelta(minutes=9)) == 0
    fake.pay(order.number, at + timedelta(minutes=5))
    assert silent_channels.ask_silent(at + timedelta(minutes=10)) == 1
    assert list(AskedOrder.objects.order_by("pk").values_list("answer", flat=True)) == [
        "waiting",
        "paid",
    ]
    assert Gift.objects.count() == 1
    # The platform's own word comes after all: nothing new.
    later = at + HOUR
    assert take(fake.notification(order.number, later), later) == GOOD
    assert Gift.objects.count() == 1
    assert silent_channels.ask_silent(at + timedelta(days=2)) == 0


def test_a_channel_that_does_not_answer_is_asked_again_later(
    fake: Platform, order: PaymentOrder, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dead(*_: Any) -> bytes:
        raise requests.ConnectionError

    switch_on(monkeypatch, account_of(fake, dead))
    for minutes in (2, 3, 10, 30, 120, 1440, 9999):
        silent_channels.ask_silent(at + timedelta(minutes=minutes))
    assert list(AskedOrder.objects.values_list("answer", flat=True)) == ["silent"] * 5
    assert not Gift.objects.exists()


def test_an_answer_with_another_amount_is_refused(
    fake: Platform, order: PaymentOrder, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    switch_on(monkeypatch, account_of(fake))
    fake.trades[order.number].amount_fen = 6651
    fake.pay(order.number, at)
    silent_channels.ask_silent(at + HOUR)
    assert AskedOrder.objects.get().answer == "refused"
    assert not Gift.objects.exists()
    assert CallbackAlarm.objects.filter(reason="other-amount").exists()


def test_silent_orders_are_found_by_one_statement(
    fake: Platform, appeal: Opened, at: datetime, django_assert_num_queries: Any
) -> None:
    for n in range(60):
        giving.place_order(
            PUBLIC, appeal_id=appeal.id, amount_fen=100, channel="alipay", merchant=fake.seller,
            form_key=f"k{n}", at=at,
        )  # fmt: skip
    with django_assert_num_queries(1):
        found = silence.silent_orders(["alipay"], at=at + HOUR)
    assert len(found) == silence.MOST_AT_ONCE


def test_what_was_accepted_is_answered_before_it_is_booked(
    fake: Platform, order: PaymentOrder, at: datetime
) -> None:
    """Another has the booker's turn: ``success`` is said for what is durable (0012)."""
    from boai.relief.donations.services import accepting

    fake.pay(order.number, at)
    told = receiving.read_notification(
        fake.notification(order.number, at), receiving.accounts(), at=at
    )
    assert told.order is not None
    accepting.accept(told.order, at=at)
    assert not Gift.objects.exists()
    drain(at)
    assert Gift.objects.count() == 1


def test_the_giver_chooses_where_two_channels_collect(
    client: Client, world: Any, settings: Any, own_home: Path
) -> None:
    now = clock.now()
    open_one(world, now - HOUR)
    assert 'name="channel"' not in client.get("/give/fangyi/").content.decode()
    settings.BOAI_CHANNELS = ["sandbox", "alipay-sandbox"]
    page = client.get("/give/fangyi/")
    assert page.content.decode().count('name="channel"') == 2
    assert "https://*.alipay.com" in page.headers["Content-Security-Policy"]
    sent = {"amount": "66.5", "channel": "alipay-sandbox", "_key": "k1"}
    there = client.post("/give/fangyi/", sent)["Location"]
    order = PaymentOrder.objects.get()
    assert order.channel == "alipay-sandbox"
    assert "支付宝" in client.get(there).content.decode()
    assert client.post(there, {"outcome": "pay"})["Location"].startswith("/give/done/")
    order.refresh_from_db()
    assert order.state == "paid"
    assert (
        client.post("/give/fangyi/", {**sent, "channel": "nothing", "_key": "k2"}).status_code
        == 422
    )
    settings.BOAI_CHANNELS = ["sandbox"]
    assert client.get(there).status_code == 404
