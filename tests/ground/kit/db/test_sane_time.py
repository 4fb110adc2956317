"""The gate of sane time: what it stops, what it remembers, how people open it again (I-45)."""

import io
import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from boai.foundations.trail.models import Act
from boai.ground.core import clock
from boai.ground.core.clock import AHEAD, BEHIND, LEAPT, STEPPED_BACK, ClockIsNotSane
from boai.ground.kit.db import sane_time
from boai.ground.kit.models import ClockMark

DAY, HOUR = timedelta(days=1), timedelta(hours=1)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def a_process_that_has_just_started(settings: Any) -> Iterator[None]:
    settings.BOAI_LONGEST_REST = DAY
    sane_time.watch_anew()
    yield
    sane_time.watch_anew()


def mark(at: datetime) -> None:
    """The house believed its clock at this moment."""
    ClockMark.objects.create(pk=1, seen_at=at)


@pytest.mark.parametrize(
    ("step", "found"),
    [
        (-HOUR, STEPPED_BACK),
        (-400 * DAY, STEPPED_BACK),
        (400 * DAY, LEAPT),
        (-timedelta(seconds=60), ""),
        (timedelta(seconds=60), ""),
    ],
)
def test_a_step_in_a_running_process_stops_and_its_undoing_opens(step: Any, found: str) -> None:
    assert sane_time.state() == ""
    with time_machine.travel(clock.now() + step):
        assert sane_time.state() == found
    assert sane_time.state() == ""


@pytest.mark.parametrize(("seen", "found"), [(HOUR, BEHIND), (-2 * DAY, AHEAD), (-HOUR, "")])
def test_a_process_that_starts_on_a_wrong_clock_is_stopped_by_the_mark(
    seen: timedelta, found: str
) -> None:
    mark(clock.now() + seen)
    assert sane_time.state() == found
    if found:
        with pytest.raises(ClockIsNotSane):
            sane_time.require_sane_clock()


def test_the_trail_speaks_where_there_is_no_mark() -> None:
    Act.objects.create(at=clock.now() + HOUR, actor_label="system", verb="x", subject="a.b:1")
    assert sane_time.state() == BEHIND


def test_people_confirm_and_every_process_goes_on() -> None:
    mark(clock.now() - 400 * DAY)
    assert run("clock") == (1, AHEAD)
    assert run("clock", "confirm") == (0, "sane")
    assert run("clock") == (0, "sane")
    assert ClockMark.objects.get().confirmations == 1
    assert Act.objects.filter(verb="confirm-clock").count() == 1


def test_a_process_that_saw_the_step_hears_of_the_confirmation() -> None:
    if connection.vendor == "postgresql":
        pytest.skip("the database's own clock contradicts a clock that is moved here")
    assert sane_time.state() == ""
    with time_machine.travel(clock.now() + 2 * HOUR):
        assert sane_time.state() == LEAPT
        # Another process confirms; this one only finds the row.
        ClockMark.objects.create(pk=1, seen_at=clock.now(), confirmations=1)
        assert sane_time.state() == ""
    sane_time.watch_anew()
    assert sane_time.state() == BEHIND


def test_nobody_confirms_against_the_clock_of_the_database() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("an embedded database has no clock of its own")
    with time_machine.travel(clock.now() + 10 * timedelta(minutes=1)):
        sane_time.watch_anew()
        with pytest.raises(ClockIsNotSane):
            sane_time.require_sane_clock()
        with pytest.raises(ClockIsNotSane):
            sane_time.confirm(clock.now())


def test_the_mark_moves_forward_only() -> None:
    mark(clock.now())
    for change in ("seen_at = '2020-01-01 00:00:00+00:00'", "confirmations = -1"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE kit_clockmark SET {change}")
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM kit_clockmark")


def test_the_mark_is_written_only_while_the_clock_is_believed(monkeypatch: Any) -> None:
    # The test itself stands in a transaction, where no mark is written.
    monkeypatch.setattr(sane_time, "_inside_an_act", lambda: False)
    before = clock.now() - HOUR
    mark(before)
    with time_machine.travel(clock.now() - 2 * HOUR):
        sane_time.keep_mark()
    assert ClockMark.objects.get().seen_at == before
    sane_time.keep_mark()
    assert ClockMark.objects.get().seen_at > before


def test_an_act_in_a_transaction_leaves_the_mark_to_others() -> None:
    before = clock.now() - HOUR
    mark(before)
    sane_time.require_sane_clock()
    assert ClockMark.objects.get().seen_at == before


def run(*words: str) -> tuple[int, str]:
    told, code = io.StringIO(), 0
    try:
        call_command(words[0], *words[1:], "--json", stdout=told)
    except SystemExit as end:
        code = int(str(end.code))
    return code, json.loads(told.getvalue())["state"]
