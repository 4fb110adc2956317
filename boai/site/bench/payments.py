"""The backdrop of payments: societies with an open appeal each, and orders that wait to be paid."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from boai.relief.donations.values import PaidNews

CHANNEL, MERCHANT = "wechatpay", "1900000109"
FEN = 2000


@dataclass(frozen=True, slots=True)
class Place:
    """One society of the benchmark and its open appeal, with a fund of its own."""

    organisation_id: int
    appeal_id: int


def open_places(count: int) -> list[Place]:
    """Register societies and open an appeal in each. Written straight into the tables: who drafts
    and who approves is not what is measured."""
    from boai.foundations.ledger.services import funds
    from boai.foundations.organisations.services import registering
    from boai.ground.core.actors import SYSTEM
    from boai.ground.core.clock import now
    from boai.relief.donations.models import Appeal, RuleVersion
    from boai.relief.donations.values import appeal_ref

    at = now()
    rule = RuleVersion.objects.create(version="bench", title="量测", text="量测", adopted_at=at)
    places = []
    for n in range(count):
        organisation_id = registering.register(
            SYSTEM,
            code=f"BENCH{n}",
            name=f"量测{n}市红十字会",
            kind="society",
            level="city",
            at=at,
        )
        fund_id = funds.open_fund(
            SYSTEM,
            organisation_id=organisation_id,
            name=f"量测专项 {n}",
            restriction="appeal",
            purpose="量测",
            appeal=appeal_ref(f"bench-{n}"),
            at=at,
        )
        appeal = Appeal.objects.create(
            slug=f"bench-{n}",
            organisation_id=organisation_id,
            title=f"量测专项 {n}",
            purpose="量测",
            rule=rule,
            state="open",
            drafted_at=at,
            approved_by=1,
            approved_at=at,
            approval_basis="bench",
            opened_at=at,
            fund_id=fund_id,
        )
        places.append(Place(organisation_id, appeal.pk))
    return places


def place_orders(name: str, places: Sequence[Place], count: int) -> None:
    """So many orders that wait to be paid, in turn for each place; known by ``name`` and number."""
    from django.db import transaction

    from boai.ground.core.clock import now
    from boai.ground.kit.db.bulk import append_rows
    from boai.relief.donations.models import PaymentOrder
    from boai.relief.donations.services.giving import VALID_FOR

    at = now()
    numbers = [f"{name}-{n}" for n in range(count)]
    own = [places[n % len(places)] for n in range(count)]
    with transaction.atomic():
        append_rows(
            PaymentOrder,
            count,
            {
                "number": numbers,
                "token": numbers,
                "form_key": numbers,
                "form_digest": "",
                "organisation_id": [place.organisation_id for place in own],
                "appeal_id": [place.appeal_id for place in own],
                "amount_fen": FEN,
                "currency": "CNY",
                "channel": CHANNEL,
                "merchant": MERCHANT,
                "named": False,
                "message": "",
                "placed_at": at,
                "expires_at": at + VALID_FOR,
                "state": "placed",
            },
            with_ids=False,
        )


def news(name: str, first: int, step: int, count: int, at: datetime) -> Iterator[PaidNews]:
    """What the channel says of every ``step``-th order from the ``first``, already verified."""
    for n in range(first, count, step):
        yield PaidNews(
            channel=CHANNEL,
            merchant=MERCHANT,
            app="",
            notification_id=f"N{name}-{n}",
            order_number=f"{name}-{n}",
            transaction=f"T{name}-{n}",
            amount_fen=FEN,
            currency="CNY",
            outcome="paid",
            paid_at=at,
            content_digest=f"{n:064d}",
        )
