"""The statistics of giving. Days are the days on which gifts were confirmed, in China (A36)."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from django.db.models import Count, Q, QuerySet, Sum

from boai.ground.core.clock import start_of
from boai.ground.core.figures import Addend, Rolled, Span, figure, measure
from boai.ground.core.text import gettext_noop as _
from boai.ground.kit.db.days import ChinaDay
from boai.relief.donations.models import Appeal, CallbackAlarm, Gift, Refund


def confirmed(organisations: Sequence[int], span: Span) -> QuerySet[Gift]:
    """The gifts confirmed in a span."""
    rows = Gift.objects.filter(
        state="confirmed",
        organisation_id__in=organisations,
        confirmed_at__lt=start_of(span.last + timedelta(days=1)),
    )
    if span.first is not None:
        rows = rows.filter(confirmed_at__gte=start_of(span.first))
    return rows


def _scan(kind: str) -> Iterator[Addend]:
    rows = (
        Gift.objects.filter(state="confirmed", kind=kind)
        .annotate(day=ChinaDay("confirmed_at"), directed=Q(directed_to__isnull=False))
        .values_list("organisation_id", "day", "channel", "directed")
        .annotate(number=Count("pk"), amount=Sum("amount_fen"))
        .order_by()
    )
    for organisation, day, channel, directed, number, amount in rows.iterator():
        dimension = channel + (DIRECTED if directed else "")
        yield Addend(organisation, day, dimension, number, amount or 0)


DIRECTED = "+directed"
"""Ends the dimension of gifts whose giver named a unit; it begins with the channel."""


@measure("donations.money")
def scan_money() -> Iterator[Addend]:
    """Confirmed gifts of money and their fen, by channel and whether directed."""
    return _scan("cash")


@measure("donations.goods")
def scan_goods() -> Iterator[Addend]:
    """Confirmed gifts of goods, by channel and whether directed."""
    return _scan("in-kind")


def paid_back(organisations: Sequence[int], span: Span) -> QuerySet[Refund]:
    """The parts of gifts that went back to their givers in a span. A gift booked by mistake is not
    among them: it is no longer a confirmed gift."""
    rows = Refund.objects.filter(
        state="paid",
        kind="refund",
        organisation_id__in=organisations,
        paid_at__lt=start_of(span.last + timedelta(days=1)),
    )
    if span.first is not None:
        rows = rows.filter(paid_at__gte=start_of(span.first))
    return rows


@measure("donations.refunded")
def scan_refunded() -> Iterator[Addend]:
    """Refunds of gifts and their fen, by the day of paying back and the gift's channel."""
    rows = (
        Refund.objects.filter(state="paid", kind="refund")
        .annotate(day=ChinaDay("paid_at"))
        .values_list("organisation_id", "day", "gift__channel")
        .annotate(number=Count("pk"), amount=Sum("amount_fen"))
        .order_by()
    )
    for organisation, day, channel, number, amount in rows.iterator():
        yield Addend(organisation, day, channel or "", number, amount or 0)


def _fen(rows: QuerySet[Gift] | QuerySet[Refund]) -> int:
    return int(rows.aggregate(sum=Sum("amount_fen"))["sum"] or 0)


MONEY = Rolled("donations.money", "amount")
REFUNDED = Rolled("donations.refunded", "amount")
KEPT = Rolled("donations.money", "amount", less=("donations.refunded",))


@figure("donations.money-received", _("接收捐款"), "fen", rolled=MONEY)
def money_received(organisations: Sequence[int], span: Span) -> int:
    """Fen; the sum of the amounts of confirmed gifts of money, before anything went back. Source:
    gifts."""
    return _fen(confirmed(organisations, span).filter(kind="cash"))


@figure("donations.money-refunded", _("退还捐款"), "fen", rolled=REFUNDED)
def money_refunded(organisations: Sequence[int], span: Span) -> int:
    """Fen; what went back to givers, by the day of paying back. Source: paid refunds."""
    return _fen(paid_back(organisations, span))


@figure("donations.money-kept", _("接收捐款（已扣除退款）"), "fen", rolled=KEPT)
def money_kept(organisations: Sequence[int], span: Span) -> int:
    """Fen; money received less money that went back, each on its own day, so that a short span may
    be below zero. Source: gifts, paid refunds."""
    came = _fen(confirmed(organisations, span).filter(kind="cash"))
    return came - _fen(paid_back(organisations, span))


@figure("donations.money-gifts", _("捐款笔数"), "gift", rolled=Rolled("donations.money", "number"))
def money_gifts(organisations: Sequence[int], span: Span) -> int:
    """Gifts; confirmed gifts of money. Source: gifts."""
    return confirmed(organisations, span).filter(kind="cash").count()


@figure("donations.goods-gifts", _("捐物批数"), "gift", rolled=Rolled("donations.goods", "number"))
def goods_gifts(organisations: Sequence[int], span: Span) -> int:
    """Gifts; confirmed gifts of goods. Source: gifts."""
    return confirmed(organisations, span).filter(kind="in-kind").count()


@figure("donations.givers", _("捐赠人次"), "person-time")
def givers(organisations: Sequence[int], span: Span) -> int:
    """Person-times; known givers once each, and each gift without a known giver once.

    Two gifts under a bare name count as two, because two people may bear it. Source: gifts.
    """
    found = confirmed(organisations, span).aggregate(
        known=Count("donor_id", distinct=True), unknown=Count("pk", filter=Q(donor__isnull=True))
    )
    return int(found["known"]) + int(found["unknown"])


@figure(
    "donations.directed-money",
    _("定向捐款"),
    "fen",
    rolled=Rolled("donations.money", "amount", only={"endswith": DIRECTED}),
)
def directed_money(organisations: Sequence[int], span: Span) -> int:
    """Fen; confirmed money whose giver named a unit. Source: gifts."""
    rows = confirmed(organisations, span).filter(kind="cash", directed_to__isnull=False)
    return int(rows.aggregate(sum=Sum("amount_fen"))["sum"] or 0)


@figure("donations.open-appeals", _("正在募捐的项目"), "piece", as_of=True)
def open_appeals(organisations: Sequence[int], span: Span) -> int:
    """Pieces; appeals that took gifts at the end of the last day. Source: appeals."""
    end = start_of(span.last + timedelta(days=1))
    rows = Appeal.objects.filter(organisation_id__in=organisations, opened_at__lt=end)
    return rows.filter(
        Q(suspended_at__isnull=True) | Q(suspended_at__gte=end),
        Q(closed_at__isnull=True) | Q(closed_at__gte=end),
    ).count()


@figure("donations.refused-callbacks", _("被拒的支付通知"), "entry")
def refused_callbacks(organisations: Sequence[int], span: Span) -> int:
    """Entries; notifications that failed a check, of the whole installation: a forged notification
    belongs to no society. Source: alarms."""
    rows = CallbackAlarm.objects.filter(at__lt=start_of(span.last + timedelta(days=1)))
    if span.first is not None:
        rows = rows.filter(at__gte=start_of(span.first))
    return rows.count()


BY_CHANNEL = {
    "wechatpay": _("接收捐款：微信支付"),
    "sandbox": _("接收捐款：演练支付"),
    "alipay": _("接收捐款：支付宝"),
    "unionpay": _("接收捐款：云闪付"),
    "qr": _("接收捐款：扫码捐赠"),
    "bank": _("接收捐款：银行转账"),
    "counter": _("接收捐款：现场现金"),
    "post": _("接收捐款：邮政汇款"),
    "newspaper": _("接收捐款：报社项目"),
    "app": _("接收捐款：客户端"),
    "crowdfunding": _("接收捐款：众筹"),
    "matching": _("接收捐款：配捐"),
    "online": _("接收捐款：网上捐赠"),
    "other": _("接收捐款：其他渠道"),
}


def _rolled_by(channel: str) -> Rolled:
    if channel == "other":
        named = [code for code in BY_CHANNEL if code != "other"]
        return Rolled(
            "donations.money", "amount", but={"in": named + [c + DIRECTED for c in named]}
        )
    return Rolled("donations.money", "amount", only={"in": [channel, channel + DIRECTED]})


def _by_channel(channel: str, label: str) -> None:
    @figure(f"donations.money-by-{channel}", label, "fen", rolled=_rolled_by(channel))
    def money(organisations: Sequence[int], span: Span) -> int:
        """Fen; confirmed money of one channel; the channels sum to all. Source: gifts."""
        rows = confirmed(organisations, span).filter(kind="cash")
        if channel == "other":
            rows = rows.exclude(channel__in=[code for code in BY_CHANNEL if code != "other"])
        else:
            rows = rows.filter(channel=channel)
        return int(rows.aggregate(sum=Sum("amount_fen"))["sum"] or 0)


for _code, _label in BY_CHANNEL.items():
    _by_channel(_code, _label)
