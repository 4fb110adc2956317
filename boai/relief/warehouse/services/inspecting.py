"""Quality: a named inspector who did not count the lot lets it go or stops it (H14, S0-20)."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction

from boai.foundations.ledger.services.posting import post_many
from boai.foundations.ledger.values import EntryOrder
from boai.foundations.trail.services.recording import record_many
from boai.foundations.trail.values import ActOrder
from boai.ground.core.actors import Actor
from boai.ground.core.events import announce
from boai.relief.warehouse import errors, permissions
from boai.relief.warehouse.events import LotRejected, LotReleased
from boai.relief.warehouse.models import Inspection, Lot, LotParent
from boai.relief.warehouse.services import books
from boai.relief.warehouse.values import LotState


def inspect_lot(actor: Actor, *, lot_id: int, passed: bool, at: datetime, note: str = "") -> None:
    """Judge one lot; see ``inspect_many``."""
    inspect_many(actor, lot_ids=[lot_id], passed=passed, at=at, note=note)


@transaction.atomic
def inspect_many(
    actor: Actor, *, lot_ids: Sequence[int], passed: bool, at: datetime, note: str = ""
) -> None:
    """Judge lots in quarantine, all alike: passed lots may leave, failed ones may not.

    *Refuses*: ``LotNotFound``, ``NotPermitted``, ``NobodySigns``, ``LotNotInQuarantine``,
    ``InspectorCounted``, ``ReasonMissing`` (a rejection without a note). *Posts* quarantine to on
    hand for passed lots; failed lots stay in quarantine until sent back or destroyed.
    *Announces* ``LotReleased`` or ``LotRejected``.
    """
    lots = list(Lot.objects.select_for_update().filter(pk__in=list(lot_ids)).order_by("pk"))
    if not lots or len(lots) != len(set(lot_ids)):
        raise errors.LotNotFound
    person = 0
    for organisation_id in {lot.organisation_id for lot in lots}:
        person = permissions.require_inspect(actor, organisation_id)
    note = note.strip()[:500]
    if not passed and not note:
        raise errors.ReasonMissing(field="note")
    counters = _counters(lots)
    for lot in lots:
        if lot.state != LotState.QUARANTINE:
            raise errors.LotNotInQuarantine(number=lot.number)
        if person in counters[lot.pk]:
            raise errors.InspectorCounted(number=lot.number)
    Inspection.objects.bulk_create(
        [
            Inspection(lot=lot, inspector_id=person, passed=passed, note=note, inspected_at=at)
            for lot in lots
        ]
    )
    state = LotState.RELEASED if passed else LotState.REJECTED
    Lot.objects.filter(pk__in=[lot.pk for lot in lots]).update(state=state)
    verb = "release-lot" if passed else "reject-lot"
    record_many(
        actor,
        [
            ActOrder(verb, f"warehouse.lot:{lot.number}", lot.organisation_id, {"note": bool(note)})
            for lot in lots
        ],
        at=at,
    )
    if passed:
        _book_release(actor, lots, at)
    for lot in lots:
        fact = LotReleased if passed else LotRejected
        announce(fact(lot.pk, lot.number, lot.organisation_id, lot.item_id, lot.origin, at))


@transaction.atomic
def recall_lot(actor: Actor, *, lot_id: int, reason: str, at: datetime) -> None:
    """Stop a lot that had been released, wherever it is: from now on nothing of it is issued.

    What was made of it (kits, divided or merged lots, returned goods) is stopped with it.

    *Refuses*: ``LotNotFound``, ``NotPermitted``, ``ReasonMissing``, ``LotNotReleased``.
    """
    lot = Lot.objects.select_for_update().filter(pk=lot_id).first()
    if lot is None:
        raise errors.LotNotFound
    permissions.require_inspect(actor, lot.organisation_id)
    if not reason.strip():
        raise errors.ReasonMissing(field="reason")
    if lot.state != LotState.RELEASED:
        raise errors.LotNotReleased(number=lot.number)
    stopped = [lot, *_made_of(lot)]
    Lot.objects.filter(pk__in=[each.pk for each in stopped]).update(state=LotState.RECALLED)
    detail = {"reason": reason.strip()[:300], "with": lot.number}
    record_many(
        actor,
        [
            ActOrder("recall-lot", f"warehouse.lot:{each.number}", each.organisation_id, detail)
            for each in stopped
        ],
        at=at,
    )


def _made_of(lot: Lot) -> list[Lot]:
    """Every lot below this one that is not stopped yet, through all generations."""
    seen, level = {lot.pk}, [lot.pk]
    while level:
        below = LotParent.objects.filter(parent_id__in=level).exclude(lot_id__in=seen)
        level = list(below.values_list("lot_id", flat=True).distinct())
        seen.update(level)
    live = (LotState.RELEASED, LotState.QUARANTINE)
    rows = Lot.objects.select_for_update().filter(pk__in=seen - {lot.pk}, state__in=live)
    return list(rows.order_by("pk"))


def _book_release(actor: Actor, lots: Sequence[Lot], at: datetime) -> None:
    by_organisation: dict[int, list[EntryOrder]] = {}
    for lot in lots:
        leg = books.move(books.on_hand(lot), books.in_quarantine(lot), lot.received_quantity)
        by_organisation.setdefault(lot.organisation_id, []).append(
            EntryOrder(
                key=f"warehouse.inspect:{lot.number}",
                legs=[leg],
                at=at,
                inputs={"lot": lot.number, "passed": True},
                subject=f"warehouse.lot:{lot.number}",
            )
        )
    for organisation_id, orders in by_organisation.items():
        post_many(actor, organisation_id=organisation_id, kind="lot-released", entries=orders)


def _counters(lots: Iterable[Lot]) -> dict[int, set[int]]:
    """Who counted each lot, also when it came back, or the lots it was split from."""
    found = {lot.pk: {lot.counted_by_id} if lot.counted_by_id else set() for lot in lots}
    own = Lot.objects.filter(pk__in=found, received_line__isnull=False)
    for lot_id, person in own.values_list("pk", "received_line__note__counted_by_id"):
        found[lot_id].add(person)
    split = LotParent.objects.filter(lot_id__in=found)
    for lot_id, person in split.values_list("lot_id", "parent__received_line__note__counted_by_id"):
        if person is not None:
            found[lot_id].add(person)
    return found
