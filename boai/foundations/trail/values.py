"""Frozen rows of the room."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class ActRow:
    """One act as others see it."""

    id: int
    at: datetime
    actor_label: str
    person_id: int | None
    organisation_id: int | None
    verb: str
    subject: str
    detail: dict[str, Any]


@dataclass(frozen=True, slots=True)
class ActOrder:
    """One act to be recorded, for the set form."""

    verb: str
    subject: str
    organisation_id: int | None = None
    detail: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class EvidenceRow:
    """One stored paper or picture, without its content."""

    key: str
    subject: str
    organisation_id: int | None
    media_type: str
    filename: str
    size: int
    sha256: str
    at: datetime
