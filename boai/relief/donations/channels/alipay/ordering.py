"""Asking Alipay to collect: the address of its cashier, on a phone or at a desk.

The address is signed by us and carries the order; nothing calls out until the giver opens it.
"""

import json
from collections.abc import Callable
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse

from boai.ground.core.clock import CHINA, now
from boai.ground.core.money import yuan
from boai.relief.donations.channels.alipay.keys import Account
from boai.relief.donations.channels.alipay.signing import ASKED, TYPE, content, sign

NOTIFY_PATH = "/api/v1/notify/alipay/"
WAYS = {
    True: ("alipay.trade.wap.pay", "QUICK_WAP_WAY"),
    False: ("alipay.trade.page.pay", "FAST_INSTANT_TRADE_PAY"),
}
"""Method and product, by whether it is opened on a phone."""


def signed_question(
    account: Account, method: str, about: dict[str, str], **more: str
) -> dict[str, str]:
    """The parameters of a call, signed with our key."""
    given = {
        "app_id": account.app,
        "method": method,
        "format": "JSON",
        "charset": "utf-8",
        "sign_type": TYPE,
        "timestamp": now().astimezone(CHINA).strftime("%Y-%m-%d %H:%M:%S"),
        "version": "1.0",
        "biz_content": json.dumps(about, ensure_ascii=False, separators=(",", ":")),
        **more,
    }
    return {**given, "sign": sign(content(given, but=ASKED), account.own_key)}


def opener(account: Account) -> Callable[..., str]:
    """A function that answers the cashier's address for an order of this account."""

    def open_payment(
        *, number: str, token: str, amount_fen: int, title: str, on_phone: bool = True
    ) -> str:
        method, product = WAYS[on_phone]
        about = {
            "out_trade_no": number,
            "total_amount": yuan(amount_fen).replace(",", ""),
            "subject": title[:80],
            "product_code": product,
            "seller_id": account.seller,
            "timeout_express": "30m",
        }
        site = settings.BOAI_PUBLIC_URL
        given = signed_question(
            account,
            method,
            about,
            notify_url=site + NOTIFY_PATH,
            return_url=site + reverse("donations-done", args=[token]),
        )
        return f"{account.gateway}?{urlencode(given)}"

    return open_payment
