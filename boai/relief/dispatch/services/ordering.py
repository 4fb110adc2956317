"""Making out a waybill for goods that are set aside."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from boai.foundations.organisations import queries as organisations
from boai.foundations.trail.services.recording import record
from boai.ground.core.actors import Actor
from boai.ground.core.clock import day_of
from boai.ground.core.errors import NotFound
from boai.ground.core.events import announce
from boai.ground.kit.db.series import take_public_numbers
from boai.relief.dispatch import errors, permissions, queries, rules
from boai.relief.dispatch.events import DeliveryOrdered, WaybillCancelled
from boai.relief.dispatch.models import Waybill, WaybillLine
from boai.relief.dispatch.values import OrderLine, Route, WaybillState
from boai.relief.warehouse import queries as warehouse
from boai.relief.warehouse.errors import DirectedElsewhere, LotNotFound, QuantityIsNotWhole
from boai.relief.warehouse.services.issuing import withdraw_issue
from boai.relief.warehouse.values import LotRow, NoteState


@transaction.atomic
def order_delivery(
    actor: Actor,
    *,
    organisation_id: int,
    receiver_id: int,
    for_ref: str,
    lines: Sequence[OrderLine],
    at: datetime,
    route: str | None = None,
    carrier: str = "",
) -> int:
    """Make out a waybill to one receiver for goods that are set aside under ``for_ref``.

    Without ``route`` the rule of H09 decides. *Refuses*: ``NotPermitted``, ``ReceiverUnknown``,
    ``NothingToCarry``, ``LotTwice``, ``QuantityIsNotWhole``, ``LotNotFound``,
    ``DirectedElsewhere``, ``NotSetAside``, ``RouteIsNotForWaybills``.
    *Announces* ``DeliveryOrdered``.
    """
    permissions.require_order(actor, organisation_id)
    receiver = organisations.row(receiver_id)
    if receiver is None or not receiver.is_active or receiver_id == organisation_id:
        raise errors.ReceiverUnknown(field="receiver")
    lots = _lots(organisation_id, lines)
    _check(lines, lots, receiver_id, for_ref)
    chosen = _route(route, lots, receiver_id)
    waybill = Waybill.objects.create(
        number=take_public_numbers("YD", day_of(at))[0],
        organisation_id=organisation_id,
        receiver_id=receiver_id,
        for_ref=for_ref,
        route=chosen,
        carrier=carrier.strip()[:80],
        ordered_at=at,
    )
    WaybillLine.objects.bulk_create(
        [
            WaybillLine(
                waybill=waybill,
                lot_id=line.lot_id,
                item_id=lots[line.lot_id].item_id,
                quantity=line.quantity,
            )
            for line in lines
        ]
    )
    record(
        actor,
        "order-delivery",
        subject=f"dispatch.waybill:{waybill.number}",
        at=at,
        organisation_id=organisation_id,
        detail={"for": for_ref, "receiver": receiver_id, "route": str(chosen)},
    )
    announce(
        DeliveryOrdered(
            waybill.pk,
            waybill.number,
            organisation_id,
            receiver_id,
            for_ref,
            str(chosen),
            tuple((x.lot_id, lots[x.lot_id].item_id, x.quantity) for x in lines),
            at,
        )
    )
    return int(waybill.pk)


@transaction.atomic
def cancel(actor: Actor, *, waybill_id: int, at: datetime) -> None:
    """Take a waybill back before the vehicle leaves; the goods stay set aside.

    *Refuses*: ``NotFound``, ``NotPermitted``, ``WaybillNotWaiting``.
    *Announces* ``WaybillCancelled``.
    """
    waybill = Waybill.objects.select_for_update().filter(pk=waybill_id).first()
    if waybill is None:
        raise NotFound
    permissions.require_order(actor, waybill.organisation_id)
    if waybill.state not in (WaybillState.ORDERED, WaybillState.LOADING):
        raise errors.WaybillNotWaiting(number=waybill.number)
    for note in warehouse.issue_notes(waybill.number):
        if note.state == NoteState.COUNTED:
            withdraw_issue(actor, note_id=note.id, at=at)
    waybill.state = WaybillState.CANCELLED
    waybill.save(update_fields=["state"])
    record(
        actor,
        "cancel-waybill",
        subject=f"dispatch.waybill:{waybill.number}",
        at=at,
        organisation_id=waybill.organisation_id,
    )
    announce(
        WaybillCancelled(waybill.pk, waybill.number, waybill.organisation_id, waybill.for_ref, at)
    )


def _route(given: str | None, lots: dict[int, LotRow], receiver_id: int) -> Route:
    meant = (lot.directed_to for lot in lots.values())
    chosen = Route(given) if given else rules.route_of_order(meant, receiver_id)
    if chosen is Route.STORE:
        raise errors.RouteIsNotForWaybills(field="route")
    return chosen


def _lots(organisation_id: int, lines: Sequence[OrderLine]) -> dict[int, LotRow]:
    if not lines:
        raise errors.NothingToCarry
    wanted = [line.lot_id for line in lines]
    if len(set(wanted)) != len(wanted):
        raise errors.LotTwice
    rows = warehouse.lots(organisation_id=organisation_id, lot_ids=wanted)
    if len(rows) != len(wanted):
        raise LotNotFound
    return {row.id: row for row in rows}


def _check(
    lines: Sequence[OrderLine], lots: dict[int, LotRow], receiver_id: int, for_ref: str
) -> None:
    held = warehouse.reserved_for(for_ref)
    promised = queries.waiting_for(for_ref)
    for line in lines:
        lot = lots[line.lot_id]
        if line.quantity < 1:
            raise QuantityIsNotWhole(field="quantity", given=str(line.quantity), largest="")
        if lot.directed_to not in (None, receiver_id):
            raise DirectedElsewhere(number=lot.number)
        there = held.get(lot.id, 0) - promised.get(lot.id, 0)
        if line.quantity > there:
            raise errors.NotSetAside(field="quantity", number=lot.number, there=max(there, 0))
