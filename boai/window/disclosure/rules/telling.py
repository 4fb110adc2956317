"""A trace as lines of text for a terminal: what each number became, in yuan and pieces. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any

from boai.ground.core.money import yuan

_LEAST = 14


def lines_of(document: Mapping[str, Any]) -> Iterator[str]:
    """Every field that says something, parts indented below what they belong to."""
    yield from _fields(document, "")


def _fields(document: Mapping[str, Any], margin: str) -> Iterator[str]:
    for name, value in document.items():
        if name == "leaf":
            if value is not None:
                yield f"{margin}{'leaf':<{_LEAST}} {value['ref']} ({value['state']})"
        elif isinstance(value, list):
            yield from _parts(name, value, margin)
        elif isinstance(value, Mapping):
            yield f"{margin}{name}"
            yield from _fields(value, margin + "  ")
        elif value not in (None, "", 0, False) or name in ("unspent_fen", "gifts_fen"):
            yield f"{margin}{name.removesuffix('_fen'):<{_LEAST}} {_shown(name, value)}"


def _parts(name: str, parts: list[Any], margin: str) -> Iterator[str]:
    if not parts:
        return
    yield f"{margin}{name} ({len(parts)})"
    for part in parts:
        head, *rest = list(_fields(part, "")) or [""]
        yield f"{margin}  - {head}"
        yield from (f"{margin}    {line}" for line in rest)


def _shown(name: str, value: Any) -> str:
    if name.endswith("_fen"):
        return f"{yuan(value)} yuan"
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)
