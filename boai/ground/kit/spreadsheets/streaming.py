"""Text tables read as a stream: any length in the memory of a few lines.

A first pass finds the encoding, counts the rows and takes a digest; the second gives the rows. What
people tell about a list stands at its two ends, so both ends are kept.
"""

import csv
import hashlib
from codecs import getincrementaldecoder
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from boai.ground.kit.spreadsheets.errors import FileIsNotATable, FileIsTooLarge, TableHasTooManyRows
from boai.ground.kit.spreadsheets.reading import Row, Sheet, decoded, delimiter_of

LARGEST_TEXT = 2 * 1024**3
MOST_ROWS = 10_000_000
KEPT_HEAD, KEPT_TAIL = 80, 6
_PIECE = 1 << 20
_PACKED = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


@dataclass(frozen=True, slots=True)
class TextTable:
    """A text table: ``ends`` holds its first and last rows, ``rows`` how many there are."""

    path: Path
    encoding: str
    delimiter: str
    rows: int
    ends: Sheet

    def stream(self) -> Iterator[Row]:
        """The rows, one after the other."""
        yield from _lines(self.path, self.encoding, self.delimiter)


def is_packed(path: Path) -> bool:
    """Whether a file is a workbook (which is read whole) rather than text."""
    with path.open("rb") as file:
        return file.read(8).startswith(_PACKED)


def digest_of_file(path: Path) -> str:
    """SHA-256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def open_text(path: Path) -> TextTable:
    """Look a text table over. *Refuses*: ``FileIsTooLarge``, ``TableHasTooManyRows``,
    ``FileIsNotATable``."""
    size = path.stat().st_size
    if size > LARGEST_TEXT:
        raise FileIsTooLarge(size=size >> 20, limit=LARGEST_TEXT >> 20)
    encoding, start = _encoding(path)
    delimiter = delimiter_of(start)
    head: list[Row] = []
    tail: deque[Row] = deque(maxlen=KEPT_TAIL)
    rows = 0
    try:
        for row in _lines(path, encoding, delimiter):
            rows += 1
            (head if rows <= KEPT_HEAD else tail).append(row)
            if rows > MOST_ROWS:
                raise TableHasTooManyRows(limit=MOST_ROWS)
    except csv.Error as reason:
        raise FileIsNotATable(name=path.name[:80]) from reason
    return TextTable(path, encoding, delimiter, rows, Sheet(path.stem[:31], [*head, *tail]))


def _lines(path: Path, encoding: str, delimiter: str) -> Iterator[Row]:
    with path.open(encoding=encoding, newline="") as file:
        # A zero character is nobody's text, and no database keeps it.
        plain = (line.replace("\x00", "") if "\x00" in line else line for line in file)
        for row in csv.reader(plain, delimiter=delimiter):
            yield list(row)


def _encoding(path: Path) -> tuple[str, str]:
    """The encoding in which the whole file reads, and its first characters."""
    with path.open("rb") as file:
        start = file.read(_PIECE)
    for cut in range(4):  # the piece may end in the middle of a character
        text = decoded(start[: len(start) - cut])
        if text is not None:
            break
    if text is None:
        raise FileIsNotATable(name=path.name[:80])
    for encoding in _candidates(start):
        if _reads(path, encoding):
            return encoding, text
    raise FileIsNotATable(name=path.name[:80])


def _candidates(start: bytes) -> tuple[str, ...]:
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return ("utf-16",)
    if b"\x00" in start[:4000]:
        even, odd = start[0:4000:2].count(0), start[1:4000:2].count(0)
        return ("utf-16-be" if even > odd else "utf-16-le",)
    return ("utf-8-sig", "gb18030")


def _reads(path: Path, encoding: str) -> bool:
    decoder = getincrementaldecoder(encoding)()
    try:
        with path.open("rb") as file:
            while piece := file.read(_PIECE):
                decoder.decode(piece)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True
