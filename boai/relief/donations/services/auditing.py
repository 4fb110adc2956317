"""The laws of the room, checked by full reads."""

from collections.abc import Iterator
from datetime import timedelta

from django.db.models import Count, Exists, F, OuterRef, Q, Subquery, Sum, Value
from django.db.models.functions import Concat

from boai.foundations.certificates import queries as certificates
from boai.foundations.certificates.values import DONATION_CERTIFICATE, THANK_YOU_LETTER
from boai.foundations.ledger import queries as ledger
from boai.ground.core.clock import now
from boai.ground.core.laws import Verdict, law, verdict
from boai.ground.core.text import gettext_noop as _
from boai.relief.donations.models import (
    CallbackAlarm,
    DayClosing,
    Gift,
    NamingConsent,
    Pairing,
    PaymentOrder,
    Refund,
    ToldPayment,
    ToldRefund,
)
from boai.relief.donations.queries import net_of_many
from boai.relief.donations.rules import takes_gift_of
from boai.relief.donations.services import auditing_files as auditing_files
from boai.relief.donations.values import gift_ref, refund_ref
from boai.relief.receipts import queries as receipts

BATCH = 2000
BOOKED_WITHIN = timedelta(minutes=1)
"""After this long whatever a channel told has come to something, or people know why not."""


def _batches(numbers: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(numbers), BATCH):
        yield numbers[start : start + BATCH]


@law("donations-01", _("每笔已确认的捐款在账上恰有一笔同额收入。"))
def confirmed_money_is_in_the_books() -> Verdict:
    """Compare gifts and the inflows of the funds, one to one."""
    rows = dict(
        Gift.objects.filter(kind="cash", state="confirmed").values_list("number", "amount_fen")
    )
    breaches: list[tuple[str, str]] = []
    for batch in _batches(list(rows)):
        inflows = ledger.inflows_of_many([gift_ref(number) for number in batch])
        for number in batch:
            found = inflows.get(gift_ref(number), [])
            if found != [rows[number]]:
                breaches.append((gift_ref(number), f"gift {rows[number]}, inflows {found}"))
    return verdict(len(rows), breaches)


@law("donations-02", _("每笔已确认的捐赠都有有效的捐赠证书和感谢信。"))
def confirmed_gifts_have_papers() -> Verdict:
    """H17: one live paper of each kind, as long as anything of the gift is left. The database finds
    the gifts without; what they have is read for these only."""
    back = Refund.objects.filter(gift=OuterRef("pk"), state="paid").values("gift")
    rows = Gift.objects.filter(state="confirmed").annotate(
        back=Subquery(back.annotate(sum=Sum("amount_fen")).values("sum"))
    )
    kept = rows.filter(Q(back__isnull=True) | Q(back__lt=F("amount_fen")))
    subjects = kept.annotate(subject=Concat(Value(gift_ref("")), "number"))
    lacking = certificates.subjects_without(
        subjects.values_list("subject", flat=True), [DONATION_CERTIFICATE, THANK_YOU_LETTER]
    )
    breaches: list[tuple[str, str]] = []
    for batch in _batches(lacking):
        for subject, found in certificates.papers_of_many(batch).items():
            live = sorted(paper.kind for paper in found if paper.state == "issued")
            breaches.append((subject, f"live papers: {live}"))
    return verdict(kept.count(), breaches)


@law("donations-03", _("项目暂停后没有新的捐赠；在途物资补登都有理由。"))
def nothing_after_suspension() -> Verdict:
    """H29, A22."""
    checked, breaches = 0, []
    rows = Gift.objects.filter(appeal__isnull=False).select_related("appeal")
    for gift in rows.iterator(chunk_size=BATCH):
        checked += 1
        appeal = gift.appeal
        if appeal is None or appeal.suspended_at is None or gift.late_reason:
            continue
        if not takes_gift_of("suspended", appeal.suspended_at, gift.given_at):
            breaches.append((gift_ref(gift.number), f"given {gift.given_at.isoformat()}"))
    return verdict(checked, breaches)


@law("donations-04", _("现场现金都有两个不同的人签字。"))
def cash_has_two_signatures() -> Verdict:
    """H02."""
    rows = Gift.objects.filter(channel="counter", state="confirmed")
    wrong = rows.filter(
        Q(registered_by__isnull=True)
        | Q(countersigned_by__isnull=True)
        | Q(registered_by=F("countersigned_by"))
    )
    return verdict(
        rows.count(),
        [(gift_ref(number), "one signature") for number in wrong.values_list("number", flat=True)],
    )


@law("donations-05", _("已支付的订单与捐赠一一对应，金额、渠道流水号一致。"))
def paid_orders_are_gifts() -> Verdict:
    """I-10, I-11."""
    rows = PaymentOrder.objects.filter(state="paid").select_related("gift")
    checked, breaches = 0, []
    for order in rows.iterator(chunk_size=BATCH):
        checked += 1
        gift = order.gift
        ours = (order.amount_fen, order.transaction, order.channel, order.merchant)
        if gift is None or ours != (
            gift.amount_fen,
            gift.channel_reference,
            gift.channel,
            gift.merchant,
        ):
            breaches.append((f"donations.payment-order:{order.number}", "differs from its gift"))
    online = Gift.objects.filter(source__startswith="donations.payment-order:").count()
    if online != checked:
        breaches.append(("donations.payment-order:all", f"{checked} orders, {online} gifts"))
    return verdict(checked, breaches)


@law("donations-06", _("署名公开的捐赠都有在效的同意记录。"))
def names_rest_on_consent() -> Verdict:
    """I-33: the last word of the giver is what the gift shows."""
    last: dict[int, bool] = {}
    for gift_id, named in NamingConsent.objects.order_by("pk").values_list("gift_id", "named"):
        last[gift_id] = named
    checked, breaches = 0, []
    rows = Gift.objects.filter(Q(named=True) | ~Q(display_name="")).values_list("pk", "number")
    for pk, number in rows.iterator(chunk_size=BATCH):
        checked += 1
        if last.get(pk) is not True:
            breaches.append((gift_ref(number), "named without consent"))
    return verdict(checked, breaches)


@law("donations-07", _("一个渠道流水号只对应一笔捐赠。"))
def one_gift_for_one_reference() -> Verdict:
    """I-10, read again in full."""
    groups = (
        Gift.objects.values("channel", "merchant", "channel_reference")
        .annotate(gifts=Count("pk"))
        .filter(gifts__gt=1)
    )
    return verdict(
        Gift.objects.count(),
        [(f"donations.channel:{g['channel']}", g["channel_reference"]) for g in groups],
    )


@law("donations-08", _("退款由两人办理，与账簿支出同额，合计不超过原捐赠；冲销的捐赠全额冲销。"))
def refunds_are_booked_and_bounded() -> Verdict:
    """I-12, I-18: each paid refund is one posting of its amount, and no gift gives back more than
    it was."""
    paid = Refund.objects.filter(state="paid")
    breaches: list[tuple[str, str]] = []
    rows = list(paid.exclude(kind="order").values_list("number", "entry_id", "amount_fen"))
    booked = ledger.movements_of_entries([entry_id for _n, entry_id, _a in rows if entry_id])
    for number, entry_id, amount in rows:
        if [move.amount for move in booked.get(entry_id or 0, [])] != [amount]:
            breaches.append((refund_ref(number), "not booked with its amount"))
    alone = paid.filter(Q(paid_by__isnull=True) | Q(paid_by=F("proposed_by")))
    breaches += [(refund_ref(n), "one person") for n in alone.values_list("number", flat=True)]
    sums = paid.exclude(kind="order").values("gift__number", "gift__amount_fen")
    over = sums.annotate(sum=Sum("amount_fen")).filter(sum__gt=F("gift__amount_fen")).order_by()
    breaches += [(gift_ref(row["gift__number"]), f"gave back {row['sum']}") for row in over]
    half = paid.filter(kind="reversal").exclude(
        gift__state="reversed", amount_fen=F("gift__amount_fen")
    )
    breaches += [(refund_ref(n), "not whole") for n in half.values_list("number", flat=True)]
    return verdict(paid.count(), breaches)


@law(
    "donations-09",
    _("渠道告知的支付，一分钟内都已入账、转为待退或已报警；每笔交易恰有一笔捐赠。"),
)
def told_payments_are_settled() -> Verdict:
    """I-9, I-10: what was accepted comes to what its order says, by this very transaction."""
    rows, since = ToldPayment.objects.all(), now() - BOOKED_WITHIN
    waiting = rows.filter(outcome="")
    late = waiting.filter(Q(tries=0, told_at__lt=since) | Q(tries__gt=0, due_at__lt=since))
    breaches = [(_told(n), "told, not booked") for n in late.values_list("order_number", flat=True)]
    own = PaymentOrder.objects.filter(
        number=OuterRef("order_number"), transaction=OuterRef("transaction")
    )
    gift = Gift.objects.filter(
        pk=OuterRef("gift"), channel_reference=OuterRef("transaction"), channel=OuterRef("channel"),
        merchant=OuterRef("merchant"), amount_fen=OuterRef("amount_fen"),
    )  # fmt: skip
    has_gift = own.filter(Exists(gift), state="paid", amount_fen=OuterRef("amount_fen"))
    for outcome, holds in (
        ("booked", has_gift),
        ("refund-due", own.filter(state="refund-due")),
        ("repeated", own.filter(Exists(gift), state="paid") | own.filter(state="refund-due")),
    ):
        wrong = rows.filter(~Exists(holds), says="paid", outcome=outcome)
        found = wrong.values_list("order_number", flat=True)
        breaches += [(_told(number), f"{outcome}, its order says otherwise") for number in found]
    refused = dict(rows.filter(outcome="refused").values_list("digest", "order_number"))
    for batch in _batches(list(refused)):
        alarmed = CallbackAlarm.objects.filter(digest__in=batch).values_list("digest", flat=True)
        breaches += [
            (_told(refused[digest]), "refused without an alarm")
            for digest in sorted(set(batch) - set(alarmed))
        ]
    return verdict(rows.count(), breaches)


def _told(order_number: str) -> str:
    return f"donations.payment-order:{order_number}"


@law("donations-20", _("渠道告知的退款都属于本渠道的订单，合计不超过支付金额。"))
def told_refunds_fit_their_orders() -> Verdict:
    """I-12, I-13: also where the word of a refund came before the word of its payment."""
    rows = ToldRefund.objects.order_by()
    own = PaymentOrder.objects.filter(
        number=OuterRef("order_number"), channel=OuterRef("channel"), merchant=OuterRef("merchant")
    )
    fits = own.filter(
        Q(transaction__isnull=True) | Q(transaction=OuterRef("transaction")),
        amount_fen__gte=OuterRef("amount_fen"),
    )
    wrong = rows.filter(~Exists(fits)).values_list("order_number", flat=True)
    breaches = [(_told(number), "told of a refund that does not fit") for number in wrong]
    paid = Subquery(own.values("amount_fen")[:1])
    sums = rows.filter(in_all=False).values("channel", "merchant", "order_number")
    over = sums.annotate(sum=Sum("amount_fen"), paid=paid).filter(sum__gt=F("paid"))
    breaches += [(_told(row["order_number"]), f"told of {row['sum']} in all") for row in over]
    return verdict(rows.count(), breaches)


@law("donations-21", _("对账的关闭与重新打开一先一后，差额相符；人工配对的两边同额且只配一次。"))
def days_are_closed_in_turn() -> Verdict:
    """I-13: what was said of a day stays, and the next word follows it."""
    breaches: list[tuple[str, str]] = []
    last: dict[tuple[object, ...], tuple[int, str]] = {}
    rows = DayClosing.objects.order_by("turn", "pk")
    for row in rows.iterator(chunk_size=BATCH):
        key = (row.organisation_id, row.day, row.channel, row.merchant)
        turn, deed = last.get(key, (0, "reopened"))
        adds_up = row.difference_fen == row.channel_fen - row.books_fen
        if row.turn != turn + 1 or row.deed == deed or not adds_up:
            breaches.append((f"donations.channel:{row.channel}", f"{row.day} turn {row.turn}"))
        last[key] = row.turn, row.deed
    pairs = Pairing.objects.all()
    wrong = pairs.exclude(
        line__amount_fen=F("gift__amount_fen"), line__organisation_id=F("gift__organisation_id")
    )
    numbers = wrong.values_list("gift__number", flat=True)
    breaches += [(gift_ref(number), "paired with another amount") for number in numbers]
    return verdict(rows.count() + pairs.count(), breaches)


@law("donations-10", _("基金的每笔退款和冲销都指明一笔已办结的退款，金额相同。"))
def outflows_name_refunds() -> Verdict:
    """I-6, the other way round of donations-08: no money went back out of a fund that no refund
    accounts for. A taking-back that is itself taken back is the books' own matter (ledger-11)."""
    paid = {
        refund_ref(number): (kind, gift, fund_id, amount)
        for number, kind, gift, fund_id, amount in Refund.objects.filter(state="paid")
        .exclude(kind="order")
        .values_list("number", "kind", "gift__number", "gift__fund_id", "amount_fen")
    }
    checked, breaches = 0, []
    for out in ledger.outflows(["refund", "reversal"]):
        if out.subject.startswith("ledger.outflow:"):
            continue
        checked += 1
        ref = out.subject if out.kind == "refund" else out.entry_key
        kind, gift, *moved = paid.pop(ref, ("", "", None, None))
        names = ref if out.kind == "refund" else gift_ref(gift)
        if (kind, names, moved) != (out.kind, out.subject, [out.fund_id, out.amount]):
            breaches.append((f"ledger.outflow:{out.id}", f"{out.subject}: no refund of this"))
    return verdict(checked, breaches)


@law("donations-11", _("各机构接收的捐款减去退还的捐款，等于账簿中留下的捐款。"))
def kept_is_what_the_books_keep() -> Verdict:
    """What is published as received and as refunded, against the funds' inflows and what went back
    out of them; so no public total exceeds what was kept."""
    ours: dict[int, int] = {}
    confirmed = Gift.objects.filter(kind="cash", state="confirmed")
    refunded = Refund.objects.filter(kind="refund", state="paid")
    for sign, rows in ((1, confirmed), (-1, refunded)):
        sums = rows.values_list("organisation_id").annotate(total=Sum("amount_fen")).order_by()
        for organisation_id, total in sums:
            ours[organisation_id] = ours.get(organisation_id, 0) + sign * (total or 0)
    rows_with_fund = Gift.objects.filter(fund_id__isnull=False).order_by()
    fund_ids = rows_with_fund.values_list("fund_id", flat=True).distinct()
    books = ledger.kept_of_gifts(id for id in fund_ids if id is not None)
    societies = sorted(ours.keys() | books.keys())
    wrong = [
        (f"organisations.organisation:{id}", f"gifts {ours.get(id, 0)}, books {books.get(id, 0)}")
        for id in societies
        if ours.get(id, 0) != books.get(id, 0)
    ]
    return verdict(len(societies), wrong)


@law("donations-12", _("每笔捐赠的开票额度等于其净额，退款和冲销都已跟进。"))
def receipts_follow_gifts() -> Verdict:
    """What may be receipted for a gift is what is left of it, for every gift that ever asked."""
    entitled = receipts.entitled_under(gift_ref(""))
    checked, breaches = len(entitled), []
    for batch in _batches(sorted(entitled)):
        gifts = Gift.objects.filter(number__in=[ref.partition(":")[2] for ref in batch])
        net = net_of_many(list(gifts.filter(amount_fen__isnull=False)))
        left = {gift_ref(gift.number): net.get(gift.pk) for gift in gifts}
        breaches += [
            (ref, f"may be receipted {entitled[ref]}, left {left.get(ref)}")
            for ref in batch
            if entitled[ref] != left.get(ref)
        ]
    return verdict(checked, breaches)
