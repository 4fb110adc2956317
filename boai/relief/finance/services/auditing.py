"""The laws of finance, checked by full reads (``boai audit``)."""

from collections import defaultdict

from django.db.models import Count, F, Q, Sum

from boai.foundations.ledger.queries import movements_of_entries, outflows
from boai.ground.core.laws import Verdict, law, verdict
from boai.ground.core.text import gettext_noop as _
from boai.relief.finance.models import Disbursement
from boai.relief.finance.values import FEWEST_ATTENDEES, Basis, Kind, State

PAID = Q(state__in=[State.PAID, State.CONFIRMED])


def _ref(number: str) -> str:
    return f"finance.disbursement:{number}"


@law("finance-01", _("每笔已付款的拨付在账簿中恰有一笔同额支出"))
def paid_is_booked() -> Verdict:
    """The entry of each paid disbursement takes exactly its amount out of its fund."""
    rows = list(
        Disbursement.objects.filter(PAID)
        .order_by("pk")
        .values_list("number", "entry_id", "amount_fen", "fund_id")
    )
    booked = movements_of_entries([entry_id for _n, entry_id, _a, _f in rows if entry_id])
    breaches = []
    for number, entry_id, amount, fund_id in rows:
        found = [
            (m.subject, m.debit_kind, m.debit_ref, m.amount) for m in booked.get(entry_id or 0, [])
        ]
        if found != [(_ref(number), "fund", str(fund_id), amount)]:
            breaches.append((_ref(number), "账簿中没有同额支出"))
    return verdict(len(rows), breaches)


@law("finance-02", _("没有集体决策（或捐赠人定向）不付款，决策不晚于付款"))
def paid_on_a_decision() -> Verdict:
    """Each paid disbursement rests on an approved decision of at least three people that is not
    later than the payment, or on the giver's direction (H11, A10)."""
    rows = Disbursement.objects.filter(PAID)
    sound = Q(
        decision__approved=True,
        decision__held_on__lte=F("paid_on"),
        present__gte=FEWEST_ATTENDEES,
    ) | Q(basis=Basis.DIRECTION, fund__restriction="directed")
    bare = rows.annotate(present=Count("decision__attendees")).exclude(sound)
    return verdict(
        rows.count(),
        [(_ref(n), "没有有效的决策") for n in bare.order_by("pk").values_list("number", flat=True)],
    )


@law("finance-03", _("申请、核准、付款是三个人"))
def three_persons() -> Verdict:
    """Proposer, decider and payer of one disbursement are different persons (I-22)."""
    rows = Disbursement.objects.filter(PAID)
    same = rows.filter(
        Q(proposed_by=F("decided_by")) | Q(proposed_by=F("paid_by")) | Q(decided_by=F("paid_by"))
    )
    missing = rows.filter(Q(decided_by__isnull=True) | Q(paid_by__isnull=True))
    numbers = (same | missing).order_by("pk").values_list("number", flat=True)
    return verdict(rows.count(), [(_ref(n), "签字人重复或缺失") for n in numbers])


@law("finance-04", _("采购明细之和等于采购金额"))
def purchases_sum() -> Verdict:
    """Quantity times price over the lines of a purchase is its amount."""
    rows = Disbursement.objects.filter(kind=Kind.PURCHASE)
    wrong = rows.annotate(total=Sum(F("lines__quantity") * F("lines__unit_price_fen"))).exclude(
        total=F("amount_fen")
    )
    return verdict(
        rows.count(),
        [
            (_ref(n), f"明细合计 {t}")
            for n, t in wrong.order_by("pk").values_list("number", "total")
        ],
    )


@law("finance-05", _("每个项目的拨付批次号连续"))
def batches_follow() -> Verdict:
    """Batch numbers of one appeal run from 1 without a gap, in each society."""
    batches: dict[tuple[int, str], list[int]] = defaultdict(list)
    rows = Disbursement.objects.filter(PAID).order_by("batch")
    for organisation_id, serves, batch in rows.values_list("organisation_id", "serves", "batch"):
        batches[organisation_id, serves].append(batch or 0)
    breaches = [
        (f"finance.batches:{organisation_id}", f"{serves or '非限定'}：{found[:5]}…")
        for (organisation_id, serves), found in sorted(batches.items())
        if found != list(range(1, len(found) + 1))
    ]
    return verdict(rows.count(), breaches)


@law("finance-06", _("限定性资金只用于其限定的项目或单位"))
def restrictions_hold() -> Verdict:
    """Each disbursement out of a restricted fund keeps its restriction (I-6)."""
    rows = Disbursement.objects.all()
    wrong = rows.filter(
        Q(fund__restriction="appeal") & ~Q(serves=F("fund__appeal"))
        | Q(fund__restriction="directed")
        & ~Q(payee_organisation_id=F("fund__beneficiary_organisation_id"))
    )
    numbers = wrong.order_by("pk").values_list("number", flat=True)
    return verdict(rows.count(), [(_ref(n), "不符合基金的限定") for n in numbers])


@law("finance-07", _("基金的每笔支用和划转都指明一笔已付款的拨付，金额相同"))
def outflows_name_disbursements() -> Verdict:
    """The other way round of finance-01: no money left a fund that no disbursement accounts for
    (I-6), read from the outflows of the books."""
    paid = {
        _ref(number): (fund_id, amount, kind == Kind.TRANSFER)
        for number, fund_id, amount, kind in Disbursement.objects.filter(PAID).values_list(
            "number", "fund_id", "amount_fen", "kind"
        )
    }
    checked, breaches = 0, []
    for out in outflows(["spend", "transfer"]):
        checked += 1
        if paid.pop(out.subject, None) != (out.fund_id, out.amount, out.kind == "transfer"):
            breaches.append((f"ledger.outflow:{out.id}", f"{out.subject}：没有同额的已付拨付"))
    return verdict(checked, breaches)
