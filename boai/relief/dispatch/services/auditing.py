"""The laws of dispatch, checked by full reads (``boai audit``)."""

from django.db.models import F, Q, Sum

from boai.foundations.ledger.queries import balances
from boai.foundations.organisations import queries as organisations
from boai.foundations.trail import queries as trail
from boai.ground.core.clock import day_of
from boai.ground.core.laws import Verdict, law, verdict
from boai.relief.dispatch.models import (
    Delivery,
    Discrepancy,
    Return,
    ReturnLine,
    Waybill,
    WaybillLine,
)
from boai.relief.dispatch.values import Difference, Outcome, ReturnState, WaybillState

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


@law(
    "dispatch-04",
    "每个收货单位每个批次：签收－退回＝账簿上的已送达；退货由收货单位和两名保管员三人签字。",
)
def delivered_is_what_did_not_come_back() -> Verdict:
    """Per receiver and lot, what was accepted, or delivered after all, less what two keepers have
    received back, equals the books; a return has three signatures and a lot for each line."""
    should = _delivered_by_notes()
    there: dict[tuple[str, int], int] = {}
    for organisation_id in (
        Waybill.objects.order_by().values_list("organisation_id", flat=True).distinct()
    ):
        for row in balances(organisation_id, kind="delivered"):
            if row.amount and row.lot is not None:
                there[row.ref, row.lot] = there.get((row.ref, row.lot), 0) + row.amount
    keys = {key for key, n in should.items() if n} | there.keys()
    breaches = [
        (f"warehouse.lot:{lot}", f"{code}: notes {should.get((code, lot), 0)}, books {found}")
        for code, lot in sorted(keys)
        if should.get((code, lot), 0) != (found := there.get((code, lot), 0))
    ]
    received = Return.objects.filter(state=ReturnState.RECEIVED)
    alone = received.filter(
        Q(counted_by__isnull=True)
        | Q(countersigned_by__isnull=True)
        | Q(counted_by=F("countersigned_by"))
        | Q(sent_by=F("counted_by"))
        | Q(sent_by=F("countersigned_by"))
        | Q(lines__lot__isnull=True)
        | Q(lines__quantity__gt=F("lines__lot__received_quantity"))
        | Q(lines__quantity__lt=F("lines__lot__received_quantity"))
    ).distinct()
    breaches += [
        (f"dispatch.return:{n}", "not three persons, or no lot of its own")
        for n in alone.values_list("number", flat=True)
    ]
    return verdict(len(keys) + received.count(), breaches)


def _delivered_by_notes() -> dict[tuple[str, int], int]:
    """What receivers have of each lot by the notes that were signed, under their codes."""
    sums: dict[tuple[int, int], int] = {}

    def add(receiver_id: int, lot_id: int, quantity: int) -> None:
        sums[receiver_id, lot_id] = sums.get((receiver_id, lot_id), 0) + quantity

    signed = WaybillLine.objects.filter(delivered__isnull=False)
    for row in signed.values_list("waybill__receiver_id", "lot_id", "delivered__accepted"):
        add(*row)
    late = Discrepancy.objects.filter(state="settled", outcome=Outcome.DELIVERED)
    for row in late.values_list("line__waybill__receiver_id", "line__lot_id", "quantity"):
        add(*row)
    back = ReturnLine.objects.filter(note__state=ReturnState.RECEIVED)
    for receiver, lot, n in back.values_list(
        "line__waybill__receiver_id", "line__lot_id", "quantity"
    ):
        add(receiver, lot, -n)
    codes = organisations.rows({receiver for receiver, _lot in sums})
    return {(codes[receiver].code, lot): n for (receiver, lot), n in sums.items()}


@law("dispatch-05", "每份签收回执的签收人、时间、批次和数量，与操作记录中的签收一致。")
def a_receipt_says_what_the_trail_says() -> Verdict:
    """Who signed, when, and how much of which lot came, against the act's own line of the trail."""
    told = {act.subject: act for act in trail.acts_of("sign-delivery")}
    receipts = Delivery.objects.select_related("waybill").prefetch_related(
        "waybill__lines__delivered"
    )
    breaches, checked = [], 0
    for receipt in receipts.order_by("pk").iterator(2000):
        checked += 1
        name = f"dispatch.waybill:{receipt.waybill.number}"
        act = told.get(name)
        if act is None:
            breaches.append((name, "nobody signed, says the trail"))
            continue
        signed = (act.person_id, act.at, day_of(act.at), sorted(act.detail["lines"]))
        lines = sorted(
            [line.lot_id, line.quantity, getattr(getattr(line, "delivered", None), "accepted", -1)]
            for line in receipt.waybill.lines.all()
        )
        says = (receipt.received_by_id, receipt.delivered_at, receipt.delivered_on, lines)
        if says != signed:
            breaches.append((name, "the receipt differs from what the trail says was signed"))
    return verdict(checked, breaches)
