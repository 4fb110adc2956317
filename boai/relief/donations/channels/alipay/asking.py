"""Asking Alipay: what became of an order, and whether a refund went through.

The answer is signed over the exact text of its one object; that text is cut out of the bytes before
anything is believed of it.
"""

import json
import logging
from collections.abc import Callable
from datetime import datetime
from typing import Any

import requests

from boai.ground.core.canonical import digest
from boai.relief.donations.channels.alipay import reading
from boai.relief.donations.channels.alipay.keys import Account
from boai.relief.donations.channels.alipay.ordering import signed_question
from boai.relief.donations.channels.alipay.signing import is_signed
from boai.relief.donations.channels.answers import Heard
from boai.relief.donations.errors import ChannelIsNotAvailable, NotificationIsNotGenuine

logger = logging.getLogger(__name__)
GOOD = "10000"
NOT_THERE = "ACQ.TRADE_NOT_EXIST"


def ask(account: Account, number: str, *, at: datetime) -> Heard:
    """What became of an order. *Refuses*: ``ChannelIsNotAvailable``, ``NotificationIsNotGenuine``."""
    told = called(account, "alipay.trade.query", {"out_trade_no": number})
    if told.get("sub_code") == NOT_THERE:
        return Heard("unknown")
    if told.get("code") != GOOD:
        raise ChannelIsNotAvailable
    if told.get("out_trade_no") != number:
        raise NotificationIsNotGenuine(reason="other-order")
    state = str(told.get("trade_status", ""))
    if state == "WAIT_BUYER_PAY":
        return Heard("waiting")
    # A closed trade with a moment of payment was paid, and all of it has gone back.
    paid = state in reading.PAID or bool(told.get("send_pay_date"))
    if not paid and state != "TRADE_CLOSED":
        raise NotificationIsNotGenuine(reason="unknown-state")
    transaction, amount = str(told.get("trade_no", "")), str(told.get("total_amount", ""))
    when = str(told.get("send_pay_date") or "")
    said = [number, transaction, amount, "paid" if paid else "closed"]
    news = reading.news(
        account,
        notification_id=f"query:{digest(said)[:56]}",
        order_number=number,
        transaction=transaction,
        amount_fen=reading.fen(amount),
        says="paid" if paid else "closed",
        paid_at=reading.moment(when[:19]) if when else at,
        said=digest(said),
    )
    return Heard(news.outcome, news)


def ask_refund(account: Account, number: str, request: str) -> int:
    """How much of an order has gone back by one request, in fen; nothing where it is not done.

    *Refuses*: as ``ask``.
    """
    told = called(
        account,
        "alipay.trade.fastpay.refund.query",
        {"out_trade_no": number, "out_request_no": request},
    )
    if told.get("code") != GOOD:
        raise ChannelIsNotAvailable
    if told.get("refund_status") != "REFUND_SUCCESS" or told.get("out_request_no") != request:
        return 0
    return reading.fen(str(told.get("refund_amount", "")))


def called(account: Account, method: str, about: dict[str, str]) -> dict[str, Any]:
    """Ask, and answer what was said, verified."""
    try:
        answer = account.post(account.gateway, signed_question(account, method, about))
    except requests.RequestException as trouble:
        logger.warning("Alipay does not answer %s: %s", method, type(trouble).__name__)
        raise ChannelIsNotAvailable from None
    return opened(account, method.replace(".", "_") + "_response", answer)


def opened(account: Account, name: str, answer: bytes) -> dict[str, Any]:
    """The object of an answer, once its exact text is found to be signed.

    *Refuses*: ``NotificationIsNotGenuine``.
    """
    try:
        text = answer.decode("utf-8")
        whole = json.loads(text)
        start = text.index(f'"{name}"') + len(name) + 2
        start = text.index("{", text.index(":", start))
        told, end = json.JSONDecoder().raw_decode(text, start)
    except (ValueError, RecursionError):
        raise NotificationIsNotGenuine(reason="not-json") from None
    signature = whole.get("sign") if isinstance(whole, dict) else None
    signed = isinstance(signature, str) and is_signed(
        text[start:end].encode(), signature, account.platform_key
    )
    if not signed or not isinstance(told, dict) or whole.get(name) != told:
        raise NotificationIsNotGenuine(reason="bad-signature")
    return told


def asker(account: Account) -> Callable[..., Heard]:
    """A function that asks about orders of this account."""

    def asks(number: str, *, at: datetime) -> Heard:
        return ask(account, number, at=at)

    return asks
