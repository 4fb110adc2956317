"""Chinese yuan as whole fen. Never a float (I-2)."""

import re
import unicodedata
from decimal import Decimal, InvalidOperation

import cn2an

from boai.ground.core.errors import Refusal
from boai.ground.core.text import gettext_noop as _

CNY = "CNY"
LARGEST_FEN = 10**15
"""Ten trillion yuan: above any real gift, far below what a 64-bit column holds when summed."""

_PLAIN = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?|[+-]?\d+(\.\d+)?")


class AmountIsNotReadable(Refusal):
    """The text is not an amount in yuan."""

    text = _("金额“{given}”不是能识别的数字。")
    mend = _("请只填数字，最多两位小数，例如 100 或 88.88。")


class AmountHasTooManyDecimals(Refusal):
    """Finer than one fen."""

    text = _("金额“{given}”小于一分钱的部分无法入账。")
    mend = _("请最多填两位小数。")


class AmountOutOfRange(Refusal):
    """Zero, negative, or larger than the limit."""

    text = _("金额“{given}”不在可接受的范围内。")
    mend = _("请填写大于 0 且不超过 {largest} 元的金额。")


def fen_from_yuan(text: str, *, field: str = "", signed: bool = False) -> int:
    """Read an amount in yuan, as people and files write it, into whole fen.

    Full-width digits, thousands separators, white space (also U+00A0, U+200B) and a leading ¥ or
    trailing 元 are understood. *Refuses*: ``AmountIsNotReadable`` (also exponents, NaN and words),
    ``AmountHasTooManyDecimals``, ``AmountOutOfRange`` (unless ``signed``, zero and below too).
    """
    cleaned = unicodedata.normalize("NFKC", text).replace("\u200b", "").strip()
    cleaned = cleaned.removeprefix("¥").removesuffix("元").strip()
    shown = text.strip()[:30]
    if not _PLAIN.fullmatch(cleaned):
        raise AmountIsNotReadable(field=field, given=shown)
    try:
        fen = Decimal(cleaned.replace(",", "")) * 100
    except InvalidOperation:  # pragma: no cover - the pattern admits decimals only
        raise AmountIsNotReadable(field=field, given=shown) from None
    if fen != fen.to_integral_value():
        raise AmountHasTooManyDecimals(field=field, given=shown)
    whole = int(fen)
    if abs(whole) > LARGEST_FEN or (whole <= 0 and not signed):
        raise AmountOutOfRange(field=field, given=shown, largest=yuan(LARGEST_FEN))
    return whole


def yuan(fen: int) -> str:
    """Whole fen as yuan with separators and two decimals: 123456 -> ``1,234.56``."""
    sign = "-" if fen < 0 else ""
    return f"{sign}{abs(fen) // 100:,}.{abs(fen) % 100:02d}"


def in_words(fen: int) -> str:
    """The amount in Chinese capital numerals (大写), for amounts of one fen and above."""
    if fen <= 0:
        raise AmountOutOfRange(given=yuan(fen), largest=yuan(LARGEST_FEN))
    return str(cn2an.an2cn(f"{fen // 100}.{fen % 100:02d}", "rmb"))


def largest_remainder(total: int, weights: list[int]) -> list[int]:
    """Split a whole total in proportion to whole weights; the parts sum to the total exactly.

    Ties go to the earlier part, so that the split is the same every time (I-2).
    """
    whole = sum(weights)
    if whole <= 0 or any(w < 0 for w in weights):
        raise ValueError("weights must be whole, not negative, and not all zero")
    parts = [total * w // whole for w in weights]
    rests = sorted(range(len(weights)), key=lambda i: (-(total * weights[i] % whole), i))
    for i in rests[: total - sum(parts)]:
        parts[i] += 1
    return parts
