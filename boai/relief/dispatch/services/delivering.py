"""Hand-over: the receiver counts every line and signs on the phone."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from boai.foundations.ledger.services.posting import post
from boai.foundations.ledger.values import Leg
from boai.foundations.trail.services.evidence import attach
from boai.foundations.trail.services.recording import record
from boai.ground.core.actors import Actor
from boai.ground.core.clock import day_of
from boai.ground.core.errors import NotFound
from boai.ground.core.events import announce
from boai.relief.dispatch import errors, permissions, rules
from boai.relief.dispatch.events import GoodsDelivered
from boai.relief.dispatch.models import Delivery, DeliveryLine, Discrepancy, Waybill, WaybillLine
from boai.relief.dispatch.rules import Found
from boai.relief.dispatch.services import places
from boai.relief.dispatch.values import WaybillState


@transaction.atomic
def sign(
    actor: Actor,
    *,
    waybill_id: int,
    counted: Mapping[int, int],
    at: datetime,
    damaged: Mapping[int, int] | None = None,
    photo: bytes | None = None,
    photo_name: str = "photo.jpg",
    note: str = "",
) -> int:
    """The receiver has counted each line (damaged pieces among them) and signs; answers the
    delivery.

    Sound pieces up to what was sent are delivered; what is missing or damaged stays in transit as
    an open difference; more than was sent is an open difference too, and nothing is booked for
    it. *Refuses*: ``NotFound``, ``NotPermitted``, ``SenderSigns``, ``WaybillNotWaiting``,
    ``EveryLineIsCounted``, ``CountIsNotWhole``, ``MoreDamagedThanCounted`` and what evidence
    refuses. *Posts* in transit to delivered. *Announces* ``GoodsDelivered``.
    """
    waybill = Waybill.objects.select_for_update().filter(pk=waybill_id).first()
    if waybill is None:
        raise NotFound
    person = permissions.require_deliver(actor, waybill.receiver_id)
    if person in (waybill.loaded_by_id, waybill.countersigned_by_id):
        raise errors.SenderSigns
    if waybill.state != WaybillState.IN_TRANSIT:
        raise errors.WaybillNotWaiting(number=waybill.number)
    lines = list(waybill.lines.select_related("waybill").order_by("pk"))
    found = _compared(lines, counted, damaged or {})
    subject = f"dispatch.waybill:{waybill.number}"
    delivery = Delivery.objects.create(
        waybill=waybill,
        received_by_id=person,
        delivered_at=at,
        delivered_on=day_of(at),
        evidence=_photo(actor, subject, photo, photo_name, at),
        note=note.strip()[:500],
    )
    differences = _written(delivery, lines, found, counted, damaged or {}, at)
    waybill.state = WaybillState.DISPUTED if differences else WaybillState.DELIVERED
    waybill.save(update_fields=["state"])
    _book(actor, waybill, lines, found, at)
    record(
        actor,
        "sign-delivery",
        subject=subject,
        at=at,
        organisation_id=waybill.organisation_id,
        detail={
            "lines": [[line.lot_id, line.quantity, found[line.pk].accepted] for line in lines],
            "differences": len(differences),
        },
    )
    announce(_fact(waybill, lines, found, at))
    return int(delivery.pk)


def _compared(
    lines: list[WaybillLine], counted: Mapping[int, int], damaged: Mapping[int, int]
) -> dict[int, Found]:
    ids = {line.pk for line in lines}
    if set(counted) != ids or set(damaged) - ids:
        raise errors.EveryLineIsCounted
    found = {}
    for line in lines:
        broken = damaged.get(line.pk, 0)
        field = f"counted-{line.pk}"
        for reason in rules.reasons_against_count(counted[line.pk], broken, field=field):
            raise reason
        found[line.pk] = rules.compare(line.quantity, counted[line.pk], broken)
    return found


def _written(
    delivery: Delivery,
    lines: list[WaybillLine],
    found: dict[int, Found],
    counted: Mapping[int, int],
    damaged: Mapping[int, int],
    at: datetime,
) -> list[Discrepancy]:
    """Write what was counted, and every difference as an open one."""
    DeliveryLine.objects.bulk_create(
        [
            DeliveryLine(
                delivery=delivery,
                line=line,
                counted=counted[line.pk],
                damaged=damaged.get(line.pk, 0),
                accepted=found[line.pk].accepted,
            )
            for line in lines
        ]
    )
    return Discrepancy.objects.bulk_create(
        [
            Discrepancy(line=line, kind=kind, quantity=quantity, found_at=at)
            for line in lines
            for kind, quantity in found[line.pk].differences()
        ]
    )


def _photo(actor: Actor, subject: str, photo: bytes | None, name: str, at: datetime) -> str:
    if not photo:
        return ""
    return attach(actor, subject=subject, content=photo, filename=name, at=at)


def _book(
    actor: Actor,
    waybill: Waybill,
    lines: list[WaybillLine],
    found: dict[int, Found],
    at: datetime,
) -> None:
    legs = [
        Leg(places.handed_over(line), places.on_the_way(line), found[line.pk].accepted)
        for line in lines
        if found[line.pk].accepted > 0
    ]
    if legs:
        post(
            actor,
            organisation_id=waybill.organisation_id,
            kind="goods-delivered",
            key=f"dispatch.deliver:{waybill.number}",
            legs=legs,
            at=at,
            inputs={
                "waybill": waybill.number,
                "lines": [[leg.debit.lot, leg.amount] for leg in legs],
            },
            subject=f"dispatch.waybill:{waybill.number}",
        )


def _fact(
    waybill: Waybill, lines: list[WaybillLine], found: dict[int, Found], at: datetime
) -> GoodsDelivered:
    return GoodsDelivered(
        waybill_id=waybill.pk,
        number=waybill.number,
        organisation_id=waybill.organisation_id,
        receiver_id=waybill.receiver_id,
        for_ref=waybill.for_ref,
        lines=tuple((line.lot_id, line.item_id, found[line.pk].accepted) for line in lines),
        short=sum(line.quantity - found[line.pk].accepted for line in lines),
        at=at,
    )
