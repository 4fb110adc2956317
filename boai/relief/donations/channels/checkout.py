"""From the phone form to the cashier page of a channel."""

from dataclasses import replace
from datetime import datetime

from boai.ground.core.actors import Actor
from boai.relief.donations.channels.gateways import gateway
from boai.relief.donations.services import giving
from boai.relief.donations.values import PlacedOrder


def start_payment(
    actor: Actor,
    *,
    appeal_id: int,
    amount_fen: int,
    form_key: str,
    at: datetime,
    name: str = "",
    phone: str = "",
    named: bool = False,
    message: str = "",
    channel: str = "",
    on_phone: bool = True,
) -> PlacedOrder:
    """Place the order, then (after it is committed) ask the channel to collect; answers with the
    address to send the giver to. ``channel`` is the giver's choice, empty: the first that collects.
    *Refuses*: as ``giving.place_order``; ``ChannelIsNotAvailable``.
    """
    chosen = gateway(channel)
    placed = giving.place_order(
        actor,
        appeal_id=appeal_id,
        amount_fen=amount_fen,
        channel=chosen.channel,
        merchant=chosen.merchant,
        form_key=form_key,
        at=at,
        donor_name=name,
        phone=phone,
        named=named,
        display_name=name,
        message=message,
    )
    url = chosen.open_payment(
        number=placed.number,
        token=placed.token,
        amount_fen=amount_fen,
        title=placed.title,
        on_phone=on_phone,
    )
    return replace(placed, pay_url=url)
