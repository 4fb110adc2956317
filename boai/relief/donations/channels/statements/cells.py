"""Amounts, days and times as lists write them."""

import re
import unicodedata
from datetime import date, datetime, time, timedelta

from boai.ground.core.money import LARGEST_FEN
from boai.ground.kit.spreadsheets.reading import clean_text, day_from_serial

_NUMBER = re.compile(r"[+-]?(\d{1,3}(,\d{3})+|\d+)(\.\d+)?")
_FULL_DAY = re.compile(r"(?<!\d)((?:19|20)\d\d)\s*[-./年]\s*(\d{1,2})\s*[-./月]\s*(\d{1,2})(?!\d)")
_PACKED_DAY = re.compile(r"(?<!\d)((?:19|20)\d\d)(0[1-9]|1[0-2])([0-2]\d|3[01])(?!\d)")
_EUROPEAN_DAY = re.compile(r"^(\d{1,2})/(\d{1,2})/((?:19|20)\d\d)$")
_MONTH_DAY = re.compile(r"(?<!\d)(\d{1,2})\s*月\s*(\d{1,2})\s*日?")
_TIME = re.compile(r"(?<!\d)([01]?\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?(?!\d)")
_MOMENT_IN_NUMBER = re.compile(r"^\d{4}((?:19|20)\d{12})\d{8,14}$")


class Unreadable(ValueError):
    """A cell that cannot be taken; the argument is the problem's code."""


def fen(cell: object, factor: int = 1) -> int:
    """An amount in whole fen, signed. *Raises* ``Unreadable``.

    Spreadsheets keep numbers in binary: 4761028.68 comes as 4761028.68000006. A rest far below a
    fen is the spreadsheet's; anything larger is an amount finer than a fen.
    """
    if isinstance(cell, (bool, date, datetime, time, timedelta)):
        raise Unreadable("AmountIsNotReadable")
    if isinstance(cell, (int, float)):
        return _from_number(float(cell) * factor)
    text = unicodedata.normalize("NFKC", clean_text(cell)).replace(" ", "")
    text = text.removeprefix("¥").removesuffix("元").removeprefix("RMB")
    if not _NUMBER.fullmatch(text):
        raise Unreadable("AmountIsNotReadable")
    whole, _dot, rest = text.replace(",", "").partition(".")
    if factor == 1 and len(rest.rstrip("0")) > 2:
        raise Unreadable("AmountHasTooManyDecimals")
    digits = len(rest)
    value = int(whole + rest) * 100 * factor
    sign = -1 if value < 0 else 1
    quotient, remainder = divmod(abs(value), 10**digits)
    if remainder:
        raise Unreadable("AmountHasTooManyDecimals")
    return _within(sign * quotient)


def _from_number(yuan: float) -> int:
    if yuan != yuan or abs(yuan) > LARGEST_FEN / 100:
        raise Unreadable("AmountOutOfRange")
    nearest = round(yuan * 100)
    if abs(yuan * 100 - nearest) > max(1e-4, abs(yuan) * 1e-9):
        raise Unreadable("AmountHasTooManyDecimals")
    return nearest


def _within(amount: int) -> int:
    if abs(amount) > LARGEST_FEN:
        raise Unreadable("AmountOutOfRange")
    return amount


def is_number(cell: object) -> bool:
    """Whether a cell is a plain number, by type or by its text."""
    if isinstance(cell, bool):
        return False
    if isinstance(cell, (int, float)):
        return True
    return isinstance(cell, str) and bool(_NUMBER.fullmatch(clean_text(cell).replace(" ", "")))


def day_in(cell: object) -> date | None:
    """The day of a cell: a date, a day number of a spreadsheet, or text with year, month, day."""
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        packed = _PACKED_DAY.fullmatch(str(int(cell)))
        return _day(*packed.groups()) if packed else day_from_serial(float(cell))
    text = unicodedata.normalize("NFKC", clean_text(cell))
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
    text = clean_text(cell)
    found = _TIME.search(text)
    if found:
        hour, minute, second = found.groups()
        return time(int(hour), int(minute), int(second or 0))
    if re.fullmatch(r"([01]\d|2[0-3])[0-5]\d[0-5]\d", text):
        return time(int(text[:2]), int(text[2:4]), int(text[4:]))
    return None


def moment_in_number(number: str) -> datetime | None:
    """The moment inside a 28-digit transaction number (digits 5 to 18, China's time, naive)."""
    found = _MOMENT_IN_NUMBER.match(number)
    if found is None:
        return None
    try:
        return datetime.strptime(found.group(1), "%Y%m%d%H%M%S")  # noqa: DTZ007
    except ValueError:
        return None


def _day(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None
