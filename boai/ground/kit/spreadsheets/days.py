"""Days and times as people write them in tables, and the day of a table whose rows have none."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from boai.ground.kit.spreadsheets.reading import Sheet, clean_text, day_from_serial

_FULL_DAY = re.compile(r"(?<!\d)((?:19|20)\d\d)\s*[-./年]\s*(\d{1,2})\s*[-./月]\s*(\d{1,2})(?!\d)")
_PACKED_DAY = re.compile(r"(?<!\d)((?:19|20)\d\d)(0[1-9]|1[0-2])([0-2]\d|3[01])(?!\d)")
_EUROPEAN_DAY = re.compile(r"^(\d{1,2})/(\d{1,2})/((?:19|20)\d\d)$")
_MONTH_DAY = re.compile(r"(?<!\d)(\d{1,2})\s*月\s*(\d{1,2})\s*日?")
_TIME = re.compile(r"(?<!\d)([01]?\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?(?!\d)")

LONGEST_DELAY_DAYS = 200
"""A list is saved soon after its day; a file name further off has the wrong year (2019 for 2020)."""


@dataclass(frozen=True, slots=True)
class Hints:
    """What is known beside the rows: the file's name, the day it was last saved, a given day."""

    file_name: str = ""
    saved_on: date | None = None
    day: date | None = None


def day_in(cell: object) -> date | None:
    """The day of a cell: a date, a day number of a spreadsheet, or text with year, month, day."""
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        packed = _PACKED_DAY.fullmatch(str(int(cell)))
        return _day(*packed.groups()) if packed else day_from_serial(float(cell))
    return _day_in_text(clean_text(cell))


@lru_cache(maxsize=4096)
def _day_in_text(given: str) -> date | None:
    """A list has few days and many rows."""
    text = unicodedata.normalize("NFKC", given)
    european = _EUROPEAN_DAY.match(text)
    if european:
        day, month, year = european.groups()
        return _day(year, month, day)
    found = _FULL_DAY.search(text) or _PACKED_DAY.search(text)
    return _day(*found.groups()) if found else None


def last_full_day(text: str) -> date | None:
    """The last day with its year in a sentence."""
    days = [_day(*found.groups()) for found in _FULL_DAY.finditer(text)]
    known = [day for day in days if day is not None]
    return max(known) if known else None


def last_month_day(text: str) -> tuple[int, int] | None:
    """The last month and day in a sentence such as ``1月22日至1月28日``."""
    found = [(int(m), int(d)) for m, d in _MONTH_DAY.findall(unicodedata.normalize("NFKC", text))]
    return max(found) if found else None


def with_year(month: int, day: int, not_after: date) -> date | None:
    """The latest such day that is not after another."""
    for year in (not_after.year, not_after.year - 1):
        found = _day(str(year), str(month), str(day))
        if found is not None and found <= not_after:
            return found
    return None


def time_in(cell: object) -> time | None:
    """The time of day of a cell."""
    if isinstance(cell, datetime):
        return cell.time()
    if isinstance(cell, time):
        return cell
    if isinstance(cell, timedelta):
        return (datetime(2000, 1, 1) + cell).time()  # noqa: DTZ001
    return _time_in_text(clean_text(cell))


@lru_cache(maxsize=4096)
def _time_in_text(text: str) -> time | None:
    found = _TIME.search(text)
    if found:
        hour, minute, second = found.groups()
        return time(int(hour), int(minute), int(second or 0))
    if re.fullmatch(r"([01]\d|2[0-3])[0-5]\d[0-5]\d", text):
        return time(int(text[:2]), int(text[2:4]), int(text[4:]))
    return None


def list_day(sheet: Sheet, heading_row: int, hints: Hints) -> tuple[date | None, str]:
    """The day and, where it was not simply stated, the code of a remark about it.

    A day given from outside is taken; then the words above the heading, then the sheet's name,
    then the file's name. A period counts as its last day.
    """
    if hints.day is not None:
        return hints.day, ""
    above = " ".join(clean_text(cell) for row in sheet.rows[:heading_row] for cell in row)
    saved = _published_on(sheet, heading_row) or hints.saved_on
    for words in (above, sheet.name):
        stated = last_full_day(words)
        if stated is not None:
            return stated, ""
    partial = last_month_day(above)
    if partial is not None and saved is not None:
        return with_year(*partial, saved), ""
    return _from_file_name(hints, partial)


def _from_file_name(hints: Hints, partial: tuple[int, int] | None) -> tuple[date | None, str]:
    named = last_full_day(hints.file_name)
    if partial is not None and named is not None:
        inferred = with_year(*partial, date(named.year, 12, 31))
        return inferred, "DayFromFileName"
    if named is None:
        month_day = partial or last_month_day(hints.file_name)
        if month_day is None or hints.saved_on is None:
            return None, "DayIsUnknown"
        return with_year(*month_day, hints.saved_on), "DayFromFileName"
    saved = hints.saved_on
    if saved is not None and not 0 <= (saved - named).days <= LONGEST_DELAY_DAYS:
        return with_year(named.month, named.day, saved), "YearFromSavedDay"
    return named, "DayFromFileName"


def _published_on(sheet: Sheet, heading_row: int) -> date | None:
    """A lonely date in the last lines: the day on which the society signed the list."""
    for row in reversed(sheet.rows[max(heading_row + 1, len(sheet.rows) - 6) :]):
        filled = [cell for cell in row if clean_text(cell)]
        if len(filled) == 1 and not isinstance(filled[0], (int, float)):
            found = day_in(filled[0])
            if found is not None:
                return found
    return None


def _day(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None
