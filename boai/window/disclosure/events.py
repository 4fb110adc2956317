"""What the room announces."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class BulletinPublished:
    """A bulletin is public from now on."""

    number: str
    organisation_id: int
    appeal: str
    day: date
    version: int
    at: datetime
