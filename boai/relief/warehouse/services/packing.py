"""Kits, and lots divided or merged: two keepers, quantities kept, parents remembered (H01, I-18)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from boai.foundations.catalogue import queries as catalogue
from boai.foundations.ledger.queries import lot_position
from boai.foundations.ledger.services.posting import post
from boai.foundations.ledger.values import AccountKey
from boai.foundations.trail.services.recording import record
from boai.ground.core.actors import Actor
from boai.ground.core.canonical import digest as digest_of
from boai.ground.core.clock import day_of
from boai.ground.core.errors import NotFound, SameKeyOtherInputs
from boai.ground.core.events import announce
from boai.ground.kit.db.sane_time import require_sane_clock
from boai.ground.kit.db.series import take_public_numbers
from boai.relief.warehouse import errors, permissions, rules
from boai.relief.warehouse.events import GoodsRepacked
from boai.relief.warehouse.models import Inspection, Lot, LotParent, MadeLot, Repacking, UsedLot
from boai.relief.warehouse.services import books
from boai.relief.warehouse.values import (
    IssueOrderLine,
    LotState,
    NewLot,
    NoteState,
    OpenedNote,
    RepackingKind,
)


@dataclass(frozen=True, slots=True)
class Checked:
    """A packing that may be done: its lots, how much of each, what it is, who packs."""

    lots: list[Lot]
    wanted: Mapping[int, int]
    kind: RepackingKind
    person: int


@transaction.atomic
def pack(
    actor: Actor,
    *,
    item_id: int,
    used: Sequence[IssueOrderLine],
    made: Sequence[NewLot],
    key: str,
    at: datetime,
) -> OpenedNote:
    """The first keeper has packed: lots used up, lots made of them. Nothing moves yet.

    ``key`` is the keeper's own for this packing (a form's, sent twice by a double click): under it
    the same packing is answered again, not made again.

    Where the item has a kit list these are kits, and the parts follow the list; otherwise one lot
    is divided, or several of the item are merged into one. *Refuses*: ``LotNotFound``,
    ``NotPermitted``, ``StoreNotHere``, ``NothingCounted``, ``QuantityIsNotWhole``,
    ``LotNotReleased``, ``LotHasExpired``, ``MoreThanIsThere``, ``LotsServeDifferentUnits``,
    ``NotAKit``, ``KitListNotMet``, ``QuantitiesDiffer``, ``OneSideIsOneLot``, ``ClockIsNotSane``,
    ``SameKeyOtherInputs``.
    """
    require_sane_clock()
    known = _packed_before(actor, key, item_id, used, made)
    if known is not None:
        return known
    found = checked(actor, item_id=item_id, used=used, made=made, at=at)
    # The lots are locked now: whoever came with the same key a moment before has finished.
    known = _packed_before(actor, key, item_id, used, made)
    if known is not None:
        return known
    first, wanted = found.lots[0], found.wanted
    note = Repacking.objects.create(
        number=take_public_numbers("GZ", day_of(at))[0],
        organisation_id=first.organisation_id,
        store_id=first.store_id,
        item_id=item_id,
        kind=found.kind,
        digest=content_digest(first.store_id, item_id, wanted, made),
        packed_by_id=found.person,
        packed_at=at,
        key=key,
    )
    UsedLot.objects.bulk_create(
        [UsedLot(note=note, lot_id=lot_id, quantity=n) for lot_id, n in sorted(wanted.items())]
    )
    MadeLot.objects.bulk_create(
        [
            MadeLot(note=note, quantity=new.quantity, bin=new.bin[:30], spec=new.spec[:200])
            for new in made
        ]
    )
    _recorded(actor, "pack-goods", note, at)
    return OpenedNote(note.pk, note.number, note.digest)


@transaction.atomic
def countersign_packing(actor: Actor, *, note_id: int, digest: str, at: datetime) -> list[int]:
    """The second keeper has counted and signs what was shown; the new lots are there.

    *Refuses*: ``NotFound``, ``NotPermitted``, ``SamePersonTwice``, ``NoteNotWaiting``,
    ``NoteHasChanged``, and what ``pack`` refuses if stock has changed meanwhile. *Posts* on hand
    of the used lots to the packing table, and from it on hand of the new ones. *Announces*
    ``GoodsRepacked``. Answers the new lots.
    """
    require_sane_clock()
    note = _waiting(note_id)
    permissions.require_receive(actor, note.organisation_id)
    person = permissions.other_person(actor, note.packed_by_id)
    if digest != note.digest:
        raise errors.NoteHasChanged
    wanted = {line.lot_id: line.quantity for line in note.used.all()}
    lots = _fit_lots(wanted, at)
    made = list(note.made.order_by("pk"))
    children = [_make(note, row, lots, wanted, at) for row in made]
    note.state = NoteState.SIGNED
    note.countersigned_by_id, note.countersigned_at = person, at
    note.save(update_fields=["state", "countersigned_by", "countersigned_at"])
    _book(actor, note, lots, wanted, children, at)
    _recorded(actor, "countersign-packing", note, at)
    announce(
        GoodsRepacked(
            note_id=note.pk,
            number=note.number,
            kind=note.kind,
            organisation_id=note.organisation_id,
            used=tuple((lot.pk, lot.item_id, wanted[lot.pk]) for lot in lots),
            made=tuple((lot.pk, lot.item_id, lot.received_quantity) for lot in children),
            at=at,
        )
    )
    return [child.pk for child in children]


@transaction.atomic
def withdraw_packing(actor: Actor, *, note_id: int, at: datetime) -> None:
    """Give up a repacking that nobody has countersigned. *Refuses* as ``countersign_packing``."""
    note = _waiting(note_id)
    permissions.require_receive(actor, note.organisation_id)
    note.state = NoteState.WITHDRAWN
    note.save(update_fields=["state"])
    _recorded(actor, "withdraw-packing", note, at)


def checked(
    actor: Actor,
    *,
    item_id: int,
    used: Sequence[IssueOrderLine],
    made: Sequence[NewLot],
    at: datetime,
) -> Checked:
    """What a packing would use up, with its lots locked. *Refuses* as ``pack``."""
    wanted = _summed(used)
    for n, new in enumerate(made):
        for refusal in rules.reasons_against_quantity(new.quantity, field=f"made-{n}"):
            raise refusal
    for lot_id, quantity in wanted.items():
        for refusal in rules.reasons_against_quantity(quantity, field=f"lot-{lot_id}"):
            raise refusal
    if not wanted or not made:
        raise errors.NothingCounted
    lots = _fit_lots(wanted, at)
    person = permissions.require_receive(actor, lots[0].organisation_id)
    kind = _check_contents(item_id, lots, wanted, [new.quantity for new in made])
    return Checked(lots, wanted, kind, person)


def earliest_end(lots: Sequence[Lot]) -> date | None:
    """The last good day of what is made of these lots: no better than the worst of its parts."""
    return min((lot.expires_on for lot in lots if lot.expires_on), default=None)


def content_digest(
    store_id: int, item_id: int, used: Mapping[int, int], made: Sequence[NewLot | MadeLot]
) -> str:
    """What the second keeper's signature binds."""
    return digest_of(
        {
            "store": store_id,
            "item": item_id,
            "used": [[lot_id, n] for lot_id, n in sorted(used.items())],
            "made": [[new.quantity, new.bin, new.spec] for new in made],
        }
    )


def _packed_before(
    actor: Actor,
    key: str,
    item_id: int,
    used: Sequence[IssueOrderLine],
    made: Sequence[NewLot],
) -> OpenedNote | None:
    """What this keeper has packed under this key. *Refuses*: ``SameKeyOtherInputs``."""
    note = Repacking.objects.filter(packed_by_id=actor.person_id, key=key).first()
    if note is None:
        return None
    if note.digest != content_digest(note.store_id, item_id, _summed(used), made):
        raise SameKeyOtherInputs
    return OpenedNote(note.pk, note.number, note.digest)


def _summed(used: Sequence[IssueOrderLine]) -> dict[int, int]:
    """How much of each lot, whichever lines name it."""
    wanted: dict[int, int] = defaultdict(int)
    for line in used:
        wanted[line.lot_id] += line.quantity
    return wanted


def _waiting(note_id: int) -> Repacking:
    note = Repacking.objects.select_for_update().filter(pk=note_id).first()
    if note is None:
        raise NotFound
    if note.state != NoteState.COUNTED:
        raise errors.NoteNotWaiting(number=note.number)
    return note


def _fit_lots(wanted: Mapping[int, int], at: datetime) -> list[Lot]:
    """The lots, locked, if each may leave its shelf for the packing table."""
    lots = list(Lot.objects.select_for_update().filter(pk__in=list(wanted)).order_by("pk"))
    if len(lots) != len(wanted):
        raise errors.LotNotFound
    free = lot_position(wanted)
    for lot in lots:
        if (lot.organisation_id, lot.store_id) != (lots[0].organisation_id, lots[0].store_id):
            raise errors.StoreNotHere
        if lot.directed_to_id != lots[0].directed_to_id:
            raise errors.LotsServeDifferentUnits
        stock = rules.StockLot(
            lot.pk,
            lot.number,
            lot.state,
            lot.expires_on,
            lot.directed_to_id,
            free[lot.pk].on_hand,
        )
        for reason in rules.reasons_against_issuing(stock, wanted[lot.pk], day_of(at)):
            reason.field = f"lot-{lot.pk}"
            raise reason
    return lots


def _check_contents(
    item_id: int, lots: Sequence[Lot], wanted: Mapping[int, int], made: Sequence[int]
) -> RepackingKind:
    """Kits by their list; otherwise one item, as much as before, with parents that are plain."""
    given: dict[int, int] = defaultdict(int)
    for lot in lots:
        given[lot.item_id] += wanted[lot.pk]
    if set(given) == {item_id}:
        if given[item_id] != sum(made):
            raise errors.QuantitiesDiffer(used=given[item_id], made=sum(made))
        if len(lots) > 1 and len(made) > 1:
            raise errors.OneSideIsOneLot
        return RepackingKind.REPACK
    parts = catalogue.kit_parts(item_id)
    if not parts:
        raise errors.NotAKit(field="item")
    if len(made) > 1:
        raise errors.OneSideIsOneLot
    names = catalogue.items_by_ids([*parts, *given])
    for part in sorted(parts.keys() | given.keys()):
        due = parts.get(part, 0) * made[0]
        if given.get(part, 0) != due:
            raise errors.KitListNotMet(item=names[part].name, wanted=due, given=given.get(part, 0))
    return RepackingKind.KIT


def _make(
    note: Repacking,
    row: MadeLot,
    lots: Sequence[Lot],
    wanted: Mapping[int, int],
    at: datetime,
) -> Lot:
    """The new lot: no better than the worst of its parts, and it knows its parents."""
    item = catalogue.items_by_ids([note.item_id])[note.item_id]
    regulated = next((r for r in (item.regulated, *(lot.regulated for lot in lots)) if r), "")
    origins = {lot.origin for lot in lots}
    makers = {lot.lot_number for lot in lots}
    child = Lot.objects.create(
        number=take_public_numbers("LT", day_of(at))[0],
        organisation_id=note.organisation_id,
        store_id=note.store_id,
        item_id=note.item_id,
        bin=row.bin or lots[0].bin,
        lot_number=makers.pop() if len(makers) == 1 else "",
        spec=row.spec or (lots[0].spec if note.kind == RepackingKind.REPACK else ""),
        produced_on=None,
        expires_on=earliest_end(lots),
        regulated=regulated,
        state=LotState.QUARANTINE if regulated else LotState.RELEASED,
        origin=origins.pop() if len(origins) == 1 else books.repacking(note.number),
        origin_line="",
        donor_label=lots[0].donor_label if len({x.donor_label for x in lots}) == 1 else "",
        received_at=at,
        received_on=day_of(at),
        received_quantity=row.quantity,
        value_fen=None,
        directed_to_id=lots[0].directed_to_id,
    )
    row.lot = child
    row.save(update_fields=["lot"])
    whole = note.kind == RepackingKind.KIT or len(lots) > 1
    LotParent.objects.bulk_create(
        [
            LotParent(lot=child, parent=lot, quantity=wanted[lot.pk] if whole else row.quantity)
            for lot in lots
        ]
    )
    if regulated:
        _carry_passes(child, lots)
    return child


def _carry_passes(child: Lot, lots: Sequence[Lot]) -> None:
    """The parts were inspected, each by its own inspector; their passes go with them."""
    passes = Inspection.objects.filter(lot__in=lots, passed=True).order_by("pk")
    if not passes:
        return
    Inspection.objects.bulk_create(
        [
            Inspection(
                lot=child,
                inspector_id=one.inspector_id,
                passed=True,
                note=one.note,
                inspected_at=one.inspected_at,
            )
            for one in passes
        ]
    )
    child.state = LotState.RELEASED
    child.save(update_fields=["state"])


def _book(
    actor: Actor,
    note: Repacking,
    lots: Sequence[Lot],
    wanted: Mapping[int, int],
    children: Sequence[Lot],
    at: datetime,
) -> None:
    def table(lot: Lot) -> AccountKey:
        return books.table(note.organisation_id, lot.item_id, note.number)

    legs = [books.move(table(lot), books.on_hand(lot), wanted[lot.pk]) for lot in lots]
    for child in children:
        waits = child.state == LotState.QUARANTINE
        shelf = books.in_quarantine(child) if waits else books.on_hand(child)
        legs.append(books.move(shelf, table(child), child.received_quantity))
    post(
        actor,
        organisation_id=note.organisation_id,
        kind="goods-repacked",
        key=books.repacking(note.number),
        legs=legs,
        at=at,
        inputs={"repacking": note.number, "digest": note.digest},
        subject=books.repacking(note.number),
    )


def _recorded(actor: Actor, verb: str, note: Repacking, at: datetime) -> None:
    record(
        actor,
        verb,
        subject=books.repacking(note.number),
        at=at,
        organisation_id=note.organisation_id,
        detail={"kind": str(note.kind), "digest": note.digest},
    )
