"""Papers: PDF and picture from a typst template and data.

Data never becomes part of the template's text: it travels as one JSON value, so a donor called
``#panic()`` is printed as just that. A template reads it with::

    #let data = json(bytes(sys.inputs.data))

The two weights of Noto Sans SC in ``fonts/`` come first, the system's fonts follow for rare
characters. A character that no font has is found before setting, printed as ``〔U+20BB7〕`` instead
of an empty box, and reported, so that the clerk can install a font and print again.
"""

import json
import threading
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Literal, cast

import typst
from django.apps import apps
from fontTools.ttLib import TTFont

PACKAGE = Path(__file__).resolve().parents[2]
FONTS = Path(__file__).resolve().parent / "fonts"
PNG_RESOLUTION = 144.0

Template = str | Path | bytes
"""``"certificates/thank-you-letter.typ"`` (room and file in its ``documents``), a path, or source."""

Form = Literal["pdf", "png"]

_one_at_a_time = threading.Lock()


@dataclass(frozen=True, slots=True)
class MissingGlyph:
    """A character of the data that no installed font can draw."""

    character: str

    @property
    def code_point(self) -> str:
        """As Unicode writes it: ``U+20BB7``."""
        return f"U+{ord(self.character):04X}"


@dataclass(frozen=True, slots=True)
class Document:
    """A finished paper, and the characters that could not be drawn."""

    content: bytes
    missing: tuple[MissingGlyph, ...] = ()


def compose(
    template: Template,
    data: Mapping[str, Any],
    *,
    form: Form = "pdf",
    at: datetime | None = None,
    resolution: float = PNG_RESOLUTION,
) -> Document:
    """Set a paper as ``pdf`` or ``png`` (first page) and say which characters had no glyph.

    ``at`` becomes the creation time inside the PDF: same data and same ``at``, same bytes.
    """
    missing = missing_glyphs(data)
    shown = _drawable(data, {glyph.character: glyph for glyph in missing})
    inputs = {"data": json.dumps(shown, ensure_ascii=False)}
    stamp = int(at.timestamp()) if at is not None else None
    with _one_at_a_time:
        answer = _compiler().compile(
            input=cast(Path, _source(template)),  # bytes are taken as well
            format=form,
            ppi=resolution if form == "png" else None,
            sys_inputs=inputs,
            timestamp=stamp,
        )
    pages = answer if isinstance(answer, list) else [answer]
    return Document(bytes(pages[0] or b""), missing)


def render_pdf(template: Template, data: Mapping[str, Any], *, at: datetime | None = None) -> bytes:
    """The paper as PDF; undrawable characters are printed as their code point."""
    return compose(template, data, at=at).content


def render_png(
    template: Template, data: Mapping[str, Any], *, resolution: float = PNG_RESOLUTION
) -> bytes:
    """The first page as a picture to save on a phone."""
    return compose(template, data, form="png", resolution=resolution).content


def missing_glyphs(data: Any) -> tuple[MissingGlyph, ...]:
    """The characters in the data's texts that neither the house's nor the system's fonts have."""
    unknown = {c for c in _characters(data) if _is_drawn(c) and ord(c) not in _own_glyphs()}
    return tuple(MissingGlyph(c) for c in sorted(unknown) if not _has_glyph(c))


def _is_drawn(character: str) -> bool:
    """Spaces and controls need no glyph; private use does (old Chinese encodings end there)."""
    return unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Zs", "Zl", "Zp"}


def _characters(data: Any) -> set[str]:
    if isinstance(data, str):
        return set(data)
    if isinstance(data, Mapping):
        return set().union(*(_characters(value) for value in data.values()), set())
    if isinstance(data, (list, tuple)):
        return set().union(*(_characters(value) for value in data), set())
    return set()


def _drawable(data: Any, missing: Mapping[str, MissingGlyph]) -> Any:
    if isinstance(data, str):
        plain = "".join(c if _is_drawn(c) or c == "\n" else " " for c in data)
        for character, glyph in missing.items():
            plain = plain.replace(character, f"〔{glyph.code_point}〕")
        return plain
    if isinstance(data, Mapping):
        return {str(key): _drawable(value, missing) for key, value in data.items()}
    if isinstance(data, (list, tuple)):
        return [_drawable(value, missing) for value in data]
    return data


def _source(template: Template) -> Path | bytes:
    if isinstance(template, (Path, bytes)):
        return template
    room, _slash, name = template.partition("/")
    return Path(apps.get_app_config(room).path) / "documents" / name


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=True, font_paths=[FONTS])


@cache
def _compiler() -> typst.Compiler:
    """One compiler a process: making it reads the fonts, about a second; a paper takes some ms."""
    return typst.Compiler(root=PACKAGE, font_paths=_fonts())


@cache
def _own_glyphs() -> frozenset[int]:
    return _glyphs_in(FONTS / "NotoSansSC-Regular.ttf")


@cache
def _has_glyph(character: str) -> bool:
    """Whether any font of the system draws it; fonts with Chinese are asked first."""
    paths = {font.path for font in _fonts().fonts() if font.path}
    ordered = sorted(paths, key=lambda path: ("CJK" not in path, path))
    return any(ord(character) in _glyphs_in(Path(path)) for path in ordered)


def _glyphs_in(path: Path) -> frozenset[int]:
    """The characters of one font file; the faces of a collection share them."""
    number = 0 if path.suffix.lower() in {".ttc", ".otc"} else -1
    with TTFont(path, lazy=True, fontNumber=number) as font:
        return frozenset(font.getBestCmap() or {})
