"""Taking in files behind the scenes: read and staged, then booked part by part, in turns.

The worker calls every few seconds and each call ends after a while, so that payments which channels
tell are never kept waiting by a long list. Where no worker runs, a person at the page may give a
turn instead; two at once do not work against each other.
"""

import logging
import time
from datetime import datetime, timedelta

from django.db import DatabaseError, InterfaceError

from boai.foundations.identity import queries as identity
from boai.ground.core.actors import Actor
from boai.ground.core.errors import NotFound, NotPermitted, Refusal
from boai.ground.core.imports import ImportOrder
from boai.ground.core.text import gettext_noop as _
from boai.ground.kit.db.turns import turn_if_free
from boai.ground.kit.models import JobRun
from boai.relief.donations import permissions
from boai.relief.donations.channels.statements.headers import CHANNELS
from boai.relief.donations.importing import looking
from boai.relief.donations.importing.lists import stage_list
from boai.relief.donations.importing.opening import open_list, taught_in
from boai.relief.donations.models import Intake, StatementFile
from boai.relief.donations.services import intake, intake_files
from boai.relief.donations.services.intake_files import StatementRow

JOB = "donations-intakes"
TURN = "donations.intakes"
SEEN_WITHIN = timedelta(minutes=1)
"""A worker that has not looked for work for so long is taken for absent."""
UNREADABLE = _("读取文件时出错，没有导入任何内容。请另存为 xlsx 或 csv 后重新上传。")

logger = logging.getLogger(__name__)


class _TimeIsUp(Exception):
    """The turn is over; what was done is done, the rest waits for the next."""


class _Turn:
    """One turn: the moment, and when it is over."""

    def __init__(self, at: datetime, patience: float) -> None:
        self._begun, self._at, self._patience = time.monotonic(), at, patience

    def now(self) -> datetime:
        """The moment it began and what has passed since."""
        return self._at + timedelta(seconds=time.monotonic() - self._begun)

    def go_on(self, *_done: int) -> None:
        """*Raises* ``_TimeIsUp`` when it is."""
        if time.monotonic() - self._begun > self._patience:
            raise _TimeIsUp


def carry(at: datetime, *, patience: float) -> None:
    """Go on with the files that were brought and asked for, until none waits or time is up."""
    with turn_if_free(TURN) as mine:
        if not mine:
            return
        turn = _Turn(at, patience)
        try:
            for row in _rows("asked", brought=False):
                _stage(row, turn)
                turn.go_on()
            for intake_id in _waiting_intakes():
                _book(intake_id, turn)
            for row in _rows("kept", brought=True):
                _look(row, turn)
                turn.go_on()
        except _TimeIsUp:
            return


def give_a_turn(actor: Actor, *, at: datetime, patience: float) -> None:
    """As ``carry``, by a person of the desk where no worker runs. *Refuses*: ``NotPermitted``."""
    permissions.require_import(actor, actor.organisation_id or 0)
    carry(at, patience=patience)


def worker_is_there(at: datetime) -> bool:
    """Whether the worker has looked for files lately."""
    return JobRun.objects.filter(name=JOB, last_started__gte=at - SEEN_WITHIN).exists()


def _rows(state: str, *, brought: bool) -> list[StatementRow]:
    rows = StatementFile.objects.filter(state=state).order_by("asked_at", "pk")
    if brought:
        rows = rows.filter(found={}, stopped="")
    return [intake_files.as_row(row) for row in rows]


def _waiting_intakes() -> list[int]:
    rows = Intake.objects.filter(state="posting", carried_by__isnull=False).order_by("pk")
    return list(rows.values_list("pk", flat=True))


def _stage(row: StatementRow, turn: _Turn) -> None:
    """Read a file and stage its rows, in the name of who asked for it."""
    try:
        actor = identity.actor_for(row.asked_by or 0, organisation_id=row.organisation_id)
        permissions.require_take_in(actor, row.organisation_id)
        with intake_files.opened(row.id) as path:
            order = ImportOrder(
                actor, path, row.organisation_id, turn.now(), day=row.day, progress=turn.go_on
            )
            opened = open_list(path, row.day, taught_in(row.organisation_id))
            begun = stage_list(order, opened.stream(), opened.rows)
        intake_files.hand_over(actor, file_id=row.id, intake_id=begun.id, at=turn.now())
    except NotFound:
        intake_files.stop(row.id, why=NotPermitted().sentence())
    except Refusal as refusal:
        intake_files.stop(row.id, why=refusal.sentence())
    except (_TimeIsUp, DatabaseError, InterfaceError):
        raise
    except Exception:
        # One file that no reader understands must not keep all others from their turn.
        logger.exception("statement %s cannot be read", row.id)
        intake_files.stop(row.id, why=UNREADABLE)


def _book(intake_id: int, turn: _Turn) -> None:
    """Book the rows of one intake, part by part, in the name of who asked for it."""
    row = Intake.objects.get(pk=intake_id)
    try:
        actor = identity.actor_for(row.carried_by or 0, organisation_id=row.organisation_id)
        while True:
            turn.go_on()
            now = intake.settle_part(actor, intake_id, channels=CHANNELS, at=turn.now())
            if now.state == "finished":
                return
    except NotFound:
        intake.halt(intake_id, why=NotPermitted().sentence())
    except Refusal as refusal:
        intake.halt(intake_id, why=refusal.sentence())


def _look(row: StatementRow, turn: _Turn) -> None:
    """Look through a file that was too long for its bringer to wait."""
    try:
        looking.look(row, at=turn.now())
    except Refusal as refusal:
        intake_files.note_found(row.id, found={"refused": refusal.sentence()})
