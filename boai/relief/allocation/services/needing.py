"""Posting needs and ending them."""

from datetime import datetime

from django.db import transaction

from boai.foundations.catalogue import queries as catalogue
from boai.foundations.organisations import queries as organisations
from boai.foundations.trail.services.recording import record
from boai.ground.core.actors import Actor
from boai.ground.core.errors import NotFound
from boai.ground.core.events import announce
from boai.relief.allocation import permissions
from boai.relief.allocation.errors import NeedIsNotWellDescribed, NeedIsSettled
from boai.relief.allocation.events import NeedPosted
from boai.relief.allocation.models import URGENCIES, Need

LARGEST = 10**12


def post_need(
    actor: Actor,
    *,
    organisation_id: int,
    society_id: int,
    goods: str = "",
    item_id: int | None = None,
    standard: str = "",
    quantity: int | None = None,
    urgency: str = "normal",
    at: datetime,
) -> int:
    """Say what a unit needs; without a quantity: needed, no number given. Answers the need's id.

    *Refuses*: ``NotPermitted``, ``NeedIsNotWellDescribed``, ``NotFound`` for an unknown unit.
    *Announces* ``NeedPosted``.
    """
    permissions.require_need(actor, organisation_id, society_id)
    if organisations.row(organisation_id) is None or organisations.row(society_id) is None:
        raise NotFound
    item = catalogue.item(item_id) if item_id is not None else catalogue.match_item(goods)
    goods = goods.strip() or (item.name if item else "")
    if not goods or len(goods) > 120 or urgency not in URGENCIES or len(standard) > 120:
        raise NeedIsNotWellDescribed(field="goods")
    if quantity is not None and not 1 <= quantity <= LARGEST:
        raise NeedIsNotWellDescribed(field="quantity")
    with transaction.atomic():
        need = Need.objects.create(
            society_id=society_id,
            organisation_id=organisation_id,
            item_id=item.id if item else None,
            goods=goods,
            standard=standard.strip() or (item.standard if item else ""),
            quantity=quantity,
            urgency=urgency,
            posted_at=at,
            posted_by_person_id=actor.person_id,
        )
        record(
            actor,
            "post-need",
            subject=f"allocation.need:{need.pk}",
            at=at,
            organisation_id=society_id,
            detail={"item": need.item_id, "quantity": quantity},
        )
        announce(NeedPosted(need.pk, society_id, organisation_id, need.item_id, quantity, at))
    return need.pk


def end_need(actor: Actor, *, need_id: int, state: str, at: datetime) -> None:
    """Withdraw a need (the unit) or close it (the society).

    *Refuses*: ``NotFound``, ``NotPermitted``, ``NeedIsSettled``.
    """
    with transaction.atomic():
        need = Need.objects.select_for_update().filter(pk=need_id).first()
        if need is None:
            raise NotFound
        permissions.require_need(actor, need.organisation_id, need.society_id)
        if need.state != "open" or state not in ("withdrawn", "closed", "met"):
            raise NeedIsSettled
        need.state, need.settled_at = state, at
        need.save(update_fields=["state", "settled_at"])
        record(
            actor,
            "end-need",
            subject=f"allocation.need:{need_id}",
            at=at,
            organisation_id=need.society_id,
            detail={"state": state},
        )
