"""Reading tables that people hand in: Excel old and new, OpenDocument, CSV in any encoding.

The file is looked over first (``guard``); only then is it parsed. Rows keep their numbers: row 1 of
the sheet is ``rows[0]``, so that a problem can name the place a person sees.
"""

import csv
import io
import re
import unicodedata
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook

from boai.ground.kit.spreadsheets.errors import FileIsNotATable, TableHasTooManyRows
from boai.ground.kit.spreadsheets.guard import (
    LARGEST_FILE,
    MOST_ROWS,
    column_letters,
    guard,
    refuse_size,
)

Cell = str | int | float | bool | date | datetime | time | timedelta
Row = list[Cell]
Range = tuple[tuple[int, int], tuple[int, int]]

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))
_SPACES = re.compile(r"[\s\u00a0\u3000]+")
_SAVED = re.compile(rb"<dcterms:modified[^>]*>(\d{4}-\d\d-\d\d)")
_EPOCH = date(1899, 12, 30)


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: its rows as the file has them, and which rectangles are merged (from 0)."""

    name: str
    rows: list[Row]
    merged: tuple[Range, ...] = ()


def read_workbook(path: Path) -> list[Sheet]:
    """All sheets that hold anything. *Refuses* what ``guard`` refuses, and ``FileIsNotATable``."""
    guard(path)
    with path.open("rb") as file:
        head = file.read(8)
    if head.startswith((_ZIP, _OLE)):
        return _read_packed(path)
    return [Sheet(path.stem[:31], _read_text(path))]


def _read_packed(path: Path) -> list[Sheet]:
    found = []
    try:
        with CalamineWorkbook.from_path(str(path)) as book:
            for at, name in enumerate(book.sheet_names):
                sheet = book.get_sheet_by_index(at)
                refuse_size(sheet.total_height, sheet.total_width)
                rows = sheet.to_python(skip_empty_area=False)
                if rows:
                    found.append(Sheet(name, rows, tuple(sheet.merged_cell_ranges or ())))
    except (CalamineError, OSError, ValueError) as reason:
        raise FileIsNotATable(name=path.name[:80]) from reason
    return found


def saved_on(path: Path) -> date | None:
    """The day on which an xlsx says it was last saved; ``None`` where it does not say."""
    try:
        with zipfile.ZipFile(path) as packed, packed.open("docProps/core.xml") as part:
            found = _SAVED.search(part.read(20_000))
        return date.fromisoformat(found.group(1).decode()) if found else None
    except (zipfile.BadZipFile, KeyError, ValueError, OSError):
        return None


def _read_text(path: Path) -> list[Row]:
    raw = path.read_bytes()[:LARGEST_FILE]
    text = decoded(raw)
    if text is None:
        raise FileIsNotATable(name=path.name[:80])
    rows: list[Row] = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter_of(text)):
            rows.append(list(row))
            if len(rows) > MOST_ROWS:
                raise TableHasTooManyRows(limit=MOST_ROWS)
    except csv.Error as reason:
        raise FileIsNotATable(name=path.name[:80]) from reason
    return rows


def decoded(raw: bytes) -> str | None:
    """Bytes as text, by mark or by trial: UTF-8, UTF-16, GB 18030. ``None``: this is no text."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _tried(raw, "utf-16")
    if b"\x00" in raw[:4000]:
        even, odd = raw[0:4000:2].count(0), raw[1:4000:2].count(0)
        if max(even, odd) < len(raw[:4000]) // 20:
            return None
        return _tried(raw, "utf-16-be" if even > odd else "utf-16-le")
    text = _tried(raw, "utf-8-sig")
    return text if text is not None else _tried(raw, "gb18030")


def _tried(raw: bytes, encoding: str) -> str | None:
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError:
        return None
    controls = sum(1 for c in text[:4000] if ord(c) < 32 and c not in "\t\r\n\f\v")
    return text if controls <= len(text[:4000]) // 50 else None


def delimiter_of(text: str) -> str:
    """The separator that divides the first lines into most parts."""
    lines = [line for line in text[:40_000].splitlines()[:120] if line.strip()]
    best, score = ",", 0
    for mark in (",", "\t", ";", "|"):
        found = sum(line.count(mark) for line in lines)
        if found > score:
            best, score = mark, found
    return best


def carry_merged_down(sheet: Sheet, columns: Sequence[int] | None = None) -> list[Row]:
    """The rows with each merged rectangle's value in all its cells (in the given columns only).

    A merged donor cell names the donor of the whole block; without this only the first row would.
    """
    rows = [list(row) for row in sheet.rows]
    for (top, left), (bottom, right) in sheet.merged:
        if top >= len(rows) or left >= len(rows[top]):
            continue
        value = rows[top][left]
        if value == "":
            continue
        for row in rows[top : bottom + 1]:
            for column in range(left, min(right + 1, len(row))):
                if columns is None or column in columns:
                    row[column] = value
    return rows


def clean_text(cell: object) -> str:
    """A cell as plain text: invisible characters gone, white space (NBSP, TAB, U+3000) single.

    Whole numbers lose the ``.0`` that spreadsheets give them; dates become ISO 8601.
    """
    if type(cell) is str and cell.isprintable() and "  " not in cell:
        return cell.strip()  # nothing invisible, no other white space: nearly every cell
    if cell is None:
        return ""
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, (datetime, date, time)):
        return cell.isoformat()
    return _SPACES.sub(" ", str(cell).translate(_INVISIBLE)).strip()


def code_text(cell: object) -> str:
    """A number or code: full-width characters made plain, all white space gone."""
    text = clean_text(cell)
    if text.isascii():
        return text.replace(" ", "")  # one normal form, and no other white space is left
    return _SPACES.sub("", unicodedata.normalize("NFKC", text))


def day_from_serial(serial: float) -> date | None:
    """A day number as spreadsheets count (1 = 1 January 1900), within the years 1950 to 2150."""
    return _EPOCH + timedelta(days=int(serial)) if 18264 <= serial <= 91313 else None


def place_name(column: int) -> str:
    """The letters of a column counted from 0, for messages: 2 -> ``C``."""
    return column_letters(column + 1)
