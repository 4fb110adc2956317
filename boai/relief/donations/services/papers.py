"""Certificate and thank-you letter for every confirmed gift, at once (H17)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from boai.foundations.certificates import queries as certificates
from boai.foundations.certificates.services import issuing
from boai.foundations.certificates.values import (
    DONATION_CERTIFICATE,
    THANK_YOU_LETTER,
    PaperOrder,
)
from boai.ground.core.actors import SYSTEM
from boai.ground.core.clock import day_of
from boai.relief.donations.models import Gift, GiftLine
from boai.relief.donations.values import ANONYMOUS, gift_ref

LONGEST_HOLDER = 100


def issue_for(gifts: Sequence[Gift], holders: Sequence[str], at: datetime) -> None:
    """Issue both papers for each gift, in two set-based acts. The papers of a gift are the
    system's own act: they follow from the confirmation, whoever confirmed."""
    orders = [
        PaperOrder(
            subject=gift_ref(gift.number),
            holder_name=(holder or ANONYMOUS)[:LONGEST_HOLDER],
            facts=_facts(gift),
        )
        for gift, holder in zip(gifts, holders, strict=True)
    ]
    for kind in (DONATION_CERTIFICATE, THANK_YOU_LETTER):
        issuing.issue_many(
            SYSTEM, kind=kind, organisation_id=gifts[0].organisation_id, orders=orders, at=at
        )


def replace_certificate(gift: Gift, reason: str, at: datetime) -> None:
    """A certificate that says what is known now, in place of the one before (A31)."""
    for paper in certificates.papers_of(gift_ref(gift.number)):
        if paper.kind == DONATION_CERTIFICATE and paper.state == "issued":
            issuing.replace(SYSTEM, number=paper.number, reason=reason, facts=_facts(gift), at=at)


def settle(gift: Gift, net_fen: int, reason: str, at: datetime) -> None:
    """Papers of a gift of which something went back: re-issued with what is left, or cancelled
    where nothing is, so that live papers never say more than the gift (I-12, I-15)."""
    facts = {**_facts(gift), "amount_fen": net_fen}
    for paper in certificates.papers_of(gift_ref(gift.number)):
        if paper.state != "issued":
            continue
        if net_fen > 0:
            issuing.replace(SYSTEM, number=paper.number, reason=reason, facts=facts, at=at)
        else:
            issuing.cancel(SYSTEM, number=paper.number, reason=reason, at=at)


def _facts(gift: Gift) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "gift_number": gift.number,
        "given_on": day_of(gift.given_at).isoformat(),
        "appeal": gift.appeal.title if gift.appeal else "",
        "purpose": gift.purpose,
    }
    if gift.kind == "cash":
        facts["amount_fen"] = gift.amount_fen
    else:
        facts["goods"] = _goods(gift)
    return {name: value for name, value in facts.items() if value}


def _goods(gift: Gift) -> str:
    lines = GiftLine.objects.filter(gift=gift).select_related("item").order_by("pk")
    parts = []
    for line in lines:
        quantity = line.quantity if line.received_quantity is None else line.received_quantity
        if quantity:
            parts.append(f"{line.item.name} {quantity:,} {line.item.base_unit}")
    return "；".join(parts)[:500]
