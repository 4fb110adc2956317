"""The laws of dispatch, checked by full reads (``boai audit``)."""

from django.db.models import F, Q, Sum

from boai.foundations.ledger.queries import balances
from boai.ground.core.laws import Verdict, law, verdict
from boai.relief.dispatch.models import Delivery, Discrepancy, Waybill, WaybillLine
from boai.relief.dispatch.values import Difference, WaybillState

_LEFT = (
    WaybillState.IN_TRANSIT,
    WaybillState.DELIVERED,
    WaybillState.DISPUTED,
    WaybillState.SETTLED,
)


def _sum_by_line(**where: object) -> dict[int, int]:
    rows = Discrepancy.objects.exclude(kind=Difference.OVER).filter(**where).values("line_id")
    return {
        r["line_id"]: r["total"] for r in rows.annotate(total=Sum("quantity")).order_by("line_id")
    }


@law("dispatch-01", "每张运单每个批次：发出＝签收＋未了差异＋已结差异。")
def sent_is_accounted_for() -> Verdict:
    """On signed waybills, what was sent equals what was accepted plus what was short or damaged."""
    differences = _sum_by_line()
    lines = WaybillLine.objects.filter(waybill__delivery__isnull=False).select_related(
        "delivered", "waybill"
    )
    breaches, checked = [], 0
    for line in lines.order_by("pk").iterator(2000):
        checked += 1
        done = getattr(line, "delivered", None)
        accounted = (done.accepted if done else 0) + differences.get(line.pk, 0)
        if accounted != line.quantity:
            breaches.append(
                (f"dispatch.waybill:{line.waybill.number}", f"sent {line.quantity}, {accounted}")
            )
    return verdict(checked, breaches)


@law("dispatch-02", "账簿中的在途数量＝未签收的运单数量＋未了的短少与破损。")
def transit_agrees_with_the_books() -> Verdict:
    """Per waybill and lot, the books' in transit equals what is not signed for or not settled."""
    should: dict[tuple[str, int], int] = {}
    unsettled = Discrepancy.objects.exclude(kind=Difference.OVER).exclude(state="settled")
    on_road = WaybillLine.objects.filter(waybill__state=WaybillState.IN_TRANSIT)
    for number, lot_id, n in on_road.values_list("waybill__number", "lot_id", "quantity"):
        should[number, lot_id] = should.get((number, lot_id), 0) + n
    for number, lot_id, n in unsettled.values_list(
        "line__waybill__number", "line__lot_id", "quantity"
    ):
        should[number, lot_id] = should.get((number, lot_id), 0) + n
    there: dict[tuple[str, int], int] = {}
    for organisation_id in (
        Waybill.objects.order_by().values_list("organisation_id", flat=True).distinct()
    ):
        for row in balances(organisation_id, kind="in_transit"):
            if row.amount and row.lot is not None:
                there[row.ref, row.lot] = row.amount
    keys = should.keys() | there.keys()
    return verdict(
        len(keys),
        [
            (
                f"dispatch.waybill:{number}",
                f"waybills {should.get((number, lot), 0)}, books {there.get((number, lot), 0)}",
            )
            for number, lot in sorted(keys)
            if should.get((number, lot), 0) != there.get((number, lot), 0)
        ],
    )


@law("dispatch-03", "每张运单由两名不同的人装车，由第三人签收；差异由两人了结。")
def different_people_signed() -> Verdict:
    """Loader, second keeper and receiver are three persons; differences have two (I-18)."""
    left = Waybill.objects.filter(state__in=_LEFT)
    alone = left.filter(
        Q(loaded_by__isnull=True)
        | Q(countersigned_by__isnull=True)
        | Q(loaded_by=F("countersigned_by"))
    )
    signed = Delivery.objects.filter(
        Q(received_by=F("waybill__loaded_by")) | Q(received_by=F("waybill__countersigned_by"))
    )
    settled = Discrepancy.objects.filter(state="settled")
    single = settled.filter(
        Q(proposed_by__isnull=True) | Q(settled_by__isnull=True) | Q(proposed_by=F("settled_by"))
    )
    found = [
        *alone.values_list("number", flat=True),
        *signed.values_list("waybill__number", flat=True),
        *single.values_list("line__waybill__number", flat=True),
    ]
    checked = left.count() + Delivery.objects.count() + settled.count()
    return verdict(
        checked, [(f"dispatch.waybill:{number}", "one person twice") for number in found]
    )
