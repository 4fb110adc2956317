"""Taking in a file of gifts at the scale of a province: staged, sorted out, booked part by part.

Every part is one transaction that also says how far the file is, so that a killed intake goes on at
the row where it stopped and two that run at once share the work instead of doing it twice (F-04).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from itertools import islice

from django.db import connection, transaction

from boai.foundations.trail.services import recording
from boai.ground.core.actors import Actor
from boai.ground.core.errors import NotFound
from boai.ground.core.garbage import collected_later
from boai.ground.kit.db.bulk import append_rows
from boai.ground.kit.db.sealed import seal_many
from boai.relief.donations import permissions
from boai.relief.donations.errors import (
    IntakeHasEnded,
    IntakeIsCancelled,
    IntakeNeedsItsFile,
)
from boai.relief.donations.models import Intake, StagedGift
from boai.relief.donations.services import settling
from boai.relief.donations.values import IntakeRow, RowToStage

PART = 5000
"""Rows of one transaction: the memory of an intake, and the longest time that others wait for it."""

_SET_REPEATED_ASIDE = """
UPDATE donations_stagedgift SET verdict = 'quarantined', code = 'ReferenceIsRepeated', "column" = ''
FROM (SELECT position AS place, says AS own,
        first_value(says) OVER (PARTITION BY set_by ORDER BY position) AS first
      FROM donations_stagedgift
      WHERE intake_id = %s AND numbered AND verdict IN ('gift', 'unfit')) AS told
WHERE intake_id = %s AND position = told.place AND told.own <> told.first
"""
_COUNT_EQUAL_ROWS = """
UPDATE donations_stagedgift SET occurrence = told.one, rank = told.gifts, times = told.all_of_them
FROM (SELECT position AS place,
        row_number() OVER equal AS one,
        sum(CASE WHEN verdict = 'gift' THEN 1 ELSE 0 END) OVER equal AS gifts,
        count(*) OVER (PARTITION BY numbered, CASE WHEN numbered THEN '' ELSE account END, set_by)
          AS all_of_them
      FROM donations_stagedgift
      WHERE intake_id = %s AND verdict IN ('gift', 'unfit')
      WINDOW equal AS (PARTITION BY numbered, CASE WHEN numbered THEN '' ELSE account END, set_by
                       ORDER BY position)) AS told
WHERE intake_id = %s AND position = told.place AND told.all_of_them > 1
"""


def begin(
    actor: Actor,
    *,
    organisation_id: int,
    digest: str,
    file: str,
    profile: str,
    channel: str,
    at: datetime,
) -> IntakeRow:
    """Begin to take in a file, or go on with the same file of the same society that was left.

    A file that was finished or cancelled begins anew: what is booked counts as duplicate then.
    *Refuses*: ``NotPermitted``.
    """
    permissions.require_import(actor, organisation_id)
    with transaction.atomic():
        intake, fresh = Intake.objects.get_or_create(
            organisation_id=organisation_id,
            digest=digest,
            state__in=("reading", "posting"),
            defaults={
                "state": "reading",
                "file": file[:120],
                "profile": profile,
                "channel": channel,
                "by": actor.label,
                "begun_at": at,
                "moved_at": at,
            },
        )
        if fresh:
            recording.record(
                actor,
                "take-in-gifts",
                subject=f"donations.intake:{intake.pk}",
                at=at,
                organisation_id=organisation_id,
                detail={"digest": digest},
            )
        return as_row(intake)


def stage(
    intake_id: int,
    rows: Iterable[RowToStage],
    *,
    told: Callable[[], Mapping[str, object]],
    at: datetime,
    progress: Callable[[int], None],
) -> None:
    """Put the rows of a file on the stage, a part a transaction; rows that are there are passed
    over. When all are there, sort out equal ones among them (one statement each).

    ``told`` is asked after the last row: what the file says of itself.
    """
    coming = iter(rows)
    first = 0
    while True:
        with collected_later():
            part = list(islice(coming, PART))
        with transaction.atomic():
            intake = _locked(intake_id)
            if intake.state != "reading":
                return  # another run has read the file meanwhile
            fresh = part[max(intake.staged - first, 0) :]
            if first + len(part) - len(fresh) >= intake.staged:
                _append(intake_id, first + len(part) - len(fresh), fresh)
                intake.staged = first + len(part)
            intake.moved_at = at
            if len(part) < PART:
                _sort_out(intake_id)
                intake.state, intake.rows = "posting", intake.staged
                intake.told = dict(told())
            intake.save(update_fields=["staged", "state", "rows", "moved_at", "told"])
        first += len(part)
        progress(first)
        if len(part) < PART:
            return


def _append(intake_id: int, after: int, rows: Sequence[RowToStage]) -> None:
    if not rows:
        return
    columns = {name: list(column) for name, column in zip(
        RowToStage._fields, zip(*rows, strict=True), strict=True
    )}  # fmt: skip
    donors = [str(donor) for donor in columns.pop("donor")]
    append_rows(
        StagedGift,
        len(rows),
        {
            "intake_id": intake_id,
            "position": list(range(after + 1, after + 1 + len(rows))),
            "donor": seal_many(donors, f"{StagedGift._meta.db_table}.donor"),
            "occurrence": 1,
            "rank": 1,
            "times": 1,
            **columns,
        },
        with_ids=False,
    )


def _sort_out(intake_id: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_SET_REPEATED_ASIDE, [intake_id, intake_id])
        cursor.execute(_COUNT_EQUAL_ROWS, [intake_id, intake_id])


def settle_part(
    actor: Actor, intake_id: int, *, channels: Sequence[str], at: datetime, dry_run: bool = False
) -> IntakeRow:
    """Settle the next rows of the stage, up to one part: each is booked, a duplicate, quarantined
    or refused; those that were not taken stay with the reason. Answers how far the file is now.

    *Refuses*: ``IntakeIsCancelled``, ``NotFound``; and as ``booking.book_gifts``. *Posts* and
    *announces* as ``booking.book_gifts``.
    """
    with collected_later(), transaction.atomic():
        intake = _locked(intake_id)
        permissions.require_import(actor, intake.organisation_id)
        if intake.state == "finished":
            return as_row(intake)
        upto = min(intake.position + PART, intake.rows)
        counts = settling.settle(actor, intake, upto, channels=channels, at=at, dry_run=dry_run)
        intake.accepted += counts.accepted
        intake.duplicate += counts.duplicate
        intake.quarantined += counts.quarantined
        intake.refused += counts.refused
        intake.amount_fen += counts.amount_fen
        intake.position, intake.moved_at = upto, at
        if upto == intake.rows:
            intake.state = "finished"
        intake.save()
        return as_row(intake)


def cancel(actor: Actor, *, intake_id: int, at: datetime) -> None:
    """Stop the taking in of a file. What is booked stays; the rows that wait are forgotten.

    *Refuses*: ``NotFound``, ``NotPermitted``. A finished intake stays finished.
    """
    with transaction.atomic():
        intake = Intake.objects.select_for_update().filter(pk=intake_id).first()
        if intake is None:
            raise NotFound
        permissions.require_import(actor, intake.organisation_id)
        if intake.state in ("finished", "cancelled"):
            return
        intake.state, intake.moved_at = "cancelled", at
        intake.save(update_fields=["state", "moved_at"])
        StagedGift.objects.filter(intake_id=intake_id, verdict__in=("gift", "unfit")).delete()
        recording.record(
            actor,
            "cancel-intake",
            subject=f"donations.intake:{intake_id}",
            at=at,
            organisation_id=intake.organisation_id,
            detail={"settled": intake.position, "rows": intake.rows},
        )


def carry(actor: Actor, *, intake_id: int, at: datetime) -> IntakeRow:
    """Ask that the worker goes on with an intake in this person's name.

    *Refuses*: ``NotFound``, ``NotPermitted``, ``TakingInNeedsABooker``, ``IntakeHasEnded``,
    ``IntakeNeedsItsFile`` for one that was broken off while it was read.
    """
    with transaction.atomic():
        intake = Intake.objects.select_for_update().filter(pk=intake_id).first()
        if intake is None:
            raise NotFound
        permissions.require_take_in(actor, intake.organisation_id)
        if intake.state in ("finished", "cancelled"):
            raise IntakeHasEnded(name=intake.file)
        if intake.state == "reading":
            raise IntakeNeedsItsFile(name=intake.file)
        intake.carried_by, intake.halted, intake.moved_at = actor.user_id, None, at
        intake.save(update_fields=["carried_by", "halted", "moved_at"])
        recording.record(
            actor,
            "carry-intake",
            subject=f"donations.intake:{intake_id}",
            at=at,
            organisation_id=intake.organisation_id,
            detail={"settled": intake.position, "rows": intake.rows},
        )
        return as_row(intake)


def halt(intake_id: int, *, why: str) -> None:
    """Put an intake aside that the worker could not go on with, with the reason."""
    with transaction.atomic():
        intake = Intake.objects.select_for_update().get(pk=intake_id)
        if intake.state == "posting":
            intake.carried_by, intake.halted = None, why[:300]
            intake.save(update_fields=["carried_by", "halted"])


def _locked(intake_id: int) -> Intake:
    intake = Intake.objects.select_for_update().filter(pk=intake_id).first()
    if intake is None:
        raise NotFound
    if intake.state == "cancelled":
        raise IntakeIsCancelled(name=intake.file)
    return intake


def as_row(intake: Intake) -> IntakeRow:
    """How far it is."""
    return IntakeRow(intake.pk, *(getattr(intake, field.name) for field in fields(IntakeRow)[1:]))
