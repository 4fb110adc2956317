"""Goods come in: announced, counted by one keeper, countersigned by another (H01, S0-15)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from django.db import transaction

from boai.foundations.trail.services.recording import record
from boai.ground.core.actors import Actor
from boai.ground.core.clock import day_of
from boai.ground.core.errors import NotFound
from boai.ground.kit.db.series import take_public_numbers
from boai.relief.warehouse import errors, permissions, rules
from boai.relief.warehouse.models import Consignment, ConsignmentLine, ReceivedLine, ReceivedNote
from boai.relief.warehouse.services import shelving
from boai.relief.warehouse.values import (
    CountedLine,
    ExpectedLine,
    NoteOrder,
    NoteState,
)
from boai.relief.warehouse.values import ReceivedNote as BookedNote


@transaction.atomic
def expect_goods(
    actor: Actor,
    *,
    organisation_id: int,
    origin: str,
    donor_label: str,
    lines: Sequence[ExpectedLine],
    at: datetime,
    store_id: int | None = None,
) -> int:
    """Announce goods to the store, so that they stand on tomorrow's list 1.

    *Refuses*: ``NotPermitted``, ``NothingCounted``, ``QuantityIsNotWhole``, ``UnknownItem``,
    ``StoreNotHere``.
    """
    permissions.require_announce(actor, organisation_id)
    if not lines:
        raise errors.NothingCounted
    for number, line in enumerate(lines):
        for reason in rules.reasons_against_quantity(line.quantity, field=f"lines-{number}"):
            raise reason
    shelving.known_items(line.item_id for line in lines)
    if store_id is not None:
        shelving.store_of(organisation_id, store_id)
    consignment = Consignment.objects.create(
        organisation_id=organisation_id,
        store_id=store_id,
        origin=origin,
        donor_label=donor_label[:200],
        announced_at=at,
    )
    ConsignmentLine.objects.bulk_create(
        [
            ConsignmentLine(
                consignment=consignment,
                item_id=line.item_id,
                quantity=line.quantity,
                spec=line.spec[:200],
                expected_on=line.expected_on,
                directed_to_id=line.directed_to,
                origin_line=line.origin_line,
            )
            for line in lines
        ]
    )
    record(
        actor,
        "expect-goods",
        subject=f"warehouse.consignment:{consignment.pk}",
        at=at,
        organisation_id=organisation_id,
        detail={"origin": origin, "lines": len(lines)},
    )
    return int(consignment.pk)


@transaction.atomic
def call_off(actor: Actor, *, consignment_id: int, at: datetime) -> None:
    """The announced goods will not come.

    *Refuses*: ``NotFound``, ``NotPermitted``, ``ConsignmentNotWaiting``.
    """
    consignment = _consignment(consignment_id)
    permissions.require_announce(actor, consignment.organisation_id)
    _still_expected(consignment)
    consignment.state = "cancelled"
    consignment.save(update_fields=["state"])
    record(
        actor,
        "call-off-goods",
        subject=f"warehouse.consignment:{consignment.pk}",
        at=at,
        organisation_id=consignment.organisation_id,
    )


@transaction.atomic
def open_note(
    actor: Actor,
    *,
    organisation_id: int,
    store_id: int,
    origin: str,
    lines: Sequence[CountedLine],
    at: datetime,
    consignment_id: int | None = None,
    donor_label: str = "",
) -> int:
    """The first keeper counts what stands at the door and signs; nothing is booked yet.

    Announced quantities stay beside the counted ones, so that differences remain visible. What
    was directed when announced stays directed. *Refuses*: ``NotPermitted``, ``NobodySigns``,
    ``StoreNotHere``, ``UnknownItem``, ``NothingCounted``, every reason of
    ``rules.reasons_against_counting``, ``ConsignmentNotWaiting``.
    """
    person = permissions.require_receive(actor, organisation_id)
    store = shelving.store_of(organisation_id, store_id)
    lines = [_tidy(line) for line in lines]
    shelving.check_lines(lines, day_of(at))
    shelving.known_items(line.item_id for line in lines)
    announced: list[int | None] = [None] * len(lines)
    if consignment_id is not None:
        consignment = _consignment(consignment_id)
        if consignment.organisation_id != organisation_id:
            raise NotFound
        _still_expected(consignment)
        origin = consignment.origin
        donor_label = donor_label or consignment.donor_label
        lines, announced = _beside_announced(lines, list(consignment.lines.order_by("pk")))
    note = ReceivedNote.objects.create(
        number=take_public_numbers("RK", day_of(at))[0],
        organisation_id=organisation_id,
        store=store,
        consignment_id=consignment_id,
        origin=origin,
        donor_label=donor_label[:200],
        digest=shelving.content_digest(
            organisation_id=organisation_id, store_id=store.pk, origin=origin, lines=lines
        ),
        counted_by_id=person,
        counted_at=at,
        counted_on=day_of(at),
    )
    rows = shelving.line_rows(note, lines)
    for row, quantity in zip(rows, announced, strict=True):
        row.announced = quantity
    ReceivedLine.objects.bulk_create(rows)
    record(
        actor,
        "count-goods",
        subject=f"warehouse.received-note:{note.number}",
        at=at,
        organisation_id=organisation_id,
        detail={"digest": note.digest, "lines": len(rows), "origin": origin},
    )
    return int(note.pk)


@transaction.atomic
def withdraw_note(actor: Actor, *, note_id: int, at: datetime) -> None:
    """Take a counted note back, to count anew; the number stays used.

    *Refuses*: ``NotFound``, ``NotPermitted``, ``NoteNotWaiting``.
    """
    note = _note(note_id)
    permissions.require_receive(actor, note.organisation_id)
    _still_counted(note)
    note.state = NoteState.WITHDRAWN
    note.save(update_fields=["state"])
    record(
        actor,
        "withdraw-received-note",
        subject=f"warehouse.received-note:{note.number}",
        at=at,
        organisation_id=note.organisation_id,
    )


@transaction.atomic
def countersign_receipt(actor: Actor, *, note_id: int, digest: str, at: datetime) -> list[int]:
    """The second keeper has compared goods and note, and signs: the goods are in.

    ``digest`` is the one that was shown; it binds the signature to the counted content.
    *Refuses*: ``NotFound``, ``NotPermitted``, ``SamePersonTwice``, ``NoteNotWaiting``,
    ``NoteHasChanged``, ``AlreadyExpired``. *Posts* origin to quarantine for regulated items, to
    on hand for all else. *Announces* ``GoodsReceived``. Answers the lots in the order of lines.
    """
    note = _note(note_id)
    permissions.require_receive(actor, note.organisation_id)
    person = permissions.other_person(actor, note.counted_by_id)
    _still_counted(note)
    lines = list(note.lines.order_by("pk"))
    found = shelving.content_digest(
        organisation_id=note.organisation_id,
        store_id=note.store_id,
        origin=note.origin,
        lines=lines,
    )
    if digest != note.digest or found != note.digest:
        raise errors.NoteHasChanged
    for line in lines:
        if rules.has_expired(line.expires_on, day_of(at)):
            raise errors.AlreadyExpired(expires_on=str(line.expires_on))
    note.state = NoteState.SIGNED
    note.countersigned_by_id = person
    note.countersigned_at = at
    note.countersigned_on = day_of(at)
    note.save(update_fields=["state", "countersigned_by", "countersigned_at", "countersigned_on"])
    if note.consignment_id is not None:
        Consignment.objects.filter(pk=note.consignment_id, state="expected").update(state="arrived")
    [booked] = shelving.put_on_shelves(actor, note.organisation_id, [(note, lines)])
    record(
        actor,
        "countersign-receipt",
        subject=f"warehouse.received-note:{note.number}",
        at=at,
        organisation_id=note.organisation_id,
        detail={"digest": note.digest},
    )
    return list(booked.lot_ids)


@transaction.atomic
def receive_many(
    actor: Actor,
    second: Actor,
    *,
    organisation_id: int,
    store_id: int,
    notes: Sequence[NoteOrder],
    at: datetime,
) -> list[BookedNote]:
    """Take in whole lists of notes that two keepers signed on paper: the set form of the two acts.

    Statements do not grow with lines. *Refuses* what ``open_note`` and ``countersign_receipt``
    refuse; then nothing of the set is booked. *Posts* and *announces* as they do, note by note.
    ``at`` is the moment of the act; each order carries its own moment of receipt.
    """
    first_person = permissions.require_receive(actor, organisation_id)
    permissions.require_receive(second, organisation_id)
    second_person = permissions.other_person(second, first_person)
    store = shelving.store_of(organisation_id, store_id)
    days: dict[object, list[int]] = {}
    for index, order in enumerate(notes):
        shelving.check_lines(order.lines, day_of(order.at))
        days.setdefault(day_of(order.at), []).append(index)
    numbers = [""] * len(notes)
    for indexes in days.values():
        day = day_of(notes[indexes[0]].at)
        taken = take_public_numbers("RK", day, len(indexes))
        for index, number in zip(indexes, taken, strict=True):
            numbers[index] = number
    rows = [
        ReceivedNote(
            number=number,
            organisation_id=organisation_id,
            store=store,
            origin=order.origin,
            donor_label=order.donor_label[:200],
            state=NoteState.SIGNED,
            digest=shelving.content_digest(
                organisation_id=organisation_id,
                store_id=store.pk,
                origin=order.origin,
                lines=order.lines,
            ),
            counted_by_id=first_person,
            counted_at=order.at,
            counted_on=day_of(order.at),
            countersigned_by_id=second_person,
            countersigned_at=order.at,
            countersigned_on=day_of(order.at),
        )
        for number, order in zip(numbers, notes, strict=True)
    ]
    ReceivedNote.objects.bulk_create(rows, batch_size=500)
    lines = [shelving.line_rows(note, order.lines) for note, order in zip(rows, notes, strict=True)]
    ReceivedLine.objects.bulk_create([line for many in lines for line in many], batch_size=500)
    booked = shelving.put_on_shelves(actor, organisation_id, list(zip(rows, lines, strict=True)))
    record(
        actor,
        "receive-many",
        subject=f"warehouse.store:{store.pk}",
        at=at,
        organisation_id=organisation_id,
        detail={"notes": len(rows), "lines": sum(map(len, lines)), "second": second.label},
    )
    return booked


def _tidy(line: CountedLine) -> CountedLine:
    return replace(
        line,
        lot_number=line.lot_number.strip()[:80],
        bin=line.bin.strip()[:30],
        spec=line.spec.strip()[:200],
    )


def _consignment(consignment_id: int) -> Consignment:
    found = Consignment.objects.select_for_update().filter(pk=consignment_id).first()
    if found is None:
        raise NotFound
    return found


def _still_expected(consignment: Consignment) -> None:
    if consignment.state != "expected":
        raise errors.ConsignmentNotWaiting


def _note(note_id: int) -> ReceivedNote:
    found = ReceivedNote.objects.select_for_update().filter(pk=note_id).first()
    if found is None:
        raise NotFound
    return found


def _still_counted(note: ReceivedNote) -> None:
    if note.state != NoteState.COUNTED:
        raise errors.NoteNotWaiting(number=note.number)


def _beside_announced(
    lines: Sequence[CountedLine], announced: Sequence[ConsignmentLine]
) -> tuple[list[CountedLine], list[int | None]]:
    """Put what was announced beside the first counted line of each announced line.

    Matched by the origin's own line first, else by item; a line so matched takes over origin line
    and direction, so that a giver's direction is never lost at the door.
    """
    by_line = {line.origin_line: line for line in announced if line.origin_line}
    by_item = {line.item_id: line for line in reversed(announced)}
    told: set[int] = set()
    answer: list[CountedLine] = []
    quantities: list[int | None] = []
    for line in lines:
        match = by_line.get(line.origin_line) or by_item.get(line.item_id)
        if match is None or match.item_id != line.item_id:
            # Not announced: it belongs to no line of the origin, whatever the form says.
            answer.append(replace(line, origin_line=""))
            quantities.append(None)
            continue
        quantities.append(None if match.pk in told else match.quantity)
        told.add(match.pk)
        answer.append(
            replace(
                line,
                origin_line=match.origin_line,
                directed_to=match.directed_to_id,
                spec=line.spec or match.spec,
            )
        )
    return answer, quantities
