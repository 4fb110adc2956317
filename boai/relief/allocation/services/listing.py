"""Freezing list 1."""

from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction

from boai.foundations.organisations import queries as organisations
from boai.foundations.trail.services.recording import record
from boai.ground.core.actors import SYSTEM, Actor
from boai.ground.core.canonical import digest
from boai.ground.core.clock import day_of
from boai.ground.core.errors import Refusal
from boai.ground.core.events import announce
from boai.relief.allocation import permissions
from boai.relief.allocation.errors import ListIsFrozen, ListIsNotThatDay
from boai.relief.allocation.events import ListFrozen
from boai.relief.allocation.models import AvailableList, ListLine
from boai.relief.allocation.rules import arrived_since, cut_off_of, list_day, mark_of
from boai.relief.warehouse import queries as warehouse


def freeze_list(
    actor: Actor, *, organisation_id: int, for_day: date | None = None, at: datetime
) -> int:
    """Freeze what can be allotted on a day: goods at hand (carried over, or arrived after the
    cut-off) and goods expected by that day, each line marked (A05, H06). Answers the list's id.

    Without ``for_day`` the list is for tomorrow once the cut-off has come, else for today.
    Goods that are set aside, in quarantine or past their last day are not on it.
    *Refuses*: ``NotPermitted``, ``ListIsFrozen``, ``ListIsNotThatDay``. *Announces* ``ListFrozen``.
    """
    permissions.require_freeze(actor, organisation_id)
    cut_off = cut_off_of(organisations.setting(organisation_id, "allocation.cut-off", "16:00"))
    day = for_day or list_day(at, cut_off)
    if not day_of(at) <= day <= day_of(at) + timedelta(days=1):
        raise ListIsNotThatDay(field="for_day", day=str(day))
    since = arrived_since(at, cut_off)
    with transaction.atomic():
        lines = _lines(organisation_id, day, since, day_of(at))
        content = {
            "society": organisation_id,
            "for_day": day,
            "frozen_at": at,
            "lines": [line_content(line) for line in lines],
        }
        try:
            with transaction.atomic():
                made = AvailableList.objects.create(
                    society_id=organisation_id,
                    for_day=day,
                    frozen_at=at,
                    arrived_since=since,
                    digest=digest(content),
                )
        except IntegrityError:
            raise ListIsFrozen(field="for_day", day=str(day)) from None
        for line in lines:
            line.list = made
        ListLine.objects.bulk_create(lines, batch_size=1000)
        record(
            actor,
            "freeze-list",
            subject=f"allocation.list:{made.pk}",
            at=at,
            organisation_id=organisation_id,
            detail={"for_day": str(day), "digest": made.digest, "lines": len(lines)},
        )
        announce(ListFrozen(made.pk, organisation_id, day, made.digest, len(lines), at))
    return made.pk


def freeze_due_lists(at: datetime) -> int:
    """Freeze list 1 for every society that keeps a store; one that has it already is passed over."""
    frozen = 0
    for organisation_id in warehouse.organisations_with_stores():
        try:
            freeze_list(SYSTEM, organisation_id=organisation_id, at=at)
        except Refusal:
            continue
        frozen += 1
    return frozen


def line_content(line: ListLine) -> dict[str, object]:
    """The part of a line that the digest covers; law allocation-02 computes it again."""
    return {
        "position": line.position,
        "item": line.item_id,
        "lot": line.lot_id,
        "consignment_line": line.consignment_line_id,
        "quantity": line.quantity,
        "spec": line.spec,
        "mark": line.mark,
        "directed_to": line.directed_to_id,
        "expires_on": line.expires_on,
    }


def _lines(organisation_id: int, day: date, since: datetime, today: date) -> list[ListLine]:
    lines = [
        ListLine(
            item_id=row.item_id,
            lot_id=row.lot_id,
            quantity=row.quantity,
            spec=row.spec,
            mark=mark_of(row.arrived_at, since),
            directed_to_id=row.directed_to,
            arrived_at=row.arrived_at,
            expires_on=row.expires_on,
        )
        for row in warehouse.available(organisation_id, day)
    ]
    lines += [
        ListLine(
            item_id=row.item_id,
            consignment_line_id=row.line_id,
            quantity=row.quantity,
            spec=row.spec,
            mark="expected",
            directed_to_id=row.directed_to,
        )
        for row in warehouse.expected(organisation_id, day)
        if row.expected_on is not None and row.expected_on >= today
    ]
    for position, line in enumerate(lines, start=1):
        line.position = position
    return lines
