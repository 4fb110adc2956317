"""Taking in lists of divisions (``boai import divisions``)."""

import csv
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

from django.db import transaction

from boai.foundations.places.errors import DivisionListIsNotKnown
from boai.foundations.places.models import Division, DivisionList
from boai.foundations.places.rules import (
    FAKE_CITIES,
    is_statistical_only,
    lawful_parent,
    level_of,
    padded,
)
from boai.foundations.places.values import ListedDivision
from boai.ground.core.imports import FileReport, ImportOrder, Problem, importer

CHINA_DIVISION_DAY = date(2023, 6, 30)
_CHUNK = 2000


def take_in_list(listed: Sequence[ListedDivision], *, day: date, source: str) -> tuple[int, int]:
    """Compare a dated list with what is known; answers how many rows told something new, and not.

    A code under the same name gets a longer period; under another name a row of its own. Lists may
    come in any order: the periods of a code never overlap.
    """
    with transaction.atomic():
        known: dict[str, list[Division]] = defaultdict(list)
        for start in range(0, len(listed), 500):
            codes = [one.code for one in listed[start : start + 500]]
            for row in Division.objects.filter(code__in=codes).order_by("valid_from"):
                known[row.code].append(row)
        new: list[Division] = []
        changed: dict[int, Division] = {}
        duplicate = 0
        for one in listed:
            fresh, touched = _fitted(one, known[one.code], day, source)
            duplicate += not fresh and not touched
            known[one.code].extend(fresh)
            new.extend(fresh)
            changed.update({row.pk: row for row in touched})
        _end_what_later_lists_lack(new, day)
        Division.objects.bulk_update(changed.values(), ["valid_from", "valid_to"], batch_size=200)
        Division.objects.bulk_create(new, batch_size=_CHUNK)
        _end_what_this_list_lacks(listed, day)
        DivisionList.objects.bulk_create(
            [
                DivisionList(source=source, level=level, day=day)
                for level in sorted({one.level for one in listed})
            ],
            ignore_conflicts=True,
        )
        return len(listed) - duplicate, duplicate


def _end_what_later_lists_lack(new: Sequence[Division], day: date) -> None:
    """A row of an old list that no later list has ended at the latest with the next list's day."""
    next_days: dict[str, date] = {}
    for taken in DivisionList.objects.filter(day__gt=day).order_by("-day"):
        next_days[taken.level] = taken.day
    for row in new:
        if row.valid_to is None:
            row.valid_to = next_days.get(row.level)


def _end_what_this_list_lacks(listed: Sequence[ListedDivision], day: date) -> None:
    """A whole list of a level ends older rows it lacks; an extract (under half) ends nothing."""
    for level in sorted({one.level for one in listed}):
        there = {one.code for one in listed if one.level == level}
        older = Division.objects.filter(level=level, valid_to=None, valid_from__lt=day)
        codes = list(older.values_list("pk", "code"))
        gone = [pk for pk, code in codes if code not in there]
        if len(there) * 2 < len(codes):
            continue
        for start in range(0, len(gone), 500):
            Division.objects.filter(pk__in=gone[start : start + 500]).update(valid_to=day)


def _fitted(
    one: ListedDivision, rows: list[Division], day: date, source: str
) -> tuple[list[Division], list[Division]]:
    """New and changed rows that make the periods of one code agree with a list of a day."""
    standing = next(
        (r for r in rows if r.valid_from <= day and (r.valid_to is None or r.valid_to > day)), None
    )
    if standing is not None and standing.name == one.name:
        return [], []
    later = next((r for r in rows if r.valid_from > day), None)
    if standing is None and later is not None and later.name == one.name:
        later.valid_from = day
        return [], [later]
    if standing is not None and standing.valid_from == day:
        return [], []  # two names in one list: the first one stays
    made = Division(
        code=one.code,
        name=one.name,
        level=one.level,
        parent_code=one.parent_code,
        valid_from=day,
        valid_to=standing.valid_to if standing else (later.valid_from if later else None),
        source=source,
    )
    if standing is None:
        return [made], []
    standing.valid_to = day
    return [made], [standing] if standing.pk else []


@importer("divisions")
def import_divisions(order: ImportOrder) -> FileReport:
    """Read one file of the china-division family or a GB/T 2260 table of any year.

    Pseudo-cities and zones that only the statistics count are refused, each with its row.
    *Refuses* ``DivisionListIsNotKnown`` for any other file.
    """
    report = FileReport(file=order.path.name, kind="divisions")
    day, source, rows = _read(order.path)
    report.profile = source
    listed: list[ListedDivision] = []
    for number, code, name in rows:
        report.rows += 1
        short = code[:4] if len(code) == 4 or (len(code) == 6 and code.endswith("00")) else code
        if short in FAKE_CITIES or name in {"市辖区", "县"}:
            _refuse(report, number, "pseudo-city", f"{code} {name} 不是实有的行政区划")
        elif is_statistical_only(code):
            _refuse(report, number, "statistical-code", f"{code} {name} 只是统计用区划代码")
        elif not re.fullmatch(r"\d{2}|\d{4}|\d{6}|\d{9}|\d{12}", code) or not name:
            _refuse(report, number, "not-readable", f"{code} {name}")
        else:
            full = padded(code)
            listed.append(ListedDivision(full, name, level_of(full), lawful_parent(full)))
    with transaction.atomic():
        report.accepted, report.duplicate = take_in_list(listed, day=day, source=source)
        if order.dry_run:
            transaction.set_rollback(True)
    return report


def _refuse(report: FileReport, number: int, code: str, message: str) -> None:
    report.refused += 1
    report.problems.append(Problem("", number, "code", code, message))


def _read(path: Path) -> tuple[date, str, Iterator[tuple[int, str, str]]]:
    text = path.read_text(encoding="utf-8-sig", errors="replace")
    table = text.splitlines()
    head = table[0] if table else ""
    if head.startswith("Source\tRevision\tCode\tName") and len(table) > 1:
        source, revision = table[1].split("\t")[:2]
        if re.fullmatch(r"\d{6}", revision):
            day = date(int(revision[:4]), int(revision[4:]), 28)
            return day, f"gb2260 {source}-{revision}", _cells(table, "\t", "Code", "Name")
    if head.replace('"', "").startswith("code,name"):
        return (
            CHINA_DIVISION_DAY,
            "china-division 2.7.0 (2023-06-30)",
            _cells(table, ",", "code", "name"),
        )
    raise DivisionListIsNotKnown(file=path.name)


def _cells(
    table: list[str], delimiter: str, code: str, name: str
) -> Iterator[tuple[int, str, str]]:
    for number, row in enumerate(csv.DictReader(table, delimiter=delimiter), start=2):
        yield number, (row.get(code) or "").strip(), (row.get(name) or "").strip()
