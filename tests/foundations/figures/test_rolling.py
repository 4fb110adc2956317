"""Totals of days: fed by the database, folded set by set, always equal to the scan."""

import threading
from datetime import date, datetime, timedelta

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from boai.foundations.figures import queries
from boai.foundations.figures.errors import FigureIsNotADailySum
from boai.foundations.figures.models import Addition, DayTotal
from boai.foundations.figures.services import rolling
from boai.foundations.figures.services.auditing import (
    each_node_is_the_sum_of_what_is_below,
    figures_read_equal_figures_counted,
    totals_equal_the_scan,
)
from boai.foundations.ledger.services import posting
from boai.foundations.organisations import queries as organisations
from boai.ground.core.actors import SYSTEM
from boai.ground.core.clock import CHINA
from boai.ground.core.figures import Rolled, Span, all_figures
from tests.factories.books import AT, gift, make_fund, spend
from tests.factories.world import World

LAST = date(2020, 12, 31)


def left(organisation_id: int, scope: queries.Scope = "system") -> int | None:
    return queries.one(
        "finance.money-left", organisation_id=organisation_id, scope=scope, first=None, last=LAST
    ).value


def laws_hold() -> bool:
    checks = (
        totals_equal_the_scan,
        each_node_is_the_sum_of_what_is_below,
        figures_read_equal_figures_counted,
    )
    return all(not check().breaches for check in checks)


def test_read_before_and_after_folding_is_the_same_number(world: World) -> None:
    city, county = world.places.city, world.places.county
    fund, below = make_fund("甲", city), make_fund("乙", county)
    gift(fund, "1", 1000)
    gift(below, "2", 300)
    spend(fund, "3", 400)
    expected = (600, 900, 900)

    def seen() -> tuple[int | None, ...]:
        return left(city, "own"), left(city), left(world.places.province)

    assert Addition.objects.count() == 3 and not DayTotal.objects.exists()
    assert seen() == expected and laws_hold()
    assert rolling.fold_all() == 3
    assert not Addition.objects.exists()
    assert seen() == expected and laws_hold()
    gift(below, "4", 50)
    assert left(city) == 950
    assert rolling.fold_all() == 1 and rolling.fold_all() == 0
    assert left(city) == 950 and laws_hold()
    assert left(world.places.foreign_city) == 0


def test_a_day_is_a_day_in_china(world: World) -> None:
    fund = make_fund("甲", world.places.city)
    gift(fund, "1", 1, at=datetime(2020, 2, 28, 23, 59, 59, tzinfo=CHINA))
    gift(fund, "2", 2, at=datetime(2020, 2, 29, 0, 0, 0, tzinfo=CHINA))
    rolling.fold_all()
    days = DayTotal.objects.filter(own=True).values_list("day", "amount").order_by("day")
    assert list(days) == [(date(2020, 2, 28), 1), (date(2020, 2, 29), 2)]


def test_a_fold_that_is_stopped_has_folded_nothing(world: World) -> None:
    gift(make_fund("甲", world.places.city), "1", 7)
    with pytest.raises(RuntimeError), transaction.atomic():
        rolling.fold()
        raise RuntimeError
    assert Addition.objects.count() == 1 and not DayTotal.objects.exists()
    assert left(world.places.city) == 7


def test_what_is_folded_in_parts_adds_up(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rolling, "AT_ONCE", 3)
    fund = make_fund("甲", world.places.city)
    for number in range(8):
        gift(fund, str(number), 10)
    assert rolling.fold_all() == 8
    assert left(world.places.city) == 80 and laws_hold()


def test_the_law_names_a_changed_total_and_a_lost_addition(world: World) -> None:
    gift(make_fund("甲", world.places.county), "1", 7)
    rolling.fold_all()
    DayTotal.objects.filter(node_id=world.places.county, own=True).update(amount=8)
    assert totals_equal_the_scan().breaches and each_node_is_the_sum_of_what_is_below().breaches
    DayTotal.objects.filter(node_id=world.places.county, own=True).update(amount=7)
    assert laws_hold()
    DayTotal.objects.filter(node_id=world.places.province).update(amount=6)
    assert each_node_is_the_sum_of_what_is_below().breaches
    assert figures_read_equal_figures_counted().breaches
    DayTotal.objects.filter(node_id=world.places.province).update(amount=7)
    gift(make_fund("乙", world.places.county), "2", 7)
    Addition.objects.all().delete()
    assert totals_equal_the_scan().breaches


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    st.lists(
        st.tuples(
            st.integers(0, 2),
            st.integers(1, 500),
            st.sampled_from(["gift", "spend", "fold", "undo"]),
        ),
        max_size=25,
    )
)
def test_random_acts_keep_totals_equal_to_the_scan(
    world: World, acts: list[tuple[int, int, str]]
) -> None:
    sid = transaction.savepoint()
    places = [world.places.city, world.places.county, world.places.second_county]
    funds = [make_fund("甲", place) for place in places]
    held, entries = [0, 0, 0], []
    for number, (which, amount, act) in enumerate(acts):
        if act == "gift":
            posted = gift(funds[which], str(number), amount, at=AT + timedelta(hours=7 * number))
            entries.append((which, amount, posted.entry_id))
            held[which] += amount
        elif act == "spend" and held[which] >= amount:
            spend(funds[which], str(number), amount)
            held[which] -= amount
            entries.clear()
        elif act == "undo" and entries:
            which, amount, entry = entries.pop()
            posting.reverse(SYSTEM, entry_id=entry, key=f"undo-{number}", at=AT, reason="x")
            held[which] -= amount
        elif act == "fold":
            rolling.fold_all()
    assert [left(place, "own") for place in places] == held
    assert left(world.places.city) == sum(held)
    assert laws_hold()
    transaction.savepoint_rollback(sid)


def test_by_day_and_by_unit_are_one_read_each(
    world: World, django_assert_num_queries: object
) -> None:
    from boai.ground.core import figures
    from boai.ground.core.figures import figure

    known = dict(figures._figures)
    rolled = Rolled("ledger.funds", "amount", only={"exact": "in"})
    figure("sample.came", "样本", "fen", rolled=rolled)(lambda ids, span: 0)
    try:
        city, county, second = (
            world.places.city,
            world.places.county,
            world.places.second_county,
        )
        gift(make_fund("甲", city), "1", 5)
        gift(make_fund("乙", county), "2", 20)
        rolling.fold_all()
        gift(make_fund("丙", second), "3", 300)
        gift(make_fund("乙", county), "4", 4000, at=AT + timedelta(days=1))
        first, last = AT.date(), AT.date() + timedelta(days=1)
        span = {"organisation_id": city, "first": first, "last": last}
        days = queries.by_day("sample.came", scope="system", **span)  # type: ignore[arg-type]
        assert [(d.day, d.value) for d in days] == [(first, 325), (last, 4000)]
        units = queries.by_unit("sample.came", **span)  # type: ignore[arg-type]
        assert {(u.organisation_id, u.day): u.value for u in units} == {
            (county, first): 20,
            (county, last): 4000,
            (second, first): 300,
        }
        with django_assert_num_queries(1):  # type: ignore[operator]
            queries.by_day("sample.came", scope="system", **span)  # type: ignore[arg-type]
        with django_assert_num_queries(1):  # type: ignore[operator]
            queries.by_unit("sample.came", **span)  # type: ignore[arg-type]
        with pytest.raises(FigureIsNotADailySum):
            queries.by_unit("finance.use-rate", **span)  # type: ignore[arg-type]
    finally:
        figures._figures.clear()
        figures._figures.update(known)


def test_every_rolled_figure_answers_as_its_scan_where_nothing_is(world: World) -> None:
    rolled = [f for f in all_figures() if f.rolled is not None]
    assert len(rolled) > 15
    below = organisations.subtree_ids(world.places.province)
    for figure in rolled:
        assert figure.compute(below, Span(None, LAST)) == 0


def test_workers_that_fold_at_once_count_each_addition_once(storm: None) -> None:
    from tests.factories.world import make_places

    places = make_places(AT)
    fund = make_fund("甲", places.city)
    for number in range(60):
        gift(fund, str(number), 1)

    def work() -> None:
        for _ in range(10):
            rolling.fold()
        connection.close()

    workers = [threading.Thread(target=work) for _ in range(6)]
    for worker in workers:
        worker.start()
    for number in range(60, 80):
        gift(fund, str(number), 1)
    for worker in workers:
        worker.join()
    assert left(places.city) == 80
    rolling.fold_all()
    assert left(places.province) == 80 and laws_hold()


def test_what_is_folded_and_what_waits_may_cancel_out(world: World) -> None:
    fund = make_fund("甲", world.places.county)
    came = gift(fund, "1", 70)
    rolling.fold_all()
    posting.reverse(SYSTEM, entry_id=came.entry_id, key="undo", at=AT, reason="x")
    rows = queries._by_day(
        Rolled("ledger.funds", "amount"),
        Span(AT.date(), AT.date()),
        queries._BELOW,
        world.places.city,
        "system",
    )
    assert [(row[0], row[2]) for row in rows] == [(world.places.county, 0)]
    assert left(world.places.city) == 0 and laws_hold()


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite sweeps by itself")
def test_a_large_fold_gives_back_the_room_of_the_queue(
    storm: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.factories.world import make_places

    def room() -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_relation_size('figures_addition')")
            return int(cursor.fetchone()[0])

    monkeypatch.setattr(rolling, "SWEPT_FROM", 40)
    fund = make_fund("甲", make_places(AT).city)
    for number in range(30):
        gift(fund, str(number), 1)
    assert rolling.fold_all() == 30 and room() > 0
    for number in range(30, 80):
        gift(fund, str(number), 1)
    assert rolling.fold_all() == 50 and room() == 0


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="only PostgreSQL can include")
@pytest.mark.django_db
def test_the_totals_stand_in_the_index_of_their_key() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indnkeyatts, indnatts, indisunique FROM pg_index"
            " WHERE indexrelid = 'figures_total_once'::regclass"
        )
        assert cursor.fetchone() == (5, 7, True)
