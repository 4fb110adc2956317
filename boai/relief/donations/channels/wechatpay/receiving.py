"""The door for raw notifications: verify, accept, book, answer as WeChat Pay v3 expects.

Answers 204 only after what was told has been committed (I-9, decision 0012), and booked where nobody
else was booking; 4xx with ``{"code", "message"}`` for
everything that is refused, the same words whatever check failed; an alarm is counted for each.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from django.conf import settings

from boai.ground.core.clock import ClockIsNotSane
from boai.ground.core.errors import Refusal
from boai.ground.kit.db.sane_time import require_sane_clock
from boai.relief.donations.channels.sandbox import platform
from boai.relief.donations.channels.wechatpay.keys import Merchant, configured
from boai.relief.donations.channels.wechatpay.reading import read_notification
from boai.relief.donations.errors import NotificationContradicts, NotificationIsNotGenuine
from boai.relief.donations.services import accepting, alarms, refunds_told
from boai.relief.donations.values import RefundNews

REFUSED = {"code": "FAIL", "message": "通知未通过验证"}
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Answer:
    """What to send back."""

    http: int
    body: dict[str, str] | None = None


def merchants() -> list[Merchant]:
    """The merchant accounts that are switched on."""
    found: list[Merchant] = []
    if "wechatpay" in settings.BOAI_CHANNELS:
        real = configured()
        if real is not None:
            found.append(real)
    if "sandbox" in settings.BOAI_CHANNELS:
        found.append(platform.merchant())
    return found


def take_notification(headers: Mapping[str, str], body: bytes, *, at: datetime) -> Answer:
    """One raw notification in, one answer out. Never raises."""
    channel = "wechatpay"
    try:
        # The age of a signature is judged by the clock, so a wrong one lets old messages pass or
        # turns good ones away: nothing is judged then, and the platform asks again (I-45).
        require_sane_clock()
        news = read_notification(headers, body, merchants(), at=at)
        channel = news.channel
        if isinstance(news, RefundNews):
            refunds_told.note_refund(news, at=at)
            return Answer(204)
        outcome = accepting.confirm(news, at=at)
    except ClockIsNotSane as stopped:
        logger.error("a payment notification waits: %s", stopped.code)
        return Answer(503, {"code": "FAIL", "message": "系统繁忙，请稍后重试"})
    except (NotificationIsNotGenuine, NotificationContradicts) as refusal:
        return _refused(channel, str(refusal.context.get("reason", refusal.code)), body, at)
    except Refusal as refusal:
        return _refused(channel, refusal.code, body, at)
    except Exception:
        # Unknown trouble is ours: the platform asks again later, and nothing was committed.
        logger.exception("a payment notification failed")
        return Answer(500, {"code": "FAIL", "message": "系统繁忙，请稍后重试"})
    if outcome == "refused":  # Counted where it was refused.
        return Answer(400, REFUSED)
    return Answer(204)


def _refused(channel: str, reason: str, body: bytes, at: datetime) -> Answer:
    alarms.count_refused_callback(
        channel=channel,
        reason=reason,
        digest=sha256(body).hexdigest(),
        organisation_id=None,
        at=at,
    )
    return Answer(400, REFUSED)
