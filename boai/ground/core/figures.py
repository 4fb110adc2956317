"""The register of figures: every number that anybody publishes is declared once (H38)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

Unit = Literal[
    "fen",
    "piece",
    "gift",
    "person",
    "person-time",
    "household",
    "lot",
    "waybill",
    "decision",
    "organisation",
    "minute",
    "per-mille",
    "ml",
    "hour",
    "entry",
]


@dataclass(frozen=True, slots=True)
class Span:
    """From the first moment of ``first`` to the last of ``last``; ``first`` empty: from ever."""

    first: date | None
    last: date


@dataclass(frozen=True, slots=True)
class Figure:
    """A named number. ``compute`` gets the organisations (own level: one; system-wide: the whole
    subtree) and the span; it answers a whole number, or ``None`` where the number is unknown."""

    name: str
    label: str
    unit: Unit
    compute: Callable[[Sequence[int], Span], int | None]
    as_of: bool


_figures: dict[str, Figure] = {}

Compute = Callable[[Sequence[int], Span], int | None]


def figure(
    name: str, label: str, unit: Unit, *, as_of: bool = False
) -> Callable[[Compute], Compute]:
    """Declare a figure in a room's ``figures.py``. Names are ``room.words-with-hyphens``."""

    def register(compute: Compute) -> Compute:
        _figures[name] = Figure(name, label, unit, compute, as_of)
        return compute

    return register


def all_figures() -> tuple[Figure, ...]:
    """Every declared figure, by name."""
    return tuple(_figures[name] for name in sorted(_figures))
