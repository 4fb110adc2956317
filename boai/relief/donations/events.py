"""What the room announces."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class AppealOpened:
    """An appeal takes gifts from now on."""

    appeal_id: int
    slug: str
    title: str
    organisation_id: int
    fund_id: int
    rule_version: str
    at: datetime


@dataclass(frozen=True, slots=True)
class AppealSuspended:
    """An appeal takes no more gifts."""

    appeal_id: int
    slug: str
    organisation_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class GiftsConfirmed:
    """Gifts count from now on: posted (money) or received (goods), with their papers.

    Also for a single gift: it is a set of one. ``queries.gifts_by_ids`` reads them.
    """

    organisation_id: int
    gift_ids: tuple[int, ...]
    kind: str
    at: datetime


GiftConfirmed = GiftsConfirmed
"""One gift is a set of one."""


@dataclass(frozen=True, slots=True)
class NamingChanged:
    """A giver gave or withdrew the consent to be named."""

    gift_id: int
    number: str
    organisation_id: int
    named: bool
    at: datetime
