"""Loading: one keeper picks and loads, another checks and signs, the vehicle leaves (H01)."""

from datetime import datetime

from django.db import transaction

from boai.foundations.trail.services.recording import record
from boai.ground.core.actors import Actor
from boai.ground.core.canonical import digest as digest_of
from boai.ground.core.clock import day_of
from boai.ground.core.errors import NotFound
from boai.ground.core.events import announce
from boai.relief.dispatch import errors, permissions
from boai.relief.dispatch.events import GoodsLoaded
from boai.relief.dispatch.models import Waybill
from boai.relief.dispatch.values import WaybillState
from boai.relief.warehouse import queries as warehouse
from boai.relief.warehouse.services.issuing import countersign_issue, open_issue, withdraw_issue
from boai.relief.warehouse.values import IssueOrderLine, NoteRow, NoteState

# The role that serves may write these columns of a waybill; what was ordered it cannot (I-3).
LOADING = ("state", "carrier", "vehicle", "driver", "loaded_by", "loaded_at", "loading_digest")


@transaction.atomic
def load(
    actor: Actor,
    *,
    waybill_id: int,
    at: datetime,
    carrier: str = "",
    vehicle: str = "",
    driver: str = "",
) -> str:
    """The first keeper has picked and loaded everything on the waybill; answers the digest.

    Opens one issue note per store. *Refuses*: ``NotFound``, ``NotPermitted``, ``NobodySigns``,
    ``WaybillNotWaiting`` and whatever ``warehouse.open_issue`` refuses (an expired lot, a lot
    that is not released, goods no longer set aside).
    """
    waybill = _waybill(waybill_id)
    person = permissions.require_load(actor, waybill.organisation_id)
    if waybill.state != WaybillState.ORDERED:
        raise errors.WaybillNotWaiting(number=waybill.number)
    by_store: dict[int, list[IssueOrderLine]] = {}
    lines = list(waybill.lines.order_by("pk"))
    lots = {lot.id: lot for lot in warehouse.lots(lot_ids=[line.lot_id for line in lines])}
    for line in lines:
        store = lots[line.lot_id].store_id
        by_store.setdefault(store, []).append(IssueOrderLine(line.lot_id, line.quantity))
    for _, wanted in sorted(by_store.items()):
        open_issue(
            actor,
            for_ref=waybill.for_ref,
            transport=waybill.number,
            organisation_id=waybill.organisation_id,
            lines=wanted,
            at=at,
        )
    waybill.carrier = carrier.strip()[:80] or waybill.carrier
    waybill.vehicle = vehicle.strip()[:40]
    waybill.driver = driver.strip()[:40]
    waybill.state = WaybillState.LOADING
    waybill.loaded_by_id = person
    waybill.loaded_at = at
    waybill.loading_digest = _content(waybill, warehouse.issue_notes(waybill.number))
    waybill.save(update_fields=LOADING)
    record(
        actor,
        "load-waybill",
        subject=f"dispatch.waybill:{waybill.number}",
        at=at,
        organisation_id=waybill.organisation_id,
        detail={"digest": waybill.loading_digest},
    )
    return str(waybill.loading_digest)


@transaction.atomic
def unload(actor: Actor, *, waybill_id: int, at: datetime) -> None:
    """Take the loading back, to load anew.

    *Refuses*: ``NotFound``, ``NotPermitted``, ``WaybillNotWaiting``.
    """
    waybill = _waybill(waybill_id)
    permissions.require_load(actor, waybill.organisation_id)
    if waybill.state != WaybillState.LOADING:
        raise errors.WaybillNotWaiting(number=waybill.number)
    for note in warehouse.issue_notes(waybill.number):
        if note.state == NoteState.COUNTED:
            withdraw_issue(actor, note_id=note.id, at=at)
    waybill.state = WaybillState.ORDERED
    waybill.loaded_by_id = None
    waybill.loaded_at = None
    waybill.loading_digest = ""
    waybill.save(update_fields=LOADING)
    record(
        actor,
        "unload-waybill",
        subject=f"dispatch.waybill:{waybill.number}",
        at=at,
        organisation_id=waybill.organisation_id,
    )


@transaction.atomic
def countersign(actor: Actor, *, waybill_id: int, digest: str, at: datetime) -> None:
    """The second keeper has compared load and waybill, and signs: the goods are on the way.

    *Refuses*: ``NotFound``, ``NotPermitted``, ``SamePersonTwice``, ``WaybillNotWaiting``,
    ``LoadingHasChanged`` and whatever ``warehouse.countersign_issue`` refuses.
    *Posts* (through the warehouse) reserved to in transit. *Announces* ``GoodsLoaded``.
    """
    waybill = _waybill(waybill_id)
    permissions.require_load(actor, waybill.organisation_id)
    person = permissions.other_person(actor, waybill.loaded_by_id)
    if waybill.state != WaybillState.LOADING:
        raise errors.WaybillNotWaiting(number=waybill.number)
    notes = warehouse.issue_notes(waybill.number)
    if digest != waybill.loading_digest or _content(waybill, notes) != waybill.loading_digest:
        raise errors.LoadingHasChanged
    for note in notes:
        countersign_issue(actor, note_id=note.id, digest=note.digest, at=at)
    waybill.state = WaybillState.IN_TRANSIT
    waybill.countersigned_by_id = person
    waybill.departed_at = at
    waybill.departed_on = day_of(at)
    waybill.save(update_fields=("state", "countersigned_by", "departed_at", "departed_on"))
    record(
        actor,
        "countersign-loading",
        subject=f"dispatch.waybill:{waybill.number}",
        at=at,
        organisation_id=waybill.organisation_id,
        detail={"digest": waybill.loading_digest},
    )
    lines = waybill.lines.order_by("pk").values_list("lot_id", "item_id", "quantity")
    announce(
        GoodsLoaded(
            waybill.pk,
            waybill.number,
            waybill.organisation_id,
            waybill.receiver_id,
            waybill.for_ref,
            waybill.route,
            tuple(lines),
            at,
        )
    )


def _waybill(waybill_id: int) -> Waybill:
    found = Waybill.objects.select_for_update().filter(pk=waybill_id).first()
    if found is None:
        raise NotFound
    return found


def _content(waybill: Waybill, notes: list[NoteRow]) -> str:
    """What the second signature binds: who gets what, in which vehicle, on which notes."""
    lines = waybill.lines.order_by("pk").values_list("lot_id", "quantity")
    return digest_of(
        {
            "waybill": waybill.number,
            "receiver": waybill.receiver_id,
            "carrier": waybill.carrier,
            "vehicle": waybill.vehicle,
            "lines": [list(line) for line in lines],
            "notes": [[note.number, note.digest] for note in notes],
        }
    )
