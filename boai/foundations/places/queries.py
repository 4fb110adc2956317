"""Reads of the room."""

from collections.abc import Iterable
from datetime import date

from django.db.models import Q, QuerySet

from boai.foundations.places.models import Division
from boai.foundations.places.values import DivisionRow


def _row(found: Division) -> DivisionRow:
    return DivisionRow(
        found.code,
        found.name,
        found.level,
        found.parent_code,
        found.valid_from,
        found.valid_to,
        found.source,
    )


def _standing(on: date | None) -> QuerySet[Division]:
    if on is None:
        return Division.objects.filter(valid_to=None)
    return Division.objects.filter(valid_from__lte=on).filter(Q(valid_to=None) | Q(valid_to__gt=on))


def division(code: str, on: date | None = None) -> DivisionRow | None:
    """The division of a code, as it stands now or as it stood on a day."""
    found = _standing(on).filter(code=code.ljust(6, "0")).first()
    return _row(found) if found else None


def children(code: str, on: date | None = None) -> list[DivisionRow]:
    """The divisions directly under one; the provinces for the empty code."""
    parent = code.ljust(6, "0") if code else ""
    return [_row(found) for found in _standing(on).filter(parent_code=parent)]


def all_of_levels(levels: Iterable[str], on: date | None = None) -> list[DivisionRow]:
    """All divisions of some levels, by code: for set-based work."""
    return [_row(found) for found in _standing(on).filter(level__in=list(levels))]


def named(name: str, within: str = "") -> list[DivisionRow]:
    """Divisions of exactly this name, in a parent's part of the code space if one is given."""
    found = Division.objects.filter(valid_to=None, name=name)
    if within:
        found = found.filter(code__startswith=within.rstrip("0") or within)
    return [_row(one) for one in found]


def full_name(code: str) -> str:
    """The names from the province down, such as 湖北省武汉市江岸区; empty where unknown."""
    names: list[str] = []
    while code:
        found = division(code)
        if found is None:
            break
        names.insert(0, found.name)
        code = found.parent_code
    return "".join(names)
