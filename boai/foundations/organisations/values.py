"""Frozen rows and words of the room."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["society", "hospital", "command", "company", "supervisor", "government", "other"]
Level = Literal["", "national", "province", "city", "county", "grassroots"]

KINDS: tuple[str, ...] = (
    "society",
    "hospital",
    "command",
    "company",
    "supervisor",
    "government",
    "other",
)
LEVELS: tuple[str, ...] = ("", "national", "province", "city", "county", "grassroots")
NATIONAL_CODE = "RC000000"


@dataclass(frozen=True, slots=True)
class OrganisationRow:
    """An organisation as others see it."""

    id: int
    code: str
    name: str
    short_name: str
    kind: str
    level: str
    parent_id: int | None
    division_code: str
    is_active: bool


@dataclass(frozen=True, slots=True)
class RegisterOrder:
    """One organisation to be registered, for the set form."""

    code: str
    name: str
    kind: str
    level: str = ""
    parent_code: str = ""
    division_code: str = ""
    short_name: str = ""
    uscc: str | None = None
    address: str = ""
    aliases: tuple[str, ...] = ()
