"""Asking WeChat Pay what became of an order, through ``wechatpayv3``, which verifies the answer."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from boai.ground.core.canonical import digest
from boai.relief.donations.channels.answers import Heard
from boai.relief.donations.channels.wechatpay import ordering, reading
from boai.relief.donations.channels.wechatpay.keys import Merchant
from boai.relief.donations.errors import ChannelIsNotAvailable, NotificationIsNotGenuine
from boai.relief.donations.values import PaidNews

Fetch = Callable[[str], tuple[int, str]]
"""Brings the verified answer about an order: HTTP code and text."""
STATES = {
    "SUCCESS": "paid",
    "REFUND": "paid",
    "CLOSED": "closed",
    "REVOKED": "closed",
    "PAYERROR": "closed",
}


def asker(account: Merchant, fetch: Fetch | None = None) -> Callable[..., Heard]:
    """A function that asks about orders of this account."""

    def over_http(number: str) -> tuple[int, str]:
        client = ordering.client(account)
        http, text = client.query(out_trade_no=number, mchid=account.number)
        return int(http), str(text)

    def asks(number: str, *, at: datetime) -> Heard:
        try:
            http, text = (fetch or over_http)(number)
        except Exception as trouble:
            raise ChannelIsNotAvailable from trouble
        return heard(account, number, http, text, at=at)

    return asks


def heard(account: Merchant, number: str, http: int, text: str, *, at: datetime) -> Heard:
    """What an answer says. *Refuses*: ``ChannelIsNotAvailable``, ``NotificationIsNotGenuine``."""
    try:
        told: dict[str, Any] = json.loads(text)
    except ValueError:
        raise ChannelIsNotAvailable from None
    if http == 404 and told.get("code") in ("ORDER_NOT_EXIST", "ORDERNOTEXIST"):
        return Heard("unknown")
    if http != 200:
        raise ChannelIsNotAvailable
    named = (told.get("mchid"), told.get("appid"), told.get("out_trade_no"))
    if named != (account.number, account.app, number):
        raise NotificationIsNotGenuine(reason="other-order")
    says = STATES.get(str(told.get("trade_state")), "")
    if not says:
        return Heard("waiting")
    total = (told.get("amount") or {}).get("total")
    paid = says == "paid"
    if paid and (isinstance(total, bool) or not isinstance(total, int)):
        raise NotificationIsNotGenuine(reason="bad-amount")
    transaction = str(told.get("transaction_id") or "")
    said = [number, transaction, str(total), says]
    news = PaidNews(
        channel=account.channel,
        merchant=account.number,
        app=account.app,
        notification_id=f"query:{digest(said)[:56]}",
        order_number=number,
        transaction=transaction,
        amount_fen=total if paid and isinstance(total, int) else 0,
        currency=str((told.get("amount") or {}).get("currency", "CNY")),
        outcome="paid" if paid else "closed",
        paid_at=reading.moment(told.get("success_time"), at),
        content_digest=digest(said),
    )
    return Heard(news.outcome, news)
