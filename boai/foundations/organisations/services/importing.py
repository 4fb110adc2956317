"""Taking in lists of organisations and facilities (``boai import organisations|facilities``)."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from boai.foundations.organisations.errors import FacilityListIsNotKnown
from boai.foundations.organisations.models import Alias, Organisation
from boai.foundations.organisations.rules import names_within, normal_name
from boai.foundations.organisations.services.registering import register_many, register_unnumbered
from boai.foundations.organisations.values import KINDS, LEVELS, RegisterOrder
from boai.foundations.places import queries as places
from boai.ground.core.imports import FileReport, ImportOrder, Problem, importer
from boai.ground.kit.spreadsheets.reading import Sheet, clean_text, read_workbook


@dataclass(frozen=True, slots=True)
class Facility:
    """One row of a list of facilities."""

    sheet: str
    row: int
    name: str
    division_code: str
    address: str
    place_as_written: str


@importer("organisations")
def import_organisations(order: ImportOrder) -> FileReport:
    """Read a table with the headings 代码、名称、类别、级别、上级代码、区划代码 (or in English).

    A code that is known is a duplicate; a row that does not describe an organisation is refused.
    *Refuses* ``FacilityListIsNotKnown``.
    """
    report = FileReport(file=order.path.name, kind="organisations", profile="table")
    orders: list[RegisterOrder] = []
    seen = set(Organisation.objects.values_list("code", flat=True))
    for sheet in read_workbook(order.path):
        for number, cells in _records(sheet, _ORGANISATION_HEADINGS, needed=("code", "name")):
            report.rows += 1
            if cells["code"] in seen:
                report.duplicate += 1
            elif not _describes(cells) or (cells["parent"] and cells["parent"] not in seen):
                report.refused += 1
                report.problems.append(
                    Problem(sheet.name, number, "", "not-well-described", cells["name"][:60])
                )
            else:
                seen.add(cells["code"])
                orders.append(
                    RegisterOrder(
                        code=cells["code"],
                        name=cells["name"],
                        kind=cells["kind"] or "other",
                        level=cells["level"],
                        parent_code=cells["parent"],
                        division_code=cells["division"],
                        short_name=cells["short"],
                    )
                )
    if report.rows == 0:
        raise FacilityListIsNotKnown(file=order.path.name)
    return _registered(order, report, orders)


@importer("facilities")
def import_facilities(order: ImportOrder) -> FileReport:
    """Read lists of hospitals: csv or xlsx with 省、市、区县、名称, or the national JSON by city.

    A hospital is known by its name or alias within its city; a name that holds two names in
    brackets is found by both. A row whose place is not known is quarantined: no guess is made.
    *Refuses* ``FacilityListIsNotKnown``.
    """
    report = FileReport(file=order.path.name, kind="facilities")
    if order.path.suffix.lower() == ".json":
        report.profile = "hospitals-national"
        facilities = list(_from_json(order))
    else:
        report.profile = "designated-hospitals"
        facilities = list(_from_sheets(order))
    known = _known_hospitals()
    orders: list[RegisterOrder] = []
    for one in facilities:
        report.rows += 1
        if not one.name or len(one.name) > 120:
            report.refused += 1
            report.problems.append(Problem(one.sheet, one.row, "name", "no-name", ""))
        elif not one.division_code:
            report.quarantined += 1
            report.problems.append(
                Problem(one.sheet, one.row, "city", "place-not-known", one.place_as_written)
            )
        else:
            aliases = names_within(one.name)
            keys = {(one.division_code[:4], normal_name(n)) for n in (one.name, *aliases)}
            if (one.division_code[:4], normal_name(one.name)) in known:
                report.duplicate += 1
                continue
            known |= keys
            orders.append(
                RegisterOrder(
                    code="",
                    name=one.name,
                    kind="hospital",
                    division_code=one.division_code,
                    address=one.address[:200],
                    aliases=aliases,
                )
            )
    with transaction.atomic():
        report.accepted = len(register_unnumbered(order.actor, orders, at=order.at))
        if order.dry_run:
            transaction.set_rollback(True)
    return report


def _registered(order: ImportOrder, report: FileReport, orders: list[RegisterOrder]) -> FileReport:
    with transaction.atomic():
        report.accepted = len(register_many(order.actor, orders, at=order.at))
        if order.dry_run:
            transaction.set_rollback(True)
    return report


def _known_hospitals() -> set[tuple[str, str]]:
    own = Organisation.objects.filter(kind="hospital").values_list("division_code", "normal_name")
    other = Alias.objects.filter(organisation__kind="hospital").values_list(
        "organisation__division_code", "normal_name"
    )
    return {(code[:4], name) for code, name in [*own, *other]}


_ORGANISATION_HEADINGS = {
    "code": ("代码", "code", "单位代码"),
    "name": ("名称", "name", "单位名称"),
    "kind": ("类别", "kind"),
    "level": ("级别", "level"),
    "parent": ("上级代码", "parent", "parent_code"),
    "division": ("区划代码", "division", "division_code"),
    "short": ("简称", "short_name"),
}
_FACILITY_HEADINGS = {
    "province": ("province", "省", "省份"),
    "city": ("city", "市", "城市"),
    "suburb": ("suburb", "区县", "区"),
    "name": ("name", "名称", "医院名称", "医院"),
    "address": ("address", "地址"),
}


def _records(
    sheet: Sheet, headings: dict[str, tuple[str, ...]], needed: tuple[str, ...]
) -> Iterator[tuple[int, dict[str, str]]]:
    """Rows under the first line that has the needed headings, by our own words for the columns."""
    columns: dict[str, int] | None = None
    for number, row in enumerate(sheet.rows, start=1):
        cells = [clean_text(cell) for cell in row]
        if columns is None:
            found = {
                ours: next((i for i, c in enumerate(cells) if c.lower() in theirs), -1)
                for ours, theirs in headings.items()
            }
            if all(found[name] >= 0 for name in needed):
                columns = found
        elif any(cells):
            yield (
                number,
                {ours: cells[at] if 0 <= at < len(cells) else "" for ours, at in columns.items()},
            )


def _describes(cells: dict[str, str]) -> bool:
    return (
        2 <= len(cells["name"]) <= 120
        and len(cells["code"]) <= 40
        and (cells["kind"] or "other") in KINDS
        and cells["level"] in LEVELS
        and len(cells["short"]) <= 60
    )


class _Places:
    """Names of provinces, cities and counties to codes, read once for a file."""

    def __init__(self) -> None:
        divisions = places.all_of_levels(("province", "city", "county"))
        self.provinces = {d.name: d.code for d in divisions if d.level == "province"}
        self.by_name: dict[str, list[str]] = {}
        for one in divisions:
            self.by_name.setdefault(one.name, []).append(one.code)
        self.codes = {d.code for d in divisions}

    def find(self, province: str, *names: str) -> str:
        """The finest division of these names inside the province; empty where there is none."""
        prefix = self.provinces.get(province, "")[:2]
        if not prefix:
            return ""
        best = ""
        for name in names:
            inside = [
                code
                for code in self.by_name.get(name, ())
                if code.startswith(
                    best[:4] if best.endswith("00") and best[2:4] != "00" else prefix
                )
            ]
            if len(inside) == 1:
                best = inside[0]
        return best or (prefix + "0000" if prefix in {"11", "12", "31", "50"} else "")


def _from_sheets(order: ImportOrder) -> Iterator[Facility]:
    where = _Places()
    sheets = read_workbook(order.path)
    tables = [
        (sheet, list(_records(sheet, _FACILITY_HEADINGS, needed=("province", "name"))))
        for sheet in sheets[:1]  # later sheets of such files are working copies of the first
    ]
    if not any(rows for _, rows in tables):
        raise FacilityListIsNotKnown(file=order.path.name)
    for sheet, rows in tables:
        for number, cells in rows:
            written = "".join(dict.fromkeys((cells["province"], cells["city"], cells["suburb"])))
            yield Facility(
                sheet.name,
                number,
                cells["name"],
                where.find(cells["province"], cells["city"], cells["suburb"]),
                cells["address"],
                written,
            )


def _from_json(order: ImportOrder) -> Iterator[Facility]:
    where = _Places()
    try:
        document = json.loads(order.path.read_text(encoding="utf-8"))
        provinces: Iterable[dict[str, Any]] = document["provinceList"]
    except (ValueError, KeyError, TypeError):
        raise FacilityListIsNotKnown(file=order.path.name) from None
    number = 0
    for province in provinces:
        for city in province.get("cityList", ()):
            code = str(city.get("code", ""))
            if code not in where.codes:
                # 110100 and the like stand for the whole of a municipality.
                code = code[:2] + "0000" if code[:2] in {"11", "12", "31", "50"} else ""
            for hospital in city.get("hospitalList") or ():
                number += 1
                yield Facility(
                    str(province.get("province", "")),
                    number,
                    clean_text(hospital.get("name")),
                    code,
                    clean_text(hospital.get("address")),
                    f"{province.get('province', '')}{city.get('city', '')}",
                )
