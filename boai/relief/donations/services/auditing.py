"""The laws of the room, checked by full reads."""

from collections.abc import Iterator

from django.db.models import Count, F, Q

from boai.foundations.certificates import queries as certificates
from boai.foundations.ledger import queries as ledger
from boai.ground.core.laws import Verdict, law, verdict
from boai.ground.core.text import gettext_noop as _
from boai.relief.donations.models import Gift, NamingConsent, PaymentOrder
from boai.relief.donations.rules import takes_gift_of
from boai.relief.donations.values import gift_ref

BATCH = 2000


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
    """H17: one live paper of each kind."""
    numbers = list(Gift.objects.filter(state="confirmed").values_list("number", flat=True))
    breaches: list[tuple[str, str]] = []
    for batch in _batches(numbers):
        papers = certificates.papers_of_many([gift_ref(number) for number in batch])
        for subject, found in papers.items():
            live = sorted(paper.kind for paper in found if paper.state == "issued")
            if live != ["donation-certificate", "thank-you-letter"]:
                breaches.append((subject, f"live papers: {live}"))
    return verdict(len(numbers), breaches)


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
