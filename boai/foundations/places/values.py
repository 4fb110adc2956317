"""Frozen rows of the room."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

Level = Literal["province", "city", "county", "street"]


@dataclass(frozen=True, slots=True)
class DivisionRow:
    """A division as others see it."""

    code: str
    name: str
    level: str
    parent_code: str
    valid_from: date
    valid_to: date | None
    source: str


@dataclass(frozen=True, slots=True)
class ListedDivision:
    """A division as a list gives it, before it is compared with what is known."""

    code: str
    name: str
    level: Level
    parent_code: str
