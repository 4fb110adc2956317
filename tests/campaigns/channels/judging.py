"""The judges: what the house holds, compared with the platforms' own books, to the fen."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

from boai.relief.donations.models import (
    CallbackAlarm,
    Gift,
    PaymentOrder,
    Refund,
    ToldPayment,
    ToldRefund,
)
from tests.campaigns.channels.storm import Payment, Storm

Key = tuple[str, str, str]


def judge(storm: Storm, fund: int) -> Iterator[str]:
    """Everything that is not as the platforms' books say."""
    yield from _gifts(storm, fund)
    yield from _orders(storm.payments)
    yield from _refunds(storm.payments)
    yield from _told(storm)


def _gifts(storm: Storm, fund: int) -> Iterator[str]:
    """0 double, 0 missing, 0 forged; the books hold the sum."""
    from boai.foundations.ledger import queries as ledger

    due: dict[Key, int] = {}
    for payment in storm.payments:
        books = payment.platform.books[payment.number]
        if books.state == "paid":
            key = (payment.platform.channel, payment.platform.merchant, books.transaction)
            due[key] = books.amount
    rows = list(Gift.objects.values_list("channel", "merchant", "channel_reference", "amount_fen"))
    booked = Counter((a, b, c) for a, b, c, _fen in rows)
    fen: dict[Key, int | None] = {(a, b, c): amount for a, b, c, amount in rows}
    yield from (f"double: {key} is {times} gifts" for key, times in booked.items() if times > 1)
    yield from (f"missing: {key}" for key in due.keys() - booked.keys())
    yield from (f"forged: {key} was never paid" for key in booked.keys() - due.keys())
    for key in due.keys() & fen.keys():
        if fen[key] != due[key]:
            yield f"wrong: {key} is {fen[key]}, {due[key]} was paid"
    received = ledger.fund(fund).received
    if received != sum(due.values()):
        yield f"the books received {received}, the platforms were paid {sum(due.values())}"


def _orders(payments: list[Payment]) -> Iterator[str]:
    states = dict(PaymentOrder.objects.values_list("number", "state"))
    for payment in payments:
        due = {"paid": "paid", "lost": "paid", "closed": "closed", "silent": "placed"}
        if states[payment.number] != due[payment.fate]:
            yield f"{payment.name} ({payment.fate}) is {states[payment.number]}"


def _refunds(payments: list[Payment]) -> Iterator[str]:
    """Told refunds and paid ones, each order by itself."""
    told: dict[str, dict[str, int]] = defaultdict(dict)
    for row in ToldRefund.objects.order_by("amount_fen"):
        # Alipay says how much in all: the largest word is the last.
        told[row.order_number]["all" if row.in_all else row.request] = row.amount_fen
    ours: Counter[str] = Counter()
    paid = Refund.objects.filter(state="paid", gift__isnull=False)
    numbers = dict(
        PaymentOrder.objects.filter(gift__isnull=False).values_list("gift__number", "number")
    )
    for gift, fen in paid.values_list("gift__number", "amount_fen"):
        ours[numbers[gift]] += fen
    for payment in payments:
        due = sum(payment.backs)
        found: dict[str, Any] = {
            "told": sum(told[payment.number].values()), "booked": ours[payment.number]
        }  # fmt: skip
        for what, fen in found.items():
            if fen != due:
                yield f"{payment.name}: {fen} {what} as gone back, {due} has"


def _told(storm: Storm) -> Iterator[str]:
    """Nothing waits, every contradiction that was accepted was refused with an alarm."""
    waiting = ToldPayment.objects.filter(outcome="").count()
    if waiting:
        yield f"{waiting} told payments wait"
    rows = ToldPayment.objects.values_list("channel", "notification_id", "outcome", "digest")
    alarms = set(CallbackAlarm.objects.values_list("digest", flat=True))
    for channel, id, outcome, digest in rows:
        if (channel, id) in storm.contradicted:
            if outcome != "refused":
                yield f"a contradiction came to {outcome}"
            if digest not in alarms:
                yield "a contradiction without an alarm"
        elif outcome == "refused":
            yield f"a genuine word ({id}) was refused"
