"""The door for raw notifications: verify, accept, book, answer as Alipay expects.

Answers exactly the seven bytes ``success`` only after what was told has been committed (I-9,
decision 0012), and ``fail`` otherwise, the same word whatever check failed; an alarm is counted.
"""

import logging
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from django.conf import settings

from boai.ground.core.clock import ClockIsNotSane
from boai.ground.core.errors import Refusal
from boai.ground.kit.db.sane_time import require_sane_clock
from boai.relief.donations.channels.alipay import platform
from boai.relief.donations.channels.alipay.keys import Account, configured
from boai.relief.donations.channels.alipay.reading import read_notification
from boai.relief.donations.errors import NotificationContradicts, NotificationIsNotGenuine
from boai.relief.donations.services import accepting, alarms, refunds_told

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Answer:
    """What to send back."""

    http: int
    text: bytes


DONE = Answer(200, b"success")
REFUSED = Answer(400, b"fail")


def accounts() -> list[Account]:
    """The merchant accounts that are switched on."""
    found: list[Account] = []
    if "alipay" in settings.BOAI_CHANNELS:
        real = configured()
        if real is not None:
            found.append(real)
    if platform.CHANNEL in settings.BOAI_CHANNELS:
        found.append(platform.account())
    return found


def take_notification(body: bytes, *, at: datetime) -> Answer:
    """One raw notification in, one answer out. Never raises."""
    channel = "alipay"
    try:
        require_sane_clock()
        told = read_notification(body, accounts(), at=at)
        outcome = "ignored"
        if told.order is not None:
            channel = told.order.channel
            outcome = accepting.confirm(told.order, at=at)
        if told.refund is not None and outcome != "refused":
            refunds_told.note_refund(told.refund, at=at)
    except ClockIsNotSane as stopped:
        logger.error("a payment notification waits: %s", stopped.code)
        return Answer(503, b"fail")
    except (NotificationIsNotGenuine, NotificationContradicts) as refusal:
        return _refused(channel, str(refusal.context.get("reason", refusal.code)), body, at)
    except Refusal as refusal:
        return _refused(channel, refusal.code, body, at)
    except Exception:
        # Unknown trouble is ours: the platform asks again later, and nothing was promised.
        logger.exception("a payment notification failed")
        return Answer(500, b"fail")
    return REFUSED if outcome == "refused" else DONE


def _refused(channel: str, reason: str, body: bytes, at: datetime) -> Answer:
    alarms.count_refused_callback(
        channel=channel,
        reason=reason,
        digest=sha256(body).hexdigest(),
        organisation_id=None,
        at=at,
    )
    return REFUSED
