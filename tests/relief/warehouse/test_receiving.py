"""Announcing, counting, countersigning."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from boai.foundations.ledger.queries import lot_position
from boai.ground.core.actors import SYSTEM
from boai.ground.core.errors import NotPermitted
from boai.ground.core.figures import Span
from boai.relief.warehouse import errors, figures, queries
from boai.relief.warehouse.models import ReceivedNote
from boai.relief.warehouse.services import receiving
from boai.relief.warehouse.values import CountedLine, ExpectedLine, NoteOrder
from tests.factories.goods import Stock, count, gloves, receive, twin_of_keeper


def test_two_keepers_bring_goods_in(stock: Stock, at: datetime) -> None:
    note = count(stock, gloves(stock, 500), CountedLine(stock.alcohol, 40), at=at)
    row = queries.received_note(note)
    assert row is not None and row.number.startswith("RK20200129")
    assert queries.lots_of_origin("test.source:S1") == []
    free, waiting = receiving.countersign_receipt(
        stock.world.cast.second_keeper, note_id=note, digest=row.digest, at=at
    )
    places = lot_position([free, waiting])
    assert places[free].on_hand == 500
    assert places[waiting].quarantine == 40
    lot = queries.lot(waiting)
    assert lot is not None and (lot.state, lot.regulated) == ("quarantine", "disinfectant")
    assert lot.value_fen is None
    assert [line.lot_id for line in queries.available(stock.city, date(2020, 1, 29))] == [free]
    [step] = queries.persons_of_lot(free)
    assert step[2:4] == (
        stock.world.cast.keeper.person_id,
        stock.world.cast.second_keeper.person_id,
    )
    span = Span(date(2020, 1, 29), date(2020, 1, 29))
    assert figures.pieces_accepted([stock.city], span) == 540
    assert figures.pieces_on_hand([stock.city], Span(None, date(2020, 1, 28))) == 0


def test_one_person_cannot_sign_twice(stock: Stock, at: datetime) -> None:
    keeper = stock.world.cast.keeper
    note = count(stock, gloves(stock, 5), at=at)
    digest = queries.received_note(note).digest  # type: ignore[union-attr]
    with pytest.raises(errors.SamePersonTwice):
        receiving.countersign_receipt(keeper, note_id=note, digest=digest, at=at)
    twin = twin_of_keeper(stock, at)
    with pytest.raises(errors.SamePersonTwice):
        receiving.countersign_receipt(twin, note_id=note, digest=digest, at=at)
    assert queries.lots_of_origin("test.source:S1") == []


@pytest.mark.parametrize("who", ["county_keeper", "outsider", "intake", "receiver"])
def test_strangers_do_not_countersign(stock: Stock, at: datetime, who: str) -> None:
    note = count(stock, gloves(stock, 5), at=at)
    digest = queries.received_note(note).digest  # type: ignore[union-attr]
    with pytest.raises(NotPermitted):
        receiving.countersign_receipt(
            getattr(stock.world.cast, who), note_id=note, digest=digest, at=at
        )


def test_the_system_does_not_sign(stock: Stock, at: datetime) -> None:
    with pytest.raises(errors.NobodySigns):
        receiving.open_note(
            SYSTEM,
            organisation_id=stock.city,
            store_id=stock.store_id,
            origin="test.source:S1",
            lines=[gloves(stock, 1)],
            at=at,
        )


def test_a_signature_binds_what_was_seen(stock: Stock, at: datetime) -> None:
    note = count(stock, gloves(stock, 5), at=at)
    with pytest.raises(errors.NoteHasChanged):
        receiving.countersign_receipt(
            stock.world.cast.second_keeper, note_id=note, digest="0" * 64, at=at
        )


def test_a_signed_note_is_closed(stock: Stock, at: datetime) -> None:
    cast = stock.world.cast
    note = count(stock, gloves(stock, 5), at=at)
    digest = queries.received_note(note).digest  # type: ignore[union-attr]
    receiving.countersign_receipt(cast.second_keeper, note_id=note, digest=digest, at=at)
    with pytest.raises(errors.NoteNotWaiting):
        receiving.countersign_receipt(cast.third_keeper, note_id=note, digest=digest, at=at)
    with pytest.raises(errors.NoteNotWaiting):
        receiving.withdraw_note(cast.keeper, note_id=note, at=at)


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"quantity": 0}, errors.QuantityIsNotWhole),
        ({"quantity": -3}, errors.QuantityIsNotWhole),
        ({"quantity": 10**13}, errors.QuantityIsNotWhole),
        ({"expires_on": date(2020, 1, 28)}, errors.AlreadyExpired),
        ({"produced_on": date(2020, 1, 30)}, errors.ProducedInFuture),
        (
            {"produced_on": date(2020, 1, 2), "expires_on": date(2020, 1, 1)},
            errors.ExpiryBeforeProduction,
        ),
        ({"value_fen": -1}, errors.ValueIsNotPossible),
        ({"item_id": 10**9}, errors.UnknownItem),
    ],
)
def test_wrong_lines_are_refused(
    stock: Stock, at: datetime, change: dict[str, object], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        count(stock, replace(gloves(stock, 5), **change), at=at)  # type: ignore[arg-type]
    assert not ReceivedNote.objects.exists()


def test_goods_that_expire_before_the_second_signature_stay_out(stock: Stock, at: datetime) -> None:
    note = count(stock, gloves(stock, 5, expires_on=date(2020, 1, 29)), at=at)
    digest = queries.received_note(note).digest  # type: ignore[union-attr]
    with pytest.raises(errors.AlreadyExpired):
        receiving.countersign_receipt(
            stock.world.cast.second_keeper,
            note_id=note,
            digest=digest,
            at=at + timedelta(days=1),
        )


def test_an_empty_note_and_a_foreign_store_are_refused(stock: Stock, at: datetime) -> None:
    with pytest.raises(errors.NothingCounted):
        count(stock, at=at)
    with pytest.raises(errors.StoreNotHere):
        receiving.open_note(
            stock.world.cast.county_keeper,
            organisation_id=stock.world.places.county,
            store_id=stock.store_id,
            origin="test.source:S1",
            lines=[gloves(stock, 1)],
            at=at,
        )


def test_announced_goods_meet_what_arrives(stock: Stock, at: datetime) -> None:
    cast, hospital = stock.world.cast, stock.world.places.hospital
    consignment = receiving.expect_goods(
        cast.intake,
        organisation_id=stock.city,
        origin="test.source:S2",
        donor_label="某企业",
        lines=[
            ExpectedLine(
                stock.gloves,
                100,
                expected_on=date(2020, 1, 30),
                directed_to=hospital,
                origin_line="test.line:1",
            )
        ],
        at=at,
    )
    assert queries.expected(stock.city, date(2020, 1, 29)) == []
    [row] = queries.expected(stock.city, date(2020, 1, 30))
    assert (row.quantity, row.directed_to) == (100, hospital)
    note = receiving.open_note(
        cast.keeper,
        organisation_id=stock.city,
        store_id=stock.store_id,
        consignment_id=consignment,
        origin="",
        lines=[gloves(stock, 90)],
        at=at,
    )
    line = ReceivedNote.objects.get(pk=note).lines.get()
    assert (line.announced, line.quantity) == (100, 90)
    digest = queries.received_note(note).digest  # type: ignore[union-attr]
    [lot_id] = receiving.countersign_receipt(cast.second_keeper, note_id=note, digest=digest, at=at)
    lot = queries.lot(lot_id)
    assert lot is not None
    assert (lot.directed_to, lot.origin_line, lot.origin) == (
        hospital,
        "test.line:1",
        "test.source:S2",
    )
    assert queries.expected(stock.city, date(2020, 1, 30)) == []
    with pytest.raises(errors.ConsignmentNotWaiting):
        receiving.call_off(cast.intake, consignment_id=consignment, at=at)


def test_many_notes_take_as_many_statements_as_few(stock: Stock, at: datetime) -> None:
    cast = stock.world.cast

    def take(name: str, notes: int) -> tuple[int, int]:
        orders = [
            NoteOrder(
                f"test.import:{name}-{n}", "某单位", (gloves(stock, 10), gloves(stock, 5)), at
            )
            for n in range(notes)
        ]
        with CaptureQueriesContext(
            connection,
        ) as seen:
            booked = receiving.receive_many(
                cast.keeper,
                cast.second_keeper,
                organisation_id=stock.city,
                store_id=stock.store_id,
                notes=orders,
                at=at,
            )
        writes = ('INSERT INTO "warehouse_', 'INSERT INTO "ledger_')
        own = [q for q in seen.captured_queries if q["sql"].startswith(writes)]
        return len(own), sum(len(note.lot_ids) for note in booked)

    take("a", 3)
    many, lots = take("b", 60)
    assert lots == 120
    # Listeners above answer note by note; the statements of store and books do not grow.
    assert many <= 12  # SQLite splits wide rows into batches
    with pytest.raises(errors.SamePersonTwice):
        receiving.receive_many(
            cast.keeper,
            cast.keeper,
            organisation_id=stock.city,
            store_id=stock.store_id,
            notes=[NoteOrder("test.import:c", "", (gloves(stock, 1),), at)],
            at=at,
        )


def test_split_lots_keep_their_origin(stock: Stock, at: datetime) -> None:
    from boai.relief.warehouse.services.repacking import split_lot

    [lot] = receive(stock, gloves(stock, 100), at=at)
    child = split_lot(stock.world.cast.keeper, lot_id=lot, quantity=30, bin="B-02", at=at)
    assert queries.parents_of(child) == [(lot, 30)]
    places = lot_position([lot, child])
    assert (places[lot].on_hand, places[child].on_hand) == (70, 30)
    with pytest.raises(errors.MoreThanIsThere):
        split_lot(stock.world.cast.keeper, lot_id=lot, quantity=71, bin="", at=at)
