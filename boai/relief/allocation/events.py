"""What allocation announces."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class NeedPosted:
    """A unit says what it needs."""

    need_id: int
    society_id: int
    organisation_id: int
    item_id: int | None
    quantity: int | None
    at: datetime


@dataclass(frozen=True, slots=True)
class ListFrozen:
    """List 1 of a day is frozen."""

    list_id: int
    society_id: int
    for_day: date
    digest: str
    lines: int
    at: datetime


@dataclass(frozen=True, slots=True)
class RequestSubmitted:
    """A request waits for the task force; the clock runs."""

    request_id: int
    number: str
    society_id: int
    receiver_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class RequestDecided:
    """A committee has decided; approved goods are set aside and a delivery is ordered."""

    request_id: int
    number: str
    society_id: int
    receiver_id: int
    outcome: str
    case_id: int
    digest: str
    seconds: int
    late: bool
    waybill_id: int | None
    lines: tuple[tuple[int, int, int], ...]
    """(lot, item, quantity)"""
    at: datetime
