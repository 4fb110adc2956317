"""Putting items into the catalogue."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction

from boai.foundations.catalogue.errors import (
    CategoryIsNotKnown,
    ItemCodeIsTaken,
    ItemIsNotWellDescribed,
    NameMeansAnotherItem,
    ProtectiveClassDiffers,
)
from boai.foundations.catalogue.models import Category, Item, ItemAlias, Pack
from boai.foundations.catalogue.rules import fits_class, normal_name, normal_standard
from boai.foundations.trail.services.recording import record
from boai.ground.core.actors import Actor
from boai.ground.core.errors import NotFound


def list_item(
    actor: Actor,
    *,
    code: str,
    name: str,
    category_code: str,
    unit: str,
    at: datetime,
    standard: str = "",
    protective_class: str = "",
    packs: Mapping[str, int] | None = None,
    aliases: Sequence[str] = (),
) -> int:
    """Add an item with its packs and other names; answers its id.

    The standard is stored in its usual spelling and current edition.
    *Refuses*: ``ItemIsNotWellDescribed``, ``CategoryIsNotKnown``, ``ItemCodeIsTaken``, and for an
    alias ``NameMeansAnotherItem`` or ``ProtectiveClassDiffers``.
    """
    packs = packs or {}
    code, name, unit = code.strip(), name.strip(), unit.strip()
    if (
        not 1 <= len(code) <= 40
        or not 1 <= len(name) <= 200
        or not 1 <= len(unit) <= 10
        or any(not 1 <= size < 10**9 or not 1 <= len(p) <= 10 for p, size in packs.items())
    ):
        raise ItemIsNotWellDescribed(field="name", name=name[:30])
    with transaction.atomic():
        category = Category.objects.filter(code=category_code).first()
        if category is None:
            raise CategoryIsNotKnown(field="category", code=category_code[:20])
        if Item.objects.filter(code=code).exists():
            raise ItemCodeIsTaken(field="code", code=code)
        made = Item.objects.create(
            code=code,
            name=name,
            normal_name=normal_name(name),
            category=category,
            base_unit=unit,
            standard=normal_standard(standard) or standard.strip()[:60],
            protective_class=protective_class,
        )
        Pack.objects.bulk_create(
            [Pack(item=made, name=pack, quantity=size) for pack, size in packs.items()]
        )
        for alias in aliases:
            _name_also(made, alias)
        record(
            actor, "list-item", subject=f"catalogue.item:{made.pk}", at=at, detail={"code": code}
        )
    return made.pk


def add_alias(actor: Actor, *, item_id: int, name: str, at: datetime) -> None:
    """Let an item be found by another name; twice changes nothing.

    *Refuses*: ``NotFound``, ``NameMeansAnotherItem``, ``ProtectiveClassDiffers``.
    """
    with transaction.atomic():
        item = Item.objects.filter(pk=item_id).first()
        if item is None:
            raise NotFound()
        _name_also(item, name)
        record(
            actor,
            "add-alias",
            subject=f"catalogue.item:{item_id}",
            at=at,
            detail={"name": name.strip()},
        )


def _name_also(item: Item, name: str) -> None:
    normal = normal_name(name)
    if not 1 <= len(normal) <= 120 or len(name) > 120:
        raise ItemIsNotWellDescribed(field="name", name=name[:30])
    if not fits_class(name, item.protective_class):
        raise ProtectiveClassDiffers(field="name", name=name[:30])
    known = ItemAlias.objects.filter(normal_name=normal).first()
    if known is not None and known.item_id != item.pk:
        raise NameMeansAnotherItem(field="name", name=name[:30])
    if known is None:
        ItemAlias.objects.create(item=item, name=name.strip(), normal_name=normal)
