"""A file of any kind as one stream of rows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from boai.ground.kit.spreadsheets.days import Hints
from boai.ground.kit.spreadsheets.errors import FileIsNotATable
from boai.ground.kit.spreadsheets.reading import read_workbook, saved_on
from boai.ground.kit.spreadsheets.streaming import is_packed, open_text
from boai.relief.donations.channels.interchange.reading import read_exchanged
from boai.relief.donations.channels.interchange.values import StatementIsBroken
from boai.relief.donations.channels.statements.errors import (
    FileHasAPassword,
    FileIsNotAListOfGifts,
    StatementBreaksOff,
)
from boai.relief.donations.channels.statements.headers import Taught
from boai.relief.donations.channels.statements.parsing import Source, Stream
from boai.relief.donations.channels.statements.values import StatedTotal
from boai.relief.donations.models import ColumnProfile

_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_HEAD = 1 << 20


@dataclass(frozen=True, slots=True)
class OpenedList:
    """A file that was looked over: what it is, its sheets, and about how many rows it has."""

    name: str
    form: str
    """``workbook``, ``text`` or ``interchange``."""
    encoding: str
    sources: list[Source]
    rows: int
    totals: list[StatedTotal]
    hints: Hints
    taught: Mapping[str, Taught]

    def stream(self) -> Stream:
        """Its lists as one. *Refuses*: ``FileIsNotAListOfGifts``."""
        stream = Stream(self.sources, self.hints, self.taught)
        if stream.list is None:
            raise FileIsNotAListOfGifts(name=self.name)
        stream.list.totals.extend(self.totals)
        return stream


def taught_in(organisation_id: int) -> dict[str, Taught]:
    """What a society has said about headings, the newest version of each, by fingerprint."""
    rows = ColumnProfile.objects.filter(organisation_id=organisation_id).order_by("version")
    return {
        row.fingerprint: Taught(
            row.name, row.version, row.columns, row.factor, row.channel, row.currency
        )
        for row in rows
    }


def open_list(path: Path, day: date | None, taught: Mapping[str, Taught]) -> OpenedList:
    """Look a file over; ``taught`` is what its society knows. *Refuses*: ``StatementBreaksOff``, ``FileHasAPassword``, and what
    ``kit.spreadsheets`` refuses."""
    name = path.name[:80]
    hints = Hints(path.name, saved_on(path), day)
    try:
        exchanged = read_exchanged(path)
    except StatementIsBroken as reason:
        raise StatementBreaksOff(name=name, place=str(reason)) from None
    if exchanged is not None:
        sources = [Source(sheet) for sheet in exchanged.sheets]
        rows = sum(len(sheet.rows) for sheet in exchanged.sheets)
        return OpenedList(name, "interchange", "", sources, rows, exchanged.totals, hints, {})
    if not is_packed(path):
        table = open_text(path)
        source = Source(table.ends, table.stream)
        return OpenedList(name, "text", table.encoding, [source], table.rows, [], hints, taught)
    try:
        sheets = read_workbook(path)
    except FileIsNotATable as refusal:
        if _is_locked(path, refusal):
            raise FileHasAPassword(field="file", name=name) from refusal
        raise
    sources = [Source(sheet) for sheet in sheets]
    rows = sum(len(sheet.rows) for sheet in sheets)
    return OpenedList(name, "workbook", "", sources, rows, [], hints, taught)


def _is_locked(path: Path, refusal: FileIsNotATable) -> bool:
    """New workbooks lie encrypted in an old container; of old ones the reader says so."""
    with path.open("rb") as file:
        if _ENCRYPTED in file.read(_HEAD):
            return True
    return "assword" in repr(refusal.__cause__)
