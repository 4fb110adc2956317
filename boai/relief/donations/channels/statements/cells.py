"""Amounts as lists write them, and moments inside transaction numbers."""

import re
import unicodedata
from datetime import date, datetime, time, timedelta

from boai.ground.core.money import LARGEST_FEN
from boai.ground.kit.spreadsheets.reading import clean_text

_NUMBER = re.compile(r"[+-]?(\d{1,3}(,\d{3})+|\d+)(\.\d+)?")
_PLAIN_YUAN = re.compile(r"([0-9]{1,16})(?:\.([0-9]{1,2}))?")
_MOMENT_IN_NUMBER = re.compile(r"^\d{4}((?:19|20)\d{12})\d{8,14}$")


class Unreadable(ValueError):
    """A cell that cannot be taken; the argument is the problem's code."""


def fen(cell: object, factor: int = 1) -> int:
    """An amount in whole fen, signed. *Raises* ``Unreadable``.

    Spreadsheets keep numbers in binary: 4761028.68 comes as 4761028.68000006. A rest far below a
    fen is the spreadsheet's; anything larger is an amount finer than a fen.
    """
    plain = type(cell) is str and factor == 1 and _PLAIN_YUAN.fullmatch(cell)
    if plain:  # nearly every amount
        return _within(int(plain[1]) * 100 + int(f"{plain[2] or '':0<2}"))
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


def moment_in_number(number: str) -> datetime | None:
    """The moment inside a 28-digit transaction number (digits 5 to 18, China's time, naive)."""
    found = _MOMENT_IN_NUMBER.match(number)
    if found is None:
        return None
    try:
        return datetime.strptime(found.group(1), "%Y%m%d%H%M%S")  # noqa: DTZ007
    except ValueError:
        return None
