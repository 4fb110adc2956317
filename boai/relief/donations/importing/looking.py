"""Looking at a file before it is taken in: what it is, how it is understood, what would come of it."""

import os
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.utils.translation import gettext

from boai.ground.core.actors import SYSTEM, Actor
from boai.ground.core.errors import NotFound
from boai.ground.core.imports import FileReport, ImportOrder
from boai.ground.kit.spreadsheets.reading import Row, clean_text, place_name
from boai.relief.donations import permissions
from boai.relief.donations.channels.statements.errors import (
    FileIsNoStatement,
    FileIsNotAListOfGifts,
)
from boai.relief.donations.channels.statements.headers import (
    ROLE_LABELS,
    Heading,
    find_heading,
    fingerprint,
)
from boai.relief.donations.channels.statements.values import ParsedList, ParsedRow
from boai.relief.donations.importing.lists import looked_through
from boai.relief.donations.importing.opening import OpenedList, open_list, taught_in
from boai.relief.donations.models import StatementFile
from boai.relief.donations.services import intake_files, teaching
from boai.relief.donations.services.intake_files import StatementRow

SAMPLE = 20
"""Rows shown as they are understood."""
LOOKED_AT_ONCE = 6000
"""Rows of a file that is looked through while its bringer waits; a longer one is the worker's."""
MOST_PROBLEMS = 50
RAW_ROWS, MOST_COLUMNS = 15, 40
"""How much of a file is shown to who says what its columns mean."""
_NO_TABLES = (
    b"%PDF", b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"MZ", b"\x7fELF",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class SeenColumn:
    """One column: its letters, its words, and what it is taken for (empty: for nothing)."""

    letters: str
    words: str
    meaning: str


@dataclass(frozen=True, slots=True)
class SeenSheet:
    """One list of a file: where its heading stands (row from 1) and what its columns are."""

    name: str
    heading: int
    columns: list[SeenColumn]


@dataclass(frozen=True, slots=True)
class Preview:
    """A file as it is understood. ``profile`` is empty where no heading is known."""

    form: str
    encoding: str
    rows: int
    profile: str
    channel: str
    sheets: list[SeenSheet]
    unread: list[str]
    sample: list[ParsedRow]
    taught: list[str]


@dataclass(frozen=True, slots=True)
class RawSheet:
    """The beginning of a sheet as it stands in the file, and where its heading may be (from 0)."""

    name: str
    rows: list[list[str]]
    heading: int


def bring(
    actor: Actor, *, organisation_id: int, name: str, content: bytes, day: date | None, at: datetime
) -> StatementRow:
    """Keep a file that was brought, looked over; a short one is looked through at once.

    *Refuses*: as ``intake_files.keep``; ``FileIsNoStatement``, ``FileHasAPassword``,
    ``StatementBreaksOff``, and what ``kit.spreadsheets`` refuses: then nothing is kept.
    """
    permissions.require_import(actor, organisation_id)
    shown = intake_files.plain_name(name)
    if content.startswith(_NO_TABLES):
        raise FileIsNoStatement(field="file", name=shown)
    rows = _looked_over(shown, content, day) if content else 0
    kept = intake_files.keep(
        actor, organisation_id=organisation_id, name=name, content=content, day=day, at=at
    )
    if rows <= LOOKED_AT_ONCE and kept.state == "kept":
        look(kept, at=at)
    return kept


def _looked_over(name: str, content: bytes, day: date | None) -> int:
    with TemporaryDirectory(prefix="boai-") as folder:
        path = Path(folder) / name
        with os.fdopen(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600), "wb") as file:
            file.write(content)
        return open_list(path, day, {}).rows


def look(row: StatementRow, *, at: datetime) -> None:
    """Look a kept file through, and note what taking it in would come to."""
    with intake_files.opened(row.id) as path:
        opened = open_list(path, row.day, taught_in(row.organisation_id))
        order = ImportOrder(SYSTEM, path, row.organisation_id, at, day=row.day, dry_run=True)
        try:
            found = _told(*looked_through(order, opened))
        except FileIsNotAListOfGifts:
            found = {"unknown": True}
    intake_files.note_found(row.id, found=found)


def _told(report: FileReport, found: ParsedList) -> dict[str, Any]:
    """Numbers, places and codes only: nothing of what the rows say."""
    problems = [[p.sheet, p.row, p.column, p.code] for p in report.problems]
    return {
        "profile": report.profile,
        "rows": report.rows,
        "accepted": report.accepted,
        "duplicate": report.duplicate,
        "quarantined": report.quarantined,
        "refused": report.refused,
        "amount_fen": report.amount_fen or 0,
        "totals": [
            [f"{t.sheet}!{t.row}", t.label, t.stated, t.computed, t.unit] for t in found.totals
        ],
        "balances": [list(told) for told in found.balances],
        "problems": problems[:MOST_PROBLEMS],
    }


def statement_of(actor: Actor, file_id: int) -> StatementRow:
    """A file of the actor's own society. *Raises* ``NotFound`` for another's."""
    mine = actor.organisation_id or 0
    row = StatementFile.objects.filter(pk=file_id, organisation_id=mine).first()
    if row is None:
        raise NotFound
    return intake_files.as_row(row)


def preview(row: StatementRow) -> Preview:
    """A kept file as it is understood. *Refuses*: as ``intake_files.opened``."""
    with intake_files.opened(row.id) as path:
        opened = open_list(path, row.day, taught_in(row.organisation_id))
        try:
            stream = opened.stream()
        except FileIsNotAListOfGifts:
            return _unknown(opened)
        assert stream.list is not None
        return Preview(
            opened.form,
            opened.encoding,
            opened.rows,
            stream.list.profile,
            stream.list.channel,
            [_seen(sheet.name, heading, sheet.rows) for sheet, heading in stream.tables],
            stream.unread,
            list(islice(stream.rows(), SAMPLE)),
            stream.list.taught,
        )


def _unknown(opened: OpenedList) -> Preview:
    names = [source.sheet.name for source in opened.sources]
    return Preview(opened.form, opened.encoding, opened.rows, "", "", [], names, [], [])


def _seen(name: str, heading: Heading, rows: list[Row]) -> SeenSheet:
    role_at = {place: role for role, place in heading.columns.items()}
    columns = [
        SeenColumn(
            place_name(place),
            clean_text(cell),
            gettext(ROLE_LABELS[role_at[place]]) if place in role_at else "",
        )
        for place, cell in enumerate(rows[heading.row])
        if clean_text(cell) or place in role_at
    ]
    return SeenSheet(name, heading.row + 1, columns)


def raw_sheets(row: StatementRow) -> list[RawSheet]:
    """How each sheet of a kept file begins, for who says what its columns mean."""
    taught = taught_in(row.organisation_id)
    with intake_files.opened(row.id) as path:
        opened = open_list(path, row.day, taught)
    found = []
    for source in opened.sources:
        rows = source.sheet.rows[:RAW_ROWS]
        known = find_heading(rows, taught)
        at = known.row if known is not None else _likeliest(rows)
        shown = [[clean_text(cell) for cell in each[:MOST_COLUMNS]] for each in rows]
        found.append(RawSheet(source.sheet.name, shown, at))
    return found


def _likeliest(rows: list[Row]) -> int:
    """The row with most words: a heading names each column."""
    words = [sum(1 for cell in row if isinstance(cell, str) and cell.strip()) for row in rows]
    return words.index(max(words)) if words else 0


def teach_columns(
    actor: Actor,
    *,
    file_id: int,
    sheet: int,
    heading: int,
    name: str,
    meanings: list[str],
    factor: int,
    channel: str,
    currency: str,
    at: datetime,
) -> int:
    """Remember what the columns of a kept file mean, and look it through anew; answers the version.

    *Refuses*: as ``teaching.teach``; ``NotFound`` for a heading that the file does not have.
    """
    row = statement_of(actor, file_id)
    with intake_files.opened(row.id) as path:
        sources = open_list(path, row.day, {}).sources
    if not (0 <= sheet < len(sources) and 0 <= heading < len(sources[sheet].sheet.rows[:RAW_ROWS])):
        raise NotFound(field="heading")
    version = teaching.teach(
        actor,
        organisation_id=row.organisation_id,
        fingerprint=fingerprint(sources[sheet].sheet.rows[heading]),
        name=name,
        meanings=meanings,
        factor=factor,
        channel=channel,
        currency=currency,
        at=at,
    )
    intake_files.note_found(row.id, found={})
    if sum(len(source.sheet.rows) for source in sources) <= LOOKED_AT_ONCE:
        look(row, at=at)
    return version
