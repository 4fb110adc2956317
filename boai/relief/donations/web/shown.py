"""What the public pages show, put together from reads."""

from typing import Any

from boai.foundations.certificates import queries as certificates
from boai.relief.donations import queries
from boai.relief.donations.models import PaymentOrder
from boai.relief.donations.values import (
    CHANNELS,
    GIFT_KINDS,
    GIFT_STATES,
    REFUND_KINDS,
    GiftRow,
    gift_ref,
)


def order_by_token(token: str) -> PaymentOrder | None:
    """The order whose page a visitor holds the address of."""
    return PaymentOrder.objects.select_related("appeal", "gift").filter(token=token[:43]).first()


def appeal_cards() -> list[dict[str, Any]]:
    """Appeals with their totals, open ones first."""
    return [
        {"appeal": appeal, "totals": queries.totals(appeal_id=appeal.id)}
        for appeal in queries.public_appeals()
    ]


def result_of(order: PaymentOrder) -> dict[str, Any]:
    """Everything for the page after payment."""
    gift = order.gift
    papers = {
        paper.kind: paper
        for paper in reversed(certificates.papers_of(gift_ref(gift.number) if gift else ""))
    }
    row = queries.gift(gift.number) if gift else None
    return {
        "order": order,
        "gift": row,
        "query_code": gift.query_code if gift else "",
        "place": queries.love_list_place(gift.number) if gift else None,
        "certificate": papers.get("donation-certificate"),
        "letter": papers.get("thank-you-letter"),
        "is_sandbox": order.channel.endswith("sandbox"),
    }


def typed_yuan(fen: int) -> str:
    """5000 -> ``50``, 8888 -> ``88.88``: as somebody would type it into the amount field."""
    return str(fen // 100) if fen % 100 == 0 else f"{fen // 100}.{fen % 100:02d}"


def gift_page(row: GiftRow) -> dict[str, Any]:
    """A gift as its giver sees it."""
    return {
        "gift": row,
        "kind_label": GIFT_KINDS[row.kind],
        "state_label": GIFT_STATES[row.state],
        "state_tone": {"announced": "wait", "confirmed": "good", "reversed": "bad"}[row.state],
        "channel_label": CHANNELS.get(row.channel, row.channel),
        "refunds": [
            (REFUND_KINDS[refund.kind], refund) for refund in queries.refunds_of(row.number)
        ],
        "papers": [p for p in certificates.papers_of(row.ref) if p.state == "issued"],
    }
