"""Orders of which their channel says nothing: when to ask it, and what it answered."""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db.models import Count, Max, Q

from boai.relief.donations.models import AskedOrder, PaymentOrder

ASKED_AFTER = tuple(timedelta(minutes=m) for m in (2, 10, 30, 120, 24 * 60))
"""After the order was placed. Whoever has paid is believed to have been told of by then."""
MOST_AT_ONCE = 50


def silent_orders(channels: Collection[str], *, at: datetime) -> list[PaymentOrder]:
    """The orders of these channels to ask about now, oldest first: placed, nothing heard, and asked
    fewer times than their age has earned. One statement."""
    rows = PaymentOrder.objects.filter(
        state="placed", channel__in=channels, placed_at__lte=at - ASKED_AFTER[0]
    ).annotate(times=Count("asked"), last=Max("asked__at"))
    due = Q(pk__in=[])
    for place, age in enumerate(ASKED_AFTER):
        due |= Q(times=place, placed_at__lte=at - age)
    return list(rows.filter(due).order_by("placed_at", "pk")[:MOST_AT_ONCE])


def note_asked(order_id: int, answer: str, *, at: datetime) -> None:
    """Keep that a channel was asked, and what it said."""
    AskedOrder.objects.create(order_id=order_id, answer=answer, at=at)
