"""What speaks against counting, issuing, reserving: pure."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boai.relief.warehouse import errors, rules
from boai.relief.warehouse.rules import StockLot
from boai.relief.warehouse.values import CountedLine

TODAY = date(2020, 2, 28)


def lot(number: int = 1, **but: object) -> StockLot:
    """A released lot of a hundred that lasts."""
    facts = {
        "id": number,
        "number": f"LT{number}",
        "state": "released",
        "expires_on": date(2021, 1, 1),
        "directed_to": None,
        "free": 100,
    } | but
    return StockLot(**facts)  # type: ignore[arg-type]


def names(reasons: list[object]) -> list[str]:
    """The refusals by name."""
    return [type(reason).__name__ for reason in reasons]


@pytest.mark.parametrize("quantity", [0, -1, 10**12 + 1, True, 1.5, "3"])
def test_quantities_that_are_none(quantity: object) -> None:
    assert names(rules.reasons_against_quantity(quantity)) == ["QuantityIsNotWhole"]  # type: ignore[arg-type]


def test_the_last_day_on_the_pack_is_still_good() -> None:
    assert names(rules.reasons_against_issuing(lot(expires_on=TODAY), 1, TODAY)) == []
    tomorrow = date(2020, 2, 29)
    assert names(rules.reasons_against_issuing(lot(expires_on=TODAY), 1, tomorrow)) == [
        "LotHasExpired"
    ]
    leap = lot(expires_on=tomorrow)
    assert names(rules.reasons_against_issuing(leap, 1, tomorrow)) == []
    assert names(rules.reasons_against_issuing(leap, 1, date(2020, 3, 1))) == ["LotHasExpired"]


@pytest.mark.parametrize("state", ["quarantine", "rejected", "recalled"])
def test_only_released_lots_leave(state: str) -> None:
    assert names(rules.reasons_against_issuing(lot(state=state), 1, TODAY)) == ["LotNotReleased"]


def test_never_more_than_is_there() -> None:
    assert names(rules.reasons_against_issuing(lot(), 101, TODAY)) == ["MoreThanIsThere"]


def test_counting_refuses_dates_that_contradict() -> None:
    line = CountedLine(1, 5, produced_on=date(2020, 1, 2), expires_on=date(2020, 1, 1))
    assert names(rules.reasons_against_counting(line, TODAY)) == [
        "ExpiryBeforeProduction",
        "AlreadyExpired",
    ]
    future = CountedLine(1, 5, produced_on=date(2020, 3, 1))
    assert names(rules.reasons_against_counting(future, TODAY)) == ["ProducedInFuture"]
    assert names(rules.reasons_against_counting(CountedLine(1, 5, value_fen=-1), TODAY)) == [
        "ValueIsNotPossible"
    ]


def test_first_expiry_first_and_unknown_last() -> None:
    lots = [lot(1, expires_on=None), lot(2), lot(3, expires_on=date(2020, 3, 1))]
    taken = rules.take_by_first_expiry(lots, 250, TODAY, None)
    assert [(x.id, n) for x, n in taken] == [(3, 100), (2, 100), (1, 50)]


def test_a_directed_lot_serves_its_receiver_first_and_nobody_else() -> None:
    lots = [lot(1), lot(2, directed_to=7)]
    assert [x.id for x, _ in rules.take_by_first_expiry(lots, 150, TODAY, 7)] == [2, 1]
    with pytest.raises(errors.MoreThanIsThere):
        rules.take_by_first_expiry(lots, 150, TODAY, 8)


@given(st.lists(st.integers(0, 50), max_size=8), st.integers(1, 400))
def test_taking_gives_exactly_the_quantity_or_refuses(free: list[int], wanted: int) -> None:
    lots = [lot(n, free=f) for n, f in enumerate(free)]
    if wanted > sum(free):
        with pytest.raises(errors.MoreThanIsThere):
            rules.take_by_first_expiry(lots, wanted, TODAY, None)
        return
    taken = rules.take_by_first_expiry(lots, wanted, TODAY, None)
    assert sum(n for _, n in taken) == wanted
    assert all(0 < n <= x.free for x, n in taken)


def test_near_expiry_and_shares() -> None:
    assert rules.is_near_expiry(date(2020, 5, 28), TODAY)
    assert not rules.is_near_expiry(date(2020, 5, 29), TODAY)
    assert not rules.is_near_expiry(date(2020, 2, 27), TODAY)
    assert not rules.is_near_expiry(None, TODAY)
    assert rules.per_mille(9, 10) == 900
    assert rules.per_mille(0, 0) is None
