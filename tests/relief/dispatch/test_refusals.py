"""Wrong input at each act of dispatch: refused, nothing changed."""

from datetime import date, datetime, timedelta
from io import BytesIO

import pytest
from PIL import Image

from boai.foundations.ledger.queries import lot_position
from boai.foundations.trail.queries import evidence_of
from boai.ground.core.actors import SYSTEM
from boai.ground.core.errors import NotFound, NotPermitted
from boai.ground.core.figures import Span
from boai.relief.dispatch import errors, figures, queries, rules
from boai.relief.dispatch.services import delivering, discrepancies, loading, ordering
from boai.relief.dispatch.values import OrderLine, Route
from boai.relief.warehouse.errors import DirectedElsewhere, LotHasExpired, SamePersonTwice
from boai.relief.warehouse.queries import reserved_for
from boai.relief.warehouse.services.issuing import reserve
from tests.factories.goods import Stock, gloves, order, receive, send, twin_of_keeper
from tests.factories.people import other_account_of


def line_of(waybill_id: int) -> int:
    """The one line of a waybill."""
    row = queries.waybill(waybill_id)
    assert row is not None
    return row.lines[0].id


def test_routes() -> None:
    assert rules.route_for(destination_known=True, needed=True) is Route.DIRECT
    assert rules.route_for(destination_known=False, needed=True) is Route.RELAY
    assert rules.route_for(destination_known=False, needed=False) is Route.STORE
    assert rules.route_of_order([7, 7], 7) is Route.DIRECT
    assert rules.route_of_order([7, None], 7) is Route.RELAY


@pytest.mark.parametrize(
    ("sent", "counted", "damaged", "found"),
    [
        (10, 10, 0, (10, 0, 0, 0)),
        (10, 7, 2, (5, 3, 2, 0)),
        (10, 0, 0, (0, 10, 0, 0)),
        (10, 12, 0, (10, 0, 0, 2)),
        (10, 12, 3, (9, 0, 1, 2)),
    ],
)
def test_comparing_sent_and_counted(
    sent: int, counted: int, damaged: int, found: tuple[int, ...]
) -> None:
    was = rules.compare(sent, counted, damaged)
    assert (was.accepted, was.short, was.damaged, was.over) == found
    assert was.accepted + was.short + was.damaged == sent


def test_only_what_is_set_aside_is_ordered(stock: Stock, at: datetime) -> None:
    [lot] = receive(stock, gloves(stock, 10), at=at)
    waybill = order(stock, {lot: 6}, at=at)
    again = {
        "organisation_id": stock.city,
        "receiver_id": stock.world.places.hospital,
        "for_ref": "allocation.request:1",
        "at": at,
    }
    with pytest.raises(errors.NotSetAside):
        ordering.order_delivery(SYSTEM, lines=[OrderLine(lot, 1)], **again)
    with pytest.raises(errors.NothingToCarry):
        ordering.order_delivery(SYSTEM, lines=[], **again)
    with pytest.raises(errors.LotTwice):
        ordering.order_delivery(SYSTEM, lines=[OrderLine(lot, 1)] * 2, **again)
    with pytest.raises(errors.ReceiverUnknown):
        ordering.order_delivery(
            SYSTEM, lines=[OrderLine(lot, 1)], **again | {"receiver_id": stock.city}
        )
    ordering.cancel(SYSTEM, waybill_id=waybill, at=at)
    assert reserved_for("allocation.request:1") == {lot: 6}
    ordering.order_delivery(SYSTEM, lines=[OrderLine(lot, 6)], **again)


def test_a_directed_lot_goes_straight_and_nowhere_else(stock: Stock, at: datetime) -> None:
    places = stock.world.places
    [lot] = receive(stock, gloves(stock, 10, directed_to=places.hospital), at=at)
    assert queries.route_of_lot(lot, places.hospital) is Route.DIRECT
    waybill = order(stock, {lot: 10}, at=at)
    assert queries.waybill(waybill).route == "direct"  # type: ignore[union-attr]
    with pytest.raises(DirectedElsewhere):
        ordering.order_delivery(
            SYSTEM,
            organisation_id=stock.city,
            receiver_id=places.second_hospital,
            for_ref="allocation.request:1",
            lines=[OrderLine(lot, 1)],
            at=at,
        )


def test_two_persons_load(stock: Stock, at: datetime) -> None:
    cast = stock.world.cast
    [lot] = receive(stock, gloves(stock, 10), at=at)
    waybill = order(stock, {lot: 10}, at=at)
    with pytest.raises(NotPermitted):
        loading.load(cast.outsider, waybill_id=waybill, at=at)
    with pytest.raises(errors.WaybillNotWaiting):
        loading.countersign(cast.second_keeper, waybill_id=waybill, digest="", at=at)
    digest = loading.load(cast.keeper, waybill_id=waybill, at=at)
    twin = twin_of_keeper(stock, at)
    for same in (cast.keeper, twin):
        with pytest.raises(SamePersonTwice):
            loading.countersign(same, waybill_id=waybill, digest=digest, at=at)
    with pytest.raises(errors.LoadingHasChanged):
        loading.countersign(cast.second_keeper, waybill_id=waybill, digest="0" * 64, at=at)
    loading.unload(cast.keeper, waybill_id=waybill, at=at)
    new = loading.load(cast.keeper, waybill_id=waybill, vehicle="江A·1", at=at)
    with pytest.raises(errors.LoadingHasChanged):
        loading.countersign(cast.second_keeper, waybill_id=waybill, digest=digest, at=at)
    loading.countersign(cast.second_keeper, waybill_id=waybill, digest=new, at=at)
    with pytest.raises(errors.WaybillNotWaiting):
        ordering.cancel(SYSTEM, waybill_id=waybill, at=at)
    assert lot_position([lot])[lot].in_transit == 10


def test_an_expired_lot_is_not_loaded(stock: Stock, at: datetime) -> None:
    [lot] = receive(stock, gloves(stock, 10, expires_on=date(2020, 1, 29)), at=at)
    waybill = order(stock, {lot: 10}, at=at)
    with pytest.raises(LotHasExpired):
        loading.load(stock.world.cast.keeper, waybill_id=waybill, at=at + timedelta(days=1))


def test_only_the_receivers_own_person_signs(stock: Stock, at: datetime) -> None:
    cast = stock.world.cast
    [lot] = receive(stock, gloves(stock, 10), at=at)
    waybill = send(stock, {lot: 10}, at=at)
    counted = {line_of(waybill): 10}
    for stranger in (cast.second_receiver, cast.outsider):
        with pytest.raises(NotFound):
            delivering.sign(stranger, waybill_id=waybill, counted=counted, at=at)
    for role in (cast.hospital_user, cast.third_keeper, SYSTEM):
        with pytest.raises(NotPermitted):
            delivering.sign(role, waybill_id=waybill, counted=counted, at=at)
    twin = other_account_of(cast.keeper, stock.world.places.hospital, "REC", at=at)
    with pytest.raises(errors.SenderSigns):
        delivering.sign(twin, waybill_id=waybill, counted=counted, at=at)


def test_every_line_is_counted_in_whole_numbers(stock: Stock, at: datetime) -> None:
    receiver = stock.world.cast.receiver
    [lot] = receive(stock, gloves(stock, 10), at=at)
    waybill = send(stock, {lot: 10}, at=at)
    line = line_of(waybill)
    for counted, damaged, refusal in (
        ({}, {}, errors.EveryLineIsCounted),
        ({line: 10, line + 1: 1}, {}, errors.EveryLineIsCounted),
        ({line: -1}, {}, errors.CountIsNotWhole),
        ({line: 10**13}, {}, errors.CountIsNotWhole),
        ({line: 5}, {line: 6}, errors.MoreDamagedThanCounted),
    ):
        with pytest.raises(refusal):
            delivering.sign(receiver, waybill_id=waybill, counted=counted, damaged=damaged, at=at)
    assert lot_position([lot])[lot].in_transit == 10


def test_more_than_was_sent_is_recorded_and_not_booked(stock: Stock, at: datetime) -> None:
    cast = stock.world.cast
    [lot] = receive(stock, gloves(stock, 10), at=at)
    waybill = send(stock, {lot: 10}, at=at)
    picture = BytesIO()
    Image.new("RGB", (40, 30), "white").save(picture, "JPEG")
    delivering.sign(
        cast.receiver,
        waybill_id=waybill,
        counted={line_of(waybill): 12},
        photo=picture.getvalue(),
        at=at,
    )
    row = queries.waybill(waybill)
    assert row is not None and row.state == "disputed"
    assert len(evidence_of(f"dispatch.waybill:{row.number}")) == 1
    assert lot_position([lot])[lot].delivered == 10
    [over] = queries.discrepancies(waybill_id=waybill)
    with pytest.raises(errors.OutcomeDoesNotFit):
        discrepancies.propose(
            cast.keeper, discrepancy_id=over.id, outcome="lost", reason="x", at=at
        )
    discrepancies.propose(
        cast.keeper, discrepancy_id=over.id, outcome="explained", reason="前车余货", at=at
    )
    discrepancies.settle(cast.second_keeper, discrepancy_id=over.id, outcome="explained", at=at)
    with pytest.raises(errors.WaybillNotWaiting):
        delivering.sign(cast.receiver, waybill_id=waybill, counted={line_of(waybill): 10}, at=at)


def test_settling_takes_two_who_agree(stock: Stock, at: datetime) -> None:
    cast = stock.world.cast
    [lot] = receive(stock, gloves(stock, 10), at=at)
    waybill = send(stock, {lot: 10}, at=at)
    delivering.sign(cast.receiver, waybill_id=waybill, counted={line_of(waybill): 4}, at=at)
    [short] = queries.discrepancies(organisation_id=stock.city, unsettled=True)
    with pytest.raises(errors.DifferenceNotWaiting):
        discrepancies.settle(cast.second_keeper, discrepancy_id=short.id, outcome="lost", at=at)
    for outcome, reason, refusal in (
        ("explained", "x", errors.OutcomeDoesNotFit),
        ("thrown", "x", errors.OutcomeDoesNotFit),
        ("lost", "  ", errors.ReasonMissing),
    ):
        with pytest.raises(refusal):
            discrepancies.propose(
                cast.keeper, discrepancy_id=short.id, outcome=outcome, reason=reason, at=at
            )
    discrepancies.propose(
        cast.keeper, discrepancy_id=short.id, outcome="delivered", reason="次日补交", at=at
    )
    with pytest.raises(SamePersonTwice):
        discrepancies.settle(cast.keeper, discrepancy_id=short.id, outcome="delivered", at=at)
    with pytest.raises(errors.DifferenceNotWaiting):
        discrepancies.settle(cast.second_keeper, discrepancy_id=short.id, outcome="lost", at=at)
    day = Span(None, date(2020, 1, 29))
    assert figures.pieces_in_transit([stock.city], day) == 6
    discrepancies.settle(cast.second_keeper, discrepancy_id=short.id, outcome="delivered", at=at)
    assert lot_position([lot])[lot].delivered == 10
    assert figures.pieces_in_transit([stock.city], day) == 0
    assert figures.pieces_delivered([stock.city], day) == 10
    assert queries.deliveries_of_lot(lot)[0].accepted == 10


def test_assigned_reach_ends_at_the_own_society(stock: Stock, at: datetime) -> None:
    """The outsider holds TSK and WH elsewhere; reach A of the matrix opens no foreign store."""
    outsider = stock.world.cast.outsider
    [lot] = receive(stock, gloves(stock, 10), at=at)
    order(stock, {lot: 4}, at=at)
    with pytest.raises(NotPermitted):
        reserve(
            outsider,
            organisation_id=stock.city,
            item_id=stock.gloves,
            quantity=1,
            for_ref="allocation.request:2",
            at=at,
        )
    with pytest.raises(NotPermitted):
        ordering.order_delivery(
            outsider,
            organisation_id=stock.city,
            receiver_id=stock.world.places.hospital,
            for_ref="allocation.request:1",
            lines=[OrderLine(lot, 1)],
            at=at,
        )
