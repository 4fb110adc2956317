"""The register of figures: every number that anybody publishes is declared once (H38)."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
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
class Rolled:
    """Where an additive figure stands in the totals of days: the sum of one measure.

    ``of`` says whether the things or their amounts are summed; ``only`` and ``but`` choose among
    the measure's dimensions, by the words of the look-ups (``exact``, ``in``, ``endswith``).
    ``less`` names measures that are taken off.
    """

    measure: str
    of: Literal["number", "amount"]
    only: Mapping[str, object] = field(default_factory=dict)
    but: Mapping[str, object] = field(default_factory=dict)
    less: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Addend:
    """What a measure holds of one organisation on one day, in one dimension, found by a scan."""

    organisation_id: int
    day: date
    dimension: str
    number: int
    amount: int


@dataclass(frozen=True, slots=True)
class Measure:
    """A sum kept for every organisation and day. ``scan`` counts it anew from the records."""

    name: str
    scan: "Callable[[], Iterable[Addend]]"


@dataclass(frozen=True, slots=True)
class Figure:
    """A named number. ``compute`` gets the organisations (own level: one; system-wide: the whole
    subtree) and the span; it answers a whole number, or ``None`` where the number is unknown.
    Where the figure is ``rolled`` it is read from the totals of days, and the scan proves it."""

    name: str
    label: str
    unit: Unit
    compute: Callable[[Sequence[int], Span], int | None]
    as_of: bool
    rolled: Rolled | None = None


_figures: dict[str, Figure] = {}
_measures: dict[str, Measure] = {}

Compute = Callable[[Sequence[int], Span], int | None]


def figure(
    name: str, label: str, unit: Unit, *, as_of: bool = False, rolled: Rolled | None = None
) -> Callable[[Compute], Compute]:
    """Declare a figure in a room's ``figures.py``. Names are ``room.words-with-hyphens``."""

    def register(compute: Compute) -> Compute:
        _figures[name] = Figure(name, label, unit, compute, as_of, rolled)
        return compute

    return register


Scan = Callable[[], Iterable[Addend]]


def measure(name: str) -> Callable[[Scan], Scan]:
    """Declare a measure beside the feed that keeps it (``kit.db.feeds``); the function scans."""

    def register(scan: Scan) -> Scan:
        _measures[name] = Measure(name, scan)
        return scan

    return register


def all_measures() -> tuple[Measure, ...]:
    """Every declared measure, by name."""
    return tuple(_measures[name] for name in sorted(_measures))


def all_figures() -> tuple[Figure, ...]:
    """Every declared figure, by name."""
    return tuple(_figures[name] for name in sorted(_figures))
