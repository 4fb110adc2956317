"""The catalogue that comes with the house."""

import csv
from importlib import resources

from django.db import transaction

from boai.foundations.catalogue.models import Category, Item, ItemAlias, Pack
from boai.foundations.catalogue.rules import normal_name, normal_standard
from boai.ground.core.actors import Actor


def _table(name: str) -> list[dict[str, str]]:
    file = resources.files("boai.foundations.catalogue").joinpath("data", name)
    return list(csv.DictReader(file.read_text(encoding="utf-8").splitlines()))


def seed_catalogue(actor: Actor) -> int:
    """Take in the shipped categories and items; twice changes nothing; answers how many are new."""
    with transaction.atomic():
        Category.objects.bulk_create(
            [
                Category(
                    code=row["code"],
                    name=row["name"],
                    epidemic_class=row["epidemic_class"] == "yes",
                    regulated=row["regulated"],
                )
                for row in _table("categories.csv")
            ],
            ignore_conflicts=True,
        )
        categories = {c.code: c for c in Category.objects.all()}
        known = set(Item.objects.values_list("code", flat=True))
        rows = [row for row in _table("items.csv") if row["code"] not in known]
        items = Item.objects.bulk_create(
            [
                Item(
                    code=row["code"],
                    name=row["name"],
                    normal_name=normal_name(row["name"]),
                    category=categories[row["category"]],
                    base_unit=row["unit"],
                    standard=normal_standard(row["standard"]) or row["standard"],
                    protective_class=row["protective_class"],
                )
                for row in rows
            ]
        )
        packs, aliases = [], []
        for item, row in zip(items, rows, strict=True):
            for pack in filter(None, row["packs"].split(";")):
                unit, size = pack.split("=")
                packs.append(Pack(item=item, name=unit, quantity=int(size)))
            for name in (row["name"], *filter(None, row["aliases"].split("|"))):
                aliases.append(ItemAlias(item=item, name=name, normal_name=normal_name(name)))
        Pack.objects.bulk_create(packs)
        ItemAlias.objects.bulk_create(aliases, ignore_conflicts=True)
    return len(items)
