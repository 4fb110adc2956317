"""Reads of the room."""

from collections.abc import Iterable

from django.db.models import QuerySet

from boai.foundations.catalogue.models import Category, Item, ItemAlias, KitPart, Pack
from boai.foundations.catalogue.rules import fits_class, normal_name, standards_in
from boai.foundations.catalogue.values import CategoryRow, ItemRow


def _row(found: Item) -> ItemRow:
    return ItemRow(
        found.pk,
        found.code,
        found.name,
        found.base_unit,
        found.category.code,
        found.category.epidemic_class,
        found.category.regulated,
        found.standard,
        found.protective_class,
    )


def _items() -> QuerySet[Item]:
    return Item.objects.select_related("category")


def item(item_id: int) -> ItemRow | None:
    """One item by its id."""
    found = _items().filter(pk=item_id).first()
    return _row(found) if found else None


def item_by_code(code: str) -> ItemRow | None:
    """One item by its code."""
    found = _items().filter(code=code.strip()).first()
    return _row(found) if found else None


def items_by_ids(item_ids: Iterable[int]) -> dict[int, ItemRow]:
    """Several items by id, in one query."""
    return {found.pk: _row(found) for found in _items().filter(pk__in=list(set(item_ids)))}


def all_items() -> list[ItemRow]:
    """Every active item, by code."""
    return [_row(found) for found in _items().filter(is_active=True)]


def items_of_category(code: str) -> list[ItemRow]:
    """The active items of one category."""
    return [_row(found) for found in _items().filter(is_active=True, category__code=code)]


def all_categories() -> list[CategoryRow]:
    """Every category, by code."""
    return [
        CategoryRow(c.pk, c.code, c.name, c.epidemic_class, c.regulated)
        for c in Category.objects.all()
    ]


def epidemic_classes() -> list[CategoryRow]:
    """The classes of epidemic goods; exactly seven by default (A12)."""
    return [category for category in all_categories() if category.epidemic_class]


def packs(item_id: int) -> dict[str, int]:
    """The larger units of an item, with how many base units each holds."""
    return dict(Pack.objects.filter(item_id=item_id).values_list("name", "quantity"))


def aliases(item_id: int) -> list[str]:
    """The other names of an item."""
    return list(
        ItemAlias.objects.filter(item_id=item_id).order_by("name").values_list("name", flat=True)
    )


def match_item(text: str) -> ItemRow | None:
    """The item that a text surely means, else ``None``.

    Tried in order: code; name or other name, exactly; the same without what stands in brackets;
    the one item of a standard the text names; the longest other name inside the text. A protective
    class that the text names must be the item's own: KN95 never passes for N95 or GB 19083.
    """
    exact = normal_name(text)
    if not exact:
        return None
    coded = _items().filter(is_active=True, code__iexact=text.strip()[:40]).first()
    if coded is not None:
        return _row(coded)
    for candidate in (exact, normal_name(_without_brackets(text))):
        found = _by_name(candidate)
        if found is not None and fits_class(text, found.protective_class):
            return found
    families = {row.current for row in standards_in(text)}
    if families:
        meant = list(_items().filter(is_active=True, standard__in=families)[:2])
        if len(meant) == 1 and fits_class(text, meant[0].protective_class):
            return _row(meant[0])
    return _longest_inside(exact, text)


def _without_brackets(text: str) -> str:
    kept, depth = [], 0
    for letter in text:
        depth += letter in "(（[【"
        if depth == 0:
            kept.append(letter)
        depth -= letter in ")）]】" and depth > 0
    return "".join(kept)


def _by_name(normal: str) -> ItemRow | None:
    if not normal:
        return None
    named = list(_items().filter(is_active=True, normal_name=normal)[:2])
    if len(named) == 1:
        return _row(named[0])
    other = (
        ItemAlias.objects.filter(normal_name=normal, item__is_active=True)
        .select_related("item__category")
        .first()
    )
    return _row(other.item) if other is not None else None


def _longest_inside(normal: str, text: str) -> ItemRow | None:
    """The longest other name (three letters or more) inside the text, if one alone is longest."""
    inside = {
        normal[start:end]
        for start in range(min(len(normal), 40))
        for end in range(start + 3, min(len(normal), start + 30) + 1)
    }
    hits: list[ItemAlias] = []
    pieces = sorted(inside)
    for start in range(0, len(pieces), 500):
        hits += ItemAlias.objects.filter(
            normal_name__in=pieces[start : start + 500], item__is_active=True
        ).select_related("item__category")
    hits.sort(key=lambda alias: -len(alias.normal_name))
    for alias in hits:
        if len(alias.normal_name) < len(hits[0].normal_name):
            break
        if fits_class(text, alias.item.protective_class):
            rivals = {a.item_id for a in hits if len(a.normal_name) == len(alias.normal_name)}
            return _row(alias.item) if len(rivals) == 1 else None
    return None


def kit_parts(kit_id: int) -> dict[int, int]:
    """What goes into one kit, by item; empty for an item that is no kit."""
    rows = KitPart.objects.filter(kit_id=kit_id).order_by("part_id")
    return dict(rows.values_list("part_id", "quantity"))


def kits() -> list[ItemRow]:
    """Every item that is put together by a list, by code."""
    return [_row(found) for found in _items().filter(parts__isnull=False).distinct()]


def kit_lists() -> dict[int, dict[int, int]]:
    """Every kit with what goes into it, in one query."""
    found: dict[int, dict[int, int]] = {}
    rows = KitPart.objects.order_by("kit_id", "part_id")
    for kit_id, part_id, quantity in rows.values_list("kit_id", "part_id", "quantity"):
        found.setdefault(kit_id, {})[part_id] = quantity
    return found
