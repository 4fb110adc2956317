"""Files at the doors that take pictures and papers: only real ones stay, and only the picture.

EXIF and size limits of evidence stand in ``tests/foundations/trail``, workbooks that inflate in
``tests/ground/kit/spreadsheets/test_guard.py`` and, through ``boai import``, in
``test_commands.py``.
"""

import io
import struct
import zipfile
import zlib
from datetime import datetime

import pytest
from PIL import Image

from boai.foundations.trail import queries as trail
from boai.foundations.trail.errors import EvidenceIsTooLarge, EvidenceKindIsNotTaken
from boai.foundations.trail.services import evidence
from boai.ground.core.errors import Refusal
from tests.doors.walking import Books, digest_of, undone
from tests.factories.world import World


def png_header(width: int, height: int) -> bytes:
    """A PNG that claims a size and holds nothing."""

    def part(kind: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">I", len(content))
            + kind
            + content
            + struct.pack(">I", zlib.crc32(kind + content))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = part(b"IDAT", zlib.compress(b"\0" * 100))
    return b"\x89PNG\r\n\x1a\n" + part(b"IHDR", head) + data + part(b"IEND", b"")


def picture(kind: str = "JPEG") -> bytes:
    """A small real picture."""
    made = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(made, kind)
    return made.getvalue()


def packed() -> bytes:
    """A packed file that inflates a thousandfold."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("a", b"0" * 20_000_000)
    return made.getvalue()


REFUSED = {
    "bomb.png": png_header(50_000, 50_000),
    "wide.png": png_header(2**31 - 1, 1),
    "script.svg": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "page.jpg": b"<html><script>alert(1)</script></html>",
    "packed.jpg": packed(),
    "cut.jpg": picture()[:200],
    "program.pdf": b"MZ" + b"\0" * 500,
    "half.pdf": b"%PDF-1.7\n" + b"0" * 5_000,
    "moving.gif": picture("GIF"),
    "large.jpg": picture() + b"\0" * (11 * 1024 * 1024),
    "junk.webp": b"RIFF\xff\xff\xff\xffWEBPVP8 " + b"\xff" * 64,
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_picture_is_refused(name: str, world: World, at: datetime) -> None:
    books = Books()
    with undone() as written:
        with pytest.raises(Refusal) as refusal:
            evidence.attach(
                world.cast.keeper, subject="test.x:1", content=REFUSED[name], filename=name, at=at
            )
        inside = {table: digest_of(table) for table in written}
    assert isinstance(refusal.value, EvidenceKindIsNotTaken | EvidenceIsTooLarge)
    assert books.changed(set(inside), inside) == []
    assert trail.evidence_of("test.x:1") == []


@pytest.mark.parametrize("name", ["../../way-up.jpg", "长" * 10_000 + ".jpg", "a\x00b.jpg", ".svg"])
def test_a_polyglot_keeps_only_its_picture(name: str, world: World, at: datetime) -> None:
    content = picture() + b"<html><script>alert(1)</script></html>" + packed()[:2_000]
    key = evidence.attach(
        world.cast.keeper, subject="test.x:2", content=content, filename=name, at=at
    )
    found = evidence.read(key)
    assert found is not None
    kept, media = found
    assert media == "image/jpeg"
    assert b"script" not in kept
    [row] = trail.evidence_of("test.x:2")
    assert "/" not in row.filename and len(row.filename) <= 80
