"""Many rows changed at once, each to values of its own."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from boai.ground.kit.db.changing import change_rows
from boai.ground.kit.models import JobRun, NumberSeries

AT = datetime(2020, 1, 29, 10, 0, tzinfo=UTC)


def rows(count: int) -> list[int]:
    return [NumberSeries.objects.create(name=f"s{n}", next_number=n + 1).pk for n in range(count)]


def test_each_row_gets_its_own_values(db: None) -> None:
    ids = rows(5)
    changed = change_rows(
        NumberSeries,
        ids[1:4],
        {"next_number": ("bigint", [10, 20, 30]), "name": ("text", list("abc"))},
    )
    assert changed == 3
    found = NumberSeries.objects.order_by("pk").values_list("name", "next_number")
    assert list(found) == [("s0", 1), ("a", 10), ("b", 20), ("c", 30), ("s4", 5)]


def test_only_rows_that_meet_the_condition(db: None) -> None:
    ids = rows(3)
    values = {"name": ("text", ["x", "y", "z"])}
    assert change_rows(NumberSeries, ids, values, only_where="r.next_number > 1") == 2
    assert change_rows(NumberSeries, [], {"name": ("text", [])}) == 0


def test_moments_are_kept_as_moments(db: None) -> None:
    runs = [JobRun.objects.create(name=f"j{n}") for n in range(2)]
    moments = [AT, AT + timedelta(microseconds=5)]
    change_rows(JobRun, [run.pk for run in runs], {"last_ended": ("timestamptz", moments)})
    assert list(JobRun.objects.order_by("pk").values_list("last_ended", flat=True)) == moments
    assert JobRun.objects.filter(last_ended__gt=AT).count() == 1


def test_a_column_of_another_length_is_refused(db: None) -> None:
    with pytest.raises(ValueError, match="another length"):
        change_rows(NumberSeries, rows(2), {"next_number": ("bigint", [1])})


def test_a_set_is_one_call(db: None) -> None:
    ids = rows(30)
    with CaptureQueriesContext(connection) as asked:
        change_rows(NumberSeries, ids, {"next_number": ("bigint", list(range(50, 80)))})
    assert len(asked) == 1
