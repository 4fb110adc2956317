"""Goods go out: picked by one keeper, checked by another (H01, H14, I-16)."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from boai.foundations.ledger.services.posting import post
from boai.foundations.trail.services.recording import record
from boai.ground.core.actors import Actor
from boai.ground.core.canonical import digest as digest_of
from boai.ground.core.clock import day_of
from boai.ground.core.errors import NotFound
from boai.ground.core.events import announce
from boai.ground.kit.db.sane_time import require_sane_clock
from boai.ground.kit.db.series import take_public_numbers
from boai.relief.warehouse import errors, permissions, rules
from boai.relief.warehouse.events import GoodsIssued
from boai.relief.warehouse.models import IssueLine, IssueNote, Lot, Reservation
from boai.relief.warehouse.rules import StockLot
from boai.relief.warehouse.services import books
from boai.relief.warehouse.services.reserving import release_reservation, reserve, reserve_lines
from boai.relief.warehouse.values import (
    IssueOrderLine,
    NoteState,
    OpenedNote,
    ReservationState,
)

__all__ = [
    "countersign_issue",
    "open_issue",
    "release_reservation",
    "reserve",
    "reserve_lines",
    "withdraw_issue",
]


@transaction.atomic
def open_issue(
    actor: Actor,
    *,
    for_ref: str,
    transport: str,
    at: datetime,
    organisation_id: int | None = None,
    lines: Sequence[IssueOrderLine] | None = None,
) -> OpenedNote:
    """The first keeper picks what is set aside for ``for_ref`` and signs; nothing moves yet.

    ``transport`` names the waybill that will carry it. Without ``lines``, everything still set
    aside. All lots must lie in one store. *Refuses*: ``NotPermitted``, ``NobodySigns``,
    ``NothingCounted``, ``NotReservedHere``, ``LotNotReleased``, ``LotHasExpired``,
    ``ClockIsNotSane`` (what has expired is judged by the day).
    """
    require_sane_clock()
    held = _held(for_ref, organisation_id)
    wanted = _wanted(held, lines)
    lots = {
        lot.pk: lot
        for lot in Lot.objects.select_for_update().filter(pk__in=list(wanted)).order_by("pk")
    }
    if not wanted or wanted.keys() - lots.keys():
        raise errors.NothingCounted
    first = next(iter(lots.values()))
    person = permissions.require_issue(actor, first.organisation_id)
    on = day_of(at)
    for lot_id, quantity in wanted.items():
        lot = lots[lot_id]
        if (lot.organisation_id, lot.store_id) != (first.organisation_id, first.store_id):
            raise errors.StoreNotHere
        _check(lot, quantity, sum(r.quantity for r in held if r.lot_id == lot_id), at)
    note = IssueNote.objects.create(
        number=take_public_numbers("CK", on)[0],
        organisation_id=first.organisation_id,
        store_id=first.store_id,
        for_ref=for_ref,
        transport=transport,
        digest=content_digest(first.store_id, for_ref, transport, wanted),
        picked_by_id=person,
        picked_at=at,
        picked_on=on,
    )
    IssueLine.objects.bulk_create(
        [IssueLine(note=note, lot_id=lot_id, quantity=n) for lot_id, n in sorted(wanted.items())]
    )
    record(
        actor,
        "pick-goods",
        subject=f"warehouse.issue-note:{note.number}",
        at=at,
        organisation_id=note.organisation_id,
        detail={"digest": note.digest, "for": for_ref, "transport": transport},
    )
    return OpenedNote(note.pk, note.number, note.digest)


@transaction.atomic
def withdraw_issue(actor: Actor, *, note_id: int, at: datetime) -> None:
    """Take a picked note back; the goods stay set aside.

    *Refuses*: ``NotFound``, ``NotPermitted``, ``NoteNotWaiting``.
    """
    note = _waiting(note_id)
    permissions.require_issue(actor, note.organisation_id)
    note.state = NoteState.WITHDRAWN
    note.save(update_fields=["state"])
    record(
        actor,
        "withdraw-issue-note",
        subject=f"warehouse.issue-note:{note.number}",
        at=at,
        organisation_id=note.organisation_id,
    )


@transaction.atomic
def countersign_issue(actor: Actor, *, note_id: int, digest: str, at: datetime) -> None:
    """The second keeper has checked what was picked, and signs: the goods leave the store.

    Every lot is judged anew on the day of the second signature. *Refuses*: ``NotFound``,
    ``NotPermitted``, ``SamePersonTwice``, ``NoteNotWaiting``, ``NoteHasChanged``,
    ``LotNotReleased``, ``LotHasExpired``, ``NotReservedHere``, ``ClockIsNotSane``. *Posts* reserved to in transit
    on the note's transport. *Announces* ``GoodsIssued``.
    """
    require_sane_clock()
    note = _waiting(note_id)
    permissions.require_issue(actor, note.organisation_id)
    person = permissions.other_person(actor, note.picked_by_id)
    lines = list(note.lines.order_by("lot_id"))
    wanted = {line.lot_id: line.quantity for line in lines}
    found = content_digest(note.store_id, note.for_ref, note.transport, wanted)
    if digest != note.digest or found != note.digest:
        raise errors.NoteHasChanged
    lots = Lot.objects.select_for_update().order_by("pk").in_bulk(list(wanted))
    held = _held(note.for_ref, note.organisation_id)
    for lot_id, quantity in wanted.items():
        there = sum(row.quantity for row in held if row.lot_id == lot_id)
        _check(lots[lot_id], quantity, there, at)
    _use_up(held, wanted)
    note.state = NoteState.SIGNED
    note.countersigned_by_id = person
    note.countersigned_at = at
    note.countersigned_on = day_of(at)
    note.save(update_fields=["state", "countersigned_by", "countersigned_at", "countersigned_on"])
    post(
        actor,
        organisation_id=note.organisation_id,
        kind="goods-issued",
        key=f"warehouse.issue:{note.number}",
        legs=[
            books.move(
                books.in_transit(lots[lot_id], note.transport),
                books.reserved(lots[lot_id], note.for_ref),
                quantity,
            )
            for lot_id, quantity in wanted.items()
        ],
        at=at,
        inputs={"note": note.number, "digest": note.digest},
        subject=f"warehouse.issue-note:{note.number}",
    )
    record(
        actor,
        "countersign-issue",
        subject=f"warehouse.issue-note:{note.number}",
        at=at,
        organisation_id=note.organisation_id,
        detail={"digest": note.digest},
    )
    announce(_fact(note, lots, wanted, at))


def _fact(
    note: IssueNote, lots: dict[int, Lot], wanted: dict[int, int], at: datetime
) -> GoodsIssued:
    return GoodsIssued(
        note_id=note.pk,
        number=note.number,
        organisation_id=note.organisation_id,
        store_id=note.store_id,
        for_ref=note.for_ref,
        transport=note.transport,
        lines=tuple((lot_id, lots[lot_id].item_id, n) for lot_id, n in wanted.items()),
        at=at,
    )


def _held(for_ref: str, organisation_id: int | None) -> list[Reservation]:
    rows = Reservation.objects.select_for_update().filter(
        for_ref=for_ref, state=ReservationState.HELD
    )
    if organisation_id is not None:
        rows = rows.filter(organisation_id=organisation_id)
    return list(rows.order_by("pk"))


def _wanted(held: Sequence[Reservation], lines: Sequence[IssueOrderLine] | None) -> dict[int, int]:
    """How much of each lot: as ordered, or all that is set aside."""
    wanted: dict[int, int] = {}
    for line in held if lines is None else lines:
        for reason in rules.reasons_against_quantity(line.quantity):
            raise reason
        wanted[line.lot_id] = wanted.get(line.lot_id, 0) + line.quantity
    return wanted


def _check(lot: Lot, quantity: int, there: int, at: datetime) -> None:
    if quantity > there:
        raise errors.NotReservedHere(number=lot.number, there=there)
    stock = StockLot(lot.pk, lot.number, lot.state, lot.expires_on, lot.directed_to_id, there)
    for reason in rules.reasons_against_issuing(stock, quantity, day_of(at)):
        raise reason


def _use_up(held: Sequence[Reservation], wanted: dict[int, int]) -> None:
    """Mark what was set aside as issued, oldest first; a part left over stays set aside."""
    rest = dict(wanted)
    left_over = []
    for row in held:
        used = min(row.quantity, rest.get(row.lot_id, 0))
        if used == 0:
            continue
        rest[row.lot_id] -= used
        if used < row.quantity:
            left_over.append(
                Reservation(
                    organisation_id=row.organisation_id,
                    lot_id=row.lot_id,
                    for_ref=row.for_ref,
                    quantity=row.quantity - used,
                    reserved_at=row.reserved_at,
                )
            )
            row.quantity = used
        row.state = ReservationState.ISSUED
        row.save(update_fields=["quantity", "state"])
    Reservation.objects.bulk_create(left_over)


def _waiting(note_id: int) -> IssueNote:
    note = IssueNote.objects.select_for_update().filter(pk=note_id).first()
    if note is None:
        raise NotFound
    if note.state != NoteState.COUNTED:
        raise errors.NoteNotWaiting(number=note.number)
    return note


def content_digest(store_id: int, for_ref: str, transport: str, wanted: dict[int, int]) -> str:
    """What the second signature binds: which lots, how much, for what, on which waybill."""
    return digest_of(
        {
            "store": store_id,
            "for": for_ref,
            "transport": transport,
            "lines": [[lot_id, quantity] for lot_id, quantity in sorted(wanted.items())],
        }
    )
