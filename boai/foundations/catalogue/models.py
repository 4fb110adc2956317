"""Categories, items, packs and names."""

from django.db import models
from django.db.models import Q


class Category(models.Model):
    """A class of goods. PII: none.

    ``epidemic_class`` marks the classes that go out only by the command's plan when undirected
    (S1-28); there are seven of them in the seed, whose names are placeholders (A12).
    """

    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=80)
    epidemic_class = models.BooleanField(default=False)
    regulated = models.CharField(max_length=12, blank=True, default="")

    class Meta:
        ordering = ("code",)
        constraints = [
            models.CheckConstraint(
                condition=Q(regulated__in=("", "drug", "device", "disinfectant")),
                name="catalogue_regulation_is_known",
            )
        ]


class Item(models.Model):
    """A kind of goods with its smallest counted unit. PII: none."""

    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=200)
    normal_name = models.CharField(max_length=200, db_index=True)
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="items")
    base_unit = models.CharField(max_length=10)
    standard = models.CharField(max_length=60, blank=True, default="")
    protective_class = models.CharField(max_length=30, blank=True, default="")
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ("code",)


class Pack(models.Model):
    """A larger unit in which an item comes. PII: none."""

    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="packs")
    name = models.CharField(max_length=10)
    quantity = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("item", "name"), name="catalogue_pack_once"),
            models.CheckConstraint(
                condition=Q(quantity__gte=1), name="catalogue_pack_holds_something"
            ),
        ]


class ItemAlias(models.Model):
    """Another name of an item, in the form in which names are compared. PII: none."""

    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="aliases")
    name = models.CharField(max_length=120)
    normal_name = models.CharField(max_length=120, unique=True)


class KitPart(models.Model):
    """How much of an item goes into one kit of another item. Append-only. PII: none."""

    kit = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="parts")
    part = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="+")
    quantity = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("kit", "part"), name="catalogue_kit_part_once"),
            models.CheckConstraint(condition=Q(quantity__gte=1), name="catalogue_kit_part_counts"),
            models.CheckConstraint(
                condition=~Q(kit=models.F("part")), name="catalogue_kit_is_not_its_part"
            ),
        ]
