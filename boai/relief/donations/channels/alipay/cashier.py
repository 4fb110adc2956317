"""The fake's cashier in the demo: what happens on the platform's side when somebody pays."""

import logging
import os
from datetime import datetime

import requests
from django.conf import settings
from django.urls import reverse

from boai.relief.donations.channels.alipay import platform
from boai.relief.donations.channels.alipay.ordering import NOTIFY_PATH
from boai.relief.donations.channels.alipay.receiving import DONE, take_notification

logger = logging.getLogger(__name__)
SECONDS = 3


def open_payment(
    *, number: str, token: str, amount_fen: int, title: str, on_phone: bool = True
) -> str:
    """The cashier page of an order."""
    return reverse("donations-sandbox-pay", args=[token])


def say(*, order_number: str, amount_fen: int, outcome: str, at: datetime) -> bool:
    """Sign what happened to an order and call the notification address with it, as the platform
    would. Over HTTP to ourselves; in the same process where that is impossible."""
    own = platform.platform()
    own.open(order_number, amount_fen)
    if outcome == "CLOSED":
        own.close(order_number, at)
    else:
        own.pay(order_number, at)
    body = own.notification(order_number, at)
    if os.environ.get("BOAI_SANDBOX_DELIVERY", "http") == "http":
        try:
            answer = requests.post(
                settings.BOAI_PUBLIC_URL + NOTIFY_PATH,
                data=body,
                headers={"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"},
                timeout=SECONDS,
                allow_redirects=False,
            )
        except requests.RequestException:
            logger.info("the fake could not call back over HTTP; handing over directly")
        else:
            if answer.content == DONE.text:
                return True
    return take_notification(body, at=at) == DONE
