"""From the dock to the hospital's signature."""

from datetime import date, datetime, timedelta

from boai.foundations.ledger.queries import lot_position
from boai.relief.dispatch import queries
from boai.relief.dispatch.services import delivering, discrepancies
from tests.factories.goods import Stock, gloves, receive, send


def test_goods_go_from_the_dock_to_the_hospital(stock: Stock, at: datetime) -> None:
    [lot] = receive(stock, gloves(stock, 1000, expires_on=date(2021, 1, 1)), at=at)
    waybill_id = send(stock, {lot: 300}, at=at + timedelta(hours=1))
    assert lot_position([lot])[lot].in_transit == 300
    waybill = queries.waybill(waybill_id)
    assert waybill is not None and waybill.state == "in_transit" and waybill.route == "relay"
    [line] = waybill.lines
    delivering.sign(
        stock.world.cast.receiver,
        waybill_id=waybill_id,
        counted={line.id: 300},
        at=at + timedelta(hours=3),
    )
    place = lot_position([lot])[lot]
    assert (place.on_hand, place.in_transit, place.delivered) == (700, 0, 300)
    assert queries.deliveries_of_lot(lot)[0].accepted == 300
    after = queries.waybill(waybill.number)
    assert after is not None and after.state == "delivered"


def test_what_is_missing_stays_on_the_way_until_two_people_settle_it(
    stock: Stock, at: datetime
) -> None:
    cast = stock.world.cast
    [lot] = receive(stock, gloves(stock, 100), at=at)
    waybill_id = send(stock, {lot: 100}, at=at)
    [line] = queries.waybill(waybill_id).lines  # type: ignore[union-attr]
    delivering.sign(
        cast.receiver,
        waybill_id=waybill_id,
        counted={line.id: 90},
        damaged={line.id: 5},
        at=at,
    )
    place = lot_position([lot])[lot]
    assert (place.delivered, place.in_transit) == (85, 15)
    short, damaged = queries.discrepancies(waybill_id=waybill_id)
    assert (short.kind, short.quantity) == ("short", 10)
    assert (damaged.kind, damaged.quantity) == ("damaged", 5)
    for row, outcome in ((short, "returned"), (damaged, "lost")):
        discrepancies.propose(
            cast.keeper, discrepancy_id=row.id, outcome=outcome, reason="核对监控", at=at
        )
        discrepancies.settle(cast.second_keeper, discrepancy_id=row.id, outcome=outcome, at=at)
    place = lot_position([lot])[lot]
    assert (place.delivered, place.on_hand, place.written_off, place.in_transit) == (85, 10, 5, 0)
    assert queries.waybill(waybill_id).state == "settled"  # type: ignore[union-attr]
