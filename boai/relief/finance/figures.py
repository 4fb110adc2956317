"""The statistics of finance."""

from collections.abc import Iterator, Sequence

from django.db.models import Count, QuerySet, Sum

from boai.foundations.ledger.queries import fund_flows
from boai.ground.core.figures import Addend, Rolled, Span, figure, measure
from boai.ground.core.text import gettext_noop as _
from boai.relief.finance.models import Decision, Disbursement
from boai.relief.finance.values import Kind, State


def _paid(organisations: Sequence[int], span: Span) -> QuerySet[Disbursement]:
    rows = Disbursement.objects.filter(
        organisation_id__in=organisations,
        state__in=[State.PAID, State.CONFIRMED],
        paid_on__lte=span.last,
    )
    return rows if span.first is None else rows.filter(paid_on__gte=span.first)


def _sum(rows: QuerySet[Disbursement]) -> int:
    return rows.aggregate(total=Sum("amount_fen"))["total"] or 0


@measure("finance.paid")
def scan_paid() -> Iterator[Addend]:
    """Paid disbursements and their fen, by kind."""
    rows = (
        Disbursement.objects.filter(state__in=[State.PAID, State.CONFIRMED])
        .values_list("organisation_id", "paid_on", "kind")
        .annotate(number=Count("pk"), amount=Sum("amount_fen"))
        .order_by()
    )
    for organisation, day, kind, number, amount in rows.iterator():
        assert day is not None
        yield Addend(organisation, day, kind, number, amount)


@figure(
    "finance.money-spent",
    _("支出善款"),
    "fen",
    rolled=Rolled("finance.paid", "amount", but={"exact": str(Kind.TRANSFER)}),
)
def money_spent(organisations: Sequence[int], span: Span) -> int:
    """Fen paid to units and for purchases in the span, by day of payment. Transfers between
    societies are not spending. Source: paid disbursements."""
    return _sum(_paid(organisations, span).exclude(kind=Kind.TRANSFER))


@figure(
    "finance.money-paid-to-units",
    _("拨付单位"),
    "fen",
    rolled=Rolled("finance.paid", "amount", only={"exact": str(Kind.PAYMENT)}),
)
def money_paid_to_units(organisations: Sequence[int], span: Span) -> int:
    """Fen paid to units in the span. Source: paid disbursements of kind payment."""
    return _sum(_paid(organisations, span).filter(kind=Kind.PAYMENT))


@figure(
    "finance.money-for-purchases",
    _("采购物资支出"),
    "fen",
    rolled=Rolled("finance.paid", "amount", only={"exact": str(Kind.PURCHASE)}),
)
def money_for_purchases(organisations: Sequence[int], span: Span) -> int:
    """Fen paid for goods in the span. Source: paid disbursements of kind purchase."""
    return _sum(_paid(organisations, span).filter(kind=Kind.PURCHASE))


@figure("finance.money-transferred", _("划转红十字会"), "fen")
def money_transferred(organisations: Sequence[int], span: Span) -> int:
    """Fen transferred in the span to societies that are not among these. Source: paid
    disbursements of kind transfer."""
    rows = _paid(organisations, span).filter(kind=Kind.TRANSFER)
    return _sum(rows.exclude(payee_organisation_id__in=organisations))


@figure(
    "finance.disbursements-paid",
    _("拨付笔数"),
    "entry",
    rolled=Rolled("finance.paid", "number"),
)
def disbursements_paid(organisations: Sequence[int], span: Span) -> int:
    """Number of disbursements paid in the span."""
    return _paid(organisations, span).count()


@figure("finance.decisions-recorded", _("集体决策"), "decision")
def decisions_recorded(organisations: Sequence[int], span: Span) -> int:
    """Number of collective decisions held in the span, approved and refused."""
    rows = Decision.objects.filter(organisation_id__in=organisations, held_on__lte=span.last)
    return (rows if span.first is None else rows.filter(held_on__gte=span.first)).count()


@figure(
    "finance.money-left",
    _("善款结余"),
    "fen",
    as_of=True,
    rolled=Rolled("ledger.funds", "amount"),
)
def money_left(organisations: Sequence[int], span: Span) -> int:
    """Fen in all funds at the end of the last day: received and transferred in, less refunded,
    spent and transferred out. Source: the funds' inflows and outflows in the books."""
    return fund_flows(organisations, None, span.last).net


@figure("finance.use-rate", _("善款使用率"), "per-mille", as_of=True)
def use_rate(organisations: Sequence[int], span: Span) -> int | None:
    """Per mille of the money received (less refunds) that has been spent or passed on to societies
    that are not among these, rounded down; unknown while nothing was received."""
    flows = fund_flows(organisations, None, span.last)
    passed_on = flows.transferred_out - flows.transferred_in
    had = flows.received - flows.refunded + max(-passed_on, 0)
    if had <= 0:
        return None
    return (flows.spent + max(passed_on, 0)) * 1000 // had
