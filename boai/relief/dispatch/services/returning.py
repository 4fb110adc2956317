"""Delivered goods come back: the unit signs what it sends, two keepers sign what arrives (I-19)."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import Sum

from boai.foundations.trail.services.recording import record
from boai.ground.core.actors import Actor
from boai.ground.core.clock import day_of
from boai.ground.core.errors import NotFound
from boai.ground.core.events import announce
from boai.ground.kit.db.series import take_public_numbers
from boai.relief.dispatch import errors, permissions
from boai.relief.dispatch.events import GoodsReturned
from boai.relief.dispatch.models import Discrepancy, Return, ReturnLine, Waybill, WaybillLine
from boai.relief.dispatch.services import places
from boai.relief.dispatch.values import Outcome, ReturnState
from boai.relief.warehouse.services.returning import take_in_returned


@transaction.atomic
def send_back(
    actor: Actor, *, waybill_id: int, quantities: Mapping[int, int], reason: str, at: datetime
) -> str:
    """The unit that received the goods sends some of them back and signs. Answers the number.

    ``quantities`` by line; nothing moves in the books until two keepers have received it.
    *Refuses*: ``NotFound``, ``NotPermitted``, ``ReasonMissing``, ``NothingComesBack``,
    ``CountIsNotWhole``, ``MoreThanDelivered``.
    """
    waybill = Waybill.objects.select_for_update().filter(pk=waybill_id).first()
    if waybill is None:
        raise NotFound
    person = permissions.require_deliver(actor, waybill.receiver_id)
    if not reason.strip():
        raise errors.ReasonMissing(field="reason")
    lines = {line.pk: line for line in waybill.lines.all()}
    there = still_there(waybill)
    wanted = {line_id: n for line_id, n in quantities.items() if n != 0}
    if not wanted or wanted.keys() - lines.keys():
        raise errors.NothingComesBack
    for line_id, n in wanted.items():
        field = f"quantity-{line_id}"
        if not isinstance(n, int) or isinstance(n, bool) or n < 0:
            raise errors.CountIsNotWhole(field=field, given=str(n)[:20])
        if n > there.get(line_id, 0):
            raise errors.MoreThanDelivered(field=field, there=there.get(line_id, 0), wanted=n)
    note = Return.objects.create(
        number=take_public_numbers("TH", day_of(at))[0],
        waybill=waybill,
        reason=reason.strip()[:500],
        sent_by_id=person,
        sent_at=at,
    )
    ReturnLine.objects.bulk_create(
        [ReturnLine(note=note, line_id=line_id, quantity=n) for line_id, n in wanted.items()]
    )
    _recorded(actor, "send-back", note, at)
    return note.number


@transaction.atomic
def count_return(actor: Actor, *, number: str, at: datetime) -> None:
    """The first keeper has counted what came back and found what the note says.

    Where the count differs, the unit withdraws its note and writes another. *Refuses*:
    ``NotFound``, ``NotPermitted``, ``SamePersonTwice``, ``ReturnNotWaiting``.
    """
    note = _locked(number)
    person = _keeper(actor, note)
    if note.state != ReturnState.SENT:
        raise errors.ReturnNotWaiting(number=note.number)
    note.state, note.counted_by_id, note.counted_at = ReturnState.COUNTED, person, at
    note.save(update_fields=["state", "counted_by", "counted_at"])
    _recorded(actor, "count-return", note, at)


@transaction.atomic
def receive_return(actor: Actor, *, number: str, at: datetime) -> list[int]:
    """The second keeper signs: the goods are in quarantine. Answers the new lots.

    *Refuses*: ``NotFound``, ``NotPermitted``, ``SamePersonTwice``, ``ReturnNotWaiting``,
    ``NotEnough``. *Posts* delivered to quarantine. *Announces* ``GoodsReturned``.
    """
    note = _locked(number)
    person = _keeper(actor, note)
    if note.state != ReturnState.COUNTED or note.counted_by_id is None:
        raise errors.ReturnNotWaiting(number=note.number)
    permissions.other_person(actor, note.counted_by_id)
    lines = list(note.lines.select_related("line__waybill").order_by("pk"))
    for line in lines:
        line.lot_id = take_in_returned(
            actor,
            note.counted_by_id,
            lot_id=line.line.lot_id,
            quantity=line.quantity,
            held_at=places.handed_over(line.line),
            note=f"dispatch.return:{note.number}",
            at=at,
        )
        line.save(update_fields=["lot"])
    note.state, note.countersigned_by_id, note.countersigned_at = ReturnState.RECEIVED, person, at
    note.save(update_fields=["state", "countersigned_by", "countersigned_at"])
    _recorded(actor, "receive-return", note, at)
    announce(
        GoodsReturned(
            number=note.number,
            waybill=note.waybill.number,
            organisation_id=note.waybill.organisation_id,
            receiver_id=note.waybill.receiver_id,
            lines=tuple((line.lot_id or 0, line.line.item_id, line.quantity) for line in lines),
            at=at,
        )
    )
    return [line.lot_id or 0 for line in lines]


@transaction.atomic
def withdraw_return(actor: Actor, *, number: str, at: datetime) -> None:
    """The unit takes its note back before the store has received the goods.

    *Refuses*: ``NotFound``, ``NotPermitted``, ``ReturnNotWaiting``.
    """
    note = _locked(number)
    permissions.require_deliver(actor, note.waybill.receiver_id)
    if note.state not in (ReturnState.SENT, ReturnState.COUNTED):
        raise errors.ReturnNotWaiting(number=note.number)
    note.state = ReturnState.WITHDRAWN
    note.save(update_fields=["state"])
    _recorded(actor, "withdraw-return", note, at)


def still_there(waybill: Waybill) -> dict[int, int]:
    """What the receiver has of each line: accepted, or delivered after all, less what was sent
    back."""
    lines = WaybillLine.objects.filter(waybill=waybill).select_related("delivered")
    found = {line.pk: _accepted(line) for line in lines}
    late = Discrepancy.objects.filter(
        line__waybill=waybill, state="settled", outcome=Outcome.DELIVERED
    )
    for line_id, n in late.values_list("line_id", "quantity"):
        found[line_id] += n
    back = ReturnLine.objects.filter(note__waybill=waybill).exclude(
        note__state=ReturnState.WITHDRAWN
    )
    for row in back.values("line_id").annotate(total=Sum("quantity")).order_by("line_id"):
        found[row["line_id"]] -= row["total"]
    return found


def _accepted(line: WaybillLine) -> int:
    done = getattr(line, "delivered", None)
    return done.accepted if done else 0


def _locked(number: str) -> Return:
    rows = Return.objects.select_for_update(of=("self",)).select_related("waybill")
    note = rows.filter(number=number).first()
    if note is None:
        raise NotFound
    return note


def _keeper(actor: Actor, note: Return) -> int:
    person = permissions.require_take_back(actor, note.waybill.organisation_id)
    permissions.other_person(actor, note.sent_by_id)
    return person


def _recorded(actor: Actor, verb: str, note: Return, at: datetime) -> None:
    record(
        actor,
        verb,
        subject=f"dispatch.return:{note.number}",
        at=at,
        organisation_id=note.waybill.organisation_id,
        detail={"waybill": note.waybill.number},
    )
