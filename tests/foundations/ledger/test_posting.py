"""Entries: both sides, keys, refusals, reversal, numbers."""

import pytest

from boai.foundations.ledger import queries
from boai.foundations.ledger.errors import (
    AlreadyReversed,
    FundIsClosedToPostings,
    NotEnough,
    NotFound,
    PostingIsMalformed,
    SameKeyOtherInputs,
)
from boai.foundations.ledger.models import Entry
from boai.foundations.ledger.services import numbering, posting
from boai.foundations.ledger.values import AccountKey, EntryOrder, Leg, LotPosition
from boai.ground.core.actors import SYSTEM
from tests.factories.books import AT, CITY, move, place

pytestmark = pytest.mark.django_db


def test_goods_move_from_place_to_place() -> None:
    move(place("origin"), place("on_hand"), 100, "in")
    move(place("on_hand"), place("reserved"), 30, "reserve")
    move(place("reserved"), place("in_transit", ref="waybill:1"), 30, "load")
    move(place("in_transit", ref="waybill:1"), place("delivered", ref="9"), 28, "sign")
    assert queries.lot_position([5, 6]) == {
        5: LotPosition(on_hand=70, in_transit=2, delivered=28),
        6: LotPosition(),
    }
    assert queries.lot_position([5])[5].received == 100
    assert [m.amount for m in queries.movements(5)] == [100, 30, 30, 28]
    assert queries.balance(place("origin")) == 100
    assert queries.balance(place("on_hand", lot=99)) == 0
    assert [b.amount for b in queries.balances(CITY, kind="on_hand")] == [70]


def test_the_same_key_answers_the_first_entry() -> None:
    first = move(place("origin"), place("on_hand"), 100, "in")
    again = move(place("origin"), place("on_hand"), 100, "in")
    assert again == first._replace(repeated=True)
    with pytest.raises(SameKeyOtherInputs):
        move(place("origin"), place("on_hand"), 101, "in")
    assert queries.balance(place("on_hand")) == 100


def test_keys_of_two_societies_do_not_meet() -> None:
    move(place("origin"), place("on_hand"), 100, "in")
    other = move(
        place("origin", organisation_id=8, lot=6), place("on_hand", 6, organisation_id=8), 3, "in"
    )
    assert not other.repeated


def test_no_more_than_there_is() -> None:
    move(place("origin"), place("on_hand"), 100, "in")
    with pytest.raises(NotEnough) as refusal:
        move(place("on_hand"), place("reserved"), 101, "reserve")
    assert "100" in refusal.value.sentence()
    assert "101" in refusal.value.sentence()
    assert Entry.objects.count() == 1


def test_legs_of_one_entry_are_taken_in_order() -> None:
    legs = [
        Leg(place("reserved"), place("on_hand"), 5),
        Leg(place("on_hand"), place("origin"), 5),
    ]
    with pytest.raises(NotEnough):
        posting.post(
            SYSTEM, organisation_id=CITY, kind="move", key="k", legs=legs, at=AT, inputs={}
        )
    posting.post(
        SYSTEM, organisation_id=CITY, kind="move", key="k", legs=legs[::-1], at=AT, inputs={}
    )
    assert queries.balance(place("reserved")) == 5


@pytest.mark.parametrize(
    "legs",
    [
        [],
        [Leg(place("on_hand"), place("origin"), 0)],
        [Leg(place("on_hand"), place("origin"), -1)],
        [Leg(place("on_hand"), place("origin"), 10**15 + 1)],
        [Leg(place("on_hand"), place("origin"), 1.5)],  # type: ignore[arg-type]
        [Leg(place("on_hand"), place("on_hand"), 1)],
        [Leg(place("on_hand"), place("origin", lot=6), 1)],
        [Leg(place("on_hand"), place("origin", organisation_id=8), 1)],
        [Leg(place("on_hand"), AccountKey(CITY, "origin", "x", "CNY", 5), 1)],
        [Leg(place("nowhere"), place("origin"), 1)],
    ],
)
def test_malformed_legs_are_refused(legs: list[Leg]) -> None:
    with pytest.raises(PostingIsMalformed):
        posting.post(SYSTEM, organisation_id=CITY, kind="k", key="k", legs=legs, at=AT, inputs={})
    assert not Entry.objects.exists()


def test_fund_accounts_are_not_posted_to_directly() -> None:
    leg = Leg(AccountKey(CITY, "bank", "ICBC"), AccountKey(CITY, "fund", "1"), 5)
    with pytest.raises(FundIsClosedToPostings):
        posting.post(SYSTEM, organisation_id=CITY, kind="k", key="k", legs=[leg], at=AT, inputs={})


def test_many_at_once_with_repeats() -> None:
    def order(key: str, amount: int) -> EntryOrder:
        return EntryOrder(key, [Leg(place("on_hand"), place("origin"), amount)], AT, amount)

    first = posting.post_many(
        SYSTEM, organisation_id=CITY, kind="in", entries=[order("a", 1), order("b", 2)]
    )
    second = posting.post_many(
        SYSTEM,
        organisation_id=CITY,
        kind="in",
        entries=[order("b", 2), order("c", 4), order("c", 4)],
    )
    assert [p.repeated for p in second] == [True, False, True]
    assert second[0].entry_id == first[1].entry_id
    assert second[1].entry_id == second[2].entry_id
    assert queries.balance(place("on_hand")) == 7
    with pytest.raises(SameKeyOtherInputs):
        posting.post_many(
            SYSTEM, organisation_id=CITY, kind="in", entries=[order("d", 1), order("d", 2)]
        )


def test_an_entry_is_reversed_once() -> None:
    taken = move(place("origin"), place("on_hand"), 100, "in")
    back = posting.reverse(SYSTEM, entry_id=taken.entry_id, key="back", at=AT, reason="重复登记")
    assert queries.balance(place("on_hand")) == 0
    again = posting.reverse(SYSTEM, entry_id=taken.entry_id, key="back", at=AT, reason="重复登记")
    assert again.repeated
    assert again.entry_id == back.entry_id
    with pytest.raises(AlreadyReversed):
        posting.reverse(SYSTEM, entry_id=taken.entry_id, key="twice", at=AT, reason="x")
    with pytest.raises(NotFound):
        posting.reverse(SYSTEM, entry_id=10**9, key="none", at=AT, reason="x")


def test_goods_that_moved_on_cannot_be_taken_back() -> None:
    taken = move(place("origin"), place("on_hand"), 100, "in")
    move(place("on_hand"), place("reserved"), 1, "reserve")
    with pytest.raises(NotEnough):
        posting.reverse(SYSTEM, entry_id=taken.entry_id, key="back", at=AT, reason="x")


def test_entries_are_numbered_without_a_gap() -> None:
    for n in range(5):
        move(place("origin"), place("on_hand"), 1, f"in-{n}")
    with pytest.raises(NotEnough):
        move(place("on_hand"), place("reserved"), 6, "too-much")
    move(place("origin", 6, organisation_id=8), place("on_hand", 6, organisation_id=8), 1, "x")
    assert numbering.number_all() == 6
    assert numbering.number_all() == 0
    move(place("origin"), place("on_hand"), 1, "late")
    numbering.number_all()
    numbers = Entry.objects.filter(organisation_id=CITY).order_by("id")
    assert list(numbers.values_list("sequence", flat=True)) == [1, 2, 3, 4, 5, 6]
    assert move(place("origin"), place("on_hand"), 1, "late").sequence == 6
