"""Reading figures of a nation: out of the totals of days, beside the scan of the gifts."""

import statistics
from datetime import date, timedelta

from boai.site.bench.frame import Measured, Plan, bench, seconds, set_up, without_triggers

FIRST = date(2020, 1, 24)
DAYS = 90
PROVINCES, CITIES, COUNTIES = 31, 11, 8
"""31 provinces with 11 cities each and 8 counties below each city: 3,100 societies."""


def _tree() -> tuple[int, list[int]]:
    """Register a nation of societies; its id and those of all below."""
    from boai.foundations.organisations.services import registering
    from boai.foundations.organisations.values import RegisterOrder
    from boai.ground.core.actors import SYSTEM
    from boai.ground.core.clock import now

    def one(code: str, level: str, parent: str) -> RegisterOrder:
        return RegisterOrder(
            code=code, name=f"测试{code}红十字会", kind="society", level=level, parent_code=parent
        )

    orders = [one("B", "national", "")]
    for p in range(PROVINCES):
        orders.append(one(f"B{p:02d}", "province", "B"))
        for c in range(CITIES):
            orders.append(one(f"B{p:02d}{c:02d}", "city", f"B{p:02d}"))
            orders += [
                one(f"B{p:02d}{c:02d}{d:02d}", "county", f"B{p:02d}{c:02d}")
                for d in range(COUNTIES)
            ]
    registering.register_many(SYSTEM, orders, at=now())
    from boai.foundations.organisations import queries

    nation = queries.by_code_or_name("B")
    assert nation is not None
    return nation.id, [i for i in queries.subtree_ids(nation.id) if i != nation.id]


def _fill(size: int, societies: list[int]) -> None:
    """Gifts spread evenly over societies and days, and what their feeds would have added."""
    from django.db import connection

    places = ", ".join(f"({n}, {one})" for n, one in enumerate(societies))
    if connection.vendor == "postgresql":
        numbers = f"(SELECT generate_series(0, {size - 1}) AS n) AS s"
        moment = (
            f"timestamptz '{FIRST} 10:00:00+08' + make_interval(days => (s.n / {len(societies)})"
            f" % {DAYS})"
        )
        true, false, text = "TRUE", "FALSE", "'bench-' || s.n"
    else:
        numbers = (
            "(WITH RECURSIVE c(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM c"  # noqa: S608
            f" WHERE n < {size - 1}) SELECT n FROM c) AS s"
        )
        moment = (
            f"datetime('{FIRST} 02:00:00', '+' || ((s.n / {len(societies)}) % {DAYS}) || ' days')"
        )
        true, false, text = "1", "0", "'bench-' || s.n"
    with connection.cursor() as cursor, without_triggers("donations_gift"):
        cursor.execute("CREATE TEMPORARY TABLE bench_place (n integer PRIMARY KEY, id bigint)")
        cursor.execute(f"INSERT INTO bench_place VALUES {places}")  # noqa: S608
        cursor.execute(
            "INSERT INTO donations_gift (number, kind, organisation_id, fund_id, amount_fen,"  # noqa: S608
            " channel, merchant, channel_reference, purpose, message, overseas, source, given_at,"
            " registered_at, late_reason, query_code, phone_index, state, confirmed_at, entry_id,"
            " directed_order, named, display_name, search_tokens)"
            f" SELECT {text}, 'cash', p.id, 1, 100 + s.n % 977, 'wechatpay', '', {text}, '', '',"
            f" {false}, '', {moment}, {moment}, '', '000000', '', 'confirmed', {moment}, s.n + 1,"
            f" '', {false}, '', '' FROM {numbers} JOIN bench_place p ON p.n = s.n %"
            f" {len(societies)} WHERE {true}"
        )
        day = (
            "(confirmed_at AT TIME ZONE 'Asia/Shanghai')::date"
            if connection.vendor == "postgresql"
            else "date(confirmed_at, '+8 hours')"
        )
        cursor.execute(
            "INSERT INTO figures_addition (measure, organisation_id, day, dimension, number, amount)"  # noqa: S608
            f" SELECT 'donations.money', organisation_id, {day}, channel, COUNT(*),"
            f" SUM(amount_fen) FROM donations_gift GROUP BY organisation_id, {day}, channel"
        )
        if connection.vendor == "postgresql":
            cursor.execute("ANALYZE donations_gift")


@bench(
    "figures-units",
    "all provinces x 90 days from the totals, milliseconds / 5 ms",
    goal=1.0,
    most=True,
    sizes=(300_000, 10_000_000),
)
def units(plan: Plan) -> Measured:
    """What a cockpit of the nation asks; equal to the scan, whose time stands in the note."""
    return _read(plan, 5.0, everything=True)


@bench(
    "figures-one",
    "one province x 90 days from the totals, milliseconds / 1 ms",
    goal=1.0,
    most=True,
    sizes=(300_000, 10_000_000),
)
def one_unit(plan: Plan) -> Measured:
    """What a cockpit of one province asks."""
    return _read(plan, 1.0, everything=False)


def _read(plan: Plan, goal: float, *, everything: bool) -> Measured:
    set_up(plan)
    from django.db import connection

    from boai.foundations.figures import queries
    from boai.foundations.figures.services.rolling import fold_all
    from boai.foundations.organisations import queries as organisations
    from boai.ground.core.figures import Span, all_figures

    nation, societies = _tree()
    _fill(plan.size, societies)
    fold_all()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            # What the database does by itself within a minute of such a load.
            cursor.execute("VACUUM (ANALYZE) figures_daytotal")
    last = FIRST + timedelta(days=DAYS - 1)
    province = organisations.children(nation)[0].id
    name = "donations.money-received"

    def ask() -> int:
        if everything:
            rows = queries.by_unit(name, organisation_id=nation, first=FIRST, last=last)
            return sum(row.value for row in rows)
        days = queries.by_day(
            name, organisation_id=province, scope="system", first=FIRST, last=last
        )
        return sum(row.value for row in days)

    figure = next(f for f in all_figures() if f.name == name)
    below = societies if everything else organisations.subtree_ids(province)
    ask()
    times = [seconds(ask) * 1000 for _ in range(30)]
    counted: list[int | None] = []
    scan = seconds(lambda: counted.append(figure.compute(below, Span(FIRST, last)))) * 1000
    if ask() != counted[0]:
        raise SystemExit(f"the totals say {ask()}, the scan says {counted[0]}")
    note = f"fastest {min(times):.2f} ms; equal to the scan, which takes {scan:,.0f} ms"
    return Measured(statistics.median(times), goal, "ms", note)
