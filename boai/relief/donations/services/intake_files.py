"""Files that are brought through the browser: kept sealed until their rows are staged, then gone.

What a statement says of givers is personal data, so its content is never kept longer than somebody
needs it: it goes when its rows are staged, when it is given up, and after ``KEPT_FOR``.
"""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from cryptography.exceptions import InvalidTag
from django.conf import settings
from django.db import transaction

from boai.foundations.trail.services import recording
from boai.ground.core.actors import SYSTEM, Actor
from boai.ground.core.errors import NotFound
from boai.ground.core.text import gettext_noop as _
from boai.ground.kit.db.sealed import seal_bytes, unseal_bytes
from boai.relief.donations import permissions
from boai.relief.donations.errors import StatementIsEmpty, StatementIsNoLongerKept
from boai.relief.donations.models import StatementFile
from boai.relief.donations.services import intake

KEPT_FOR = timedelta(days=7)
"""After so long a file that nobody took in is removed."""
LONGEST_NAME = 80
STATEMENT_STATES: dict[str, str] = {
    "kept": _("待收下"),
    "asked": _("排队中"),
    "taken": _("已收下"),
    "gone": _("已删除"),
}
STATEMENT_TONES = {"kept": "wait", "asked": "info", "taken": "good", "gone": "plain"}
_PLACE = "donations_statementfile.content"


@dataclass(frozen=True, slots=True)
class StatementRow:
    """A file that was brought and not yet taken in; ``found`` is what the dry run said."""

    id: int
    organisation_id: int
    name: str
    size: int
    day: date | None
    state: str
    brought_by: int
    brought_at: datetime
    asked_by: int | None
    found: dict[str, Any]
    stopped: str
    intake_id: int | None


def keep(
    actor: Actor, *, organisation_id: int, name: str, content: bytes, day: date | None, at: datetime
) -> StatementRow:
    """Keep a file that was brought. The same content again is the same file, with the newer day.

    *Refuses*: ``NotPermitted``, ``StatementIsEmpty``.
    """
    permissions.require_import(actor, organisation_id)
    shown = plain_name(name)
    if not content:
        raise StatementIsEmpty(field="file", name=shown)
    digest = sha256(content).hexdigest()
    with transaction.atomic():
        row, fresh = StatementFile.objects.get_or_create(
            organisation_id=organisation_id,
            sha256=digest,
            state__in=("kept", "asked"),
            defaults={
                "name": shown,
                "size": len(content),
                "day": day,
                "state": "kept",
                "by": actor.label,
                "brought_by": actor.person_id or 0,
                "brought_at": at,
            },
        )
        if not fresh and row.state == "kept" and row.day != day:
            row.day, row.found = day, {}
            row.save(update_fields=["day", "found"])
        _write(place_of(row), seal_bytes(content, f"{_PLACE}.{digest}"))
        if fresh:
            _record(actor, "bring-statement", row, at, {"digest": digest, "size": row.size})
    return as_row(row)


def plain_name(name: str) -> str:
    """A file's name without folders and control characters, cut; never empty."""
    last = name.replace("\\", "/").rpartition("/")[2]
    stem, dot, suffix = "".join(c for c in last if c.isprintable()).strip(". ").rpartition(".")
    return f"{stem[: LONGEST_NAME - 8]}{dot}{suffix[:7]}" if dot else suffix[:LONGEST_NAME] or "-"


@contextmanager
def opened(file_id: int) -> Iterator[Path]:
    """The content of a kept file under its own name, for as long as the block lasts.

    *Refuses*: ``NotFound``; ``StatementIsNoLongerKept`` where it is gone.
    """
    row = StatementFile.objects.filter(pk=file_id).first()
    if row is None:
        raise NotFound
    if not (content := content_of(row)):
        raise StatementIsNoLongerKept(name=row.name)
    with TemporaryDirectory(prefix="boai-") as folder:
        path = Path(folder) / row.name
        with os.fdopen(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600), "wb") as file:
            file.write(content)
        yield path


def content_of(row: StatementFile) -> bytes:
    """What lies sealed of a kept file; nothing where it is gone or was tampered with."""
    try:
        return unseal_bytes(place_of(row).read_bytes(), f"{_PLACE}.{row.sha256}")
    except (FileNotFoundError, InvalidTag, KeyError, IndexError, ValueError):
        return b""


def note_found(file_id: int, *, found: dict[str, Any]) -> None:
    """Write down what a dry run said of a file that waits: numbers, places and codes only."""
    with transaction.atomic():
        row = StatementFile.objects.select_for_update().get(pk=file_id)
        if row.state == "kept":
            row.found = found
            row.save(update_fields=["found"])


def ask(actor: Actor, *, file_id: int, at: datetime) -> StatementRow:
    """Ask that a kept file be taken in, in this person's name; asked for twice is asked for once.

    *Refuses*: ``NotFound``, ``NotPermitted``, ``TakingInNeedsABooker``,
    ``StatementIsNoLongerKept``.
    """
    with transaction.atomic():
        row = _own(actor, file_id)
        permissions.require_take_in(actor, row.organisation_id)
        if row.state in ("gone", "taken"):
            raise StatementIsNoLongerKept(name=row.name)
        if row.state == "kept":
            row.state, row.asked_by, row.asked_at, row.stopped = "asked", actor.user_id, at, ""
            row.save(update_fields=["state", "asked_by", "asked_at", "stopped"])
            _record(actor, "ask-take-in", row, at, {})
        return as_row(row)


def stop(file_id: int, *, why: str) -> None:
    """Put a file that could not be taken in back among those that wait, with the reason."""
    with transaction.atomic():
        row = StatementFile.objects.select_for_update().get(pk=file_id)
        if row.state == "asked":
            row.state, row.stopped = "kept", why[:300]
            row.save(update_fields=["state", "stopped"])


def hand_over(actor: Actor, *, file_id: int, intake_id: int, at: datetime) -> None:
    """All rows of a file are staged: the worker goes on with them, and the content is removed.

    *Refuses*: as ``intake.carry``.
    """
    with transaction.atomic():
        row = StatementFile.objects.select_for_update().get(pk=file_id)
        if row.state == "asked":
            intake.carry(actor, intake_id=intake_id, at=at)
            row.intake_id = intake_id
            _end(row, "taken", at)


def give_up(actor: Actor, *, file_id: int, at: datetime) -> None:
    """Remove a file that shall not be taken in. *Refuses*: ``NotFound``, ``NotPermitted``,
    ``StatementIsNoLongerKept`` when it is being taken in already."""
    with transaction.atomic():
        row = _own(actor, file_id)
        permissions.require_import(actor, row.organisation_id)
        if row.state == "gone":
            return
        if row.state != "kept":
            raise StatementIsNoLongerKept(name=row.name)
        _end(row, "gone", at)
        _record(actor, "give-up-statement", row, at, {})


def forget_old(at: datetime) -> int:
    """Remove the files that nobody took in; answers how many."""
    old = StatementFile.objects.filter(state="kept", brought_at__lt=at - KEPT_FOR)
    count = 0
    for file_id in list(old.values_list("pk", flat=True)):
        with transaction.atomic():
            row = StatementFile.objects.select_for_update().get(pk=file_id)
            if row.state == "kept":
                _end(row, "gone", at)
                _record(SYSTEM, "give-up-statement", row, at, {})
                count += 1
    return count


def as_row(row: StatementFile) -> StatementRow:
    """What others may know of it."""
    named = (getattr(row, each.name) for each in fields(StatementRow)[1:])
    return StatementRow(row.pk, *named)


def _own(actor: Actor, file_id: int) -> StatementFile:
    """The file of the actor's own society, under a lock. *Refuses*: ``NotFound``."""
    row = StatementFile.objects.select_for_update().filter(pk=file_id).first()
    if row is None or row.organisation_id != actor.organisation_id:
        raise NotFound
    return row


def _end(row: StatementFile, state: str, at: datetime) -> None:
    """The row says so first; the content goes when that is certain."""
    row.state, row.ended_at = state, at
    row.save(update_fields=["state", "ended_at", "intake_id"])
    path = place_of(row)
    transaction.on_commit(lambda: path.unlink(missing_ok=True))


def place_of(row: StatementFile) -> Path:
    """Where the content of a file lies while it is kept."""
    return Path(settings.BOAI_HOME) / "statements" / f"{row.pk}-{row.sha256}"


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all, readable by this account only."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = path.with_suffix(f".{secrets.token_hex(4)}.part")
    with os.fdopen(os.open(part, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def _record(
    actor: Actor, verb: str, row: StatementFile, at: datetime, detail: dict[str, object]
) -> None:
    recording.record(
        actor,
        verb,
        subject=f"donations.statement:{row.pk}",
        at=at,
        organisation_id=row.organisation_id,
        detail=detail,
    )
