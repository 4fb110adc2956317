"""Kits: an item that is put together from other items, by a list that never changes."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from boai.foundations.catalogue.errors import KitListIsNotWellDescribed
from boai.foundations.catalogue.models import Item, KitPart
from boai.foundations.trail.services.recording import record
from boai.ground.core.actors import Actor

MOST_OF_A_PART = 10**6


def list_kit(actor: Actor, *, kit_id: int, parts: Mapping[int, int], at: datetime) -> None:
    """Say what goes into one kit: item ids with quantities. Another list is another item.

    *Refuses*: ``KitListIsNotWellDescribed`` for an unknown item, a part that is the kit itself,
    a quantity below one, or a kit that has its list.
    """
    with transaction.atomic():
        wanted = {kit_id, *parts}
        kit = Item.objects.select_for_update().filter(pk=kit_id).first()
        known = Item.objects.filter(pk__in=wanted).count() == len(wanted)
        sound = all(isinstance(n, int) and 1 <= n <= MOST_OF_A_PART for n in parts.values())
        listed = KitPart.objects.filter(kit_id=kit_id).exists()
        if kit is None or not parts or not known or not sound or kit_id in parts or listed:
            raise KitListIsNotWellDescribed(field="parts")
        KitPart.objects.bulk_create(
            [KitPart(kit=kit, part_id=part, quantity=n) for part, n in sorted(parts.items())]
        )
        record(
            actor,
            "list-kit",
            subject=f"catalogue.item:{kit_id}",
            at=at,
            detail={"parts": {str(part): n for part, n in sorted(parts.items())}},
        )
