"""SWIFT MT940: a customer statement in tagged lines.

Written for what banks send, not for the standard alone: blocks in braces or bare, funds codes and
reversal marks, references of any length, supplementary lines, and the two usual ways to divide the
information to the owner (``?20`` subfields and ``/NAME/`` keywords).
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal

from boai.relief.donations.channels.interchange.values import Line, Statement, StatementIsBroken

_TAG = re.compile(r"^:(\d{2}[A-Z]?):", re.MULTILINE)
_MOVEMENT = re.compile(
    r"(?P<day>\d{6})(?P<booked>\d{4})?\s?(?P<mark>R?[DC])(?P<funds>[A-Z])?\s?"
    r"(?P<amount>\d[\d.]*,?\d*)(?P<rest>.*)",
    re.DOTALL,
)
_BALANCE = re.compile(
    r"(?P<mark>[DC])(?P<day>\d{6})(?P<currency>[A-Z]{3})(?P<amount>\d[\d.]*,?\d*)"
)
_SUBFIELD = re.compile(r"\?(\d{2})")
_KEYWORD = re.compile(r"/(NAME|REMI|EREF|ORDP|BENM|IBAN|TRTP|BIC|CSID|MARF|SVCL|INIT|ISDT)/")
_NOTHING = ("NONREF", "NOTPROVIDED")


def looks_like(text: str) -> bool:
    """Whether a text holds the two tags that every such statement has."""
    tags = {found.group(1) for found in _TAG.finditer(text[:20_000])}
    return "20" in tags and bool(tags & {"60F", "60M"})


def read(text: str) -> list[Statement]:
    """All statements of a file, in order. *Raises* ``StatementIsBroken``."""
    found: list[Statement] = []
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    for tag, content, row in _tagged(text):
        if tag == "20":
            found.append(Statement())
        elif found:
            _take(found[-1], tag, content, row)
    return found


def _tagged(text: str) -> Iterator[tuple[str, str, int]]:
    """Tag, content and line number. What follows ``-`` alone on a line belongs to nothing."""
    places = list(_TAG.finditer(text))
    for place, after in zip(places, [*places[1:], None], strict=True):
        content = text[place.end() : after.start() if after else len(text)]
        ended = re.split(r"^-\}?.*$", content, maxsplit=1, flags=re.MULTILINE)[0]
        yield place.group(1), ended.rstrip(), text.count("\n", 0, place.start()) + 1


def _take(into: Statement, tag: str, content: str, row: int) -> None:
    if tag == "25":
        into.account = content.split("\n")[0].strip()
    elif tag in ("28", "28C"):
        into.number = content.strip()
    elif tag in ("60F", "60M", "62F", "62M"):
        _take_balance(into, tag, content, row)
    elif tag == "61":
        into.lines.append(_movement(content, into.currency, row))
    elif tag == "86" and into.lines and not into.lines[-1].memo:
        into.lines[-1] = _with_words(into.lines[-1], content)


def _take_balance(into: Statement, tag: str, content: str, row: int) -> None:
    found = _BALANCE.match(content.strip())
    if found is None:
        raise StatementIsBroken(f"{row}: :{tag}:")
    amount = _decimal(found["amount"], row)
    amount = -amount if found["mark"] == "D" else amount
    into.currency = found["currency"]
    if tag.startswith("60"):
        into.opening = amount
    else:
        into.closing = amount


def _movement(content: str, currency: str, row: int) -> Line:
    found = _MOVEMENT.match(content.strip())
    if found is None:
        raise StatementIsBroken(f"{row}: :61:")
    amount = _decimal(found["amount"], row)
    mark = found["mark"]
    # A reversed credit leaves the account like a debit, and the other way round.
    leaves = mark in ("D", "RC")
    first, _nl, more = found["rest"].partition("\n")
    reference, _slashes, bank = first[4:].partition("//")
    told = (bank.strip(), reference.strip())
    number = next((text for text in told if len(text) > 1 and text not in _NOTHING), "")
    return Line(
        day=_booked_on(_day(found["day"], row), found["booked"]),
        amount=-amount if leaves else amount,
        currency=currency,
        party=" ".join(more.split()),
        reference=number,
        is_reversal=mark.startswith("R"),
    )


def _with_words(line: Line, content: str) -> Line:
    """The line with what the bank tells its owner: who, and what for."""
    if _SUBFIELD.search(content):
        party, memo = _of_subfields(content.replace("\n", ""))
    elif _KEYWORD.search(content):
        party, memo = _of_keywords(" ".join(content.split()))
    else:
        party, memo = "", " ".join(content.split())
    return replace(line, party=party or line.party, memo=memo)


def _of_subfields(content: str) -> tuple[str, str]:
    pieces = _SUBFIELD.split(content)[1:]
    fields = list(zip(pieces[::2], pieces[1::2], strict=True))
    party = "".join(text for code, text in fields if code in ("32", "33")).strip()
    told = [text for code, text in fields if "20" <= code <= "29" or "60" <= code <= "63"]
    memo = "".join(told).strip() or next((text for code, text in fields if code == "00"), "")
    return party, memo


def _of_keywords(content: str) -> tuple[str, str]:
    pieces = _KEYWORD.split(content)[1:]
    fields = dict(zip(pieces[::2], pieces[1::2], strict=True))
    return fields.get("NAME", "").strip(), fields.get("REMI", "").strip(" /")


def _decimal(text: str, row: int) -> Decimal:
    plain = text.replace(".", "").replace(",", ".").rstrip(".")
    if not plain or plain.count(".") > 1:
        raise StatementIsBroken(f"{row}: {text[:20]}")
    return Decimal(plain)


def _day(text: str, row: int) -> date:
    try:
        return date(2000 + int(text[:2]), int(text[2:4]), int(text[4:6]))
    except ValueError:
        raise StatementIsBroken(f"{row}: {text}") from None


def _booked_on(value: date, booked: str | None) -> date:
    """The day of booking, which names no year: the one nearest to the value day."""
    if booked is None:
        return value
    days = []
    for year in (value.year - 1, value.year, value.year + 1):
        try:
            days.append(date(year, int(booked[:2]), int(booked[2:])))
        except ValueError:
            continue
    return min(days, key=lambda day: abs(day - value), default=value)
