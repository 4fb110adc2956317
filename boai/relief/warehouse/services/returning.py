"""Goods that were delivered come back: a lot of their own, in quarantine until inspected (H14)."""

from datetime import datetime

from django.db import transaction

from boai.foundations.ledger.services.posting import post
from boai.foundations.ledger.values import AccountKey
from boai.foundations.trail.services.recording import record
from boai.ground.core.actors import Actor
from boai.ground.core.clock import day_of
from boai.ground.kit.db.series import take_public_numbers
from boai.relief.warehouse import errors, permissions
from boai.relief.warehouse.models import Lot, LotParent
from boai.relief.warehouse.services import books
from boai.relief.warehouse.values import LotState


@transaction.atomic
def take_in_returned(
    actor: Actor,
    first_person_id: int,
    *,
    lot_id: int,
    quantity: int,
    held_at: AccountKey,
    note: str,
    at: datetime,
) -> int:
    """Put returned pieces of a lot into quarantine as a lot of their own; answers it.

    ``held_at`` is where the books had them; ``note`` the return they stand on. The second keeper
    signs now, ``first_person_id`` counted and does not inspect them. A recalled lot's pieces come back recalled.
    *Refuses*: ``LotNotFound``, ``NotPermitted``, ``SamePersonTwice``, ``NotEnough``. *Posts*
    delivered to quarantine, past the bench of the new lot.
    """
    parent = Lot.objects.select_for_update().filter(pk=lot_id).first()
    if parent is None:
        raise errors.LotNotFound
    permissions.require_receive(actor, parent.organisation_id)
    permissions.other_person(actor, first_person_id)
    child = Lot.objects.create(
        number=take_public_numbers("LT", day_of(at))[0],
        organisation_id=parent.organisation_id,
        store_id=parent.store_id,
        item_id=parent.item_id,
        bin=parent.bin,
        lot_number=parent.lot_number,
        spec=parent.spec,
        produced_on=parent.produced_on,
        expires_on=parent.expires_on,
        regulated=parent.regulated,
        state=LotState.QUARANTINE,
        origin=parent.origin,
        origin_line=parent.origin_line,
        donor_label=parent.donor_label,
        received_at=at,
        received_on=day_of(at),
        received_quantity=quantity,
        value_fen=None,
        directed_to_id=parent.directed_to_id,
        counted_by_id=first_person_id,
    )
    LotParent.objects.create(lot=child, parent=parent, quantity=quantity)
    if parent.state == LotState.RECALLED:
        child.state = LotState.RECALLED
        child.save(update_fields=["state"])
    post(
        actor,
        organisation_id=parent.organisation_id,
        kind="goods-returned",
        key=f"warehouse.take-in-returned:{child.number}",
        legs=[
            books.move(books.bench(child), held_at, quantity),
            books.move(books.in_quarantine(child), books.bench(child), quantity),
        ],
        at=at,
        inputs={"parent": parent.number, "child": child.number, "quantity": quantity},
        subject=note,
    )
    record(
        actor,
        "take-in-returned",
        subject=f"warehouse.lot:{child.number}",
        at=at,
        organisation_id=parent.organisation_id,
        detail={"parent": parent.number, "quantity": quantity, "note": note},
    )
    return int(child.pk)
