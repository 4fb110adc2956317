"""The laws of receipts, checked by full reads (``boai audit``)."""

from collections.abc import Iterator

from django.db.models import Count, F, Max, Min, Q, Sum
from django.db.models.functions import Coalesce

from boai.ground.core.canonical import digest
from boai.ground.core.laws import Verdict, law, verdict
from boai.ground.core.text import gettext_noop as _
from boai.relief.receipts import queries
from boai.relief.receipts.models import Allowance, Block, Receipt, Voiding
from boai.relief.receipts.services import reporting
from boai.relief.receipts.values import BlockState, Kind, Medium, State, receipt_ref, serial_of


@law("receipts-01", _("每个号段的号码从起号起连续使用，没有跳号，也不超过止号。"))
def numbers_follow() -> Verdict:
    """Bought less used is what is in hand: no number of a block is missing, none is outside."""
    held = Block.objects.filter(state=BlockState.HELD)
    rows = held.annotate(
        used=Count("receipts"), low=Min("receipts__number"), high=Max("receipts__number")
    )
    breaches = []
    for row in rows.filter(used__gt=0):
        first = row.first_number or 0
        runs = (row.low, row.high) == (first, first + row.used - 1)
        if not runs or row.high > (row.last_number or 0):
            found = f"{row.used} of {row.low} to {row.high}"
            breaches.append((f"receipts.block:{row.pk}", found))
    return verdict(held.count(), breaches)


@law("receipts-02", _("每张票据的收款人和复核人是两个人，号码与代码相符。"))
def two_persons_and_own_number() -> Verdict:
    """S1-22; and the serial that is printed is made of code and number."""
    rows = Receipt.objects.filter(Q(collector=F("reviewer")))
    breaches = [(receipt_ref(n), "one person") for n in rows.values_list("serial", flat=True)]
    checked = 0
    for serial, code, number in Receipt.objects.values_list("serial", "code", "number").iterator():
        checked += 1
        if serial != serial_of(code, number):
            breaches.append((receipt_ref(serial), f"{code} {number}"))
    return verdict(checked, breaches)


@law("receipts-03", _("每笔捐赠的有效票据合计不超过其净额，额度等于各笔依据之和。"))
def never_above_what_was_given() -> Verdict:
    """Added up anew from the rows, whatever the kept sums say."""
    given = dict(
        Allowance.objects.annotate(sum=Coalesce(Sum("entitlements__amount_fen"), 0)).values_list(
            "pk", "sum"
        )
    )
    live = Receipt.objects.exclude(state=State.VOIDED).values("allowance_id")
    taken = {row["allowance_id"]: row["sum"] for row in live.annotate(sum=Sum("amount_fen"))}
    breaches = [
        (row.subject, f"given {given[row.pk]}, receipted {taken.get(row.pk, 0)}")
        for row in Allowance.objects.order_by("pk").iterator()
        if (row.entitled_fen, row.receipted_fen) != (given[row.pk], taken.get(row.pk, 0))
        or not 0 <= taken.get(row.pk, 0) <= given[row.pk]
    ]
    return verdict(len(given), breaches)


@law("receipts-04", _("每张作废、红冲的票据都有且只有一份记录；红票与正票金额相反。"))
def taken_back_once() -> Verdict:
    """A voided receipt has its voiding, a reversed one its red receipt, and the other way round."""
    rows = Receipt.objects.all()
    wrong = rows.filter(
        Q(state=State.VOIDED, voiding__isnull=True)
        | Q(state=State.REVERSED, reversal__isnull=True)
        | Q(reversal__isnull=False) & ~Q(state=State.REVERSED)
        | Q(kind=Kind.RED) & ~Q(original__amount_fen=-1 * F("amount_fen"))
        | Q(kind=Kind.RED) & ~Q(original__allowance=F("allowance"))
    )
    breaches = [(receipt_ref(n), "half taken back") for n in wrong.values_list("serial", flat=True)]
    late = Voiding.objects.filter(Q(receipt__handed_at__isnull=False) | ~Q(receipt__state="voided"))
    breaches += [
        (receipt_ref(n), "voided after it was handed over")
        for n in late.values_list("receipt__serial", flat=True)
    ]
    return verdict(rows.count(), breaches)


@law("receipts-05", _("每张票据的内容与其摘要一致，摘要逐号相连，改动即可发现。"))
def records_are_untouched() -> Verdict:
    """H18: every word against its digest, every digest against the seal of the number before."""
    checked, breaches = 0, []
    for row, before in _with_seal_before():
        checked += 1
        if not queries.is_untouched(row, before):
            breaches.append((receipt_ref(row.serial), "differs from its digest or its seal"))
    return verdict(checked, breaches)


@law("receipts-06", _("每张票据都按一份已复核的办票单开具，金额、交款人相同。"))
def issued_as_asked() -> Verdict:
    """Nothing was issued that nobody asked for."""
    rows = Receipt.objects.select_related("slip", "original", "original__allowance")
    checked, breaches = 0, []
    for row in rows.iterator(chunk_size=1000):
        checked += 1
        slip = row.slip
        asked = (slip.amount_fen, slip.payer) if row.kind == Kind.BLUE else None
        if slip.state != "done" or (asked and asked != (row.amount_fen, row.payer)):
            breaches.append((receipt_ref(row.serial), "not as its slip"))
    return verdict(checked, breaches)


@law(
    "receipts-07",
    _("每张电子票据都有一份上报财政平台的记录，内容与票面相同；已开具的都有平台签名。"),
)
def electronic_receipts_are_told() -> Verdict:
    """One transmission for each electronic receipt, none for paper, over exactly its contents."""
    rows = Receipt.objects.select_related("original", "transmission")
    checked, breaches = 0, []
    for row in rows.iterator(chunk_size=1000):
        checked += 1
        told = getattr(row, "transmission", None)
        found = ""
        if (told is not None) != (row.medium == Medium.ELECTRONIC):
            found = "told although on paper" if told else "not told"
        elif told is not None and told.content_digest != digest(reporting.content(row)):
            found = "told otherwise"
        elif told is not None and told.state == "issued" and not told.signature:
            found = "issued without a signature"
        elif told is not None and row.state == State.VOIDED and told.state in ("sent", "issued"):
            found = "voided here, not there"
        if found:
            breaches.append((receipt_ref(row.serial), found))
    return verdict(checked, breaches)


def _with_seal_before() -> Iterator[tuple[Receipt, str]]:
    rows = Receipt.objects.select_related("allowance", "original").order_by("block_id", "number")
    block_id, number, seal = 0, 0, ""
    for row in rows.iterator(chunk_size=1000):
        follows = (row.block_id, row.number) == (block_id, number + 1)
        yield row, seal if follows else ""
        block_id, number, seal = row.block_id, row.number, row.seal
