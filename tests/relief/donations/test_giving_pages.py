"""The phone page, from the amount to the certificate."""

import re
from datetime import datetime, timedelta

import pytest
from django.test import Client

from boai.ground.core import clock
from boai.relief.donations.models import Gift, PaymentOrder
from boai.relief.donations.services import appeals
from tests.factories.world import World
from tests.relief.donations.conftest import Opened, open_one


@pytest.fixture
def now() -> datetime:
    return clock.now()


@pytest.fixture
def live(world: World, now: datetime) -> Opened:
    """An appeal open since an hour, by the wall clock that pages use."""
    return open_one(world, now - timedelta(hours=1))


def give(client: Client, slug: str = "fangyi", **form: str) -> object:
    return client.post(f"/give/{slug}/", {"amount": "66", "_key": "a" * 32, **form})


def test_from_the_amount_to_the_certificate(client: Client, live: Opened) -> None:
    assert client.get("/give/").status_code == 200
    page = client.get("/give/fangyi/")
    assert "抗击疫情专项" in page.content.decode()
    answer = give(client, display_name="江州一家人", named="on", phone="13812345678")
    assert answer.status_code == 302
    cashier = client.get(answer["Location"])
    assert "演练" in cashier.content.decode()
    paid = client.post(answer["Location"], {"outcome": "pay"})
    assert paid.status_code == 302
    done = client.get(paid["Location"])
    gift = Gift.objects.get()
    text = done.content.decode()
    assert gift.number in text
    assert gift.query_code in text
    assert f"/trace/{gift.number}/" in text
    for name, start in (
        ("certificate.png", b"\x89PNG"),
        ("certificate.pdf", b"%PDF"),
        ("letter.pdf", b"%PDF"),
    ):
        file = client.get(paid["Location"] + name)
        assert file.status_code == 200
        assert file.content.startswith(start)
    assert "江州一家人" in client.get("/give/fangyi/").content.decode()
    # The cashier page of a paid order leads on to the thanks; nobody pays twice.
    assert client.get(answer["Location"])["Location"] == paid["Location"]


def test_full_width_digits_are_digits(client: Client, live: Opened) -> None:
    assert give(client, amount="１００").status_code == 302
    assert PaymentOrder.objects.get().amount_fen == 10000


@pytest.mark.parametrize(
    "amount", ["", "0", "0.001", "1e12", "-1", "NaN", "1000000000000", "一百", "∞", "9" * 500]
)
def test_impossible_amounts_are_refused_beside_the_field(
    client: Client, live: Opened, amount: str
) -> None:
    answer = give(client, amount=amount)
    assert answer.status_code == 422
    assert "field-error" in answer.content.decode()
    assert not PaymentOrder.objects.exists()


@pytest.mark.parametrize(
    "form",
    [
        {"display_name": "名" * 10000},
        {"display_name": "名" * 61, "named": "on"},
        {"named": "on"},
        {"named": "on", "display_name": "\u200b\u202e "},
        {"message": "长" * 201},
        {"phone": "12"},
        {"phone": "not a phone"},
    ],
)
def test_wrong_input_is_refused_and_kept(
    client: Client, live: Opened, form: dict[str, str]
) -> None:
    answer = give(client, **form)
    assert answer.status_code == 422
    assert not PaymentOrder.objects.exists()
    assert 'value="66"' in answer.content.decode()


@pytest.mark.parametrize(
    "name", ["𠮷野家", "阿布都·热西提", "<script>alert(1)</script>", "=cmd", "{{7*7}}"]
)
def test_odd_names_are_names(client: Client, live: Opened, name: str) -> None:
    answer = give(client, display_name=name, named="on")
    paid = client.post(answer["Location"], {"outcome": "pay"})
    page = client.get(paid["Location"]).content.decode()
    assert "<script>alert" not in page
    assert Gift.objects.get().display_name == name


def test_sent_twice_is_one_order(client: Client, live: Opened) -> None:
    first, second = give(client), give(client)
    assert first["Location"] == second["Location"]
    assert PaymentOrder.objects.count() == 1
    assert give(client, amount="67").status_code == 422


def test_a_suspended_appeal_takes_nothing(
    client: Client, world: World, live: Opened, now: datetime
) -> None:
    appeals.suspend_appeal(world.cast.programme, appeal_id=live.id, reason="结束", at=now)
    page = client.get("/give/fangyi/")
    assert "不接受新的捐赠" in page.content.decode()
    assert give(client).status_code == 422
    assert not PaymentOrder.objects.exists()


def test_drafts_and_strangers_are_not_found(client: Client, world: World, live: Opened) -> None:
    assert client.get("/give/nothing/").status_code == 404
    assert client.get("/give/done/nothing/").status_code == 404
    assert client.get("/pay/sandbox/nothing/").status_code == 404


def test_giving_up_closes_the_order(client: Client, live: Opened) -> None:
    answer = give(client)
    closed = client.post(answer["Location"], {"outcome": "close"})
    assert closed["Location"] == "/give/fangyi/"
    assert PaymentOrder.objects.get().state == "closed"
    assert not Gift.objects.exists()


def paid_gift(client: Client) -> Gift:
    answer = give(client, display_name="张三", named="on", phone="13812345678")
    client.post(answer["Location"], {"outcome": "pay"})
    return Gift.objects.get()


def test_the_giver_finds_the_gift_and_withdraws_the_name(client: Client, live: Opened) -> None:
    gift = paid_gift(client)
    by_code = client.post("/gifts/", {"number": gift.number.lower(), "query_code": gift.query_code})
    assert by_code.status_code == 200
    by_phone = client.post("/gifts/", {"number": gift.number, "phone": "+86 138-1234-5678"})
    assert by_phone.status_code == 200
    assert "naming" not in by_phone.content.decode()
    changed = client.post(
        "/gifts/", {"number": gift.number, "query_code": gift.query_code, "naming": "1"}
    )
    assert changed.status_code == 200
    gift.refresh_from_db()
    assert (gift.named, gift.display_name, gift.search_tokens) == (False, "", "")
    assert "张三" not in client.get("/give/fangyi/").content.decode()
    again = {"number": gift.number, "query_code": gift.query_code, "naming": "1", "named": "on"}
    refused = client.post("/gifts/", again)
    assert "没有填写署名" in refused.content.decode()
    client.post("/gifts/", {**again, "display_name": "张先生"})
    gift.refresh_from_db()
    assert gift.display_name == "张先生"


def _without_secrets(text: str) -> str:
    return re.sub(r'value="[^"]*"', "", text)


def test_wrong_and_missing_look_the_same_and_are_limited(client: Client, live: Opened) -> None:
    gift = paid_gift(client)
    wrong = client.post("/gifts/", {"number": gift.number, "query_code": "x"})
    missing = client.post("/gifts/", {"number": "JZ20200129999999X", "query_code": "x"})
    assert wrong.status_code == missing.status_code == 422
    assert _without_secrets(wrong.content.decode()) == _without_secrets(missing.content.decode())
    for _turn in range(10):
        client.post("/gifts/", {"number": gift.number, "query_code": "x"})
    right = client.post("/gifts/", {"number": gift.number, "query_code": gift.query_code})
    assert "查询次数过多" in right.content.decode()
