"""Asking WeChat Pay to collect: an H5 order through ``wechatpayv3``."""

import json
import logging
from collections.abc import Callable

from django.conf import settings
from wechatpayv3 import WeChatPay, WeChatPayType

from boai.relief.donations.channels.wechatpay.keys import Merchant
from boai.relief.donations.errors import ChannelIsNotAvailable

logger = logging.getLogger(__name__)
SECONDS = 8
NOTIFY_PATH = "/api/v1/notify/wechatpay/"


def opener(account: Merchant) -> Callable[..., str]:
    """A function that places an order with the platform for this account."""

    def open_payment(
        *, number: str, token: str, amount_fen: int, title: str, on_phone: bool = True
    ) -> str:
        return _ordered(account, number, token, amount_fen, title)

    return open_payment


def client(account: Merchant) -> WeChatPay:
    """The platform's client for this account."""
    return WeChatPay(
        wechatpay_type=WeChatPayType.H5,
        mchid=account.number,
        private_key=account.private_key,
        cert_serial_no=account.certificate_serial,
        apiv3_key=account.apiv3_key,
        appid=account.app,
        notify_url=f"{settings.BOAI_PUBLIC_URL}{NOTIFY_PATH}",
        cert_dir=str(settings.BOAI_HOME / "wechatpay"),
        timeout=(SECONDS, SECONDS),
    )


def _ordered(account: Merchant, number: str, token: str, amount_fen: int, title: str) -> str:
    http, answer = client(account).pay(
        description=title[:40],
        out_trade_no=number,
        amount={"total": amount_fen, "currency": "CNY"},
        pay_type=WeChatPayType.H5,
        scene_info={"payer_client_ip": "127.0.0.1", "h5_info": {"type": "Wap"}},
    )
    if http != 200:
        logger.error("WeChat Pay refused order %s with %s", number, http)
        raise ChannelIsNotAvailable
    return str(json.loads(answer)["h5_url"])
