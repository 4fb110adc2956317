"""Many at once on one PostgreSQL: exactly what arithmetic allows."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from boai.foundations.ledger import queries
from boai.foundations.ledger.errors import AlreadyReversed, FundHasTooLittle, NotEnough, PartlySpent
from boai.foundations.ledger.models import Entry
from boai.foundations.ledger.services import funds, numbering, posting
from boai.foundations.ledger.services.auditing import breaches_of_all
from boai.ground.core.actors import SYSTEM
from boai.ground.core.errors import Refusal
from tests.factories.books import AT, CITY, gift, make_fund, move, place, spend

pytestmark = pytest.mark.usefixtures("storm")


def at_once(acts: list[Callable[[], object]]) -> list[object]:
    """Run acts at the same moment, each on its own connection; answers or refusals."""
    start = Barrier(len(acts))

    def run(act: Callable[[], object]) -> object:
        try:
            start.wait()
            return act()
        except Refusal as refusal:
            return type(refusal)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def test_eight_people_take_thirty_from_a_hundred() -> None:
    move(place("origin"), place("on_hand"), 100, "in")
    acts = [
        lambda n=n: move(place("on_hand"), place("reserved", ref=f"r{n}"), 30, f"take-{n}")
        for n in range(8)
    ]
    answers = at_once(acts)
    assert answers.count(NotEnough) == 5
    position = queries.lot_position([5])[5]
    assert (position.on_hand, position.reserved) == (10, 90)
    assert breaches_of_all() == []


def test_one_key_sent_eight_times_posts_once() -> None:
    fund = make_fund()
    answers = at_once([lambda: gift(fund, "A", 500)] * 8)
    assert sum(not a.repeated for a in answers) == 1  # type: ignore[attr-defined]
    assert len({a.entry_id for a in answers}) == 1  # type: ignore[attr-defined]
    assert queries.fund(fund).balance == 500


def test_spends_and_gifts_on_one_fund() -> None:
    fund = make_fund()
    gift(fund, "A", 100)
    acts: list[Callable[[], object]] = [lambda n=n: spend(fund, str(n), 30) for n in range(8)]
    acts += [lambda n=n: gift(fund, f"late-{n}", 1) for n in range(4)]
    answers = at_once(acts)
    assert answers.count(FundHasTooLittle) == 5
    assert queries.fund(fund).balance == 14
    assert breaches_of_all() == []


def test_a_refund_races_a_spend() -> None:
    fund = make_fund()
    gift(fund, "A", 100)

    def refund(n: int) -> object:
        return funds.refund(
            SYSTEM,
            fund_id=fund,
            source="donations.gift:A",
            amount=100,
            bank="ICBC",
            key=f"refund-{n}",
            at=AT,
            inputs={},
        )

    answers = at_once(
        [lambda: spend(fund, "1", 100), lambda: refund(1), lambda: refund(2), lambda: refund(3)]
    )
    refused = [a for a in answers if isinstance(a, type)]
    assert len(refused) == 3
    assert set(refused) <= {FundHasTooLittle, PartlySpent}


def test_one_entry_is_reversed_once_by_eight() -> None:
    taken = move(place("origin"), place("on_hand"), 100, "in")
    acts = [
        lambda n=n: posting.reverse(
            SYSTEM, entry_id=taken.entry_id, key=f"back-{n}", at=AT, reason="x"
        )
        for n in range(8)
    ]
    answers = at_once(acts)
    assert sum(not isinstance(a, type) for a in answers) == 1
    assert {a for a in answers if isinstance(a, type)} <= {AlreadyReversed, NotEnough}
    assert queries.balance(place("on_hand")) == 0


def test_two_number_at_once() -> None:
    for n in range(40):
        move(place("origin"), place("on_hand"), 1, f"in-{n}")
    assert sum(at_once([lambda: numbering.number_entries(CITY)] * 4)) == 40  # type: ignore[arg-type]
    numbers = Entry.objects.order_by("sequence").values_list("sequence", flat=True)
    assert list(numbers) == list(range(1, 41))


def test_crossing_moves_do_not_wait_for_each_other_in_a_circle() -> None:
    move(place("origin", 1), place("on_hand", 1), 100, "in-1")
    move(place("origin", 2), place("on_hand", 2), 100, "in-2")

    def both(first: int, second: int, n: int) -> object:
        from boai.foundations.ledger.values import Leg

        return posting.post(
            SYSTEM,
            organisation_id=CITY,
            kind="move",
            key=f"both-{n}",
            legs=[
                Leg(place("reserved", lot), place("on_hand", lot), 10) for lot in (first, second)
            ],
            at=AT,
            inputs={},
        )

    acts = [lambda n=n: both(1 + n % 2, 2 - n % 2, n) for n in range(8)]
    assert not [a for a in at_once(acts) if isinstance(a, type)]
    assert queries.balance(place("reserved", 2)) == 80
