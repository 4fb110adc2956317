"""What holds, pure: no database, no clock."""

import re
import secrets
import unicodedata
from collections.abc import Mapping
from typing import Any

from boai.ground.core.canonical import digest
from boai.ground.core.errors import Refusal
from boai.ground.core.money import LARGEST_FEN, AmountOutOfRange, yuan
from boai.relief.receipts import errors
from boai.relief.receipts.values import (
    DIGITS,
    AllowanceRow,
    Kind,
    SlipOrder,
    State,
    serial_of,
)

CODE = re.compile(r"[0-9]{6,12}")
CHECK_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
CHECK_LENGTH = 8
LONGEST_PAYER = 100
LONGEST_NOTE = 200
LONGEST_REASON = 300


def new_check_code() -> str:
    """Eight letters and figures that nobody mistakes for one another."""
    return "".join(secrets.choice(CHECK_LETTERS) for _n in range(CHECK_LENGTH))


def tidy_serial(text: str) -> str:
    """A serial as somebody typed it: full-width figures, spaces and dashes are forgiven."""
    plain = unicodedata.normalize("NFKC", text[:80])
    found = re.findall(r"[0-9]+", plain)
    if len(found) == 1 and len(found[0]) > DIGITS:
        found = [found[0][:-DIGITS], found[0][-DIGITS:]]
    if len(found) != 2 or len(found[0]) > 12 or len(found[1]) > DIGITS:
        return ""
    return serial_of(found[0], int(found[1]))


def tidy_code(text: str) -> str:
    """A check code as somebody typed it."""
    plain = unicodedata.normalize("NFKC", text[:80]).upper()
    return "".join(sign for sign in plain if sign in CHECK_LETTERS)


def reason_against_block(code: str, first: int, last: int, wanted: int) -> Refusal | None:
    """Why this is not a block of numbers that a finance department grants, or nothing."""
    if not CODE.fullmatch(code):
        return errors.CodeIsNotReadable(field="code", code=code[:20])
    granted = last - first + 1
    if first < 1 or granted < 1 or last >= 10**DIGITS:
        return errors.NumbersAreNotReadable(field="last", first=first, last=last)
    if granted > wanted:
        return errors.MoreThanApplied(field="last", wanted=wanted, granted=granted)
    return None


def reason_against_asking(
    order: SlipOrder, allowance: AllowanceRow | None, free_fen: int
) -> Refusal | None:
    """Why no receipt may be drawn up as asked, or nothing. ``free_fen`` is what is left after the
    other orders of the same set."""
    if allowance is None:
        return errors.NothingMayBeReceipted()
    if order.amount_fen <= 0:
        return errors.AmountIsNotAboveZero(field="amount")
    if order.amount_fen > LARGEST_FEN:
        given, largest = yuan(order.amount_fen), yuan(LARGEST_FEN)
        return AmountOutOfRange(field="amount", given=given, largest=largest)
    if order.amount_fen > free_fen:
        return errors.AboveWhatWasGiven(
            field="amount", free=yuan(free_fen), wanted=yuan(order.amount_fen)
        )
    if not order.payer.strip():
        return errors.PayerIsMissing(field="payer")
    return reason_against_text("交款人", order.payer, LONGEST_PAYER, "payer") or (
        reason_against_text("备注", order.note, LONGEST_NOTE, "note")
    )


def reason_against_text(label: str, text: str, limit: int, field: str) -> Refusal | None:
    """Whether a text has room on the paper."""
    if len(text) <= limit:
        return None
    return errors.TextIsTooLong(field=field, label=label, limit=limit, length=len(text))


def reason_against_taking_back(serial: str, kind: str, state: str, label: str) -> Refusal | None:
    """Why a receipt can be neither voided nor reversed, or nothing."""
    if kind == Kind.RED:
        return errors.RedStaysRed()
    if state != State.ISSUED:
        return errors.ReceiptIsNotValid(serial=serial, state=label)
    return None


def receipt_digest(content: Mapping[str, Any]) -> str:
    """SHA-256 over everything that a receipt says (H18)."""
    return digest(dict(content))
