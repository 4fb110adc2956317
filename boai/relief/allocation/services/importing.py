"""Taking in lists of hospitals' needs (``boai import needs``)."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from boai.foundations.catalogue import queries as catalogue
from boai.foundations.catalogue.values import ItemRow
from boai.foundations.organisations import queries as organisations
from boai.foundations.organisations.services.registering import register_unnumbered
from boai.foundations.organisations.values import OrganisationRow, RegisterOrder
from boai.foundations.places import queries as places
from boai.foundations.trail.services.recording import record
from boai.ground.core.canonical import digest
from boai.ground.core.errors import NotFound
from boai.ground.core.events import announce
from boai.ground.core.imports import FileReport, ImportOrder, Problem, importer
from boai.ground.kit.spreadsheets.reading import clean_text, place_name, read_workbook
from boai.relief.allocation import permissions
from boai.relief.allocation.errors import NeedListIsNotKnown
from boai.relief.allocation.events import NeedPosted
from boai.relief.allocation.models import ImportedCell, Need

_FIRST_GOODS = "普通医用口罩"
_LARGEST = 10**9


@dataclass(frozen=True, slots=True)
class Cell:
    """One goods cell of one hospital's row that says something."""

    sheet: str
    row: int
    column: str
    district: str
    hospital: str
    goods: str
    standard: str
    value: object


@dataclass(slots=True)
class _Take:
    """What one file leads to."""

    order: ImportOrder
    report: FileReport
    society: OrganisationRow
    units: dict[tuple[str, str], int]
    items: dict[tuple[str, str], ItemRow | None]
    known: dict[str, int]
    """Digest of a cell to its need."""
    open: dict[tuple[int, str], Need]
    fresh: list[Need]
    cells: list[tuple[str, Need]]


@importer("needs")
def import_needs(order: ImportOrder) -> FileReport:
    """Read what hospitals asked for: the JSON by city, or the sheet with its three-line head.

    A row of the report is one goods cell that says something; empty cells and noughts are not
    needed and not counted. 1 means needed without a number and is never summed. A text in a
    quantity cell (mostly a standard) is quarantined, as is a second, different number for the
    same unit and goods. Units that are not known are registered; a unit that appears twice is
    one. Contacts, addresses and remarks hold personal data and are not taken in.
    *Refuses*: ``NotPermitted``, ``NeedListIsNotKnown``. *Announces* ``NeedPosted`` for each need.
    """
    permissions.require_import(order.actor, order.organisation_id)
    society = organisations.row(order.organisation_id)
    if society is None:
        raise NotFound
    report = FileReport(file=order.path.name, kind="needs")
    hospitals, cells = _read(order, report)
    with transaction.atomic():
        take = _Take(
            order,
            report,
            society,
            _units(order, society, hospitals),
            {},
            dict(ImportedCell.objects.values_list("digest", "need_id")),
            {},
            [],
            [],
        )
        for need in Need.objects.filter(society_id=society.id, state="open").exclude(cells=None):
            take.open[(need.organisation_id, need.goods)] = need
        for at, cell in enumerate(cells):
            _take_cell(take, cell)
            if order.progress:
                order.progress(at + 1, len(cells))
        _store(take)
        if order.dry_run:
            transaction.set_rollback(True)
    return report


def _take_cell(take: _Take, cell: Cell) -> None:
    report = take.report
    report.rows += 1
    quantity = _quantity(cell.value)
    if quantity is None:
        report.quarantined += 1
        text = clean_text(cell.value)[:40] or "(空)"
        report.problems.append(
            Problem(cell.sheet, cell.row, cell.column, "quantity-is-text", f"{cell.goods}：{text}")
        )
        return
    unit = take.units[(cell.district, cell.hospital)]
    number = None if quantity == 1 else quantity
    key = digest(
        {"society": take.society.id, "unit": unit, "goods": cell.goods, "quantity": quantity}
    )
    there = take.open.get((unit, cell.goods))
    if key in take.known:
        report.duplicate += 1
    elif there is None:
        item = _item(take, cell)
        there = Need(
            society_id=take.society.id,
            organisation_id=unit,
            item_id=item.id if item else None,
            goods=cell.goods[:120],
            standard=cell.standard[:120],
            quantity=number,
            posted_at=take.order.at,
            posted_by_person_id=take.order.actor.person_id,
        )
        take.open[(unit, cell.goods)] = there
        take.fresh.append(there)
        _remember(take, key, there)
        report.accepted += 1
    elif number is None or there.quantity == number:
        _remember(take, key, there)
        report.duplicate += 1
    elif there.quantity is None:
        there.quantity = number
        if there.pk:
            there.save(update_fields=["quantity"])
        _remember(take, key, there)
        report.accepted += 1
    else:
        report.quarantined += 1
        report.problems.append(
            Problem(
                cell.sheet,
                cell.row,
                cell.column,
                "two-different-numbers",
                f"{cell.hospital} {cell.goods}：{there.quantity} / {number}",
            )
        )


def _remember(take: _Take, key: str, need: Need) -> None:
    take.known[key] = 0
    take.cells.append((key, need))


def _store(take: _Take) -> None:
    Need.objects.bulk_create(take.fresh, batch_size=500)
    ImportedCell.objects.bulk_create(
        [ImportedCell(digest=key, need=need) for key, need in take.cells], batch_size=500
    )
    order = take.order
    record(
        order.actor,
        "import-needs",
        subject="allocation.file:" + re.sub(r"[^0-9A-Za-z._-]", "_", order.path.name)[:80],
        at=order.at,
        organisation_id=take.society.id,
        detail={"rows": take.report.rows, "accepted": take.report.accepted},
    )
    for need in take.fresh:
        announce(
            NeedPosted(
                need.pk,
                need.society_id,
                need.organisation_id,
                need.item_id,
                need.quantity,
                order.at,
            )
        )


def _quantity(value: object) -> int | None:
    """A whole number above zero, or ``None`` for anything else."""
    if isinstance(value, bool):
        return None
    text = clean_text(value).replace(",", "")
    return int(text) if re.fullmatch(r"\d{1,9}", text) and 0 < int(text) <= _LARGEST else None


def _item(take: _Take, cell: Cell) -> ItemRow | None:
    """The item a label means; a standard of the same class makes an unstated kind certain."""
    key = (cell.goods, cell.standard)
    if key not in take.items:
        found = catalogue.match_item(cell.goods)
        if found is not None and found.protective_class == "unstated" and cell.standard:
            better = catalogue.match_item(cell.standard)
            if better is not None and better.category_code == found.category_code:
                found = better
        take.items[key] = found
    return take.items[key]


def _units(
    order: ImportOrder, society: OrganisationRow, hospitals: Sequence[tuple[str, str]]
) -> dict[tuple[str, str], int]:
    """Every named unit's id; those not known inside the province are registered, each once."""
    province = society.division_code[:2]
    found: dict[tuple[str, str], int] = {}
    missing: dict[str, tuple[RegisterOrder, list[tuple[str, str]]]] = {}
    for district, hospital in dict.fromkeys(hospitals):
        name = hospital if hospital != "红十字会" else f"{district}红十字会"
        known = organisations.match_name(name, within=province) or organisations.match_name(name)
        if known is not None:
            found[(district, hospital)] = known.id
            continue
        kind = "other" if name.endswith("红十字会") else "hospital"
        named = places.named(district, within=province) if district else []
        division = named[0].code if len(named) == 1 else society.division_code
        registered = RegisterOrder(code="", name=name, kind=kind, division_code=division)
        missing.setdefault(name, (registered, []))[1].append((district, hospital))
    ids = register_unnumbered(order.actor, [one for one, _ in missing.values()], at=order.at)
    for new, (_, written) in zip(ids, missing.values(), strict=True):
        found.update(dict.fromkeys(written, new))
    return found


def _read(order: ImportOrder, report: FileReport) -> tuple[list[tuple[str, str]], list[Cell]]:
    if order.path.suffix.lower() == ".json":
        report.profile = "hospital-needs-json"
        return _from_json(order)
    report.profile = "hospital-needs-sheet"
    return _from_sheet(order)


def _from_json(order: ImportOrder) -> tuple[list[tuple[str, str]], list[Cell]]:
    try:
        document: list[list[dict[str, Any]]] = json.loads(order.path.read_text(encoding="utf-8"))
        rows = [{str(e["key"]): e for e in hospital} for hospital in document]
        heads = [
            (clean_text(row["区县"].get("value")), clean_text(row["医院名称"].get("value")))
            for row in rows
        ]
    except (ValueError, KeyError, TypeError, AttributeError):
        raise NeedListIsNotKnown(file=order.path.name) from None
    if not heads or not all(hospital for _, hospital in heads):
        raise NeedListIsNotKnown(file=order.path.name)
    cells = []
    for number, (row, (district, hospital)) in enumerate(zip(rows, heads, strict=True), start=1):
        for name, entry in row.items():
            value = entry.get("value")
            if entry.get("type") != "supply" or value == 0 or value == "":
                continue
            standard = clean_text(entry.get("specification"))
            cells.append(
                Cell("", number, name, district, hospital, clean_text(name), standard, value)
            )
    return heads, cells


def _from_sheet(order: ImportOrder) -> tuple[list[tuple[str, str]], list[Cell]]:
    heads: list[tuple[str, str]] = []
    cells: list[Cell] = []
    for sheet in read_workbook(order.path):
        rows = [[clean_text(cell) for cell in row] for row in sheet.rows]
        goods_row = next((i for i, row in enumerate(rows) if _FIRST_GOODS in row), None)
        if goods_row is None:
            continue
        goods, standards = rows[goods_row], rows[goods_row + 1]
        first = goods.index(_FIRST_GOODS)
        for at, row in enumerate(rows[goods_row + 2 :], start=goods_row + 3):
            if len(row) <= first or not row[1] or row[1] == "医院名称":
                continue
            heads.append((row[0], row[1]))
            cells += _cells_of(sheet.name, at, sheet.rows[at - 1], goods, standards, first)
    if not heads:
        raise NeedListIsNotKnown(file=order.path.name)
    return heads, cells


def _cells_of(
    sheet: str,
    number: int,
    row: Sequence[object],
    goods: list[str],
    standards: list[str],
    first: int,
) -> Iterator[Cell]:
    for column in range(first, min(len(goods), len(row))):
        if not goods[column]:
            continue
        text = clean_text(row[column])
        if text in ("", "0"):
            continue
        standard = standards[column] if column < len(standards) else ""
        yield Cell(
            sheet,
            number,
            place_name(column),
            clean_text(row[0]),
            clean_text(row[1]),
            goods[column],
            standard,
            row[column],
        )
