"""The numbers of dispatch: pieces are base units of the catalogue, summed over items."""

from collections.abc import Sequence

from django.db.models import Sum

from boai.ground.core.figures import Span, figure
from boai.relief.dispatch.models import DeliveryLine, Discrepancy, Waybill, WaybillLine
from boai.relief.dispatch.values import Difference, Outcome


def _settled(organisations: Sequence[int], span: Span, outcomes: Sequence[str]) -> int:
    rows = Discrepancy.objects.filter(
        line__waybill__organisation_id__in=organisations,
        state="settled",
        outcome__in=outcomes,
        settled_on__lte=span.last,
    ).exclude(kind=Difference.OVER)
    if span.first is not None:
        rows = rows.filter(settled_on__gte=span.first)
    return int(rows.aggregate(total=Sum("quantity"))["total"] or 0)


@figure("dispatch.pieces-delivered", "已送达签收物资件数", "piece")
def pieces_delivered(organisations: Sequence[int], span: Span) -> int:
    """Unit: piece. Accepted at hand-over, plus differences settled as delivered, in the span.
    Source: deliveries, differences."""
    return _delivered(organisations, span)


def _delivered(organisations: Sequence[int], span: Span) -> int:
    rows = DeliveryLine.objects.filter(
        delivery__waybill__organisation_id__in=organisations, delivery__delivered_on__lte=span.last
    )
    if span.first is not None:
        rows = rows.filter(delivery__delivered_on__gte=span.first)
    accepted = rows.aggregate(total=Sum("accepted"))["total"] or 0
    return int(accepted) + _settled(organisations, span, [Outcome.DELIVERED])


@figure("dispatch.pieces-in-transit", "在途物资件数", "piece", as_of=True)
def pieces_in_transit(organisations: Sequence[int], span: Span) -> int:
    """Unit: piece. Departed until the day, less delivered, less differences settled otherwise.
    Source: waybills, deliveries, differences."""
    ever = Span(None, span.last)
    left = WaybillLine.objects.filter(
        waybill__organisation_id__in=organisations, waybill__departed_on__lte=span.last
    ).aggregate(total=Sum("quantity"))["total"]
    return (
        int(left or 0)
        - _delivered(organisations, ever)
        - _settled(organisations, ever, [Outcome.RETURNED, Outcome.LOST])
    )


@figure("dispatch.waybills-departed", "发出运单数", "waybill")
def waybills_departed(organisations: Sequence[int], span: Span) -> int:
    """Unit: waybill. Waybills whose vehicle left in the span. Source: waybills."""
    rows = Waybill.objects.filter(organisation_id__in=organisations, departed_on__lte=span.last)
    return rows.count() if span.first is None else rows.filter(departed_on__gte=span.first).count()


@figure("dispatch.units-reached", "收到物资的单位数", "organisation")
def units_reached(organisations: Sequence[int], span: Span) -> int:
    """Unit: organisation. Different receivers that signed in the span. Source: deliveries."""
    rows = Waybill.objects.filter(
        organisation_id__in=organisations, delivery__delivered_on__lte=span.last
    )
    if span.first is not None:
        rows = rows.filter(delivery__delivered_on__gte=span.first)
    return rows.values("receiver_id").distinct().count()
