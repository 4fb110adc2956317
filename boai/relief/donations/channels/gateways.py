"""Which payment channels collect, where each sends the giver, and how each is asked."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from django.conf import settings

from boai.relief.donations import errors
from boai.relief.donations.channels.alipay import asking as alipay_asking
from boai.relief.donations.channels.alipay import cashier as alipay_cashier
from boai.relief.donations.channels.alipay import keys as alipay_keys
from boai.relief.donations.channels.alipay import ordering as alipay_ordering
from boai.relief.donations.channels.alipay import platform as alipay_platform
from boai.relief.donations.channels.answers import Heard
from boai.relief.donations.channels.sandbox import cashier
from boai.relief.donations.channels.wechatpay import asking, keys, ordering


class Opens(Protocol):
    """Asks the platform for a payment and answers the address to send the giver to."""

    def __call__(
        self, *, number: str, token: str, amount_fen: int, title: str, on_phone: bool = True
    ) -> str: ...


class Asks(Protocol):
    """Asks the platform what became of an order.

    *Refuses*: ``ChannelIsNotAvailable``, ``NotificationIsNotGenuine``.
    """

    def __call__(self, number: str, *, at: datetime) -> Heard: ...


@dataclass(frozen=True, slots=True)
class Gateway:
    """A channel that is switched on. ``ask`` is absent where the platform has no such question."""

    channel: str
    merchant: str
    open_payment: Opens
    ask: Asks | None = None


def gateways() -> list[Gateway]:
    """The channels that collect now, real ones before those of the demo."""
    found: list[Gateway] = []
    on = settings.BOAI_CHANNELS
    if "wechatpay" in on and (account := keys.configured()) is not None:
        ask = asking.asker(account)
        found.append(Gateway("wechatpay", account.number, ordering.opener(account), ask))
    if "alipay" in on and (seller := alipay_keys.configured()) is not None:
        found.append(
            Gateway(
                "alipay",
                seller.seller,
                alipay_ordering.opener(seller),
                alipay_asking.asker(seller),
            )
        )
    if "sandbox" in on:
        found.append(Gateway("sandbox", cashier.MERCHANT, cashier.open_payment))
    if alipay_platform.CHANNEL in on:
        found.append(
            Gateway(alipay_platform.CHANNEL, alipay_platform.SELLER, alipay_cashier.open_payment)
        )
    return found


def gateway(channel: str = "") -> Gateway:
    """The channel that the giver chose; without a choice the first.

    *Refuses*: ``ChannelIsNotAvailable``.
    """
    for found in gateways():
        if channel in ("", found.channel):
            return found
    raise errors.ChannelIsNotAvailable
