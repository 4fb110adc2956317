"""Reads of the room."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Q, QuerySet

from boai.foundations.organisations.models import Ancestry, Organisation, Setting
from boai.foundations.organisations.rules import normal_name
from boai.foundations.organisations.values import OrganisationRow

ANCESTRY = "SELECT ancestor_id, descendant_id FROM organisations_ancestry"
"""The tree's closure as a sub-query, for statements that roll up: each organisation with itself
and with each above it."""
CHILDREN = "SELECT id, parent_id FROM organisations_organisation"
"""Each organisation with the one directly above it, as a sub-query."""


def as_row(found: Organisation) -> OrganisationRow:
    """The frozen row of a record."""
    return OrganisationRow(
        found.pk,
        found.code,
        found.name,
        found.short_name,
        found.kind,
        found.level,
        found.parent_id,
        found.division_code,
        found.is_active,
    )


def row(organisation_id: int) -> OrganisationRow | None:
    """One organisation by its id."""
    found = Organisation.objects.filter(pk=organisation_id).first()
    return as_row(found) if found else None


def rows(organisation_ids: Iterable[int]) -> dict[int, OrganisationRow]:
    """Several organisations by id, in one query."""
    return {
        found.pk: as_row(found)
        for found in Organisation.objects.filter(pk__in=list(set(organisation_ids)))
    }


def by_code_or_name(text: str) -> OrganisationRow | None:
    """By exact code, else by full name if exactly one organisation has it."""
    found = Organisation.objects.filter(code=text.strip()).first()
    if found is not None:
        return as_row(found)
    normal = normal_name(text)
    if not normal:
        return None
    named = list(Organisation.objects.filter(normal_name=normal)[:2])
    return as_row(named[0]) if len(named) == 1 else None


def match_name(text: str, kind: str | None = None, within: str = "") -> OrganisationRow | None:
    """The one organisation whose name or alias is exactly this, normalised; never a wild guess.

    Two organisations of the name give ``None``; ``within`` (the first digits of a division code)
    narrows the search.
    """
    normal = normal_name(text)
    if not normal:
        return None
    found = Organisation.objects.filter(Q(normal_name=normal) | Q(aliases__normal_name=normal))
    if kind is not None:
        found = found.filter(kind=kind)
    if within:
        found = found.filter(division_code__startswith=within)
    named = list(found.distinct()[:2])
    return as_row(named[0]) if len(named) == 1 else None


def of_kind(kind: str, organisation_id: int | None = None) -> list[OrganisationRow]:
    """All active organisations of a kind, below one where it is given."""
    found = Organisation.objects.filter(kind=kind, is_active=True)
    if organisation_id is not None:
        found = found.filter(above__ancestor_id=organisation_id)
    return [as_row(one) for one in found]


def children(organisation_id: int | None, kind: str | None = None) -> list[OrganisationRow]:
    """The organisations directly under one; the roots for ``None``."""
    found = Organisation.objects.filter(parent_id=organisation_id)
    if kind is not None:
        found = found.filter(kind=kind)
    return [as_row(one) for one in found]


def subtree_ids(organisation_id: int) -> list[int]:
    """The organisation and all below it."""
    return list(
        Ancestry.objects.filter(ancestor_id=organisation_id).values_list("descendant_id", flat=True)
    )


def subtree(organisation_id: int) -> QuerySet[Ancestry, int]:
    """The same as a sub-query, for ``organisation_id__in=``: no list of ids goes over the wire."""
    return Ancestry.objects.filter(ancestor_id=organisation_id).values_list(
        "descendant_id", flat=True
    )


def below_any(organisation_ids: Iterable[int]) -> QuerySet[Ancestry, int]:
    """Several organisations and all below them, as a sub-query."""
    return Ancestry.objects.filter(ancestor_id__in=list(organisation_ids)).values_list(
        "descendant_id", flat=True
    )


def ancestor_ids(organisation_id: int) -> list[int]:
    """From the parent up to the root."""
    return list(
        Ancestry.objects.filter(descendant_id=organisation_id, depth__gt=0)
        .order_by("depth")
        .values_list("ancestor_id", flat=True)
    )


def is_within(organisation_id: int, ancestor_id: int) -> bool:
    """Whether an organisation is another one or lies below it."""
    return Ancestry.objects.filter(ancestor_id=ancestor_id, descendant_id=organisation_id).exists()


def setting(organisation_id: int, key: str, default: Any = None) -> Any:
    """A setting of an organisation: its own, else the nearest ancestor's, else the default."""
    found = (
        Setting.objects.filter(key=key, organisation__below__descendant_id=organisation_id)
        .order_by("organisation__below__depth")
        .values_list("value", flat=True)
        .first()
    )
    return default if found is None else found


def first_setting(organisation_id: int, keys: Sequence[str]) -> Any:
    """The first of several settings that says something: each as ``setting`` finds it; one read."""
    found = Setting.objects.filter(
        key__in=keys, organisation__below__descendant_id=organisation_id
    ).order_by("-organisation__below__depth")
    nearest = dict(found.values_list("key", "value"))
    return next((nearest[key] for key in keys if nearest.get(key)), None)


def society_of_division(code: str) -> OrganisationRow | None:
    """The society of a division, else of the one above it: county, city, province."""
    for division in dict.fromkeys((code[:6], code[:4].ljust(6, "0"), code[:2].ljust(6, "0"))):
        found = list(
            Organisation.objects.filter(kind="society", division_code=division, is_active=True)[:2]
        )
        if len(found) == 1:
            return as_row(found[0])
    return None
