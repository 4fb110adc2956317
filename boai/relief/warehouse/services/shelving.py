"""Turning countersigned notes into lots and postings, set by set. Inner part of ``receiving``."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from boai.foundations.catalogue.queries import items_by_ids
from boai.foundations.catalogue.values import ItemRow
from boai.foundations.ledger.services.posting import post_many
from boai.foundations.ledger.values import EntryOrder
from boai.ground.core.actors import Actor
from boai.ground.core.canonical import digest
from boai.ground.core.clock import day_of
from boai.ground.core.events import announce
from boai.ground.kit.db.series import take_public_numbers
from boai.relief.warehouse import errors, rules
from boai.relief.warehouse.events import GoodsReceived
from boai.relief.warehouse.models import Bin, Lot, ReceivedLine, ReceivedNote, Store
from boai.relief.warehouse.services import books
from boai.relief.warehouse.values import CountedLine, LotState
from boai.relief.warehouse.values import ReceivedNote as BookedNote


def store_of(organisation_id: int, store_id: int) -> Store:
    """The store, if it is this organisation's and in use. *Refuses* ``StoreNotHere``."""
    store = Store.objects.filter(
        pk=store_id, organisation_id=organisation_id, is_active=True
    ).first()
    if store is None:
        raise errors.StoreNotHere(field="store")
    return store


def known_items(item_ids: Iterable[int]) -> dict[int, ItemRow]:
    """The catalogue's rows. *Refuses* ``UnknownItem`` when one is missing."""
    wanted = set(item_ids)
    rows = items_by_ids(wanted)
    if wanted - rows.keys():
        raise errors.UnknownItem(field="item")
    return rows


def check_lines(lines: Sequence[CountedLine], on: date) -> None:
    """*Refuses* an empty note and every line that cannot be taken in, naming its field."""
    if not lines:
        raise errors.NothingCounted
    for number, line in enumerate(lines):
        for reason in rules.reasons_against_counting(line, on, field=f"lines-{number}"):
            raise reason


def content_digest(
    *, organisation_id: int, store_id: int, origin: str, lines: Iterable[CountedLine | ReceivedLine]
) -> str:
    """What the second signature binds: everything that was counted, in order."""
    return digest(
        {
            "organisation": organisation_id,
            "store": store_id,
            "origin": origin,
            "lines": [
                [
                    line.item_id,
                    line.quantity,
                    line.lot_number,
                    line.produced_on,
                    line.expires_on,
                    line.bin,
                    line.spec,
                    line.origin_line,
                    line.value_fen,
                    line.directed_to_id if isinstance(line, ReceivedLine) else line.directed_to,
                ]
                for line in lines
            ],
        }
    )


def line_rows(note: ReceivedNote, lines: Sequence[CountedLine]) -> list[ReceivedLine]:
    """Unsaved line rows of a note."""
    return [
        ReceivedLine(
            note=note,
            item_id=line.item_id,
            quantity=line.quantity,
            lot_number=line.lot_number,
            produced_on=line.produced_on,
            expires_on=line.expires_on,
            bin=line.bin,
            spec=line.spec,
            origin_line=line.origin_line,
            value_fen=line.value_fen,
            directed_to_id=line.directed_to,
        )
        for line in lines
    ]


def put_on_shelves(
    actor: Actor,
    organisation_id: int,
    notes: Sequence[tuple[ReceivedNote, Sequence[ReceivedLine]]],
) -> list[BookedNote]:
    """Make the lots of countersigned notes, book them and announce each note.

    A handful of statements, however many notes: numbers per day, lots, bins, one set of postings.
    *Posts* origin to quarantine (regulated items) or to on hand.
    """
    items = known_items(line.item_id for _, lines in notes for line in lines)
    numbers = _numbers(notes)
    lots = [
        _lot(note, line, next(numbers[_day(note)]), items[line.item_id].regulated)
        for note, lines in notes
        for line in lines
    ]
    Lot.objects.bulk_create(lots, batch_size=500)
    _name_bins(lots)
    booked, orders, start = [], [], 0
    for note, lines in notes:
        mine = lots[start : start + len(lines)]
        start += len(lines)
        orders.append(_entry(note, mine))
        booked.append(BookedNote(note.pk, note.number, tuple(lot.pk for lot in mine)))
    post_many(actor, organisation_id=organisation_id, kind="goods-received", entries=orders)
    by_id = {lot.pk: lot for lot in lots}
    for (note, _), done in zip(notes, booked, strict=True):
        announce(_fact(note, [by_id[lot_id] for lot_id in done.lot_ids]))
    return booked


def _day(note: ReceivedNote) -> date:
    assert note.countersigned_at is not None
    return day_of(note.countersigned_at)


def _numbers(
    notes: Sequence[tuple[ReceivedNote, Sequence[ReceivedLine]]],
) -> dict[date, Iterator[str]]:
    count: dict[date, int] = {}
    for note, lines in notes:
        count[_day(note)] = count.get(_day(note), 0) + len(lines)
    return {day: iter(take_public_numbers("LT", day, many)) for day, many in sorted(count.items())}


def _lot(note: ReceivedNote, line: ReceivedLine, number: str, regulated: str) -> Lot:
    assert note.countersigned_at is not None
    return Lot(
        number=number,
        organisation_id=note.organisation_id,
        store_id=note.store_id,
        item_id=line.item_id,
        received_line=line,
        bin=line.bin,
        lot_number=line.lot_number,
        spec=line.spec,
        produced_on=line.produced_on,
        expires_on=line.expires_on,
        regulated=regulated,
        state=rules.state_on_arrival(regulated),
        origin=note.origin,
        origin_line=line.origin_line,
        donor_label=note.donor_label,
        received_at=note.countersigned_at,
        received_on=_day(note),
        received_quantity=line.quantity,
        value_fen=line.value_fen,
        directed_to_id=line.directed_to_id,
    )


def _name_bins(lots: Sequence[Lot]) -> None:
    places = sorted({(lot.store_id, lot.bin) for lot in lots if lot.bin})
    Bin.objects.bulk_create(
        [Bin(store_id=store, code=code) for store, code in places], ignore_conflicts=True
    )


def _entry(note: ReceivedNote, lots: Sequence[Lot]) -> EntryOrder:
    assert note.countersigned_at is not None
    legs = [
        books.move(
            books.in_quarantine(lot) if lot.state == LotState.QUARANTINE else books.on_hand(lot),
            books.origin(lot),
            lot.received_quantity,
        )
        for lot in lots
    ]
    return EntryOrder(
        key=f"warehouse.receive:{note.number}",
        legs=legs,
        at=note.countersigned_at,
        inputs={"note": note.number, "digest": note.digest},
        subject=f"warehouse.received-note:{note.number}",
    )


def _fact(note: ReceivedNote, lots: Sequence[Lot]) -> GoodsReceived:
    assert note.countersigned_at is not None
    return GoodsReceived(
        note_id=note.pk,
        number=note.number,
        organisation_id=note.organisation_id,
        store_id=note.store_id,
        origin=note.origin,
        lots=tuple((lot.pk, lot.item_id, lot.received_quantity) for lot in lots),
        at=note.countersigned_at,
    )
