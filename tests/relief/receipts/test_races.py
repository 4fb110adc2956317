"""Many at the same moment on one PostgreSQL: numbers stay without gap, amounts within the gift."""

from collections.abc import Callable
from datetime import datetime

import pytest

from boai.ground.core.laws import all_laws
from boai.relief.receipts.models import Receipt
from boai.relief.receipts.services import asking, reviewing
from boai.relief.receipts.values import SlipOrder
from tests.factories.books import _role_afterwards, storm  # noqa: F401
from tests.factories.world import make_world
from tests.relief.donations.test_races import at_once

from .conftest import Office


@pytest.fixture
def busy(storm: None, at: datetime) -> Office:  # noqa: F811
    """The desk in a database that threads may write to."""
    world = make_world(at)
    return Office(world, at, world.cast.cashier, world.cast.accountant, world.places.city)


def broken() -> dict[str, object]:
    return {
        law.id: found.breaches
        for law in all_laws()
        if law.id.startswith("receipts") and (found := law.check()).breaches
    }


def reviews(office: Office, slips: list[int]) -> list[Callable[[], object]]:
    return [
        lambda slip=slip: tuple(  # type: ignore[misc]
            reviewing.review(office.reviewer, slip_id=slip, at=office.at)
        )
        for slip in slips
    ]


def test_eight_reviews_take_eight_numbers_in_a_row(busy: Office) -> None:
    busy.block(1, 5)
    busy.block(101, 110)
    slips = [busy.ask(busy.entitle(f"R{n}", 100), 100) for n in range(8)]
    answers = at_once(reviews(busy, slips))
    assert len(set(answers)) == 8
    numbers = sorted(Receipt.objects.values_list("number", flat=True))
    assert numbers == [1, 2, 3, 4, 5, 101, 102, 103]
    assert broken() == {}


def test_one_slip_eight_times_is_one_receipt(busy: Office) -> None:
    busy.block()
    slip = busy.ask(busy.entitle("R", 100), 100)
    answers = at_once(reviews(busy, [slip] * 8))
    assert answers.count("SlipIsNotWaiting") == 7
    assert Receipt.objects.count() == 1
    assert broken() == {}


def test_eight_ask_for_all_of_one_gift(busy: Office) -> None:
    busy.block()
    subject = busy.entitle("R", 100)
    order = SlipOrder(subject, 100, "何同学")

    def ask() -> object:
        return asking.ask(busy.clerk, organisation_id=busy.city, order=order, at=busy.at)

    answers = at_once([ask] * 8)
    assert answers.count("AboveWhatWasGiven") == 7


def test_numbers_for_three_are_not_given_to_eight(busy: Office) -> None:
    busy.block(1, 3)
    slips = [busy.ask(busy.entitle(f"R{n}", 100), 100) for n in range(8)]
    answers = at_once(reviews(busy, slips))
    assert answers.count("StockIsUsedUp") == 5
    assert sorted(Receipt.objects.values_list("number", flat=True)) == [1, 2, 3]
    assert broken() == {}
