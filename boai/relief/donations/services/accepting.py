"""Accept, then book: what a channel tells is on the disk before the channel is answered (decision 0012).

Accepting is one row in one statement. It looks at no order, no appeal and no fund, and takes no lock
that another acceptance waits for. Booking (``draining``) follows at once where nobody else is at it,
so a payment that comes alone is a gift before its sender is answered; in a storm the answer does
not wait, and whoever books takes hundreds together.
"""

import logging
from datetime import datetime

from boai.ground.kit.db.prepared import run_prepared
from boai.relief.donations import errors
from boai.relief.donations.models import ToldPayment
from boai.relief.donations.services import draining
from boai.relief.donations.values import PaidNews

PATIENCE = 0.5
"""Seconds for which the sender of one notification books what others have told meanwhile."""
LONGEST = {
    "channel": 32,
    "merchant": 64,
    "notification_id": 64,
    "order_number": 32,
    "transaction": 64,
    "currency": 8,
}
"""Characters that the table has room for."""
LARGEST = 2**63 - 1

logger = logging.getLogger(__name__)

_COLUMNS = (
    "channel", "merchant", "notification_id", "order_number", "transaction", "amount_fen",
    "currency", "says", "paid_at", "digest", "told_at",
)  # fmt: skip
_APPEND = (
    'INSERT INTO "donations_toldpayment" ("'
    + '", "'.join(_COLUMNS)
    + '", "outcome", "reason", "tries") '
    "VALUES (" + ", ".join(["%s"] * len(_COLUMNS)) + ", '', '', 0) "
    'ON CONFLICT ("channel", "notification_id") DO NOTHING RETURNING "id"'
)


def confirm(news: PaidNews, *, at: datetime) -> str:
    """Take in the verified word of a channel about one order; safe to repeat, in any order.

    Answers after it is durable. What it came to, where that is known by then: ``booked``,
    ``repeated``, ``closed``, ``ignored``, ``refund-due``, or ``refused`` (it contradicts its order;
    an alarm has been counted). Else ``told``: it is kept, and whoever books now will come to it.
    *Refuses*: as ``accept``; ``NotificationContradicts`` also for the repetition of what was refused.
    *Posts* and *announces* as ``booking.book_gifts``.
    """
    fresh = accept(news, at=at)
    row = None if fresh else _accepted_before(news)
    if row is not None and row.outcome:
        if row.outcome == "refused":
            raise errors.NotificationContradicts(reason=row.reason)
        return "repeated"
    try:
        settled = draining.drain(at, patience=PATIENCE)
    except Exception:
        # It is accepted: what hindered the booking now does not hinder the answer.
        logger.exception("what was told could not be booked now; it waits")
        return "told"
    return settled.get(fresh if row is None else row.pk, "told")


def accept(news: PaidNews, *, at: datetime) -> int:
    """Write one notification down, in one statement and (outside a transaction) one commit.

    Answers the row's id, or 0 for a notification that was accepted before.
    *Refuses*: ``NotificationContradicts`` where the table has no room for what is said.
    """
    _refuse_what_does_not_fit(news)
    rows = run_prepared(
        _APPEND,
        [
            news.channel,
            news.merchant,
            news.notification_id,
            news.order_number,
            news.transaction,
            news.amount_fen,
            news.currency,
            news.outcome,
            news.paid_at,
            news.content_digest,
            at,
        ],
    )
    return int(rows[0][0]) if rows else 0


def _accepted_before(news: PaidNews) -> ToldPayment:
    """The row of a notification's number. *Refuses*: ``NotificationContradicts``."""
    row = ToldPayment.objects.get(channel=news.channel, notification_id=news.notification_id)
    if row.digest != news.content_digest:
        raise errors.NotificationContradicts(reason="other-contents")
    return row


def _refuse_what_does_not_fit(news: PaidNews) -> None:
    """No order of ours has such a number, currency or amount, so nothing is lost by refusing it."""
    for name, most in LONGEST.items():
        text = getattr(news, name)
        if len(text) > most or "\0" in text:
            raise errors.NotificationContradicts(reason=f"unfit-{name.replace('_', '-')}")
    if not -LARGEST <= news.amount_fen <= LARGEST:
        raise errors.NotificationContradicts(reason="unfit-amount")
