"""Which payment channel collects, and where it sends the giver."""

from dataclasses import dataclass
from typing import Protocol

from django.conf import settings

from boai.relief.donations import errors
from boai.relief.donations.channels.sandbox import cashier
from boai.relief.donations.channels.wechatpay import keys, ordering


class Opens(Protocol):
    """Asks the platform for a payment and answers the address to send the giver to."""

    def __call__(self, *, number: str, token: str, amount_fen: int, title: str) -> str: ...


@dataclass(frozen=True, slots=True)
class Gateway:
    """A channel that is switched on."""

    channel: str
    merchant: str
    open_payment: Opens


def gateway() -> Gateway:
    """The channel that collects now: the real one before the sandbox.

    *Refuses*: ``ChannelIsNotAvailable``.
    """
    if "wechatpay" in settings.BOAI_CHANNELS:
        account = keys.configured()
        if account is not None:
            return Gateway("wechatpay", account.number, ordering.opener(account))
    if "sandbox" in settings.BOAI_CHANNELS:
        return Gateway("sandbox", cashier.MERCHANT, cashier.open_payment)
    raise errors.ChannelIsNotAvailable
