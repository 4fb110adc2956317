"""Money that has arrived becomes gifts, each exactly once."""

from datetime import datetime, timedelta

import pytest

from boai.foundations.certificates import queries as certificates
from boai.foundations.ledger import queries as ledger
from boai.ground.core.actors import SYSTEM
from boai.ground.core.errors import NotPermitted
from boai.ground.core.numbering import is_well_formed
from boai.relief.donations import errors, queries
from boai.relief.donations.models import Gift
from boai.relief.donations.services import appeals, booking
from boai.relief.donations.values import ANONYMOUS, GiftOrder
from tests.factories.world import World
from tests.relief.donations.conftest import Opened


def order(reference: str, fen: int, at: datetime, **more: object) -> GiftOrder:
    return GiftOrder(
        amount_fen=fen, channel="bank", channel_reference=reference, given_at=at, **more
    )


def book(world: World, appeal: Opened | None, at: datetime, *orders: GiftOrder):
    return booking.book_gifts(
        world.cast.cashier,
        organisation_id=world.places.city,
        appeal_id=appeal.id if appeal else None,
        orders=orders,
        at=at,
    )


def test_a_set_of_gifts_is_posted_with_papers(world: World, appeal: Opened, at: datetime) -> None:
    result = book(
        world,
        appeal,
        at,
        order("a", 10000, at, donor_name="张三", phone="13812345678"),
        order("b", 20050, at, donor_name="李四", named=True, display_name="李四一家"),
        order("c", 1, at),
    )
    assert result.accepted == (0, 1, 2)
    assert all(is_well_formed(n) and n.startswith("JZ2020") for n in result.numbers)
    assert ledger.fund(appeal.fund_id).received == 30051
    rows = queries.gifts_by_ids(result.gift_ids)
    assert [r.public_name for r in rows] == [ANONYMOUS, "李四一家", ANONYMOUS]
    for row in rows:
        kinds = {p.kind for p in certificates.papers_of(row.ref)}
        assert kinds == {"donation-certificate", "thank-you-letter"}
    assert queries.find_gift(result.numbers[0], phone="138 1234 5678").number == result.numbers[0]


def test_the_same_again_changes_nothing(world: World, appeal: Opened, at: datetime) -> None:
    first = book(world, appeal, at, order("a", 100, at), order("a", 100, at), order("a", 101, at))
    assert (first.accepted, first.duplicates, first.conflicts) == ((0,), (1,), (2,))
    second = book(world, appeal, at, order("a", 100, at), order("b", 5, at))
    assert (second.accepted, second.duplicates) == ((1,), (0,))
    assert ledger.fund(appeal.fund_id).received == 105


def test_identical_rows_with_other_references_are_kept(
    world: World, appeal: Opened, at: datetime
) -> None:
    result = book(world, appeal, at, order("a", 100, at), order("b", 100, at))
    assert len(result.numbers) == 2


@pytest.mark.parametrize("fen", [0, -1, 10**15 + 1])
def test_impossible_amounts_refuse_the_set(
    world: World, appeal: Opened, at: datetime, fen: int
) -> None:
    with pytest.raises(errors.GiftOrderIsNotReadable):
        book(world, appeal, at, order("a", 100, at), order("b", fen, at))
    assert ledger.fund(appeal.fund_id).received == 0


def test_after_suspension_only_what_was_given_before(
    world: World, appeal: Opened, at: datetime
) -> None:
    later = at + timedelta(days=2)
    appeals.suspend_appeal(
        world.cast.programme, appeal_id=appeal.id, reason="专项募捐结束", at=at + timedelta(days=1)
    )
    book(world, appeal, later, order("a", 100, at))
    with pytest.raises(errors.AppealIsNotOpen):
        book(world, appeal, later, order("b", 100, later))
    assert ledger.fund(appeal.fund_id).received == 100


def test_directed_money_lies_in_a_fund_for_the_unit(
    world: World, appeal: Opened, at: datetime
) -> None:
    hospital = world.places.hospital
    result = book(world, appeal, at, order("a", 700, at, directed_to=hospital))
    fund = ledger.fund(queries.gift(result.numbers[0]).fund_id)
    assert (fund.restriction, fund.beneficiary_organisation_id, fund.received) == (
        "directed",
        hospital,
        700,
    )
    # H10: the payment order to the named unit is made at once.
    ordered = Gift.objects.get(number=result.numbers[0]).directed_order
    assert ordered.startswith("finance.disbursement:")
    again = book(world, appeal, at, order("b", 300, at, directed_to=hospital))
    assert queries.gift(again.numbers[0]).fund_id == fund.id
    with pytest.raises(errors.DirectedToIsUnknown):
        book(world, appeal, at, order("c", 300, at, directed_to=987654))


def test_without_an_appeal_the_money_is_unrestricted(world: World, at: datetime) -> None:
    result = book(world, None, at, order("a", 700, at))
    assert ledger.fund(queries.gift(result.numbers[0]).fund_id).restriction == "unrestricted"


def test_strangers_book_nothing(world: World, appeal: Opened, at: datetime) -> None:
    with pytest.raises(NotPermitted):
        booking.book_gifts(
            world.cast.outsider,
            organisation_id=world.places.city,
            appeal_id=appeal.id,
            orders=[order("a", 100, at)],
            at=at,
        )
    assert SYSTEM.kind == "system"
