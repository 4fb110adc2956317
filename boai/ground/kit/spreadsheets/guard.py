"""Looking at a packed file before anybody opens it.

The sizes written in a zip's headers are the sender's claim, so every entry is inflated in small
pieces and counted; nothing is kept. Real lists of 50,000 rows inflate some fifteenfold. On the same
pass the farthest cell is noted: readers make room for the whole rectangle, so one cell in the last
corner of a sheet would otherwise cost gigabytes.
"""

import re
import zipfile
from pathlib import Path

from boai.ground.kit.spreadsheets.errors import (
    FileHasTooManyParts,
    FileInflatesTooMuch,
    FileIsNotATable,
    FileIsTooLarge,
    TableHasTooManyRows,
)

LARGEST_FILE = 50 * 1024 * 1024
LARGEST_INFLATED = 400 * 1024 * 1024
LARGEST_RATIO = 60
RATIO_COUNTS_FROM = 1024 * 1024
MOST_PARTS = 2000
MOST_ROWS = 300_000
MOST_CELLS = 12_000_000
_PIECE = 1 << 18
_PACKED = (b"PK\x03\x04", b"\x1f\x8b", b"Rar!", b"7z\xbc\xaf", b"BZh", b"\xfd7zXZ")
_CELL = re.compile(rb'<(?:\w+:)?c\b[^>]*?\br="([A-Za-z]{1,3})([0-9]{1,7})"')


def guard(path: Path) -> None:
    """Look a file over. *Refuses*: ``FileIsTooLarge``, ``FileInflatesTooMuch``,
    ``FileHasTooManyParts``, ``TableHasTooManyRows``, ``FileIsNotATable`` (broken packing)."""
    size = path.stat().st_size
    if size > LARGEST_FILE:
        raise FileIsTooLarge(size=size >> 20, limit=LARGEST_FILE >> 20)
    with path.open("rb") as file:
        if not file.read(4).startswith(b"PK"):
            return
    try:
        with zipfile.ZipFile(path) as packed:
            entries = packed.infolist()
            if len(entries) > MOST_PARTS:
                raise FileHasTooManyParts()
            total = 0
            for entry in entries:
                total = _look_through(packed, entry, total)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as found:
        raise FileIsNotATable(name=path.name[:80]) from found


def _look_through(packed: zipfile.ZipFile, entry: zipfile.ZipInfo, total: int) -> int:
    own, before = 0, b""
    is_sheet = "sheets/" in entry.filename.lower() and entry.filename.lower().endswith(".xml")
    with packed.open(entry) as part:
        while piece := part.read(_PIECE):
            if own == 0 and piece.startswith(_PACKED):
                raise FileHasTooManyParts()
            own += len(piece)
            if total + own > LARGEST_INFLATED or (
                own > RATIO_COUNTS_FROM and own > max(entry.compress_size, 1) * LARGEST_RATIO
            ):
                raise FileInflatesTooMuch(limit=LARGEST_INFLATED >> 20, ratio=LARGEST_RATIO)
            if is_sheet:
                _refuse_far_cells(before + piece)
                before = piece[-200:]
    return total + own


def _refuse_far_cells(content: bytes) -> None:
    found = _CELL.findall(content)
    if not found:
        return
    rows = max(int(row) for _column, row in found)
    columns = max(column_number(column.decode()) for column in {c for c, _row in found})
    refuse_size(rows, columns)


def refuse_size(rows: int, columns: int) -> None:
    """*Refuses* ``TableHasTooManyRows`` where rows, or rows times columns, are beyond reason."""
    if rows > MOST_ROWS or rows * columns > MOST_CELLS:
        raise TableHasTooManyRows(limit=MOST_ROWS)


def column_number(letters: str) -> int:
    """``A`` -> 1, ``AA`` -> 27."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


def column_letters(number: int) -> str:
    """1 -> ``A``, 27 -> ``AA``: how people name a column."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
