"""Channels that stay silent are asked; what they answer takes the way of what they tell."""

import logging
from datetime import datetime

from boai.ground.core.errors import Refusal
from boai.relief.donations.channels.gateways import Gateway, gateways
from boai.relief.donations.errors import ChannelIsNotAvailable
from boai.relief.donations.models import PaymentOrder
from boai.relief.donations.services import accepting, silence

logger = logging.getLogger(__name__)


def ask_silent(at: datetime) -> int:
    """Ask about the orders of which nothing was heard for too long. Answers how many were asked.

    Nothing is asked where no real channel is switched on.
    """
    able = {found.channel: found for found in gateways() if found.ask is not None}
    orders = silence.silent_orders(able.keys(), at=at) if able else []
    for order in orders:
        silence.note_asked(order.pk, _answer(able[order.channel], order, at), at=at)
    return len(orders)


def _answer(channel: Gateway, order: PaymentOrder, at: datetime) -> str:
    assert channel.ask is not None
    try:
        heard = channel.ask(order.number, at=at)
        if heard.news is not None and accepting.confirm(heard.news, at=at) == "refused":
            return "refused"
    except ChannelIsNotAvailable:
        return "silent"
    except Refusal as refusal:
        logger.warning("the answer about %s was refused: %s", order.number, refusal.code)
        return "refused"
    return heard.answer
