"""QR codes as SVG text and as PNG bytes."""

import io

import segno


def qr_svg(text: str, *, scale: int = 4, border: int = 2) -> str:
    """The code as one ``<svg>`` element, to be put into a page or a paper."""
    buffer = io.BytesIO()
    segno.make(text, error="m", micro=False).save(
        buffer, kind="svg", scale=scale, border=border, xmldecl=False, omitsize=True, light="#fff"
    )
    return buffer.getvalue().decode()


def qr_png(text: str, *, scale: int = 8, border: int = 4) -> bytes:
    """The code as a picture with the quiet zone that scanners need."""
    buffer = io.BytesIO()
    segno.make(text, error="m", micro=False).save(buffer, kind="png", scale=scale, border=border)
    return buffer.getvalue()
