"""``boai import goods-received`` and ``goods-issued``: historic lists of the store."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from hashlib import sha256
from itertools import groupby

from django.db import transaction
from django.utils.translation import gettext

from boai.foundations.catalogue import queries as catalogue
from boai.foundations.catalogue.services.listing import list_item
from boai.foundations.catalogue.services.seeding import seed_catalogue
from boai.foundations.catalogue.services.units import to_base
from boai.foundations.catalogue.values import ItemRow
from boai.foundations.identity import queries as identity
from boai.foundations.ledger.services.posting import post
from boai.foundations.organisations import queries as organisations
from boai.ground.core.actors import Actor
from boai.ground.core.canonical import canonical
from boai.ground.core.clock import CHINA, day_of
from boai.ground.core.errors import NotFound
from boai.ground.core.imports import FileReport, ImportOrder, Problem, Total, importer
from boai.ground.kit.spreadsheets.days import Hints
from boai.ground.kit.spreadsheets.reading import read_workbook, saved_on
from boai.relief.warehouse import permissions, queries
from boai.relief.warehouse.channels.lists.parsing import parse
from boai.relief.warehouse.channels.lists.values import (
    MESSAGES,
    Direction,
    FileIsNotAListOfGoods,
    GoodsList,
    GoodsRow,
    ImportNeedsAStore,
    ImportNeedsTwoKeepers,
)
from boai.relief.warehouse.errors import MoreThanIsThere
from boai.relief.warehouse.models import Lot, Reservation
from boai.relief.warehouse.services import books, issuing, receiving
from boai.relief.warehouse.values import CountedLine, NoteOrder, ReserveLine

UNCATEGORISED = "Z9"
"""The catalogue's category for goods that nobody has placed yet."""
NOON = time(12)
LOOKED_UP = 900


@dataclass(frozen=True, slots=True)
class _Line:
    """A usable row with its key, its item and its quantity in the item's base unit."""

    row: GoodsRow
    key: str
    item_id: int
    quantity: int


@importer("goods-received")
def take_in_received(order: ImportOrder) -> FileReport:
    """Take in a list of goods received: consecutive rows of one donor become one note.

    An item is matched only where the catalogue is sure, a quantity multiplied only where the pack
    is known; else the line keeps the list's own name and unit under an item of its own. Two
    keepers of the society stand as the two who signed on paper. The same row again is a duplicate.
    *Refuses*: ``NotPermitted``, ``FileIsNotAListOfGoods``, ``ImportNeedsTwoKeepers``,
    ``ImportNeedsAStore``, and what ``kit.spreadsheets`` refuses.
    """
    found, report, first, second = _begun(order, "received")
    known = _known_lots(order.organisation_id, _keys(order, found))
    store = queries.main_store(order.organisation_id)
    if store is None:
        raise ImportNeedsAStore
    with transaction.atomic():
        _furnish(order)
        lines = list(_usable(order, found, report, known))
        if lines and not order.dry_run:
            receiving.receive_many(
                first,
                second,
                organisation_id=order.organisation_id,
                store_id=store.id,
                notes=[_note(order, group) for group in _blocks(lines)],
                at=order.at,
            )
        report.accepted = len(lines)
        if order.dry_run:
            transaction.set_rollback(True)
    return report


@importer("goods-issued")
def take_in_issued(order: ImportOrder) -> FileReport:
    """Take in a list of goods issued: each row leaves the store as far as the books have it.

    A row for which the books have too little is quarantined: the store never goes below zero
    because of a list. *Refuses*: as ``take_in_received``.
    """
    found, report, first, second = _begun(order, "issued")
    known = _known_issues(order.organisation_id, _keys(order, found))
    with transaction.atomic():
        _furnish(order)
        for line in _usable(order, found, report, known):
            if _issue(order, line, first, second):
                report.accepted += 1
            else:
                _explain(line.row, "NotEnoughInStock", report, quarantined=True)
        if order.dry_run:
            transaction.set_rollback(True)
    return report


def _begun(order: ImportOrder, direction: Direction) -> tuple[GoodsList, FileReport, Actor, Actor]:
    first, second = _keepers(order)
    if direction == "received":
        permissions.require_receive(first, order.organisation_id)
    hints = Hints(order.path.name, saved_on(order.path), order.day)
    found = parse(read_workbook(order.path), direction, hints)
    if found is None:
        came = direction == "received"
        raise FileIsNotAListOfGoods(
            name=order.path.name[:80],
            wanted=gettext("入库清单") if came else gettext("发放清单"),
            party=gettext("捐赠单位") if came else gettext("接收单位"),
        )
    report = FileReport(order.path.name, f"goods-{direction}", found.profile)
    report.rows = len(found.rows)
    report.totals = [
        Total(f"{t.sheet}!{t.row}", t.label, t.stated, t.computed) for t in found.totals
    ]
    report.problems = [
        Problem(sheet, None, "", code, gettext(MESSAGES[code])) for code, sheet in found.remarks
    ]
    return found, report, first, second


def _furnish(order: ImportOrder) -> None:
    """An empty catalogue gets the items that come with the house before anything is matched."""
    if not catalogue.all_categories():
        seed_catalogue(order.actor)


def _keepers(order: ImportOrder) -> tuple[Actor, Actor]:
    """The importing keeper, if it is one, and another; else the two longest in office."""
    people = identity.people_with_role(order.organisation_id, "WH")
    actors = [identity.actor_for(p.user_id, organisation_id=order.organisation_id) for p in people]
    if order.actor.kind == "person":
        permissions.require_receive(order.actor, order.organisation_id)
        others = [a for a in actors if a.person_id != order.actor.person_id]
        actors = [order.actor, *others]
    if len(actors) < 2:
        raise ImportNeedsTwoKeepers
    return actors[0], actors[1]


def _keys(order: ImportOrder, found: GoodsList) -> list[str]:
    """A key for each row: what it says, and how many equal rows stand before it in the file."""
    organisation = organisations.row(order.organisation_id)
    if organisation is None:
        raise NotFound(field="org")
    seen: Counter[bytes] = Counter()
    keys = []
    for row in found.rows:
        row.day = row.day or day_of(order.at)
        content = canonical(
            [organisation.code, row.day, row.party, row.item, row.spec, row.unit, row.quantity]
        )
        seen[content] += 1
        keys.append(sha256(content + str(seen[content]).encode()).hexdigest()[:40])
    return keys


def _usable(
    order: ImportOrder, found: GoodsList, report: FileReport, known: dict[str, bool]
) -> Iterator[_Line]:
    """The rows that are new and can be counted; the others are counted and explained."""
    chosen: dict[tuple[str, str, str], tuple[ItemRow, int | None]] = {}
    for row, key in zip(found.rows, known, strict=True):
        if row.code:
            _explain(row, row.code, report)
        elif known[key]:
            report.duplicate += 1
        else:
            thing = (row.item, row.unit, row.spec)
            if thing not in chosen:
                chosen[thing] = _item_of(order, row)
            item, size = chosen[thing]
            if size is None:
                message = gettext(MESSAGES["UnitWasKept"]).format(unit=row.unit, base=item.unit)
                report.problems.append(Problem(row.sheet, row.row, "", "UnitWasKept", message))
                item, size = _listed(order, item.name, row.unit, item.category_code), 1
                chosen[thing] = item, size
            yield _Line(row, key, item.id, row.quantity * size)


def _explain(row: GoodsRow, code: str, report: FileReport, *, quarantined: bool = False) -> None:
    if quarantined:
        report.quarantined += 1
    else:
        report.refused += 1
    report.problems.append(Problem(row.sheet, row.row, row.column, code, gettext(MESSAGES[code])))


def _item_of(order: ImportOrder, row: GoodsRow) -> tuple[ItemRow, int | None]:
    """The item that the row surely means and how many base units one of the row's units holds
    (``None``: nobody knows); an item of its own where the catalogue is not sure."""
    item = catalogue.match_item(row.item)
    if item is None:
        return _listed(order, row.item, row.unit, UNCATEGORISED), 1
    return item, to_base(item.id, "1", row.unit, row.spec)


def _listed(order: ImportOrder, name: str, unit: str, category: str) -> ItemRow:
    """The automatic item of a name and unit, put on the list at its first use."""
    code = "LIST-" + sha256(canonical([name, unit])).hexdigest()[:12].upper()
    found = catalogue.item_by_code(code)
    if found is None:
        shown = f"{name}（{unit}）" if category != UNCATEGORISED else name
        list_item(
            order.actor,
            code=code,
            name=shown[:200],
            category_code=category,
            unit=unit,
            at=order.at,
        )
        found = catalogue.item_by_code(code)
    assert found is not None
    return found


def _moment(order: ImportOrder, row: GoodsRow) -> datetime:
    assert row.day is not None
    return min(datetime.combine(row.day, NOON, tzinfo=CHINA), order.at)


def _blocks(lines: Sequence[_Line]) -> Iterator[list[_Line]]:
    """Consecutive lines of one donor on one day."""
    for _who, group in groupby(lines, key=lambda line: (line.row.party, line.row.day)):
        yield list(group)


def _note(order: ImportOrder, lines: Sequence[_Line]) -> NoteOrder:
    return NoteOrder(
        origin=f"warehouse.list:{lines[0].key[:24]}",
        donor_label=lines[0].row.party,
        lines=tuple(
            CountedLine(
                item_id=line.item_id,
                quantity=line.quantity,
                spec=line.row.spec[:200],
                origin_line=f"warehouse.list-line:{line.key}",
            )
            for line in lines
        ),
        at=_moment(order, lines[0].row),
    )


def _known_lots(organisation_id: int, keys: Sequence[str]) -> dict[str, bool]:
    refs = [f"warehouse.list-line:{key}" for key in keys]
    booked: set[str] = set()
    for start in range(0, len(refs), LOOKED_UP):
        rows = Lot.objects.filter(
            organisation_id=organisation_id, origin_line__in=refs[start : start + LOOKED_UP]
        )
        booked.update(rows.values_list("origin_line", flat=True))
    return {key: ref in booked for key, ref in zip(keys, refs, strict=True)}


def _known_issues(organisation_id: int, keys: Sequence[str]) -> dict[str, bool]:
    refs = [f"warehouse.list-issue:{key}" for key in keys]
    booked: set[str] = set()
    for start in range(0, len(refs), LOOKED_UP):
        rows = Reservation.objects.filter(
            organisation_id=organisation_id, for_ref__in=refs[start : start + LOOKED_UP]
        )
        booked.update(rows.values_list("for_ref", flat=True))
    return {key: ref in booked for key, ref in zip(keys, refs, strict=True)}


def _issue(order: ImportOrder, line: _Line, first: Actor, second: Actor) -> bool:
    """Set aside, pick, countersign and hand over one line; false where the books have too little.

    The list itself is the receiver's receipt: what it names has arrived.
    """
    ref, at = f"warehouse.list-issue:{line.key}", _moment(order, line.row)
    receiver = organisations.match_name(line.row.party)
    try:
        with transaction.atomic():
            reserved = issuing.reserve_lines(
                first,
                organisation_id=order.organisation_id,
                lines=[ReserveLine(line.item_id, line.quantity)],
                for_ref=ref,
                at=at,
                receiver_id=receiver.id if receiver else None,
            )
    except MoreThanIsThere:
        return False
    note = issuing.open_issue(
        first, for_ref=ref, transport=ref, at=at, organisation_id=order.organisation_id
    )
    issuing.countersign_issue(second, note_id=note.note_id, digest=note.digest, at=at)
    place = receiver.code if receiver else "list-party:" + _digest(line.row.party)
    lots = Lot.objects.in_bulk([part.lot_id for part in reserved])
    post(
        first,
        organisation_id=order.organisation_id,
        kind="goods-delivered",
        key=f"warehouse.list-delivered:{line.key}",
        legs=[
            books.move(
                books.delivered(lots[part.lot_id], place),
                books.in_transit(lots[part.lot_id], ref),
                part.quantity,
            )
            for part in reserved
        ],
        at=at,
        inputs={"row": line.key, "receiver": place},
        subject=ref,
    )
    return True


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:24]
