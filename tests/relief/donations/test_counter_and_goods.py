"""Cash with two signatures; goods announced, received and confirmed."""

from datetime import datetime, timedelta

import pytest

from boai.foundations.certificates import queries as certificates
from boai.foundations.ledger import queries as ledger
from boai.ground.core.actors import SYSTEM
from boai.ground.core.errors import NotPermitted
from boai.relief.donations import errors, queries
from boai.relief.donations.services import appeals, counter, registering
from boai.relief.donations.values import AnnouncedLine
from boai.relief.warehouse import queries as warehouse
from boai.relief.warehouse.services import receiving, stores
from boai.relief.warehouse.values import CountedLine
from tests.factories.goods import make_stock
from tests.factories.people import other_account_of
from tests.factories.world import World
from tests.relief.donations.conftest import Opened


def cash(world: World, appeal: Opened, at: datetime, fen: int = 50000) -> str:
    return counter.register_cash_gift(
        world.cast.intake,
        organisation_id=world.places.city,
        appeal_id=appeal.id,
        amount_fen=fen,
        donor_name="赵现金",
        at=at,
    )


def test_cash_counts_with_the_second_signature(world: World, appeal: Opened, at: datetime) -> None:
    number = cash(world, appeal, at)
    assert queries.gift(number).state == "announced"
    assert certificates.papers_of(f"donations.gift:{number}") == []
    assert ledger.fund(appeal.fund_id).received == 0
    counter.countersign_cash_gift(world.cast.cashier, number=number, at=at)
    assert queries.gift(number).state == "confirmed"
    assert len(certificates.papers_of(f"donations.gift:{number}")) == 2
    assert ledger.fund(appeal.fund_id).received == 50000


def test_one_person_never_signs_twice(world: World, appeal: Opened, at: datetime) -> None:
    number = cash(world, appeal, at)
    with pytest.raises(errors.CashNeedsTwoPeople):
        counter.countersign_cash_gift(world.cast.intake, number=number, at=at)
    counter.countersign_cash_gift(world.cast.cashier, number=number, at=at)
    with pytest.raises(errors.GiftIsNotWaiting):
        counter.countersign_cash_gift(world.cast.cashier, number=number, at=at)


def test_nor_through_another_account(world: World, appeal: Opened, at: datetime) -> None:
    number = cash(world, appeal, at)
    twin = other_account_of(world.cast.intake, world.places.county, "CAS", at=at)
    with pytest.raises((errors.CashNeedsTwoPeople, NotPermitted)):
        counter.countersign_cash_gift(twin, number=number, at=at)


def test_the_system_takes_no_cash(world: World, appeal: Opened, at: datetime) -> None:
    with pytest.raises(NotPermitted):
        counter.register_cash_gift(
            SYSTEM,
            organisation_id=world.places.city,
            appeal_id=appeal.id,
            amount_fen=100,
            at=at,
        )


@pytest.fixture
def mask(world: World, at: datetime) -> int:
    """Caps of the shipped catalogue: free goods, no inspection."""
    return make_stock(world, at).caps


def announce(world: World, appeal: Opened | None, item: int, at: datetime, **more: object):
    return registering.announce_gift_in_kind(
        more.pop("actor", world.cast.intake),
        organisation_id=world.places.city,
        appeal_id=appeal.id if appeal else None,
        lines=more.pop("lines", [AnnouncedLine(item, 1000)]),
        donor_name="某某医疗器械有限公司",
        named=True,
        display_name="某某医疗",
        at=at,
        **more,
    )


def receive(
    world: World,
    made: registering.AnnouncedGift,
    item: int,
    count: int,
    at: datetime,
    *,
    expected: bool = True,
) -> None:
    store = stores.open_store(
        world.cast.keeper, organisation_id=world.places.city, name=f"一号库{count}", at=at
    )
    note = receiving.open_note(
        world.cast.keeper,
        organisation_id=world.places.city,
        store_id=store,
        origin=f"donations.gift:{made.number}",
        consignment_id=made.consignment_id if expected else None,
        lines=[
            CountedLine(
                item,
                count,
                expires_on=(at + timedelta(days=400)).date(),
                origin_line=f"donations.gift-line:{queries.gift(made.number).lines[0].id}",
            )
        ],
        at=at,
    )
    receiving.countersign_receipt(
        world.cast.second_keeper,
        note_id=note,
        digest=warehouse.received_note(note).digest,
        at=at,
    )


def test_received_goods_confirm_the_gift(
    world: World, appeal: Opened, mask: int, at: datetime
) -> None:
    made = announce(world, appeal, mask, at)
    assert made.number.startswith("JW")
    assert queries.gift(made.number).state == "announced"
    receive(world, made, mask, 990, at)
    row = queries.gift(made.number)
    assert row.state == "confirmed"
    assert (row.lines[0].quantity, row.lines[0].received_quantity) == (1000, 990)
    assert row.lines[0].stated_value_fen is None
    papers = certificates.papers_of(row.ref)
    assert {p.kind for p in papers} == {"donation-certificate", "thank-you-letter"}
    receive(world, made, mask, 10, at, expected=False)
    assert queries.gift(made.number).lines[0].received_quantity == 1000
    states = [p.state for p in certificates.papers_of(row.ref) if p.kind == "donation-certificate"]
    assert sorted(states) == ["issued", "replaced"]
    assert warehouse.lots_of_origin(row.ref)


def test_home_and_overseas_receivers_are_separate(
    world: World, appeal: Opened, mask: int, at: datetime
) -> None:
    with pytest.raises(NotPermitted):
        announce(world, appeal, mask, at, overseas=True)
    with pytest.raises(NotPermitted):
        announce(world, appeal, mask, at, actor=world.cast.programme)
    made = announce(world, appeal, mask, at, actor=world.cast.programme, overseas=True)
    assert queries.gift(made.number).overseas


def test_late_goods_only_with_a_reason(
    world: World, appeal: Opened, mask: int, at: datetime
) -> None:
    appeals.suspend_appeal(world.cast.programme, appeal_id=appeal.id, reason="结束", at=at)
    with pytest.raises(errors.ReasonForLatenessIsMissing):
        announce(world, appeal, mask, at + timedelta(days=1))
    made = announce(world, appeal, mask, at + timedelta(days=1), late_reason="1 月 28 日已发运")
    assert queries.gift(made.number).late_reason


@pytest.mark.parametrize(
    ("line", "refusal"),
    [
        ({"quantity": 0}, errors.QuantityIsOutOfRange),
        ({"quantity": -5}, errors.QuantityIsOutOfRange),
        ({"quantity": 10**13}, errors.QuantityIsOutOfRange),
        ({"quantity": 1, "item_id": 987654}, errors.ItemIsUnknown),
        ({"quantity": 1, "stated_value_fen": 0}, errors.StatedValueIsZero),
        ({"quantity": 1, "directed_to": 987654}, errors.DirectedToIsUnknown),
    ],
)
def test_impossible_lines_are_refused(
    world: World,
    appeal: Opened,
    mask: int,
    at: datetime,
    line: dict[str, int],
    refusal: type[Exception],
) -> None:
    with pytest.raises(refusal):
        announce(world, appeal, mask, at, lines=[AnnouncedLine(**{"item_id": mask, **line})])
    with pytest.raises(errors.LinesAreMissing):
        announce(world, appeal, mask, at, lines=[])


def test_a_lists_own_number_is_one_gift(
    world: World, appeal: Opened, mask: int, at: datetime
) -> None:
    announce(world, appeal, mask, at, reference="清单-17")
    with pytest.raises(errors.ReferenceIsKnown):
        announce(world, appeal, mask, at, reference="清单-17")
