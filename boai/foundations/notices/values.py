"""Frozen rows of the room."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """One line of the inbox."""

    id: int
    title: str
    body: str
    url: str
    at: datetime
    is_read: bool
