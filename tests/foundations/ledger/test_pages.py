"""Pages of the books: the accountant sees the society's own; a stranger sees nothing."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from boai.foundations.ledger.services import posting
from boai.ground.core.actors import SYSTEM
from tests.factories.books import AT, gift, make_fund, move, place, spend
from tests.factories.world import World

Clients = Callable[..., Client]


@pytest.fixture
def books(world: World) -> dict[str, int]:
    """Some of everything in the city society's books."""
    city = world.places.city
    fund = make_fund(organisation_id=city)
    gift(fund, "A", 12_345)
    paid = spend(fund, "1", 5_000)
    taken = move(
        place("origin", organisation_id=city), place("on_hand", organisation_id=city), 100, "in"
    )
    posting.reverse(SYSTEM, entry_id=taken.entry_id, key="back", at=AT, reason="重复")
    return {"fund": fund, "paid": paid.entry_id, "taken": taken.entry_id}


LISTS = ["ledger-journal", "ledger-accounts", "ledger-funds", "ledger-trial-balance"]


@pytest.mark.parametrize("name", LISTS)
def test_the_accountant_sees_lists(
    books: dict[str, int], world: World, client_for: Clients, name: str
) -> None:
    client = client_for(world.cast.accountant)
    page = client.get(reverse(name))
    assert page.status_code == 200
    assert client.get(reverse(name), {"export": "xlsx"}).status_code == 200
    for query in ({"q": "A"}, {"sort": "-at"}, {"kind": "gift"}, {"commodity": "CNY"}):
        assert client.get(reverse(name), query).status_code == 200


def test_the_journal_tells_amounts(
    books: dict[str, int], world: World, client_for: Clients
) -> None:
    text = client_for(world.cast.accountant).get(reverse("ledger-journal")).content.decode()
    assert "123.45" in text
    assert "已冲销" in text


def test_an_entry_and_a_fund(books: dict[str, int], world: World, client_for: Clients) -> None:
    client = client_for(world.cast.accountant)
    text = client.get(reverse("ledger-entry", args=[books["taken"]])).content.decode()
    assert "查看冲销分录" in text
    text = client.get(reverse("ledger-fund", args=[books["fund"]])).content.decode()
    assert "73.45" in text
    assert 'class="axis-spend"' in text
    assert client.get(reverse("ledger-entry", args=[10**9])).status_code in (404, 422)


def test_a_stranger_sees_nothing(books: dict[str, int], world: World, client_for: Clients) -> None:
    client = client_for(world.cast.outsider)
    assert "123.45" not in client.get(reverse("ledger-journal")).content.decode()
    for name, key in (("ledger-entry", "paid"), ("ledger-fund", "fund")):
        assert client.get(reverse(name, args=[books[key]])).status_code in (403, 404, 422)
    visitor = client_for(None)
    for name in LISTS:
        assert visitor.get(reverse(name)).status_code in (302, 403)


@pytest.mark.parametrize("name", LISTS)
def test_as_many_queries_for_one_row_as_for_thirty(
    books: dict[str, int],
    world: World,
    client_for: Clients,
    django_assert_max_num_queries: Callable[..., object],
    name: str,
) -> None:
    city = world.places.city
    for n in range(30):
        move(
            place("origin", lot=100 + n, organisation_id=city),
            place("on_hand", lot=100 + n, organisation_id=city),
            1,
            f"in-{n}",
        )
    client = client_for(world.cast.accountant)
    with django_assert_max_num_queries(30):  # type: ignore[attr-defined]
        assert client.get(reverse(name)).status_code == 200
