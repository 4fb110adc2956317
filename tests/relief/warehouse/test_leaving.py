"""Inspecting, reserving, issuing, adjusting."""

from datetime import date, datetime, timedelta

import pytest

from boai.foundations.ledger.queries import lot_position
from boai.ground.core.actors import SYSTEM
from boai.ground.core.figures import Span
from boai.relief.warehouse import errors, figures, queries
from boai.relief.warehouse.models import Lot
from boai.relief.warehouse.services import adjusting, inspecting, issuing
from boai.relief.warehouse.values import CountedLine, IssueOrderLine, ReserveLine
from tests.factories.goods import Stock, gloves, receive

REF = "allocation.request:1"


def hold(stock: Stock, quantity: int, at: datetime, **more: object) -> list[tuple[int, int]]:
    """Set gloves aside; lots and quantities."""
    found = issuing.reserve(
        SYSTEM,
        organisation_id=stock.city,
        item_id=stock.gloves,
        quantity=quantity,
        for_ref=REF,
        at=at,
        **more,  # type: ignore[arg-type]
    )
    return [(row.lot_id, row.quantity) for row in found]


def test_a_regulated_lot_waits_for_an_inspector_who_did_not_count_it(
    stock: Stock, at: datetime
) -> None:
    cast = stock.world.cast
    [lot] = receive(stock, CountedLine(stock.alcohol, 40), at=at)
    with pytest.raises(errors.MoreThanIsThere):
        issuing.reserve(
            SYSTEM,
            organisation_id=stock.city,
            item_id=stock.alcohol,
            quantity=1,
            for_ref=REF,
            at=at,
        )
    with pytest.raises(errors.LotNotReleased):
        issuing.reserve(
            SYSTEM,
            organisation_id=stock.city,
            item_id=stock.alcohol,
            quantity=1,
            for_ref=REF,
            lot_ids=[lot],
            at=at,
        )
    with pytest.raises(errors.InspectorCounted):
        inspecting.inspect_lot(cast.keeper, lot_id=lot, passed=True, at=at)
    inspecting.inspect_lot(cast.third_keeper, lot_id=lot, passed=True, note="合格", at=at)
    assert lot_position([lot])[lot].on_hand == 40
    with pytest.raises(errors.LotNotInQuarantine):
        inspecting.inspect_lot(cast.third_keeper, lot_id=lot, passed=True, at=at)


def test_a_rejected_lot_only_goes_back_or_is_destroyed(stock: Stock, at: datetime) -> None:
    cast = stock.world.cast
    [lot] = receive(stock, CountedLine(stock.alcohol, 40), at=at)
    with pytest.raises(errors.ReasonMissing):
        inspecting.inspect_lot(cast.third_keeper, lot_id=lot, passed=False, at=at)
    inspecting.inspect_lot(cast.third_keeper, lot_id=lot, passed=False, note="渗漏", at=at)
    adjustment = adjusting.propose_adjustment(
        cast.keeper, lot_id=lot, kind="sent_back", quantity=40, reason="检验不合格", at=at
    )
    with pytest.raises(errors.SamePersonTwice):
        adjusting.countersign_adjustment(cast.keeper, adjustment_id=adjustment, agree=True, at=at)
    adjusting.countersign_adjustment(
        cast.second_keeper, adjustment_id=adjustment, agree=True, at=at
    )
    assert lot_position([lot])[lot].returned == 40


def test_first_expiry_first_and_directed_lots_for_their_unit(stock: Stock, at: datetime) -> None:
    hospital = stock.world.places.hospital
    late, early, directed = receive(
        stock,
        gloves(stock, 10, expires_on=date(2021, 1, 1)),
        gloves(stock, 10, expires_on=date(2020, 6, 1)),
        gloves(stock, 10, directed_to=hospital),
        at=at,
    )
    assert hold(stock, 15, at) == [(early, 10), (late, 5)]
    with pytest.raises(errors.MoreThanIsThere):
        hold(stock, 6, at)
    with pytest.raises(errors.DirectedElsewhere):
        hold(stock, 1, at, lot_ids=[directed], receiver_id=stock.world.places.second_hospital)
    assert hold(stock, 12, at, receiver_id=hospital) == [(directed, 10), (late, 2)]
    issuing.release_reservation(SYSTEM, organisation_id=stock.city, for_ref=REF, at=at)
    assert {p.on_hand for p in lot_position([late, early, directed]).values()} == {10}


@pytest.mark.parametrize("quantity", [0, -5, 10**13])
def test_reserving_nothing_is_refused(stock: Stock, at: datetime, quantity: int) -> None:
    receive(stock, gloves(stock, 10), at=at)
    with pytest.raises(errors.QuantityIsNotWhole):
        hold(stock, quantity, at)


def test_all_lines_of_a_request_or_none(stock: Stock, at: datetime) -> None:
    [lot] = receive(stock, gloves(stock, 10), at=at)
    with pytest.raises(errors.MoreThanIsThere):
        issuing.reserve_lines(
            SYSTEM,
            organisation_id=stock.city,
            lines=[ReserveLine(stock.gloves, 5), ReserveLine(stock.caps, 1)],
            for_ref=REF,
            at=at,
        )
    assert lot_position([lot])[lot].reserved == 0


def test_two_keepers_issue_and_the_rest_stays_set_aside(stock: Stock, at: datetime) -> None:
    cast = stock.world.cast
    [lot] = receive(stock, gloves(stock, 100), at=at)
    hold(stock, 60, at)
    with pytest.raises(errors.NotReservedHere):
        issuing.open_issue(
            cast.keeper, for_ref=REF, transport="YD1", lines=[IssueOrderLine(lot, 61)], at=at
        )
    note = issuing.open_issue(
        cast.keeper, for_ref=REF, transport="YD1", lines=[IssueOrderLine(lot, 40)], at=at
    )
    with pytest.raises(errors.SamePersonTwice):
        issuing.countersign_issue(cast.keeper, note_id=note.note_id, digest=note.digest, at=at)
    with pytest.raises(errors.NoteHasChanged):
        issuing.countersign_issue(cast.second_keeper, note_id=note.note_id, digest="x", at=at)
    issuing.countersign_issue(cast.second_keeper, note_id=note.note_id, digest=note.digest, at=at)
    place = lot_position([lot])[lot]
    assert (place.on_hand, place.reserved, place.in_transit) == (40, 20, 40)
    assert queries.reserved_for(REF) == {lot: 20}
    with pytest.raises(errors.NoteNotWaiting):
        issuing.countersign_issue(
            cast.second_keeper, note_id=note.note_id, digest=note.digest, at=at
        )
    day = Span(date(2020, 1, 29), date(2020, 1, 29))
    assert figures.same_day_rate([stock.city], day) == 400
    assert figures.pieces_on_hand([stock.city], Span(None, day.last)) == 60
    # The test's waybill is no waybill of dispatch: its goods come back before the laws are read.
    adjusting.take_back(
        cast.keeper,
        cast.second_keeper.person_id or 0,
        lot_id=lot,
        quantity=40,
        transport="YD1",
        reason="试验",
        at=at,
    )
    assert figures.pieces_on_hand([stock.city], Span(None, day.last)) == 100


def test_a_lot_that_expires_while_picked_does_not_leave(stock: Stock, at: datetime) -> None:
    cast = stock.world.cast
    receive(stock, gloves(stock, 10, expires_on=date(2020, 1, 29)), at=at)
    hold(stock, 10, at)
    note = issuing.open_issue(cast.keeper, for_ref=REF, transport="YD1", at=at)
    tomorrow = at + timedelta(days=1)
    with pytest.raises(errors.LotHasExpired):
        issuing.countersign_issue(
            cast.second_keeper, note_id=note.note_id, digest=note.digest, at=tomorrow
        )
    with pytest.raises(errors.LotHasExpired):
        issuing.open_issue(cast.keeper, for_ref=REF, transport="YD2", at=tomorrow)
    with pytest.raises(errors.MoreThanIsThere):
        hold(stock, 1, tomorrow)


def test_a_recalled_lot_stops_even_when_picked(stock: Stock, at: datetime) -> None:
    cast = stock.world.cast
    [lot] = receive(stock, gloves(stock, 10), at=at)
    hold(stock, 10, at)
    note = issuing.open_issue(cast.keeper, for_ref=REF, transport="YD1", at=at)
    inspecting.recall_lot(cast.third_keeper, lot_id=lot, reason="厂家召回", at=at)
    with pytest.raises(errors.LotNotReleased):
        issuing.countersign_issue(
            cast.second_keeper, note_id=note.note_id, digest=note.digest, at=at
        )


def test_counting_stock_finds_a_difference(stock: Stock, at: datetime) -> None:
    cast = stock.world.cast
    [lot] = receive(stock, gloves(stock, 10), at=at)
    assert adjusting.count_lot(cast.keeper, lot_id=lot, counted=10, reason="", at=at) is None
    with pytest.raises(errors.ReasonMissing):
        adjusting.count_lot(cast.keeper, lot_id=lot, counted=8, reason=" ", at=at)
    with pytest.raises(errors.QuantityIsNotWhole):
        adjusting.count_lot(cast.keeper, lot_id=lot, counted=-1, reason="盘点", at=at)
    loss = adjusting.count_lot(cast.keeper, lot_id=lot, counted=8, reason="盘点", at=at)
    assert loss is not None and lot_position([lot])[lot].on_hand == 10
    adjusting.countersign_adjustment(cast.second_keeper, adjustment_id=loss, agree=True, at=at)
    place = lot_position([lot])[lot]
    assert (place.on_hand, place.written_off) == (8, 2)
    found = adjusting.count_lot(cast.keeper, lot_id=lot, counted=9, reason="盘点", at=at)
    assert found is not None
    adjusting.countersign_adjustment(cast.second_keeper, adjustment_id=found, agree=True, at=at)
    assert lot_position([lot])[lot].on_hand == 9
    with pytest.raises(errors.MoreThanIsThere):
        adjusting.propose_adjustment(
            cast.keeper, lot_id=lot, kind="loss", quantity=10, reason="x", at=at
        )
    assert Lot.objects.get(pk=lot).received_quantity == 10
