"""What readings of the clock can be believed (I-45)."""

from datetime import UTC, datetime, timedelta

import pytest

from boai.ground.core.clock import (
    AHEAD,
    BEHIND,
    DATABASE_DIFFERS,
    LEAPT,
    REASONS,
    STEPPED_BACK,
    ClockIsNotSane,
    Readings,
    reason_against,
)

BEGAN = datetime(2028, 2, 28, 23, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def judged(
    *,
    steady: timedelta = HOUR,
    off: timedelta = timedelta(),
    seen: timedelta | None = None,
    recorded: timedelta | None = None,
    database: timedelta | None = None,
) -> str:
    """The clock is ``off`` by so much after ``steady``; the rest is said relative to the true time."""
    true = BEGAN + steady
    return reason_against(
        Readings(
            true + off,
            BEGAN,
            steady,
            seen=None if seen is None else true + seen,
            recorded=None if recorded is None else true + recorded,
            database=None if database is None else true + database,
        )
    )


@pytest.mark.parametrize("off", [-2, -1, 0, 1, 119])
def test_a_clock_that_is_put_right_by_a_little_is_believed(off: int) -> None:
    assert judged(off=timedelta(seconds=off), seen=-HOUR, recorded=-HOUR) == ""


def test_a_leap_day_is_a_day_like_any_other() -> None:
    assert judged(steady=2 * HOUR, seen=-HOUR, recorded=-HOUR) == ""
    assert (BEGAN + 2 * HOUR).day == 29


@pytest.mark.parametrize("back", [timedelta(seconds=121), HOUR, 400 * DAY])
def test_a_step_back_in_a_running_process_is_not_believed(back: timedelta) -> None:
    assert judged(off=-back) == STEPPED_BACK


@pytest.mark.parametrize("leap", [HOUR + timedelta(seconds=1), 400 * DAY])
def test_nor_is_a_leap_forward(leap: timedelta) -> None:
    assert judged(off=leap) == LEAPT


def test_a_process_that_starts_on_a_wrong_clock_is_told_by_the_records() -> None:
    just_begun = timedelta()
    assert judged(steady=just_begun, seen=400 * DAY) == BEHIND
    assert judged(steady=just_begun, recorded=HOUR) == BEHIND
    assert judged(steady=just_begun, seen=-400 * DAY) == AHEAD


def test_a_house_that_was_shut_for_a_night_opens_without_a_word() -> None:
    assert judged(steady=timedelta(), seen=-12 * HOUR, recorded=-12 * HOUR) == ""


def test_old_records_alone_say_nothing_about_the_future() -> None:
    assert judged(recorded=-3000 * DAY) == ""


@pytest.mark.parametrize("apart", [-10, 10])
def test_the_database_and_the_program_agree_about_the_time(apart: int) -> None:
    assert judged(database=timedelta(minutes=apart)) == DATABASE_DIFFERS
    assert judged(database=timedelta(seconds=apart)) == ""


def test_every_reason_has_its_words() -> None:
    for text in REASONS.values():
        assert text in ClockIsNotSane(reason=text).sentence()
