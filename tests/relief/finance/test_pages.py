"""Pages of money going out, clicked through by those who may."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from boai.ground.core.tasks import tasks_of
from boai.relief.finance import queries
from boai.relief.finance.services import disbursing

from .conftest import Money

Clients = Callable[..., Client]


def lines(*rows: dict[str, object], total: int | None = None) -> dict[str, object]:
    data: dict[str, object] = {
        "lines-TOTAL_FORMS": total or len(rows),
        "lines-INITIAL_FORMS": 0,
        "lines-MIN_NUM_FORMS": 0,
        "lines-MAX_NUM_FORMS": 60,
    }
    for number, row in enumerate(rows):
        data |= {f"lines-{number}-{key}": value for key, value in row.items()}
    return data


def form(money: Money, **change: object) -> dict[str, object]:
    return {
        "fund": money.appeal,
        "kind": "purchase",
        "payee": "测州医疗器械有限公司",
        "amount": "１,250.00元",
        "serves": "own",
        "purpose": "采购手套",
        **lines({"item": money.stock.gloves, "quantity": 500, "price": "2.5", "spec": "M"}),
        **change,
    }


def test_a_purchase_from_asking_to_the_store(money: Money, client_for: Clients) -> None:
    cast = money.world.cast
    asker = client_for(cast.programme)
    assert asker.get(reverse("finance-propose")).status_code == 200
    answer = asker.post(reverse("finance-propose"), form(money))
    assert answer.status_code == 302, answer.content.decode()[-3000:]
    (row,) = queries.disbursements(money.world.places.city)
    assert (row.amount_fen, row.lines[0].unit_price_fen) == (125_000, 250)
    page = reverse("finance-disbursement", args=[row.number])
    assert "采购手套" in asker.get(page).content.decode()

    assert any("登记集体决策" in t.title for t in tasks_of(cast.accountant))
    decide = reverse("finance-decide", args=[row.number])
    recorder = client_for(cast.accountant)
    assert recorder.get(decide).status_code == 200
    record = {
        "meeting": "第 3 次会议",
        "held_on": "2020-01-29",
        "attendees": [m.person_id for m in cast.committee],
        "approved": "yes",
        "minutes": "同意",
    }
    few = recorder.post(decide, {**record, "attendees": record["attendees"][:2]})  # type: ignore[index]
    assert few.status_code == 422
    assert "至少须有 3 人" in few.content.decode()
    assert recorder.post(decide, record).status_code == 302

    assert any("付款" in t.title for t in tasks_of(cast.cashier))
    pay = reverse("finance-pay", args=[row.number])
    cashier = client_for(cast.cashier)
    assert cashier.get(pay).status_code == 200
    assert cashier.post(pay, {"bank": "ICBC"}).status_code == 302
    assert cashier.post(pay, {"bank": "ICBC"}).status_code == 422

    assert any("采购收货" in t.title for t in tasks_of(cast.keeper))
    receive = reverse("finance-receive", args=[row.number])
    keeper = client_for(cast.keeper)
    assert keeper.get(receive).status_code == 200
    counted = {"line": row.lines[0].id, "quantity": 500, "lot_number": "L9"}
    answer = keeper.post(receive, {"store": money.stock.store_id, **lines(counted)})
    assert answer.status_code == 302, answer.content.decode()[-3000:]
    text = recorder.get(page).content.decode()
    assert "冯委员" in text
    assert "donations.gift" in text or "疫情防控" in text


def test_the_payment_form_is_a_pdf(money: Money, client_for: Clients) -> None:
    id = money.buy()
    money.decide(id)
    number = money.pay(id)
    answer = client_for(money.world.cast.accountant).get(
        reverse("finance-payment-form", args=[number])
    )
    assert answer.content.startswith(b"%PDF-")


def test_the_payee_confirms(money: Money, client_for: Clients) -> None:
    id = money.propose()
    money.decide(id)
    number = money.pay(id)
    receiver = money.world.cast.receiver
    assert any("确认收款" in t.title for t in tasks_of(receiver))
    client = client_for(receiver)
    assert number in client.get(reverse("finance-received")).content.decode()
    confirm = reverse("finance-confirm", args=[number])
    assert client.get(confirm).status_code == 200
    assert client.post(confirm).status_code == 302
    other = client_for(money.world.cast.second_receiver)
    assert other.get(confirm).status_code in (403, 404)


def test_directed_money_is_countersigned(money: Money, client_for: Clients) -> None:
    from boai.ground.core.actors import SYSTEM

    id = disbursing.order_directed_payment(
        SYSTEM,
        fund_id=money.directed,
        amount=500,
        source="donations.gift:D1",
        purpose="按捐赠人指定拨付",
        at=money.at,
    )
    row = queries.disbursement_by_id(id)
    assert row is not None
    accountant = money.world.cast.accountant
    assert any("核对定向捐赠" in t.title for t in tasks_of(accountant))
    client = client_for(accountant)
    sign = reverse("finance-countersign", args=[row.number])
    assert client.get(sign).status_code == 200
    assert client.post(sign).status_code == 302
    row = queries.disbursement_by_id(id)
    assert row is not None and row.state == "decided"


def test_supervisors_see_large_purchases_before_payment(money: Money, client_for: Clients) -> None:
    row = queries.disbursement_by_id(money.buy(100_000, 500))
    assert row is not None
    supervisor = money.world.cast.supervisor
    assert any("大额采购" in t.title for t in tasks_of(supervisor))
    text = client_for(supervisor).get(reverse("finance-large")).content.decode()
    assert row.number in text


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"amount": "0"}, "范围"),
        ({"amount": "0.001"}, "小数"),
        ({"amount": "1e12"}, "数字"),
        ({"payee": "不存在"}, "名录"),
        ({"amount": "1250.01"}, "不符"),
        ({"serves": "other"}, "限定用于"),
        ({"purpose": "x" * 10_000}, "400"),
        ({"fund": "99999999"}, ""),
    ],
)
def test_wrong_input_is_told_beside_the_field(
    money: Money, client_for: Clients, change: dict[str, object], words: str
) -> None:
    answer = client_for(money.world.cast.programme).post(
        reverse("finance-propose"), form(money, **change)
    )
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not queries.disbursements(money.world.places.city)


PAGES = ["finance-disbursements", "finance-funds", "finance-large"]


@pytest.mark.parametrize("name", PAGES)
def test_lists_for_one_row_and_for_thirty(
    money: Money,
    client_for: Clients,
    name: str,
    django_assert_max_num_queries: Callable[..., object],
) -> None:
    for n in range(30):
        money.propose(n + 1)
    client = client_for(money.world.cast.accountant)
    with django_assert_max_num_queries(30):  # type: ignore[attr-defined]
        assert client.get(reverse(name)).status_code == 200
    assert client.get(reverse(name), {"export": "xlsx"}).status_code == 200
    assert client.get(reverse(name), {"q": "改造", "large": "1"}).status_code == 200


def test_a_stranger_sees_nothing(money: Money, client_for: Clients) -> None:
    row = queries.disbursement_by_id(money.propose())
    assert row is not None
    outsider = client_for(money.world.cast.outsider)
    assert row.number not in outsider.get(reverse("finance-disbursements")).content.decode()
    for name in (
        "finance-disbursement",
        "finance-payment-form",
        "finance-decide",
        "finance-call-off",
    ):
        assert outsider.get(reverse(name, args=[row.number])).status_code in (403, 404)
    visitor = client_for(None)
    for name in PAGES:
        assert visitor.get(reverse(name)).status_code in (302, 403)


def test_calling_off_needs_a_reason(money: Money, client_for: Clients) -> None:
    row = queries.disbursement_by_id(money.propose())
    assert row is not None
    client = client_for(money.world.cast.programme)
    url = reverse("finance-call-off", args=[row.number])
    assert client.get(url).status_code == 200
    assert client.post(url, {"reason": ""}).status_code == 422
    assert client.post(url, {"reason": "不再需要"}).status_code == 302
