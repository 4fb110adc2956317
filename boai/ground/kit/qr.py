"""QR codes as SVG text and as PNG bytes."""

import io
from typing import cast

import segno
from segno import consts

MOST_MODULES = 157
"""Version 35: printed 60 mm wide a module is 0.36 mm, which telephones still read."""
_DIGITS = (0, 3, 5, 8, 10, 13, 15, 17)
"""Decimal digits for so many bytes."""


def qr_svg(text: str, *, scale: int = 4, border: int = 2) -> str:
    """The code as one ``<svg>`` element, to be put into a page or a paper."""
    return _svg(segno.make(text, error="m", micro=False), scale, border)


def qr_png(text: str, *, scale: int = 8, border: int = 4) -> bytes:
    """The code as a picture with the quiet zone that scanners need."""
    buffer = io.BytesIO()
    segno.make(text, error="m", micro=False).save(buffer, kind="png", scale=scale, border=border)
    return buffer.getvalue()


def packed_qr_svg(head: str, content: bytes, *, scale: int = 4, border: int = 4) -> str:
    """A text followed by bytes in decimal digits, as one code; empty where it would grow too fine.

    Damage is corrected up to 7 or, where that costs no larger code, 15 or more in a hundred.
    """
    parts = [(head, consts.MODE_BYTE), (digits_of(content), consts.MODE_NUMERIC)]
    try:
        # segno takes parts with their modes, which its annotations leave out.
        code = segno.make(cast(str, parts), error="l", micro=False, boost_error=True)
    except segno.DataOverflowError:
        return ""
    if code.symbol_size(border=0)[0] > MOST_MODULES:
        return ""
    return _svg(code, scale, border)


def digits_of(content: bytes) -> str:
    """Bytes as decimal digits, 17 for each seven bytes: what a QR code packs most densely."""
    parts = (content[at : at + 7] for at in range(0, len(content), 7))
    return "".join(f"{int.from_bytes(part, 'big'):0{_DIGITS[len(part)]}}" for part in parts)


def _svg(code: segno.QRCode, scale: int, border: int) -> str:
    buffer = io.BytesIO()
    code.save(
        buffer, kind="svg", scale=scale, border=border, xmldecl=False, omitsize=True, light="#fff"
    )
    return buffer.getvalue().decode()
