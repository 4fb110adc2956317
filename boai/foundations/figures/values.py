"""What an asked figure answers."""

from dataclasses import dataclass
from datetime import date
from typing import Literal, NamedTuple

Scope = Literal["own", "system"]
OWN: Scope = "own"
SYSTEM: Scope = "system"


@dataclass(frozen=True, slots=True)
class FigureValue:
    """One figure for one organisation and span. ``value`` is ``None`` where it is not known.

    ``exact`` is false where the value is not known, so that nobody prints an empty number as zero.
    """

    name: str
    label: str
    unit: str
    value: int | None
    exact: bool
    scope: Scope
    organisation_id: int
    first: date | None
    last: date

    @property
    def yuan(self) -> str:
        """An amount in fen as yuan without separators, for machines; else the plain number."""
        if self.value is None:
            return ""
        if self.unit != "fen":
            return str(self.value)
        sign = "-" if self.value < 0 else ""
        return f"{sign}{abs(self.value) // 100}.{abs(self.value) % 100:02d}"


class DayValue(NamedTuple):
    """A figure on one day."""

    day: date
    value: int


class UnitValue(NamedTuple):
    """A figure of one organisation, with all below it, on one day."""

    organisation_id: int
    day: date
    value: int
