"""What a hospital sends back: three signatures, quarantine first, every piece accounted for."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from boai.foundations.ledger.queries import lot_position
from boai.foundations.translog import queries as translog
from boai.ground.core.errors import NotFound, NotPermitted
from boai.ground.core.laws import all_laws
from boai.relief.dispatch import errors, queries
from boai.relief.dispatch.models import Return, WaybillLine
from boai.relief.dispatch.services import delivering, returning
from boai.relief.warehouse.errors import InspectorCounted, SamePersonTwice
from boai.relief.warehouse.models import Lot
from boai.relief.warehouse.services import adjusting, inspecting
from tests.factories.goods import Stock, gloves, receive, send

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def laws_hold(db: None) -> Any:
    """Every law of the house, after each test."""
    yield
    broken = {law.id: f.breaches for law in all_laws() if (f := law.check()).breaches}
    assert broken == {}


def delivered(stock: Stock, at: datetime) -> tuple[int, int, int]:
    """A hundred gloves, sixty of them with the hospital; answers lot, waybill, line."""
    [lot] = receive(stock, gloves(stock, 100), at=at)
    waybill = send(stock, {lot: 60}, at=at)
    line = WaybillLine.objects.get(waybill_id=waybill).pk
    delivering.sign(stock.world.cast.receiver, waybill_id=waybill, counted={line: 60}, at=at)
    return lot, waybill, line


def come_back(stock: Stock, waybill: int, quantities: dict[int, int], at: datetime) -> list[int]:
    """The hospital sends back, two keepers receive; answers the new lots."""
    cast = stock.world.cast
    number = returning.send_back(
        cast.receiver, waybill_id=waybill, quantities=quantities, reason="多余", at=at
    )
    returning.count_return(cast.keeper, number=number, at=at)
    return returning.receive_return(cast.second_keeper, number=number, at=at)


def test_what_comes_back_waits_for_inspection(stock: Stock, at: datetime) -> None:
    lot, waybill, line = delivered(stock, at)
    [back] = come_back(stock, waybill, {line: 25}, at + HOUR)
    old, new = (lot_position([lot, back])[x] for x in (lot, back))
    assert (old.on_hand, old.delivered, new.quarantine) == (40, 35, 25)
    assert Lot.objects.get(pk=back).state == "quarantine"
    [way] = queries.deliveries_of_lot(lot)
    assert (way.accepted, way.returned, way.net) == (60, 25, 35)
    assert len(translog.refs_of_kind("goods-returned")) == 1
    inspecting.inspect_lot(stock.world.cast.third_keeper, lot_id=back, passed=True, at=at + HOUR)
    assert lot_position([back])[back].on_hand == 25
    send(stock, {back: 25}, at=at + HOUR)


def test_who_counted_what_came_back_does_not_inspect_it(stock: Stock, at: datetime) -> None:
    _lot, waybill, line = delivered(stock, at)
    [back] = come_back(stock, waybill, {line: 25}, at + HOUR)
    first = stock.world.cast.keeper
    with pytest.raises(InspectorCounted):
        inspecting.inspect_lot(first, lot_id=back, passed=True, at=at + HOUR)
    for statement in (
        "INSERT INTO warehouse_inspection (lot_id, inspector_id, passed, note, inspected_at) "
        f"VALUES ({back}, {first.person_id}, TRUE, '', '2020-02-01 00:00:00+00:00')",
        f"UPDATE warehouse_lot SET counted_by_id = NULL WHERE id = {back}",
    ):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert Lot.objects.get(pk=back).state == "quarantine"


def test_what_fails_inspection_is_written_off(stock: Stock, at: datetime) -> None:
    _lot, waybill, line = delivered(stock, at)
    [back] = come_back(stock, waybill, {line: 60}, at)
    cast = stock.world.cast
    inspecting.inspect_lot(cast.third_keeper, lot_id=back, passed=False, note="受潮", at=at)
    asked = adjusting.propose_adjustment(
        cast.keeper, lot_id=back, kind="destroyed", quantity=60, reason="受潮", at=at
    )
    adjusting.countersign_adjustment(cast.second_keeper, adjustment_id=asked, agree=True, at=at)
    assert lot_position([back])[back].written_off == 60


def test_pieces_of_a_recalled_lot_come_back_recalled(stock: Stock, at: datetime) -> None:
    lot, waybill, line = delivered(stock, at)
    [early] = come_back(stock, waybill, {line: 5}, at)
    inspecting.recall_lot(stock.world.cast.third_keeper, lot_id=lot, reason="厂家召回", at=at)
    [late] = come_back(stock, waybill, {line: 55}, at)
    assert {x.state for x in Lot.objects.filter(pk__in=[early, late])} == {"recalled"}


def test_no_more_comes_back_than_was_delivered(stock: Stock, at: datetime) -> None:
    _lot, waybill, line = delivered(stock, at)
    receiver = stock.world.cast.receiver

    def ask(n: int, reason: str = "多余") -> str:
        return returning.send_back(
            receiver, waybill_id=waybill, quantities={line: n}, reason=reason, at=at
        )

    number = ask(40)
    for wanted, refusal in (
        (21, errors.MoreThanDelivered),
        (-1, errors.CountIsNotWhole),
        (0, errors.NothingComesBack),
    ):
        with pytest.raises(refusal):
            ask(wanted)
    with pytest.raises(errors.ReasonMissing):
        ask(1, " ")
    returning.withdraw_return(receiver, number=number, at=at)
    with pytest.raises(errors.ReturnNotWaiting):
        returning.count_return(stock.world.cast.keeper, number=number, at=at)
    ask(60)


def test_three_people_and_nobody_else(stock: Stock, at: datetime) -> None:
    _lot, waybill, line = delivered(stock, at)
    cast = stock.world.cast
    for actor, refusal in (
        (cast.keeper, NotPermitted),
        (cast.second_receiver, NotFound),
        (cast.outsider, (NotFound, NotPermitted)),
    ):
        with pytest.raises(refusal):
            returning.send_back(
                actor, waybill_id=waybill, quantities={line: 1}, reason="多余", at=at
            )
    number = returning.send_back(
        cast.receiver, waybill_id=waybill, quantities={line: 1}, reason="多余", at=at
    )
    with pytest.raises(errors.ReturnNotWaiting):
        returning.receive_return(cast.keeper, number=number, at=at)
    returning.count_return(cast.keeper, number=number, at=at)
    for stranger in (cast.receiver, cast.county_keeper, cast.outsider):
        with pytest.raises(NotPermitted):
            returning.receive_return(stranger, number=number, at=at)
    with pytest.raises(SamePersonTwice):
        returning.receive_return(cast.keeper, number=number, at=at)


def test_the_database_refuses_what_the_program_would_not_do(stock: Stock, at: datetime) -> None:
    _lot, waybill, line = delivered(stock, at)
    one = stock.world.cast.receiver.person_id or 0
    note = Return.objects.create(
        number="TH1", waybill_id=waybill, reason="x", sent_by_id=one, sent_at=at
    )
    note.lines.create(line_id=line, quantity=1)
    other = Return.objects.create(
        number="TH2", waybill_id=waybill, reason="x", sent_by_id=one, sent_at=at
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        other.lines.create(line_id=line, quantity=60)
    for statement in (
        "UPDATE dispatch_return SET state = 'received'",
        f"UPDATE dispatch_return SET state = 'counted', counted_by_id = {one}",
        "UPDATE dispatch_returnline SET quantity = 2",
        "DELETE FROM dispatch_returnline",
    ):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
