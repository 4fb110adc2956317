"""Words and frozen rows of the room."""

from dataclasses import dataclass
from datetime import date, datetime

from boai.ground.core.text import gettext_noop as _

CASE_KIND = "allocation.request"

NEED_STATES = {
    "open": (_("待满足"), "wait"),
    "met": (_("已满足"), "good"),
    "closed": (_("已关闭"), "plain"),
    "withdrawn": (_("已撤回"), "plain"),
}
URGENCIES = {
    "normal": (_("一般"), "plain"),
    "urgent": (_("紧急"), "warn"),
    "critical": (_("特急"), "bad"),
}
MARKS = {
    "carried": (_("结转"), "plain"),
    "arrived": (_("截止后新到"), "good"),
    "expected": (_("预到"), "info"),
}
REQUEST_STATES = {
    "submitted": (_("已提交"), "wait"),
    "proposed": (_("待决策"), "info"),
    "approved": (_("已同意"), "good"),
    "refused": (_("未同意"), "bad"),
    "returned": (_("已退回"), "warn"),
    "withdrawn": (_("已撤回"), "plain"),
}


@dataclass(frozen=True, slots=True)
class NeedRow:
    """A need as others see it; ``quantity`` empty: needed, no number."""

    id: int
    society_id: int
    organisation_id: int
    item_id: int | None
    goods: str
    standard: str
    quantity: int | None
    allotted: int
    urgency: str
    state: str
    posted_at: datetime


@dataclass(frozen=True, slots=True)
class ListLineRow:
    """A line of list 1; ``left`` is what no live proposal has taken."""

    id: int
    item_id: int
    lot_id: int | None
    quantity: int
    left: int
    spec: str
    mark: str
    directed_to: int | None
    arrived_at: datetime | None
    expires_on: date | None


@dataclass(frozen=True, slots=True)
class ListRow:
    """List 1 of a day."""

    id: int
    society_id: int
    for_day: date
    frozen_at: datetime
    arrived_since: datetime
    digest: str
    lines: tuple[ListLineRow, ...]


@dataclass(frozen=True, slots=True)
class AskLine:
    """A line of a request to be submitted."""

    list_line_id: int
    quantity: int
    need_id: int | None = None


@dataclass(frozen=True, slots=True)
class ProposeLine:
    """A line of a proposal: so much of a lot against a line of list 1."""

    list_line_id: int
    lot_id: int
    quantity: int


@dataclass(frozen=True, slots=True)
class RequestRow:
    """A request as others see it."""

    id: int
    number: str
    ref: str
    society_id: int
    receiver_id: int
    list_id: int
    state: str
    reason: str
    emergency: bool
    submitted_at: datetime
    submitted_by_person_id: int
    proposed_at: datetime | None
    proposed_by_person_id: int | None
    case_id: int | None
    content_digest: str
    decided_at: datetime | None
    seconds: int | None
    late: bool
    waybill_id: int | None
    returned_reason: str
    asked: tuple[tuple[int, int, int], ...]
    """(list line, item, quantity)"""
    proposed: tuple[tuple[int, int, int, int], ...]
    """(list line, lot, item, quantity) of the live proposal"""


@dataclass(frozen=True, slots=True)
class Wish:
    """What the suggestion rule needs to know of one asker."""

    key: int
    quantity: int


@dataclass(frozen=True, slots=True)
class Stock:
    """What the suggestion rule needs to know of one lot on the list."""

    list_line_id: int
    lot_id: int
    free: int
    expires_on: date | None
    directed_to: int | None
