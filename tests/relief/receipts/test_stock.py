"""Numbers: applied for, taken into stock by another, used one by one, explained by themselves."""

from datetime import datetime

import pytest

from boai.ground.core.actors import Actor
from boai.ground.core.errors import NotPermitted
from boai.relief.receipts import errors, queries
from boai.relief.receipts.services import stock
from tests.factories.people import other_account_of

from .conftest import CODE, Office


def apply(office: Office, wanted: int = 20) -> int:
    return stock.apply_for_block(
        office.clerk, organisation_id=office.city, wanted=wanted, at=office.at
    )


def test_bought_less_used_is_in_hand(office: Office) -> None:
    """S3-19: stock balance = bought, less issued, less void."""
    block = office.block(101, 110)
    subject = office.entitle(fen=30_000)
    first, second = (office.issue(subject, 10_000) for _n in range(2))
    assert (first, second) == (f"{CODE}-0000000101", f"{CODE}-0000000102")
    office.back(second, "void")
    row = queries.block(block)
    assert row is not None
    assert (row.size, row.issued, row.voided, row.in_hand, row.next) == (10, 1, 1, 8, 103)


def test_numbers_go_on_in_the_next_block(office: Office) -> None:
    office.block(1, 2)
    office.block(501, 510)
    subject = office.entitle(fen=50_000)
    issued = [office.issue(subject, 10_000) for _n in range(3)]
    assert [serial[-4:] for serial in issued] == ["0001", "0002", "0501"]
    assert [row.shown_state for row in queries.blocks(office.city)] == ["held", "used"]


def test_no_number_stands_in_two_blocks(office: Office) -> None:
    office.block(1, 100)
    for first, last in ((100, 110), (1, 100), (50, 60)):
        id = apply(office, 200)
        with pytest.raises(errors.BlockOverlaps, match="重叠"):
            stock.take_into_stock(
                office.reviewer, block_id=id, code=CODE, first=first, last=last, at=office.at
            )
    office.block(1, 100, code="98010127")


@pytest.mark.parametrize(
    ("code", "first", "last", "refusal"),
    [
        ("", 1, 5, errors.CodeIsNotReadable),
        ("9801012A", 1, 5, errors.CodeIsNotReadable),
        (CODE, 0, 5, errors.NumbersAreNotReadable),
        (CODE, 9, 5, errors.NumbersAreNotReadable),
        (CODE, 10**10, 10**10, errors.NumbersAreNotReadable),
        (CODE, 1, 21, errors.MoreThanApplied),
    ],
)
def test_what_no_finance_department_grants(
    office: Office, code: str, first: int, last: int, refusal: type[Exception]
) -> None:
    id = apply(office)
    with pytest.raises(refusal):
        stock.take_into_stock(
            office.reviewer, block_id=id, code=code, first=first, last=last, at=office.at
        )


def test_two_persons_and_once(office: Office, at: datetime) -> None:
    id = apply(office)
    twin = other_account_of(office.clerk, office.world.places.county, "ACC", at=office.world.since)
    assert twin.person_id == office.clerk.person_id
    for actor in (office.clerk,):
        with pytest.raises(errors.GranterMustBeAnother, match="两人"):
            stock.take_into_stock(actor, block_id=id, code=CODE, first=1, last=2, at=at)
    stock.close_application(office.reviewer, block_id=id, at=at)
    with pytest.raises(errors.BlockIsNotWaiting):
        stock.take_into_stock(office.reviewer, block_id=id, code=CODE, first=1, last=2, at=at)


@pytest.mark.parametrize("wanted", [0, -1, 1_000_001])
def test_nobody_applies_for_nothing_or_for_everything(office: Office, wanted: int) -> None:
    with pytest.raises(errors.WantedIsNotReadable):
        apply(office, wanted)


def test_strangers(office: Office, foreign_cashier: Actor) -> None:
    id = apply(office)
    for actor in (foreign_cashier, office.world.cast.keeper):
        with pytest.raises(NotPermitted):
            stock.apply_for_block(actor, organisation_id=office.city, wanted=1, at=office.at)
        with pytest.raises(NotPermitted):
            stock.take_into_stock(actor, block_id=id, code=CODE, first=1, last=2, at=office.at)
    with pytest.raises(errors.NotFound):
        stock.close_application(office.reviewer, block_id=10**9, at=office.at)
