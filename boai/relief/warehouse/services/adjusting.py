"""Stock count and what follows from it: two people and a reason (S1-17, H15, I-18)."""

from datetime import datetime

from django.db import transaction

from boai.foundations.ledger.queries import lot_position
from boai.foundations.ledger.services.posting import post
from boai.foundations.ledger.values import Leg, LotPosition
from boai.foundations.trail.services.recording import record
from boai.ground.core.actors import Actor
from boai.ground.core.clock import day_of
from boai.ground.core.errors import NotFound
from boai.ground.core.events import announce
from boai.relief.warehouse import errors, permissions, rules
from boai.relief.warehouse.events import StockAdjusted
from boai.relief.warehouse.models import Adjustment, Lot
from boai.relief.warehouse.services import books
from boai.relief.warehouse.values import AdjustmentKind, AdjustmentState, LotState


@transaction.atomic
def propose_adjustment(
    actor: Actor, *, lot_id: int, kind: str, quantity: int, reason: str, at: datetime
) -> int:
    """The first person states what is missing, found, sent back or destroyed, and why.

    *Refuses*: ``LotNotFound``, ``NotPermitted``, ``NobodySigns``, ``QuantityIsNotWhole``,
    ``ReasonMissing``, ``MoreThanIsThere``, ``LotBusy``.
    """
    lot = _lot(lot_id)
    person = permissions.require_adjust(actor, lot.organisation_id)
    for refusal in rules.reasons_against_quantity(quantity):
        raise refusal
    if not reason.strip():
        raise errors.ReasonMissing(field="reason")
    kind = AdjustmentKind(kind)
    if kind is AdjustmentKind.TAKEN_BACK:
        raise errors.LotBusy(number=lot.number)
    _legs(lot, kind, quantity, lot_position([lot.pk]).get(lot.pk, LotPosition()))
    adjustment = Adjustment.objects.create(
        organisation_id=lot.organisation_id,
        lot=lot,
        kind=kind,
        quantity=quantity,
        reason=reason.strip()[:500],
        proposed_by_id=person,
        proposed_at=at,
    )
    _recorded(actor, "propose-adjustment", adjustment, at)
    return int(adjustment.pk)


def count_lot(actor: Actor, *, lot_id: int, counted: int, reason: str, at: datetime) -> int | None:
    """A keeper has counted what stands on the shelf; a difference becomes a proposal.

    Answers the adjustment, or nothing where the count agrees with the books. What is set aside
    still stands on the shelf and is counted too. *Refuses* as ``propose_adjustment``.
    """
    if not isinstance(counted, int) or counted < 0 or counted > rules.LARGEST_QUANTITY:
        raise errors.QuantityIsNotWhole(
            field="counted", given=str(counted)[:20], largest=f"{rules.LARGEST_QUANTITY:,}"
        )
    with transaction.atomic():
        lot = _lot(lot_id)
        permissions.require_adjust(actor, lot.organisation_id)
        place = lot_position([lot.pk]).get(lot.pk, LotPosition())
        difference = counted - (place.on_hand + place.reserved + place.quarantine)
        if difference == 0:
            record(
                actor,
                "count-lot",
                subject=f"warehouse.lot:{lot.number}",
                at=at,
                organisation_id=lot.organisation_id,
                detail={"counted": counted, "difference": 0},
            )
            return None
        return propose_adjustment(
            actor,
            lot_id=lot_id,
            kind=AdjustmentKind.FOUND if difference > 0 else AdjustmentKind.LOSS,
            quantity=abs(difference),
            reason=reason,
            at=at,
        )


@transaction.atomic
def countersign_adjustment(actor: Actor, *, adjustment_id: int, agree: bool, at: datetime) -> None:
    """The second person agrees, and stock changes; or refuses, and nothing does.

    *Refuses*: ``NotFound``, ``NotPermitted``, ``SamePersonTwice``, ``AdjustmentNotWaiting``,
    ``MoreThanIsThere``. *Posts* on hand or quarantine to written off or returned; origin to on
    hand for what was found. *Announces* ``StockAdjusted``.
    """
    adjustment = Adjustment.objects.select_for_update().filter(pk=adjustment_id).first()
    if adjustment is None:
        raise NotFound
    permissions.require_adjust(actor, adjustment.organisation_id)
    person = permissions.other_person(actor, adjustment.proposed_by_id)
    if adjustment.state != AdjustmentState.PROPOSED:
        raise errors.AdjustmentNotWaiting
    adjustment.state = AdjustmentState.SIGNED if agree else AdjustmentState.REFUSED
    adjustment.countersigned_by_id = person
    adjustment.countersigned_at = at
    adjustment.countersigned_on = day_of(at)
    adjustment.save(
        update_fields=("state", "countersigned_by", "countersigned_at", "countersigned_on")
    )
    _recorded(actor, "countersign-adjustment" if agree else "refuse-adjustment", adjustment, at)
    if agree:
        lot = _lot(adjustment.lot_id)
        place = lot_position([lot.pk]).get(lot.pk, LotPosition())
        _book(
            actor,
            adjustment,
            _legs(lot, AdjustmentKind(adjustment.kind), adjustment.quantity, place),
            at,
        )


@transaction.atomic
def take_back(
    first: Actor,
    second_person_id: int,
    *,
    lot_id: int,
    quantity: int,
    transport: str,
    reason: str,
    at: datetime,
) -> int:
    """Goods of a waybill come back to the shelf; ``dispatch`` has both signatures already.

    ``first`` is the person who signs now, ``second_person_id`` the one who proposed it.
    *Refuses*: ``LotNotFound``, ``NotPermitted``, ``SamePersonTwice``. *Posts* in transit to on
    hand. *Announces* ``StockAdjusted``.
    """
    lot = _lot(lot_id)
    permissions.require_issue(first, lot.organisation_id)
    person = permissions.other_person(first, second_person_id)
    adjustment = Adjustment.objects.create(
        organisation_id=lot.organisation_id,
        lot=lot,
        kind=AdjustmentKind.TAKEN_BACK,
        quantity=quantity,
        reason=reason[:500],
        state=AdjustmentState.SIGNED,
        proposed_by_id=second_person_id,
        proposed_at=at,
        countersigned_by_id=person,
        countersigned_at=at,
        countersigned_on=day_of(at),
    )
    _recorded(first, "take-back", adjustment, at)
    leg = books.move(books.on_hand(lot), books.in_transit(lot, transport), quantity)
    _book(first, adjustment, [leg], at)
    return int(adjustment.pk)


def _legs(lot: Lot, kind: AdjustmentKind, quantity: int, place: LotPosition) -> list[Leg]:
    """From where to where; quarantined and rejected lots lie in quarantine, others on hand."""
    if kind is AdjustmentKind.FOUND:
        into = books.on_hand(lot) if lot.state == LotState.RELEASED else books.in_quarantine(lot)
        return [books.move(into, books.origin(lot), quantity)]
    target = books.sent_back(lot) if kind is AdjustmentKind.SENT_BACK else books.written_off(lot)
    there = place.quarantine + place.on_hand
    if quantity > there:
        raise errors.MoreThanIsThere(field="quantity", wanted=quantity, there=there)
    from_quarantine = min(quantity, place.quarantine)
    parts = (
        (books.in_quarantine(lot), from_quarantine),
        (books.on_hand(lot), quantity - from_quarantine),
    )
    return [books.move(target, place_of, n) for place_of, n in parts if n > 0]


def _book(actor: Actor, adjustment: Adjustment, legs: list[Leg], at: datetime) -> None:
    post(
        actor,
        organisation_id=adjustment.organisation_id,
        kind="stock-adjusted",
        key=f"warehouse.adjust:{adjustment.pk}",
        legs=legs,
        at=at,
        inputs={"adjustment": adjustment.pk, "quantity": adjustment.quantity},
        subject=f"warehouse.adjustment:{adjustment.pk}",
    )
    announce(
        StockAdjusted(
            adjustment.pk,
            adjustment.organisation_id,
            adjustment.lot_id,
            adjustment.kind,
            adjustment.quantity,
            at,
        )
    )


def _lot(lot_id: int) -> Lot:
    lot = Lot.objects.select_for_update().filter(pk=lot_id).first()
    if lot is None:
        raise errors.LotNotFound
    return lot


def _recorded(actor: Actor, verb: str, adjustment: Adjustment, at: datetime) -> None:
    record(
        actor,
        verb,
        subject=f"warehouse.adjustment:{adjustment.pk}",
        at=at,
        organisation_id=adjustment.organisation_id,
        detail={
            "lot": adjustment.lot_id,
            "kind": str(adjustment.kind),
            "quantity": adjustment.quantity,
        },
    )
