"""Booking what was told: sets of accepted notifications, by one booker at a time (decision 0012).

Whoever has accepted a notification tries to be the booker; the worker is it every second. What
could not be booked for a reason of its own is told to people and tried again later; it stays visible
and holds up nothing behind it.
"""

import logging
import time
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import DatabaseError, InterfaceError, OperationalError, connection, transaction
from django.db.models import Q, QuerySet

from boai.ground.core.clock import ClockIsNotSane
from boai.ground.kit.db.changing import change_rows
from boai.ground.kit.db.turns import turn_if_free
from boai.relief.donations import errors
from boai.relief.donations.models import ToldPayment
from boai.relief.donations.services import alarms, giving, sharing
from boai.relief.donations.values import PaidNews

TURN = "donations.told"
MOST_TOGETHER = {"postgresql": 1000, "sqlite": 200}
"""Payments of one transaction. On SQLite nobody else is accepted while it lasts."""
LONGEST_WAIT = timedelta(minutes=10)
"""Between two tries of a payment that cannot be booked."""

logger = logging.getLogger(__name__)
Settled = dict[int, str]
"""What told payments came to, by the ids of their rows."""


def drain(at: datetime, *, patience: float | None = None) -> Settled:
    """Book what was told and waits, until nothing does or ``patience`` (seconds) is over.

    Answers what was settled by this call; nothing where another has the turn. That other one looks
    for work once more after giving the turn up, so nobody's news is left between the two.
    *Refuses*: ``ClockIsNotSane``. *Posts* and *announces* as ``booking.book_gifts``.
    """
    until = None if patience is None else time.monotonic() + patience
    most = MOST_TOGETHER[connection.vendor]
    settled: Settled = {}
    while True:
        with turn_if_free(TURN) as mine:
            if not mine:
                return settled
            while rows := list(_waiting(at)[:most]):
                settled |= _settle(rows, max(at, *(row.told_at for row in rows)))
                if until is not None and time.monotonic() > until:
                    return settled
                if len(rows) < most:
                    break
        if not _waiting(at).exists():
            return settled


def _waiting(at: datetime) -> QuerySet[ToldPayment]:
    due = Q(due_at__isnull=True) | Q(due_at__lte=at)
    return ToldPayment.objects.filter(due, outcome="").order_by("pk")


def _settle(rows: Sequence[ToldPayment], at: datetime) -> Settled:
    """Settle rows together where that can be done, halving a set that fails until it is known
    which of them is the one that harms."""
    if len(rows) == 1:
        return _settle_alone(rows[0], at)
    settled = _booked_together(rows, at)
    if settled is None:
        half = len(rows) // 2
        return _settle(rows[:half], at) | _settle(rows[half:], at)
    for row in rows:
        if row.pk not in settled:
            settled |= _settle_alone(row, at)
    return settled


def _booked_together(rows: Sequence[ToldPayment], at: datetime) -> Settled | None:
    """The plain ones of a set, booked in one transaction; ``None`` where it failed as a whole."""
    try:
        with transaction.atomic():
            booked = sharing.confirm_plain([news_of(row) for row in rows], at=at)
            done = [row.pk for row in rows if row.notification_id in booked]
            _mark(done, "booked")
    except Exception as trouble:
        if _stops_everything(trouble):
            raise
        logger.warning("%d payments could not be booked together", len(rows), exc_info=True)
        return None
    return dict.fromkeys(done, "booked")


def _settle_alone(row: ToldPayment, at: datetime) -> Settled:
    try:
        with transaction.atomic():
            outcome = giving.settle(news_of(row), at=at)
            _mark([row.pk], outcome)
    except errors.NotificationContradicts as refusal:
        return _refuse(row, str(refusal.context.get("reason", refusal.code)), at)
    except Exception as trouble:
        if _stops_everything(trouble):
            raise
        logger.exception("payment %s could not be booked", row.pk)
        _postpone(row, f"not-booked-{type(trouble).__name__}", at)
        return {}
    return {row.pk: outcome}


def _stops_everything(trouble: Exception) -> bool:
    """Whether no payment could be booked now, not only these."""
    if isinstance(trouble, ClockIsNotSane):
        return True
    if not isinstance(trouble, OperationalError | InterfaceError):
        return False
    try:
        return connection.vendor == "sqlite" or not connection.is_usable()
    except DatabaseError:
        return True


def _refuse(row: ToldPayment, reason: str, at: datetime) -> Settled:
    with transaction.atomic():
        _mark([row.pk], "refused", reason)
        alarms.count_refused_callback(
            channel=row.channel, reason=reason, digest=row.digest, organisation_id=None, at=at
        )
    return {row.pk: "refused"}


def _postpone(row: ToldPayment, reason: str, at: datetime) -> None:
    wait = min(timedelta(seconds=2 ** min(row.tries, 20)), LONGEST_WAIT)
    with transaction.atomic():
        change_rows(
            ToldPayment,
            [row.pk],
            {
                "reason": ("text", [reason[:60]]),
                "tries": ("integer", [row.tries + 1]),
                "due_at": ("timestamptz", [at + wait]),
            },
        )
        alarms.count_unbooked_payment(
            channel=row.channel,
            order_number=row.order_number,
            reason=reason,
            digest=row.digest,
            at=at,
        )


def _mark(ids: Sequence[int], outcome: str, reason: str = "") -> None:
    """Write what rows came to, in the transaction that makes it so; exactly once."""
    count = len(ids)
    columns = {"outcome": ("text", [outcome] * count), "reason": ("text", [reason] * count)}
    if change_rows(ToldPayment, ids, columns, only_where="r.outcome = ''") != count:
        raise RuntimeError("a told payment was settled by another at the same time")


def news_of(row: ToldPayment) -> PaidNews:
    """What was told, as it was read."""
    return PaidNews(
        channel=row.channel,
        merchant=row.merchant,
        app="",
        notification_id=row.notification_id,
        order_number=row.order_number,
        transaction=row.transaction,
        amount_fen=row.amount_fen,
        currency=row.currency,
        outcome="paid" if row.says == "paid" else "closed",
        paid_at=row.paid_at,
        content_digest=row.digest,
    )
