"""From a raw notification to verified news, or a refusal.

Order of the checks: size, shape, the account it is for, signature over the parameters as they are,
age, contents. Alipay signs no moment of sending that we could hold to five minutes: a notification
is sent eight times in twenty-five hours under one ``notify_id``, so a repetition is known by that,
and whatever is older than the last sending is refused.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Literal, NoReturn
from urllib.parse import parse_qsl

from boai.ground.core.canonical import digest
from boai.ground.core.clock import CHINA
from boai.relief.donations.channels.alipay.keys import Account
from boai.relief.donations.channels.alipay.signing import TYPE, content, is_signed
from boai.relief.donations.errors import NotificationIsNotGenuine
from boai.relief.donations.values import PaidNews, RefundNews

LARGEST_BODY = 64 * 1024
MOST_PARAMETERS = 100
OLDEST = timedelta(hours=26)
AHEAD = timedelta(minutes=5)
PAID = ("TRADE_SUCCESS", "TRADE_FINISHED")
_AMOUNT = re.compile(r"(\d{1,11})(?:\.(\d{1,2}))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Told:
    """What a notification says: of the order, and of money that went back. Neither: it waits."""

    order: PaidNews | None
    refund: RefundNews | None


def read_notification(body: bytes, accounts: Sequence[Account], *, at: datetime) -> Told:
    """Verify and read a notification. *Refuses*: ``NotificationIsNotGenuine`` with a reason."""
    if len(body) > LARGEST_BODY:
        _refuse("too-large")
    given = _parameters(body)
    if given.get("sign_type") != TYPE:
        _refuse("other-algorithm")
    account = next((a for a in accounts if a.app == given.get("app_id")), None)
    if account is None:
        _refuse("other-app")
    if not is_signed(content(given), given.get("sign", "")[:1024], account.platform_key):
        _refuse("bad-signature")
    sent = moment(given.get("notify_time", ""))
    if not at - OLDEST <= sent <= at + AHEAD:
        _refuse("old-time")
    if given.get("seller_id") != account.seller:
        _refuse("other-merchant")
    return _told(given, account, sent)


def _refuse(reason: str) -> NoReturn:
    raise NotificationIsNotGenuine(reason=reason)


def _parameters(body: bytes) -> dict[str, str]:
    try:
        pairs = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=True,
            errors="strict",
            max_num_fields=MOST_PARAMETERS,
        )
    except ValueError:
        _refuse("not-a-form")
    found = dict(pairs)
    if len(found) != len(pairs):
        _refuse("name-twice")
    return found


def fen(text: str) -> int:
    """``88.8`` -> 8880, exactly. *Refuses*: ``NotificationIsNotGenuine``."""
    found = _AMOUNT.fullmatch(text)
    if found is None:
        _refuse("bad-amount")
    return int(found[1]) * 100 + int((found[2] or "").ljust(2, "0"))


def moment(text: str) -> datetime:
    """``2020-01-29 10:00:00``, by the clock of China. *Refuses*: ``NotificationIsNotGenuine``."""
    try:
        return datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=CHINA)
    except ValueError:
        _refuse("bad-time")


def _told(given: Mapping[str, str], account: Account, sent: datetime) -> Told:
    state = given.get("trade_status", "")
    if state == "WAIT_BUYER_PAY":
        return Told(None, None)
    if state not in (*PAID, "TRADE_CLOSED"):
        _refuse("unknown-state")
    names = [given.get(name, "") for name in ("notify_id", "out_trade_no", "trade_no")]
    if not all(0 < len(name) <= 128 for name in names):
        _refuse("missing-number")
    returned = fen(given["refund_fee"]) if given.get("refund_fee") else 0
    total = fen(given.get("total_amount", ""))
    if returned > total or (state == "TRADE_CLOSED" and returned not in (0, total)):
        _refuse("bad-refund")
    if state == "TRADE_CLOSED" and not returned and given.get("gmt_payment"):
        _refuse("bad-refund")
    # An order that is closed because all of it went back was paid before: the gift is booked, also
    # where that word comes first, and the refund stands beside it (I-13).
    says: Literal["paid", "closed"] = "paid" if state in PAID or returned else "closed"
    said = digest([[name, given[name]] for name in sorted(given) if name not in _CHANGING])
    order = news(
        account,
        notification_id=_short(names[0]),
        order_number=names[1],
        transaction=names[2],
        amount_fen=total,
        says=says,
        paid_at=moment(given["gmt_payment"]) if given.get("gmt_payment") else sent,
        said=said,
    )
    refund = None
    if returned:
        refund = RefundNews(
            channel=account.channel,
            merchant=account.seller,
            notification_id=_short(names[0]),
            order_number=names[1],
            transaction=names[2],
            request=given.get("out_biz_no", "")[:64],
            amount_fen=returned,
            in_all=True,
            refunded_at=_refunded_at(given, sent),
            content_digest=said,
        )
    return Told(order, refund)


_CHANGING = ("sign", "sign_type", "notify_time")
"""What another sending of the same notification says differently."""


def news(
    account: Account,
    *,
    notification_id: str,
    order_number: str,
    transaction: str,
    amount_fen: int,
    says: Literal["paid", "closed"],
    paid_at: datetime,
    said: str,
) -> PaidNews:
    """What this account is told of one order."""
    return PaidNews(
        channel=account.channel,
        merchant=account.seller,
        app=account.app,
        notification_id=notification_id,
        order_number=order_number,
        transaction=transaction,
        amount_fen=amount_fen,
        currency="CNY",
        outcome=says,
        paid_at=paid_at,
        content_digest=said,
    )


def _refunded_at(given: Mapping[str, str], sent: datetime) -> datetime:
    """``gmt_refund`` has thousandths of a second, sometimes."""
    text = given.get("gmt_refund", "")
    return moment(text[:19]) if text else sent


def _short(notification_id: str) -> str:
    """Alipay allows itself 128 characters; the table has room for 64."""
    if len(notification_id) <= 64:
        return notification_id
    return sha256(notification_id.encode()).hexdigest()
