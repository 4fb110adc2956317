"""What a channel says of one day against what the books have, account by account (S1-25, I-13).

The channel's word is its own bill where one was taken in, else what it told payment by payment, else
the list from which a gift was booked. Both sides are matched by the transaction's number exactly, in
the database; only what is left over is read. The number of statements does not depend on the day.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from boai.foundations.organisations import queries as organisations
from boai.ground.core.clock import CHINA, start_of
from boai.relief.donations.models import (
    ChannelLine,
    DayClosing,
    Gift,
    Pairing,
    PaymentOrder,
    Refund,
    ToldPayment,
    ToldRefund,
)

SHOWN = 500
"""Left over on one side of one day; where there are more, the channel is not this account's."""
BY_HAND = ("counter", "goods")
"""Channels without a statement: two people have counted."""
ORDER = "donations.payment-order:"
DIFFERS = Q(books__isnull=True) | ~Q(books=F("amount_fen"))


@dataclass(frozen=True, slots=True)
class LeftOver:
    """One thing that does not fit. ``side``: ``channel`` (only there), ``books`` (only there),
    ``amount`` (two amounts), ``refund`` (gone back here and not there), ``double`` (booked twice)."""

    side: str
    channel: str
    merchant: str
    reference: str
    at: datetime
    channel_fen: int | None = None
    books_fen: int | None = None
    gift_number: str = ""
    order_number: str = ""
    line_id: int | None = None
    name: str = ""
    why: str = ""

    @property
    def item(self) -> str:
        """What it is followed under."""
        return f"{self.side}:{self.channel}:{self.reference}"[:200]


@dataclass(slots=True)
class AccountDay:
    """One account on one day: counts and fen of both sides, and how it stands."""

    channel: str
    merchant: str
    day: date
    channel_count: int = 0
    channel_fen: int = 0
    books_count: int = 0
    books_fen: int = 0
    left_over: int = 0
    closed: bool = False
    turn: int = 0

    @property
    def difference_fen(self) -> int:
        """What the channel has more than the books."""
        return self.channel_fen - self.books_fen

    @property
    def heard(self) -> bool:
        """Whether the channel has said anything of this day; else its side is unknown, not nothing."""
        return self.channel_count > 0

    @property
    def heard_count(self) -> int | None:
        """Payments on the channel's side; empty while it has said nothing."""
        return self.channel_count if self.heard else None

    @property
    def heard_fen(self) -> int | None:
        """Money on the channel's side; empty while it has said nothing."""
        return self.channel_fen if self.heard else None

    @property
    def heard_difference_fen(self) -> int | None:
        """What the channel has more than the books; empty while it has said nothing."""
        return self.difference_fen if self.heard else None


Key = tuple[str, str]


def accounts(organisation_id: int, day: date) -> list[AccountDay]:
    """Every account on which something moved that day, or whose bill was taken in."""
    found: dict[Key, AccountDay] = {}

    def of(key: Key) -> AccountDay:
        return found.setdefault(key, AccountDay(*key, day))

    said = (_lines(organisation_id, day), _told(organisation_id, day))
    for rows in said:
        for channel, merchant, count, fen, books, booked, agreed in _summed(rows):
            row = of((channel, merchant))
            row.channel_count += count
            row.channel_fen += fen
            row.books_count += booked
            row.books_fen += books or 0
            row.left_over += count - agreed
    for channel, merchant, listed, count, fen in _gifts_summed(organisation_id, day):
        row = of((channel, merchant))
        row.books_count += count
        row.books_fen += fen
        if listed:
            row.channel_count += count
            row.channel_fen += fen
        else:
            row.left_over += count
    for each in (*_refunds(organisation_id, day), *_doubles(organisation_id, day)):
        of((each.channel, each.merchant)).left_over += 1
    for closing in _closings(organisation_id, day):
        row = of((closing.channel, closing.merchant))
        row.closed, row.turn = closing.deed == "closed", closing.turn
    return [found[key] for key in sorted(found)]


def account_day(organisation_id: int, channel: str, merchant: str, day: date) -> AccountDay:
    """One of them; an account of which nothing is known that day stands at nothing."""
    for row in accounts(organisation_id, day):
        if (row.channel, row.merchant) == (channel, merchant):
            return row
    return AccountDay(channel, merchant, day)


def left_over(organisation_id: int, channel: str, merchant: str, day: date) -> list[LeftOver]:
    """Everything of one account and day that does not fit, oldest first."""
    own = {"channel": channel, "merchant": merchant}
    found = [
        _of_line(row)
        for row in _lines(organisation_id, day).filter(**own).filter(DIFFERS).order_by("pk")[:SHOWN]
    ]
    found += [
        _of_told(row)
        for row in _told(organisation_id, day).filter(**own).filter(DIFFERS).order_by("pk")[:SHOWN]
    ]
    alone = _gifts_alone(organisation_id, day).filter(**own).exclude(source__contains="!")
    for gift in alone.select_related("donor").order_by("given_at", "pk")[:SHOWN]:
        found.append(
            LeftOver(
                "books",
                channel,
                merchant,
                gift.channel_reference,
                gift.given_at,
                books_fen=gift.amount_fen,
                gift_number=gift.number,
                order_number=gift.source.removeprefix(ORDER) if ORDER in gift.source else "",
                name=(gift.donor.name if gift.donor else "") or "",
            )
        )
    others = (*_refunds(organisation_id, day), *_doubles(organisation_id, day))
    found += [row for row in others if (row.channel, row.merchant) == (channel, merchant)]
    return sorted(found, key=lambda row: (row.at, row.reference))


def closings_of(organisation_id: int, channel: str, merchant: str, day: date) -> list[DayClosing]:
    """How the day was closed and opened again, newest first."""
    own = DayClosing.objects.filter(organisation_id=organisation_id, day=day)
    return list(own.filter(channel=channel, merchant=merchant).order_by("-turn"))


def _span(day: date) -> tuple[datetime, datetime]:
    return start_of(day), start_of(day + timedelta(days=1))


def _booked(organisation_id: int, reference: str) -> QuerySet[Gift]:
    """The gift of a channel's number, on the same account."""
    return Gift.objects.filter(
        channel=OuterRef("channel"),
        merchant=OuterRef("merchant"),
        channel_reference=OuterRef(reference),
        organisation_id=organisation_id,
        kind="cash",
        state="confirmed",
    )


def _lines(organisation_id: int, day: date) -> QuerySet[Any]:
    """The bill's lines, each with what the books have for it."""
    paired = Pairing.objects.filter(line=OuterRef("pk"), gift__state="confirmed")
    return ChannelLine.objects.filter(organisation_id=organisation_id, day=day).annotate(
        books=Coalesce(
            Subquery(_booked(organisation_id, "reference").values("amount_fen")[:1]),
            Subquery(paired.values("gift__amount_fen")[:1]),
        )
    )


def _told(organisation_id: int, day: date) -> QuerySet[Any]:
    """What was told payment by payment and stands on no bill; each transaction once."""
    start, end = _span(day)
    line = ChannelLine.objects.filter(
        channel=OuterRef("channel"),
        merchant=OuterRef("merchant"),
        reference=OuterRef("transaction"),
    )
    own = PaymentOrder.objects.filter(
        number=OuterRef("order_number"), organisation_id=organisation_id
    )
    better = ToldPayment.objects.filter(
        channel=OuterRef("channel"), order_number=OuterRef("order_number"), outcome="booked"
    )
    rows = ToldPayment.objects.filter(says="paid", paid_at__gte=start, paid_at__lt=end)
    return rows.filter(
        ~Exists(line),
        Q(outcome__in=["", "booked", "refund-due"]) | (Q(outcome="refused") & ~Exists(better)),
        Exists(own),
    ).annotate(books=Subquery(_booked(organisation_id, "transaction").values("amount_fen")[:1]))


def _summed(rows: QuerySet[Any]) -> Iterable[tuple[Any, ...]]:
    sums: Iterable[tuple[Any, ...]] = (
        rows.values_list("channel", "merchant")
        .annotate(
            n=Count("pk"),
            fen=Sum("amount_fen"),
            sum=Sum("books"),
            booked=Count("books"),
            agreed=Count("pk", filter=Q(books=F("amount_fen"))),
        )
        .order_by()
    )
    return sums


def _gifts_alone(organisation_id: int, day: date) -> QuerySet[Gift]:
    """Gifts of the day of which neither a bill nor a notification speaks."""
    start, end = _span(day)
    line = ChannelLine.objects.filter(
        channel=OuterRef("channel"),
        merchant=OuterRef("merchant"),
        reference=OuterRef("channel_reference"),
    )
    told = ToldPayment.objects.filter(
        order_number=Subquery(
            PaymentOrder.objects.filter(gift=OuterRef(OuterRef("pk"))).values("number")[:1]
        ),
        says="paid",
        outcome__in=["booked", "repeated"],
    )
    return Gift.objects.filter(
        ~Exists(line),
        ~Exists(told),
        ~Exists(Pairing.objects.filter(gift=OuterRef("pk"))),
        organisation_id=organisation_id,
        given_at__gte=start,
        given_at__lt=end,
        kind="cash",
        state="confirmed",
    ).exclude(channel__in=BY_HAND)


def _gifts_summed(organisation_id: int, day: date) -> Iterable[tuple[Any, ...]]:
    """By account, and whether a list named them."""
    found: dict[tuple[str, str, bool], list[int]] = defaultdict(lambda: [0, 0])
    alone = _gifts_alone(organisation_id, day)
    for listed in (True, False):
        rows = alone.filter(source__contains="!") if listed else alone.exclude(source__contains="!")
        sums = rows.values_list("channel", "merchant").annotate(n=Count("pk"), f=Sum("amount_fen"))
        for channel, merchant, count, fen in sums.order_by():
            found[channel, merchant, listed] = [count, fen or 0]
    return [(*key, count, fen) for key, (count, fen) in found.items()]


def _refunds(organisation_id: int, day: date) -> list[LeftOver]:
    """Orders of which something went back that day, and not as much here as there."""
    start, end = _span(day)
    own = PaymentOrder.objects.filter(organisation_id=organisation_id)
    there = ToldRefund.objects.filter(refunded_at__gte=start, refunded_at__lt=end)
    here = Refund.objects.filter(
        organisation_id=organisation_id, state="paid", paid_at__gte=start, paid_at__lt=end
    )
    touched = Q(number__in=there.values("order_number")) | Q(
        gift__in=here.filter(kind="refund").values("gift")
    )
    orders = {row.number: row for row in own.filter(touched).select_related("gift")}
    told: dict[str, dict[str, int]] = defaultdict(dict)
    when: dict[str, datetime] = {}
    for one in ToldRefund.objects.filter(order_number__in=list(orders)).order_by("amount_fen"):
        told[one.order_number]["" if one.in_all else one.request] = one.amount_fen
        when[one.order_number] = one.refunded_at
    gifts = [order.gift_id for order in orders.values() if order.gift_id]
    sums = Refund.objects.filter(gift__in=gifts, state="paid").values_list("gift")
    back = dict(sums.annotate(sum=Sum("amount_fen")).order_by())
    found = []
    for number, order in orders.items():
        said, booked = sum(told[number].values()), back.get(order.gift_id, 0)
        if said != booked:
            found.append(
                LeftOver(
                    "refund",
                    order.channel,
                    order.merchant,
                    order.transaction or number,
                    when.get(number, start),
                    channel_fen=said,
                    books_fen=booked,
                    gift_number=order.gift.number if order.gift else "",
                    order_number=number,
                )
            )
    return found


def _doubles(organisation_id: int, day: date) -> list[LeftOver]:
    """Payments on the phone that a list brought in again under the society's own name."""
    start, end = _span(day)
    online = Gift.objects.filter(
        organisation_id=organisation_id,
        given_at__gte=start,
        given_at__lt=end,
        source__startswith=ORDER,
        state="confirmed",
    )
    again = Gift.objects.filter(
        channel=OuterRef("channel"),
        merchant__in=_other_merchants(organisation_id),
        channel_reference=OuterRef("channel_reference"),
        state="confirmed",
    ).exclude(pk=OuterRef("pk"))
    rows = online.annotate(again=Subquery(again.values("number")[:1])).filter(again__isnull=False)
    return [
        LeftOver(
            "double",
            row.channel,
            row.merchant,
            row.channel_reference,
            row.given_at,
            channel_fen=row.amount_fen,
            books_fen=2 * (row.amount_fen or 0),
            gift_number=row.again,
        )
        for row in rows.order_by("pk")[:SHOWN]
    ]


def _other_merchants(organisation_id: int) -> list[str]:
    """The society's code: under it lists bring gifts that have a transaction's number."""
    row = organisations.row(organisation_id)
    return [row.code] if row else []


def _closings(organisation_id: int, day: date) -> list[DayClosing]:
    """The newest word on each account of the day."""
    rows = DayClosing.objects.filter(organisation_id=organisation_id, day=day).order_by("turn")
    return list({(row.channel, row.merchant): row for row in rows}.values())


def _of_line(row: Any) -> LeftOver:
    return LeftOver(
        "channel" if row.books is None else "amount",
        row.channel,
        row.merchant,
        row.reference,
        start_of(row.day),
        channel_fen=row.amount_fen,
        books_fen=row.books,
        line_id=row.pk,
        name=row.name or "",
    )


def _of_told(row: Any) -> LeftOver:
    return LeftOver(
        "channel" if row.books is None else "amount",
        row.channel,
        row.merchant,
        row.transaction,
        row.paid_at.astimezone(CHINA),
        channel_fen=row.amount_fen,
        books_fen=row.books,
        order_number=row.order_number,
        why=row.reason or row.outcome or "waiting",
    )
