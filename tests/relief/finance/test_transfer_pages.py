"""Money from society to society: asked for, decided, paid, confirmed by the people over there."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from boai.foundations.ledger.queries.overviews import arrival_of
from boai.ground.core.actors import Actor
from boai.ground.core.tasks import tasks_of
from boai.relief.finance import queries
from tests.factories.people import engage

from .conftest import Money

Clients = Callable[..., Client]


@pytest.fixture
def there(money: Money) -> Actor:
    """The accountant of the county society that receives."""
    return engage("白到账", "county-acc", money.world.places.county, "ACC", at=money.world.since)


def transfer(money: Money, amount: int = 500_000) -> str:
    """A paid transfer to the county; answers its number."""
    id = money.propose(amount, "transfer", payee_organisation_id=money.world.places.county)
    money.decide(id)
    return money.pay(id)


def test_from_asking_to_the_other_society(money: Money, there: Actor, client_for: Clients) -> None:
    cast = money.world.cast
    asker = client_for(cast.programme)
    form = reverse("finance-propose")
    assert "由对方确认到账" in asker.get(form).content.decode()
    asked = {
        "fund": money.appeal,
        "kind": "transfer",
        "payee": "测州市东区红十字会",
        "amount": "5000",
        "serves": "own",
        "purpose": "支援东区",
        "lines-TOTAL_FORMS": 0,
        "lines-INITIAL_FORMS": 0,
    }
    hospital = asker.post(form, {**asked, "payee": "测州市第一医院"})
    beside = hospital.content.decode().split('id="id_payee_errors"')[1]
    assert hospital.status_code == 422 and "红十字会" in beside[:400]
    assert asker.post(form, asked).status_code == 302
    (row,) = queries.disbursements(money.world.places.city)
    page = reverse("finance-disbursement", args=[row.number])
    text = asker.get(page).content.decode()
    assert "付款时进入同一限定用途的基金" in text and "测州市东区红十字会" in text
    received = reverse("finance-received-one", args=[row.number])
    reader = client_for(there)
    assert reader.get(received).status_code == 404
    assert row.number not in reader.get(reverse("finance-received")).content.decode()

    money.decide(row.id)
    money.pay(row.id)
    arrival = arrival_of(row.ref)
    assert arrival is not None and arrival.organisation_id == money.world.places.county
    own = client_for(cast.accountant).get(page).content.decode()
    assert arrival.fund in own and f">{arrival.entry_id}<" in own
    paid = queries.disbursement(row.number)
    assert paid is not None and paid.entry_id is not None
    assert reverse("ledger-entry", args=[paid.entry_id]) in own
    assert reverse("disclosure-trace", args=[row.number]) in own
    assert any("确认收款" in task.title for task in tasks_of(there))
    listed = reader.get(reverse("finance-received") + "?kind=transfer&state=paid")
    assert received in listed.content.decode()
    theirs = reader.get(received).content.decode()
    assert reverse("ledger-fund", args=[arrival.fund_id]) in theirs
    assert reverse("ledger-fund", args=[money.appeal]) not in theirs
    assert reverse("finance-confirm", args=[row.number]) in theirs
    assert "待确认" in theirs and "ICBC" not in theirs

    confirm = reverse("finance-confirm", args=[row.number])
    assert reader.get(confirm).status_code == 200
    done = reader.post(confirm)
    assert done.status_code == 302 and done.url == received  # type: ignore[attr-defined]
    after = reader.get(received).content.decode()
    assert "收款方已确认" in after and confirm not in after
    assert reader.post(confirm).status_code == 422
    assert "收款方已确认" in client_for(cast.accountant).get(page).content.decode()


def test_empty_state_and_filters(money: Money, there: Actor, client_for: Clients) -> None:
    client = client_for(there)
    url = reverse("finance-received")
    assert "还没有收到拨付" in client.get(url).content.decode()
    number = transfer(money)
    for query, found in (
        ("?kind=transfer", True),
        ("?kind=purchase", False),
        ("?state=paid", True),
        ("?state=confirmed", False),
        (f"?q={number}", True),
        ("?q=测州市红十字会", True),
        ("?q=异州", False),
    ):
        page = client.get(url + query).content.decode()
        assert (reverse("finance-received-one", args=[number]) in page) is found, query


def test_nobody_else_sees_what_was_received(
    money: Money, there: Actor, client_for: Clients
) -> None:
    number = transfer(money)
    cast = money.world.cast
    url = reverse("finance-received-one", args=[number])
    for who in (cast.accountant, cast.receiver, cast.second_receiver, cast.outsider):
        assert client_for(who).get(url).status_code == 404
    assert client_for(cast.keeper).get(url).status_code == 403
    assert client_for(None).get(url).status_code == 302
    assert client_for(there).get(reverse("finance-disbursement", args=[number])).status_code == 404


def test_a_payment_to_a_hospital_has_no_other_side(money: Money, client_for: Clients) -> None:
    id = money.propose()
    money.decide(id)
    number = money.pay(id)
    page = client_for(money.world.cast.receiver).get(reverse("finance-received-one", args=[number]))
    assert page.status_code == 200 and "红十字会之间划转" not in page.content.decode()


def test_the_list_asks_as_often_for_thirty_rows_as_for_one(
    money: Money, there: Actor, client_for: Clients
) -> None:
    client = client_for(there)

    def asked() -> int:
        with CaptureQueriesContext(connection) as counted:
            assert client.get(reverse("finance-received")).status_code == 200
        return len(counted)

    transfer(money)
    asked()
    one = asked()
    for n in range(29):
        transfer(money, 1000 + n)
    assert asked() == one
