"""Before anything is packed: which lots the kits would take, and what would come out."""

from collections import defaultdict
from datetime import date, datetime

from django.db import transaction

from boai.foundations.catalogue import queries as catalogue
from boai.foundations.ledger.queries import lot_position
from boai.ground.core.actors import Actor
from boai.ground.core.clock import day_of
from boai.relief.warehouse import errors, permissions, rules
from boai.relief.warehouse.models import Lot
from boai.relief.warehouse.services import packing
from boai.relief.warehouse.values import (
    Foretold,
    IssueOrderLine,
    KitPartRow,
    KitRow,
    LotState,
    NewLot,
    UsedPart,
)

Shelves = dict[int, dict[int, list[rules.StockLot]]]
"""Free lots by store and item: released, in date, and not directed to a unit."""


def plan_kits(
    actor: Actor, *, organisation_id: int, kit_id: int, count: int, at: datetime
) -> list[IssueOrderLine]:
    """Which lots of one store would make so many kits, first expiry first. Writes nothing.

    *Refuses*: ``NotPermitted``, ``NotAKit``, ``QuantityIsNotWhole``, ``PartIsShort``.
    """
    permissions.require_receive(actor, organisation_id)
    parts = catalogue.kit_parts(kit_id)
    if not parts:
        raise errors.NotAKit(field="count")
    for refusal in rules.reasons_against_quantity(count, field="count"):
        raise refusal
    shelves = _shelves(organisation_id, list(parts), day_of(at))
    best = _best_store(shelves, parts)
    if best is None or _possible(shelves[best], parts) < count:
        raise _shortage(shelves.get(best or 0, {}), parts, count)
    return [
        IssueOrderLine(lot.id, quantity)
        for part, each in parts.items()
        for lot, quantity in rules.take_by_first_expiry(
            shelves[best][part], each * count, day_of(at), None
        )
    ]


def foretell(
    actor: Actor,
    *,
    item_id: int,
    used: list[IssueOrderLine],
    made: list[NewLot],
    at: datetime,
) -> Foretold:
    """What a packing would use up and what would come out, for the keeper to look at first.

    Writes nothing. *Refuses* as ``packing.pack``.
    """
    with transaction.atomic():
        found = packing.checked(actor, item_id=item_id, used=used, made=made, at=at)
    item = catalogue.items_by_ids([item_id])[item_id]
    free = lot_position(found.wanted)
    return Foretold(
        kind=str(found.kind),
        item_id=item_id,
        store=found.lots[0].store.name,
        used=tuple(
            UsedPart(
                lot.pk,
                lot.number,
                lot.item_id,
                lot.bin,
                lot.expires_on,
                found.wanted[lot.pk],
                free[lot.pk].on_hand - found.wanted[lot.pk],
            )
            for lot in found.lots
        ),
        made=tuple(NewLot(new.quantity, new.bin or found.lots[0].bin, new.spec) for new in made),
        expires_on=packing.earliest_end(found.lots),
        directed_to=found.lots[0].directed_to_id,
        regulated=bool(item.regulated or any(lot.regulated for lot in found.lots)),
        digest=packing.content_digest(found.lots[0].store_id, item_id, found.wanted, made),
    )


def kits_possible(organisation_id: int, on: date) -> list[KitRow]:
    """Every kit with its list, and how many one store could put together on a day."""
    lists = catalogue.kit_lists()
    wanted = {part for parts in lists.values() for part in parts}
    names = catalogue.items_by_ids([*lists, *wanted])
    shelves = _shelves(organisation_id, sorted(wanted), on)
    found = []
    for kit_id, parts in lists.items():
        best = _best_store(shelves, parts)
        here = shelves.get(best or 0, {})
        rows = tuple(
            KitPartRow(part, names[part].name, names[part].unit, n, _free(here, part))
            for part, n in parts.items()
        )
        kit = names[kit_id]
        found.append(KitRow(kit_id, kit.name, kit.unit, _possible(here, parts), rows))
    return sorted(found, key=lambda row: (row.possible == 0, row.name))


def _shelves(organisation_id: int, items: list[int], on: date) -> Shelves:
    rows = list(
        Lot.objects.filter(
            organisation_id=organisation_id,
            item_id__in=items,
            state=LotState.RELEASED,
            directed_to__isnull=True,
        )
    )
    free = lot_position([row.pk for row in rows])
    found: Shelves = defaultdict(lambda: defaultdict(list))
    for row in rows:
        if free[row.pk].on_hand > 0 and not rules.has_expired(row.expires_on, on):
            found[row.store_id][row.item_id].append(
                rules.StockLot(
                    row.pk, row.number, row.state, row.expires_on, None, free[row.pk].on_hand
                )
            )
    return found


def _free(shelf: dict[int, list[rules.StockLot]], part: int) -> int:
    return sum(lot.free for lot in shelf.get(part, []))


def _possible(shelf: dict[int, list[rules.StockLot]], parts: dict[int, int]) -> int:
    return min(_free(shelf, part) // each for part, each in parts.items())


def _best_store(shelves: Shelves, parts: dict[int, int]) -> int | None:
    """The store that can make most; of equals, the one opened first."""
    ranked = sorted(shelves, key=lambda store: (-_possible(shelves[store], parts), store))
    return ranked[0] if ranked else None


def _shortage(
    shelf: dict[int, list[rules.StockLot]], parts: dict[int, int], count: int
) -> errors.PartIsShort:
    names = catalogue.items_by_ids(parts)
    short = min(parts, key=lambda part: _free(shelf, part) // parts[part])
    return errors.PartIsShort(
        field="count",
        item=names[short].name,
        count=f"{count:,}",
        wanted=f"{parts[short] * count:,}",
        there=f"{_free(shelf, short):,}",
    )


def mergeable(lot: Lot, on: date) -> list[Lot]:
    """Other lots that may be put together with this one: same item, store and unit served."""
    rows = list(
        Lot.objects.filter(
            organisation_id=lot.organisation_id,
            store_id=lot.store_id,
            item_id=lot.item_id,
            directed_to_id=lot.directed_to_id,
            state=LotState.RELEASED,
        )
        .exclude(pk=lot.pk)
        .order_by("expires_on", "pk")
    )
    free = lot_position([row.pk for row in rows])
    return [
        row
        for row in rows
        if free[row.pk].on_hand > 0 and not rules.has_expired(row.expires_on, on)
    ]
