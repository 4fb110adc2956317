"""Reads of dispatch; what shows outside are frozen rows."""

from collections.abc import Iterable

from django.db.models import Q, QuerySet, Sum

from boai.relief.dispatch.models import Discrepancy, Return, ReturnLine, Waybill, WaybillLine
from boai.relief.dispatch.rules import route_for
from boai.relief.dispatch.values import (
    DiscrepancyRow,
    LineRow,
    LotDelivery,
    Outcome,
    ReturnRow,
    ReturnState,
    Route,
    WaybillRow,
    WaybillState,
)

_NOT_LEFT = (WaybillState.ORDERED, WaybillState.LOADING)


def waybill(number_or_id: str | int) -> WaybillRow | None:
    """One waybill by number or id."""
    by = {"pk": number_or_id} if isinstance(number_or_id, int) else {"number": number_or_id}
    return next(iter(_rows(Waybill.objects.filter(**by))), None)


def waybills(
    *,
    organisation_id: int | None = None,
    receiver_id: int | None = None,
    for_ref: str | None = None,
    states: Iterable[str] | None = None,
) -> list[WaybillRow]:
    """Waybills by any of these, oldest first."""
    rows = Waybill.objects.all()
    if organisation_id is not None:
        rows = rows.filter(organisation_id=organisation_id)
    if receiver_id is not None:
        rows = rows.filter(receiver_id=receiver_id)
    if for_ref is not None:
        rows = rows.filter(for_ref=for_ref)
    if states is not None:
        rows = rows.filter(state__in=list(states))
    return _rows(rows)


def deliveries_of_lot(lot_id: int) -> list[LotDelivery]:
    """Where a lot went: every waybill that was not cancelled, oldest first."""
    return deliveries_of_lots([lot_id]).get(lot_id, [])


def deliveries_of_lots(lot_ids: Iterable[int]) -> dict[int, list[LotDelivery]]:
    """The same for many lots, in two queries; what was settled as delivered counts as accepted."""
    lines = (
        WaybillLine.objects.filter(lot_id__in=list(lot_ids))
        .exclude(waybill__state=WaybillState.CANCELLED)
        .select_related("waybill__delivery", "delivered")
        .order_by("pk")
    )
    late = {
        row["line_id"]: row["total"]
        for row in Discrepancy.objects.filter(
            line__lot_id__in=list(lot_ids), state="settled", outcome=Outcome.DELIVERED
        )
        .values("line_id")
        .annotate(total=Sum("quantity"))
        .order_by("line_id")
    }
    back = _returned_of_lines(lot_ids)
    found: dict[int, list[LotDelivery]] = {}
    for line in lines:
        done = getattr(line, "delivered", None)
        signed = getattr(line.waybill, "delivery", None)
        found.setdefault(line.lot_id, []).append(
            LotDelivery(
                waybill_id=line.waybill_id,
                number=line.waybill.number,
                receiver_id=line.waybill.receiver_id,
                state=line.waybill.state,
                quantity=line.quantity,
                accepted=(done.accepted if done else 0) + late.get(line.pk, 0),
                departed_at=line.waybill.departed_at,
                delivered_at=signed.delivered_at if signed else None,
                returned=back.get(line.pk, 0),
            )
        )
    return found


def _returned_of_lines(lot_ids: Iterable[int]) -> dict[int, int]:
    """How much of each line two keepers have received back."""
    rows = ReturnLine.objects.filter(
        line__lot_id__in=list(lot_ids), note__state=ReturnState.RECEIVED
    ).values("line_id")
    return {
        row["line_id"]: row["total"]
        for row in rows.annotate(total=Sum("quantity")).order_by("line_id")
    }


def returns(
    *, number: str = "", waybill_id: int | None = None, lot_ids: Iterable[int] | None = None
) -> list[ReturnRow]:
    """Returns by any of these, oldest first."""
    rows = Return.objects.select_related("waybill").prefetch_related("lines__line")
    if number:
        rows = rows.filter(number=number)
    if waybill_id is not None:
        rows = rows.filter(waybill_id=waybill_id)
    if lot_ids is not None:
        rows = rows.filter(lines__line__lot_id__in=list(lot_ids)).distinct()
    return [
        ReturnRow(
            id=row.pk,
            number=row.number,
            waybill=row.waybill.number,
            organisation_id=row.waybill.organisation_id,
            receiver_id=row.waybill.receiver_id,
            state=str(row.state),
            sent_at=row.sent_at,
            received_at=row.countersigned_at,
            lines=tuple(
                (x.line.lot_id, x.quantity, x.lot_id)
                for x in sorted(row.lines.all(), key=lambda x: x.pk)
            ),
        )
        for row in rows.order_by("pk")
    ]


def received_returns() -> list[str]:
    """The numbers of all returns that two keepers received."""
    rows = Return.objects.filter(state=ReturnState.RECEIVED)
    return list(rows.values_list("number", flat=True))


def route_of_lot(lot_id: int, directed_to: int | None) -> Route:
    """The one of three routes that every lot has (H09, S3-10)."""
    line = (
        WaybillLine.objects.filter(lot_id=lot_id)
        .exclude(waybill__state=WaybillState.CANCELLED)
        .select_related("waybill")
        .order_by("pk")
        .first()
    )
    if line is not None:
        return Route(line.waybill.route)
    return route_for(destination_known=directed_to is not None, needed=False)


def waiting_for(for_ref: str) -> dict[int, int]:
    """How much of each lot stands on waybills of a reason that have not left."""
    rows = WaybillLine.objects.filter(waybill__for_ref=for_ref, waybill__state__in=_NOT_LEFT)
    return {
        row["lot_id"]: row["total"]
        for row in rows.values("lot_id").annotate(total=Sum("quantity")).order_by("lot_id")
    }


def discrepancies(
    *, organisation_id: int | None = None, waybill_id: int | None = None, unsettled: bool = False
) -> list[DiscrepancyRow]:
    """Differences, oldest first."""
    rows = Discrepancy.objects.select_related("line__waybill").order_by("pk")
    if organisation_id is not None:
        rows = rows.filter(line__waybill__organisation_id=organisation_id)
    if waybill_id is not None:
        rows = rows.filter(line__waybill_id=waybill_id)
    if unsettled:
        rows = rows.filter(~Q(state="settled"))
    return [difference_row(row) for row in rows]


def difference_row(row: Discrepancy) -> DiscrepancyRow:
    """The frozen form of a difference."""
    return DiscrepancyRow(
        row.pk,
        row.line.waybill_id,
        row.line.waybill.number,
        row.line_id,
        row.line.lot_id,
        row.kind,
        row.quantity,
        row.state,
        row.outcome,
        row.reason,
        row.proposed_by_id,
    )


def _line(line: WaybillLine) -> LineRow:
    done = getattr(line, "delivered", None)
    return LineRow(
        line.pk,
        line.lot_id,
        line.item_id,
        line.quantity,
        done.counted if done else None,
        done.damaged if done else None,
        done.accepted if done else None,
    )


def _rows(rows: QuerySet[Waybill]) -> list[WaybillRow]:
    found = rows.select_related("delivery").prefetch_related("lines__delivered").order_by("pk")
    answer = []
    for row in found:
        signed = getattr(row, "delivery", None)
        answer.append(
            WaybillRow(
                id=row.pk,
                number=row.number,
                organisation_id=row.organisation_id,
                receiver_id=row.receiver_id,
                for_ref=row.for_ref,
                route=row.route,
                carrier=row.carrier,
                vehicle=row.vehicle,
                state=row.state,
                ordered_at=row.ordered_at,
                loaded_at=row.loaded_at,
                loaded_by=row.loaded_by_id,
                departed_at=row.departed_at,
                countersigned_by=row.countersigned_by_id,
                delivered_at=signed.delivered_at if signed else None,
                received_by=signed.received_by_id if signed else None,
                loading_digest=row.loading_digest,
                lines=tuple(_line(x) for x in sorted(row.lines.all(), key=lambda x: x.pk)),
            )
        )
    return answer
