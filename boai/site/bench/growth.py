"""How the cost of one question grows with the number of gifts."""

import random
import time
from collections.abc import Callable

from boai.site.bench.frame import Measured, Plan, bench, percentile, set_up
from boai.site.bench.intake import furnish, listed, take_in

FEW = 10
"""The large size is so many times the small one; the full run goes from 10^5 to 10^7 gifts."""
ASKED = 1000
Ask = Callable[[str], object]


@bench(
    "lookup-growth",
    "a giver looks up one gift: p99 with all gifts / with the first of them",
    goal=1.3,
    most=True,
    sizes=(50_000, 10_000_000),
)
def lookup(plan: Plan) -> Measured:
    """By number and query code, as the public page does."""
    return _grown(plan, _look_up)


@bench(
    "trace-growth",
    "where one gift's money went: p99 with all gifts / with the first of them",
    goal=1.3,
    most=True,
    sizes=(50_000, 10_000_000),
)
def trace(plan: Plan) -> Measured:
    """From the gift to its uses and what is left of it."""
    return _grown(plan, _trace)


def _grown(plan: Plan, asking: Callable[[], Ask]) -> Measured:
    set_up(plan)
    small = max(plan.size // (100 if plan.size >= 10**7 else FEW), 1000)
    organisation_id = furnish(small, plan.home)
    few = _asked(asking())
    report = take_in(listed(plan.home / "more.csv", small, plan.size - small), organisation_id)
    if report.accepted != plan.size - small:
        raise SystemExit(f"{report.accepted} of {plan.size - small} were accepted")
    _settle(organisation_id)
    many = _asked(asking())
    note = f"p50 {percentile(few, 0.5):.2f} -> {percentile(many, 0.5):.2f} ms, from {small:,} gifts"
    return Measured(percentile(many, 0.99), percentile(few, 0.99), "ms", note)


def _settle(organisation_id: int) -> None:
    from django.db import connection, transaction

    from boai.foundations.ledger.services import spans

    with transaction.atomic():
        spans.settle(organisation_id)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _asked(ask: Callable[[str], object]) -> list[float]:
    from boai.relief.donations.models import Gift

    chance = random.Random(7)  # noqa: S311 (which gifts to ask for, nothing secret)
    rows = Gift.objects.order_by("pk").values_list("pk", flat=True)
    first, last = rows[0], rows.reverse()[0]
    wanted = [chance.randint(first, last) for _ in range(ASKED)]
    numbers = list(Gift.objects.filter(pk__in=wanted).values_list("number", flat=True))
    for number in numbers[:50]:
        ask(number)
    times = []
    for number in numbers:
        began = time.perf_counter()
        ask(number)
        times.append((time.perf_counter() - began) * 1000)
    return times


def _look_up() -> Callable[[str], object]:
    from boai.relief.donations import queries
    from boai.relief.donations.models import Gift

    codes = dict(Gift.objects.values_list("number", "query_code"))

    def ask(number: str) -> object:
        return queries.find_gift(number, query_code=codes[number])

    return ask


def _trace() -> Callable[[str], object]:
    from boai.foundations.ledger import queries
    from boai.relief.donations.values import gift_ref

    def ask(number: str) -> object:
        return queries.uses_of(gift_ref(number)), queries.unspent_of(gift_ref(number))

    return ask
