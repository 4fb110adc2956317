"""Sending queued messages."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from django.db import transaction

from boai.foundations.notices.models import Message

Send = Callable[[str, str], None]
"""A way to a phone: number and text; fails by raising."""

MOST_ATTEMPTS = 6
_FIRST_WAIT = timedelta(seconds=30)


def deliver_waiting(
    at: datetime, channels: Mapping[str, Send], limit: int = 100
) -> tuple[int, int]:
    """Try every message that is due over its channel; answers how many went out and how many failed.

    Each message is its own transaction: one that fails stays queued and waits twice as long each
    time, and after six attempts is given up. A crash between sending and storing may send twice,
    never lose one.
    """
    due = Message.objects.filter(state="queued", next_try_at__lte=at).order_by("id")
    sent = failed = 0
    for pk in list(due.values_list("pk", flat=True)[:limit]):
        with transaction.atomic():
            message = (
                Message.objects.select_for_update(skip_locked=_can_skip())
                .filter(pk=pk, state="queued")
                .first()
            )
            if message is None:
                continue
            went = _try_once(message, channels, at)
            message.save()
        sent, failed = sent + went, failed + (not went)
    return sent, failed


def _try_once(message: Message, channels: Mapping[str, Send], at: datetime) -> bool:
    message.attempts += 1
    try:
        channels[message.channel](message.phone or "", message.text)
    except Exception as failure:  # whatever an operator's client raises, the row survives it
        message.failure = type(failure).__name__[:200]
        message.next_try_at = at + _FIRST_WAIT * 2 ** (message.attempts - 1)
        if message.attempts >= MOST_ATTEMPTS:
            _settle(message, "given-up", at)
        return False
    message.failure = ""
    _settle(message, "sent", at)
    return True


def _settle(message: Message, state: str, at: datetime) -> None:
    message.state, message.settled_at, message.phone = state, at, ""


def _can_skip() -> bool:
    return bool(transaction.get_connection().features.has_select_for_update_skip_locked)
