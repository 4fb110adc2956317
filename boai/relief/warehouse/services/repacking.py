"""One lot becomes two; the new lot remembers its parent (HOUSE 3: goods are traced by lot)."""

from datetime import date, datetime

from django.db import transaction

from boai.foundations.ledger.queries import lot_position
from boai.foundations.ledger.services.posting import post
from boai.foundations.trail.services.recording import record
from boai.ground.core.actors import Actor
from boai.ground.core.clock import day_of
from boai.ground.kit.db.series import take_public_numbers
from boai.relief.warehouse import errors, permissions, rules
from boai.relief.warehouse.models import Inspection, Lot, LotParent
from boai.relief.warehouse.services import books
from boai.relief.warehouse.values import LotState


@transaction.atomic
def split_lot(actor: Actor, *, lot_id: int, quantity: int, bin: str, at: datetime) -> int:
    """Put a part of a released lot into another bin as a lot of its own; answers the new lot.

    *Refuses*: ``LotNotFound``, ``NotPermitted``, ``QuantityIsNotWhole``, ``LotNotReleased``,
    ``MoreThanIsThere``. *Posts* on hand of the parent to on hand of the new lot.
    """
    parent = Lot.objects.select_for_update().filter(pk=lot_id).first()
    if parent is None:
        raise errors.LotNotFound
    permissions.require_receive(actor, parent.organisation_id)
    for refusal in rules.reasons_against_quantity(quantity):
        raise refusal
    if parent.state != LotState.RELEASED:
        raise errors.LotNotReleased(number=parent.number)
    there = lot_position([parent.pk])[parent.pk].on_hand
    if quantity > there:
        raise errors.MoreThanIsThere(field="quantity", wanted=quantity, there=there)
    child = _child(parent, quantity, bin.strip()[:30], day_of(at))
    post(
        actor,
        organisation_id=parent.organisation_id,
        kind="lot-split",
        key=f"warehouse.split:{child.number}",
        legs=[
            books.move(books.bench(child), books.on_hand(parent), quantity),
            books.move(books.on_hand(child), books.bench(child), quantity),
        ],
        at=at,
        inputs={"parent": parent.number, "child": child.number, "quantity": quantity},
        subject=f"warehouse.lot:{child.number}",
    )
    record(
        actor,
        "split-lot",
        subject=f"warehouse.lot:{parent.number}",
        at=at,
        organisation_id=parent.organisation_id,
        detail={"child": child.number, "quantity": quantity},
    )
    return int(child.pk)


def _child(parent: Lot, quantity: int, bin_code: str, day: date) -> Lot:
    child = Lot.objects.create(
        number=take_public_numbers("LT", day)[0],
        organisation_id=parent.organisation_id,
        store_id=parent.store_id,
        item_id=parent.item_id,
        bin=bin_code,
        lot_number=parent.lot_number,
        spec=parent.spec,
        produced_on=parent.produced_on,
        expires_on=parent.expires_on,
        regulated=parent.regulated,
        state=LotState.QUARANTINE if parent.regulated else LotState.RELEASED,
        origin=parent.origin,
        origin_line=parent.origin_line,
        donor_label=parent.donor_label,
        received_at=parent.received_at,
        received_on=parent.received_on,
        received_quantity=quantity,
        value_fen=None,
        directed_to_id=parent.directed_to_id,
    )
    LotParent.objects.create(lot=child, parent=parent, quantity=quantity)
    if parent.regulated:
        # The part was inspected with the whole: the pass is copied, then the lot may leave.
        passed = Inspection.objects.filter(lot=parent, passed=True).latest("pk")
        Inspection.objects.create(
            lot=child,
            inspector_id=passed.inspector_id,
            passed=True,
            note=passed.note,
            inspected_at=passed.inspected_at,
        )
        child.state = LotState.RELEASED
        child.save(update_fields=["state"])
    return child
