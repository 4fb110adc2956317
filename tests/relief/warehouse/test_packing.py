"""Kits, divided and merged lots: nothing made, nothing lost, no better than the parts."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from boai.foundations.catalogue.errors import KitListIsNotWellDescribed
from boai.foundations.catalogue.services import kits, listing
from boai.foundations.ledger.queries import lot_position
from boai.foundations.translog import queries as translog
from boai.ground.core.actors import SYSTEM
from boai.ground.core.errors import NotPermitted, SameKeyOtherInputs
from boai.ground.core.laws import all_laws
from boai.relief.warehouse import errors, queries
from boai.relief.warehouse.models import Lot, Repacking
from boai.relief.warehouse.services import inspecting, packing
from boai.relief.warehouse.values import CountedLine, IssueOrderLine, NewLot
from tests.factories.goods import Stock, gloves, receive, send

DAY = timedelta(days=1)
SOON, LATER = date(2020, 6, 30), date(2021, 6, 30)


@pytest.fixture(autouse=True)
def laws_hold(db: None) -> Any:
    """Every law of the house, after each test."""
    yield
    broken = {law.id: f.breaches for law in all_laws() if (f := law.check()).breaches}
    assert broken == {}


def make_kit(stock: Stock, at: datetime, parts: dict[int, int]) -> int:
    """A care kit of these parts."""
    kit = listing.list_item(
        SYSTEM, code="KIT-CARE", name="防护套装", category_code="E4", unit="套", at=at
    )
    kits.list_kit(SYSTEM, kit_id=kit, parts=parts, at=at)
    return kit


def pack(
    stock: Stock, item: int, used: dict[int, int], made: list[NewLot], at: datetime
) -> list[int]:
    """Two keepers pack; answers the new lots."""
    note = packing.pack(
        stock.world.cast.keeper,
        item_id=item,
        used=[IssueOrderLine(lot, n) for lot, n in used.items()],
        made=made,
        key=uuid4().hex,
        at=at,
    )
    return packing.countersign_packing(
        stock.world.cast.second_keeper, note_id=note.note_id, digest=note.digest, at=at
    )


def on_hand(*lots: int) -> list[int]:
    """Free pieces of each lot."""
    found = lot_position(lots)
    return [found[lot].on_hand for lot in lots]


def two_lots(stock: Stock, at: datetime) -> tuple[int, int]:
    """A hundred gloves until June, sixty caps until next year."""
    first, second = receive(
        stock,
        gloves(stock, 100, expires_on=SOON),
        CountedLine(stock.caps, 60, bin="B-01", expires_on=LATER),
        at=at,
    )
    return first, second


def test_kits_use_up_what_their_list_says(stock: Stock, at: datetime) -> None:
    glove, cap = two_lots(stock, at)
    kit = make_kit(stock, at, {stock.gloves: 4, stock.caps: 2})
    [lot] = pack(stock, kit, {glove: 80, cap: 40}, [NewLot(20, "C-01")], at)
    assert on_hand(glove, cap, lot) == [20, 20, 20]
    made = Lot.objects.get(pk=lot)
    assert (made.expires_on, made.state, made.value_fen) == (SOON, "released", None)
    assert queries.parents_of(lot) == [(glove, 80), (cap, 40)]
    assert queries.lineage([cap]) == [(cap, lot, 40)]
    assert queries.ancestry([lot]) == [(glove, lot, 80), (cap, lot, 40)]
    assert len(translog.refs_of_kind("goods-repacked")) == 1
    send(stock, {lot: 5}, at=at)
    assert lot_position([lot])[lot].in_transit == 5


def test_wrong_parts_are_refused(stock: Stock, at: datetime) -> None:
    glove, cap = two_lots(stock, at)
    kit = make_kit(stock, at, {stock.gloves: 4, stock.caps: 2})
    for used, made, refusal in (
        ({glove: 80, cap: 39}, [NewLot(20)], errors.KitListNotMet),
        ({glove: 80}, [NewLot(20)], errors.KitListNotMet),
        ({glove: 104, cap: 52}, [NewLot(26)], errors.MoreThanIsThere),
        ({glove: 8, cap: 4}, [NewLot(1), NewLot(1)], errors.OneSideIsOneLot),
        ({glove: 0}, [NewLot(1)], errors.QuantityIsNotWhole),
        ({}, [NewLot(1)], errors.NothingCounted),
    ):
        with pytest.raises(refusal):
            pack(stock, kit, used, made, at)
    with pytest.raises(errors.NotAKit):
        pack(stock, stock.alcohol, {glove: 4}, [NewLot(1)], at)
    with pytest.raises(errors.QuantitiesDiffer):
        pack(stock, stock.gloves, {glove: 50}, [NewLot(20), NewLot(20)], at)
    with pytest.raises(KitListIsNotWellDescribed):
        kits.list_kit(SYSTEM, kit_id=kit, parts={stock.gloves: 1}, at=at)


def test_dividing_and_merging_keep_every_piece(stock: Stock, at: datetime) -> None:
    [whole] = receive(stock, gloves(stock, 100, expires_on=SOON), at=at)
    [other] = receive(stock, gloves(stock, 30, expires_on=LATER), at=at, origin="test.source:S2")
    small = pack(
        stock, stock.gloves, {whole: 90}, [NewLot(60, "A-02"), NewLot(30, spec="10双装")], at
    )
    assert on_hand(whole, *small) == [10, 60, 30]
    [merged] = pack(stock, stock.gloves, {small[1]: 30, other: 30}, [NewLot(60)], at)
    lot = Lot.objects.get(pk=merged)
    assert (lot.expires_on, lot.origin) == (
        SOON,
        f"warehouse.repacking:{Repacking.objects.latest('pk').number}",
    )
    assert on_hand(small[1], other, merged) == [0, 0, 60]


def test_a_recall_and_a_quarantine_reach_what_was_made(stock: Stock, at: datetime) -> None:
    glove, cap = two_lots(stock, at)
    [alcohol] = receive(stock, CountedLine(stock.alcohol, 50, bin="D-01"), at=at)
    kit = make_kit(stock, at, {stock.gloves: 1, stock.alcohol: 1})
    with pytest.raises(errors.LotNotReleased):
        pack(stock, kit, {glove: 10, alcohol: 10}, [NewLot(10)], at)
    inspecting.inspect_lot(stock.world.cast.third_keeper, lot_id=alcohol, passed=True, at=at)
    [lot] = pack(stock, kit, {glove: 10, alcohol: 10}, [NewLot(10)], at)
    [part] = pack(stock, kit, {lot: 4}, [NewLot(4)], at)
    inspecting.recall_lot(
        stock.world.cast.third_keeper, lot_id=alcohol, reason="厂家召回", at=at + DAY
    )
    states = {x.pk: x.state for x in Lot.objects.all()}
    assert {states[x] for x in (alcohol, lot, part)} == {"recalled"}
    assert {states[x] for x in (glove, cap)} == {"released"}


def test_two_keepers_of_the_house(stock: Stock, at: datetime) -> None:
    glove, _cap = two_lots(stock, at)
    cast = stock.world.cast
    note = packing.pack(
        cast.keeper,
        item_id=stock.gloves,
        used=[IssueOrderLine(glove, 10)],
        made=[NewLot(10)],
        key="p",
        at=at,
    )

    def sign(actor: Any, digest: str = note.digest) -> list[int]:
        return packing.countersign_packing(actor, note_id=note.note_id, digest=digest, at=at)

    for actor, refusal in (
        (cast.keeper, errors.SamePersonTwice),
        (cast.programme, NotPermitted),
        (cast.county_keeper, NotPermitted),
        (cast.outsider, NotPermitted),
    ):
        with pytest.raises(refusal):
            sign(actor)
    with pytest.raises(errors.NoteHasChanged):
        sign(cast.second_keeper, "0" * 64)
    packing.withdraw_packing(cast.second_keeper, note_id=note.note_id, at=at)
    with pytest.raises(errors.NoteNotWaiting):
        sign(cast.second_keeper)
    assert on_hand(glove) == [100]


def test_goods_for_different_units_are_not_mixed(stock: Stock, at: datetime) -> None:
    places = stock.world.places
    lots = receive(
        stock,
        gloves(stock, 10, directed_to=places.hospital),
        gloves(stock, 10, directed_to=places.second_hospital),
        at=at,
    )
    with pytest.raises(errors.LotsServeDifferentUnits):
        pack(stock, stock.gloves, dict.fromkeys(lots, 10), [NewLot(20)], at)


def test_the_database_refuses_what_the_program_would_not_do(stock: Stock, at: datetime) -> None:
    glove, _cap = two_lots(stock, at)
    cast = stock.world.cast
    note = Repacking.objects.create(
        number="GZ1",
        organisation_id=stock.city,
        store_id=stock.store_id,
        item_id=stock.gloves,
        kind="repack",
        digest="x",
        packed_by_id=cast.keeper.person_id or 0,
        packed_at=at,
    )
    note.used.create(lot_id=glove, quantity=10)
    note.made.create(quantity=11)
    kit = make_kit(stock, at, {stock.gloves: 4})
    sign = "UPDATE warehouse_repacking SET state = 'signed', countersigned_by_id = {}"
    for statement in (
        sign.format(cast.second_keeper.person_id),
        sign.format(cast.keeper.person_id),
        "UPDATE warehouse_repacking SET digest = 'y'",
        "UPDATE warehouse_usedlot SET quantity = 11",
        "UPDATE warehouse_madelot SET quantity = 10",
        "DELETE FROM warehouse_usedlot",
        f"UPDATE catalogue_kitpart SET quantity = 1 WHERE kit_id = {kit}",
    ):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_a_packing_sent_twice_is_made_once(stock: Stock, at: datetime) -> None:
    """Also after the second keeper has signed and the goods are no longer there to be packed."""
    glove, _cap = two_lots(stock, at)
    cast = stock.world.cast

    def send_it(pieces: int = 90, by: Any = cast.keeper) -> Any:
        return packing.pack(
            by,
            item_id=stock.gloves,
            used=[IssueOrderLine(glove, pieces)],
            made=[NewLot(pieces)],
            key="twice",
            at=at,
        )

    note = send_it()
    assert send_it() == note
    packing.countersign_packing(cast.second_keeper, note_id=note.note_id, digest=note.digest, at=at)
    assert send_it() == note
    assert Repacking.objects.count() == 1
    with pytest.raises(SameKeyOtherInputs):
        send_it(5)
    assert send_it(5, cast.second_keeper) != note


def test_the_key_of_a_packing_stands_once_and_stays(stock: Stock, at: datetime) -> None:
    """Round the Python."""
    glove, _cap = two_lots(stock, at)
    pack(stock, stock.gloves, {glove: 10}, [NewLot(10)], at)
    columns = "organisation_id, store_id, item_id, kind, digest, packed_by_id, packed_at, key"
    copy = (
        f"INSERT INTO warehouse_repacking (number, state, {columns})"
        f" SELECT 'X', 'counted', {columns} FROM warehouse_repacking"
    )
    for sql in (copy, "UPDATE warehouse_repacking SET key = 'other'"):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
