"""The register of laws: what must always be true, checked by full reads (``boai audit``)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Breach:
    """One place where a law does not hold. ``subject`` names the row, never a person."""

    subject: str
    found: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one law's check saw: how many things it read, and every breach."""

    checked: int
    breaches: tuple[Breach, ...] = ()


@dataclass(frozen=True, slots=True)
class Law:
    """A law with its stable number, its sentence (Chinese source text) and its check."""

    id: str
    text: str
    check: Callable[[], Verdict]


_laws: dict[str, Law] = {}


def law(id: str, text: str) -> Callable[[Callable[[], Verdict]], Callable[[], Verdict]]:
    """Register a function without arguments as the check of a law.

    Numbers are ``<room>-<nn>``, for example ``ledger-03``. The check only reads.
    """

    def register(check: Callable[[], Verdict]) -> Callable[[], Verdict]:
        known = _laws.get(id)
        if known is not None and known.check.__qualname__ != check.__qualname__:
            raise ValueError(f"two laws are called {id}")
        _laws[id] = Law(id, text, check)
        return check

    return register


def all_laws() -> tuple[Law, ...]:
    """Every registered law, by number."""
    return tuple(_laws[id] for id in sorted(_laws))


def verdict(checked: int, breaches: Iterable[tuple[str, str]] = ()) -> Verdict:
    """Short form: number read and pairs of subject and finding."""
    return Verdict(checked, tuple(Breach(subject, found) for subject, found in breaches))
