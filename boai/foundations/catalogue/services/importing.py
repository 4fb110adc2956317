"""Taking in lists of items (``boai import catalogue``)."""

import csv
import io
import re
from collections.abc import Iterator

from django.db import transaction

from boai.foundations.catalogue.errors import ItemListIsNotKnown
from boai.foundations.catalogue.models import Category, Item
from boai.foundations.catalogue.rules import normal_name
from boai.foundations.trail.services.recording import record
from boai.ground.core.imports import FileReport, ImportOrder, Problem, importer
from boai.ground.kit.spreadsheets.reading import clean_text

_UNITS = {"piece": "件", "kit": "套", "pair": "双", "set": "套", "roll": "卷", "each": "件"}


@importer("catalogue")
def import_catalogue(order: ImportOrder) -> FileReport:
    """Read a list of items in the shape of the IFRC catalogue, or its table of categories.

    Items fall into the category of their code's first four letters (group and family). A known
    code is a duplicate; a row without code or description is refused.
    *Refuses* ``ItemListIsNotKnown``.
    """
    report = FileReport(file=order.path.name, kind="catalogue")
    rows = _rows(order)
    heads = [cell.lower() for cell in rows[0]] if rows else []
    with transaction.atomic():
        if "fam" in heads:
            report.profile = "ifrc-categories"
            _take_categories(report, heads, rows)
        elif "item code" in heads:
            report.profile = "ifrc-items"
            _take_items(report, heads, rows)
        else:
            raise ItemListIsNotKnown(file=order.path.name)
        record(
            order.actor,
            "import-catalogue",
            subject="catalogue.list:" + re.sub(r"[^0-9A-Za-z._-]", "_", order.path.name)[:80],
            at=order.at,
            detail={"accepted": report.accepted, "rows": report.rows},
        )
        if order.dry_run:
            transaction.set_rollback(True)
    return report


def _rows(order: ImportOrder) -> list[list[str]]:
    """The table; this family of files is UTF-8 or Windows-1252, never GB 18030."""
    raw = order.path.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("cp1252", errors="replace")
    try:
        read = list(csv.reader(io.StringIO(text, newline="")))
    except csv.Error:
        raise ItemListIsNotKnown(file=order.path.name) from None
    return [[clean_text(cell) for cell in row] for row in read]


def _cells(heads: list[str], rows: list[list[str]]) -> Iterator[tuple[int, dict[str, str]]]:
    for number, row in enumerate(rows[1:], start=2):
        if any(row):
            yield number, dict(zip(heads, row, strict=False))


def _take_categories(report: FileReport, heads: list[str], rows: list[list[str]]) -> None:
    known = set(Category.objects.values_list("code", flat=True))
    new = []
    for number, cells in _cells(heads, rows):
        report.rows += 1
        code = cells.get("group_code", "") + cells.get("fam", "")
        name = cells.get("family_descritpion") or cells.get("family_description") or ""
        if not re.fullmatch(r"[A-Z]{2,6}", code) or not name:
            report.refused += 1
            report.problems.append(Problem("", number, "fam", "no-code-or-name", code[:20]))
        elif f"IFRC-{code}" in known:
            report.duplicate += 1
        else:
            known.add(f"IFRC-{code}")
            new.append(Category(code=f"IFRC-{code}", name=name[:80]))
            report.accepted += 1
    Category.objects.bulk_create(new, batch_size=500)


def _take_items(report: FileReport, heads: list[str], rows: list[list[str]]) -> None:
    known = set(Item.objects.values_list("code", flat=True))
    wanted: list[tuple[str, str, str]] = []
    for number, cells in _cells(heads, rows):
        report.rows += 1
        code = cells.get("item code", "")
        name = cells.get("item description") or cells.get("item name") or ""
        if not 4 <= len(code) <= 40 or not name:
            report.refused += 1
            report.problems.append(Problem("", number, "item code", "no-code-or-name", code[:40]))
        elif code in known:
            report.duplicate += 1
        else:
            known.add(code)
            unit = _UNITS.get(cells.get("unit of measure", "").lower(), "件")
            wanted.append((code, name[:200], unit))
            report.accepted += 1
    families = sorted({f"IFRC-{code[:4]}" for code, _, _ in wanted})
    Category.objects.bulk_create(
        [Category(code=code, name=code) for code in families], ignore_conflicts=True
    )
    ids = dict(Category.objects.filter(code__startswith="IFRC-").values_list("code", "pk"))
    Item.objects.bulk_create(
        [
            Item(
                code=code,
                name=name,
                normal_name=normal_name(name),
                category_id=ids[f"IFRC-{code[:4]}"],
                base_unit=unit,
            )
            for code, name, unit in wanted
        ],
        batch_size=1000,
    )
