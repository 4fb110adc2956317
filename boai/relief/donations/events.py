"""What the room announces."""

from dataclasses import dataclass
from datetime import datetime

from boai.relief.donations.values import BookedMoney


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

    Also for a single gift: it is a set of one. ``queries.gifts_by_ids`` reads them. ``money`` are
    the gifts themselves where the set was booked whole, all for one appeal (or for none): whoever
    listens need not read thousands of rows again that were written a moment ago.
    """

    organisation_id: int
    gift_ids: tuple[int, ...]
    kind: str
    at: datetime
    money: tuple[BookedMoney, ...] = ()
    appeal_slug: str = ""


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


@dataclass(frozen=True, slots=True)
class MoneyGivenBack:
    """A refund was paid. ``kind`` is ``refund``, ``reversal`` (a gift booked by mistake) or
    ``order`` (a payment that was never booked, so that no fund is touched)."""

    number: str
    kind: str
    organisation_id: int
    gift_number: str
    fund_id: int | None
    appeal_slug: str
    amount_fen: int
    at: datetime
