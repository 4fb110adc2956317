"""The numbers of the warehouse: pieces are base units of the catalogue, summed over items."""

from collections.abc import Iterator, Sequence
from datetime import date

from django.db.models import Count, F, Q, QuerySet, Sum

from boai.ground.core.figures import Addend, Rolled, Span, figure, measure
from boai.relief.warehouse import rules
from boai.relief.warehouse.models import Adjustment, IssueLine, Lot
from boai.relief.warehouse.values import AdjustmentKind, NoteState


def _received(organisations: Sequence[int], span: Span) -> "QuerySet[Lot]":
    # A split lot is not received again: only lots that stand on a received note count.
    rows = Lot.objects.filter(
        organisation_id__in=organisations,
        received_line__isnull=False,
        received_on__lte=span.last,
    )
    return rows if span.first is None else rows.filter(received_on__gte=span.first)


def _issued(organisations: Sequence[int], span: Span) -> "QuerySet[IssueLine]":
    rows = IssueLine.objects.filter(
        note__organisation_id__in=organisations,
        note__state=NoteState.SIGNED,
        note__countersigned_on__lte=span.last,
    )
    return rows if span.first is None else rows.filter(note__countersigned_on__gte=span.first)


def _pieces_in(organisations: Sequence[int], span: Span) -> int:
    total = _received(organisations, span).aggregate(total=Sum("received_quantity"))["total"]
    return int(total or 0)


def _pieces_out(organisations: Sequence[int], span: Span) -> int:
    total = _issued(organisations, span).aggregate(total=Sum("quantity"))["total"]
    return int(total or 0)


def _pieces_out_same_day(organisations: Sequence[int], span: Span) -> int:
    rows = _issued(organisations, span).filter(note__countersigned_on=F("lot__received_on"))
    return int(rows.aggregate(total=Sum("quantity"))["total"] or 0)


def _adjusted(organisations: Sequence[int], until: date, kinds: Sequence[str]) -> int:
    rows = Adjustment.objects.filter(
        organisation_id__in=organisations,
        state=NoteState.SIGNED,
        kind__in=kinds,
        countersigned_on__lte=until,
    )
    return int(rows.aggregate(total=Sum("quantity"))["total"] or 0)


@measure("warehouse.accepted")
def scan_accepted() -> Iterator[Addend]:
    """Lots that stand on a received note, and their pieces."""
    rows = (
        Lot.objects.filter(received_line__isnull=False)
        .values_list("organisation_id", "received_on")
        .annotate(number=Count("pk"), amount=Sum("received_quantity"))
        .order_by()
    )
    for organisation, day, number, amount in rows.iterator():
        yield Addend(organisation, day, "", number, amount)


SAME_DAY = "same-day"


@measure("warehouse.sent")
def scan_sent() -> Iterator[Addend]:
    """Lines of signed issue notes and their pieces, by whether they left on the day they came."""
    rows = (
        IssueLine.objects.filter(note__state=NoteState.SIGNED)
        .annotate(same=Q(lot__received_on=F("note__countersigned_on")))
        .values_list("note__organisation_id", "note__countersigned_on", "same")
        .annotate(number=Count("pk"), amount=Sum("quantity"))
        .order_by()
    )
    for organisation, day, same, number, amount in rows.iterator():
        assert day is not None
        yield Addend(organisation, day, SAME_DAY if same else "", number, amount)


@figure(
    "warehouse.pieces-accepted",
    "验收入库物资件数",
    "piece",
    rolled=Rolled("warehouse.accepted", "amount"),
)
def pieces_accepted(organisations: Sequence[int], span: Span) -> int:
    """Unit: piece. Sum of counted quantities of notes countersigned in the span. Source: lots."""
    return _pieces_in(organisations, span)


@figure(
    "warehouse.lots-accepted",
    "验收入库批次数",
    "lot",
    rolled=Rolled("warehouse.accepted", "number"),
)
def lots_accepted(organisations: Sequence[int], span: Span) -> int:
    """Unit: lot. Lots of notes countersigned in the span. Source: lots."""
    return _received(organisations, span).count()


@figure("warehouse.value-accepted", "验收入库物资价值（仅计有估价的批次）", "fen")
def value_accepted(organisations: Sequence[int], span: Span) -> int | None:
    """Unit: fen. Sum of known values; empty when no lot in the span has one. Source: lots."""
    rows = _received(organisations, span).filter(value_fen__isnull=False)
    total = rows.aggregate(total=Sum("value_fen"))["total"]
    return None if total is None else int(total)


@figure(
    "warehouse.pieces-sent",
    "发出物资件数",
    "piece",
    rolled=Rolled("warehouse.sent", "amount"),
)
def pieces_sent(organisations: Sequence[int], span: Span) -> int:
    """Unit: piece. Sum of issue lines countersigned in the span. Source: issue notes."""
    return _pieces_out(organisations, span)


@figure("warehouse.pieces-on-hand", "库存物资件数（含待检与预留）", "piece", as_of=True)
def pieces_on_hand(organisations: Sequence[int], span: Span) -> int:
    """Unit: piece. Accepted + found + taken back - sent - lost - destroyed - sent back, until the
    day. Source: lots, issue notes, adjustments."""
    ever = Span(None, span.last)
    more = _adjusted(organisations, span.last, [AdjustmentKind.FOUND, AdjustmentKind.TAKEN_BACK])
    less = _adjusted(
        organisations,
        span.last,
        [AdjustmentKind.LOSS, AdjustmentKind.DESTROYED, AdjustmentKind.SENT_BACK],
    )
    return _pieces_in(organisations, ever) + more - _pieces_out(organisations, ever) - less


@figure(
    "warehouse.pieces-sent-same-day",
    "当日验收并发出物资件数",
    "piece",
    rolled=Rolled("warehouse.sent", "amount", only={"exact": SAME_DAY}),
)
def pieces_sent_same_day(organisations: Sequence[int], span: Span) -> int:
    """Unit: piece. Issued on the day on which the lot was received (H08, A07). Source: issue notes."""
    return _pieces_out_same_day(organisations, span)


@figure("warehouse.same-day-rate", "当日捐赠物资发出率（千分比）", "per-mille")
def same_day_rate(organisations: Sequence[int], span: Span) -> int | None:
    """Unit: thousandth. Pieces sent on their day of receipt / pieces accepted; empty when nothing
    was accepted (H08: at least 900). Source: lots, issue notes."""
    return rules.per_mille(
        _pieces_out_same_day(organisations, span), _pieces_in(organisations, span)
    )
