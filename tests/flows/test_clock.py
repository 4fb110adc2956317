"""A day on which the machine's clock goes wrong (I-45, F-16).

Papers, notifications and goods that are judged by their last day wait; what is needed is still
asked for and decided; and order is by sequence whatever the clock said.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine

from boai.foundations.certificates.models import Paper
from boai.foundations.ledger.models import Entry
from boai.foundations.ledger.services import numbering
from boai.foundations.trail.models import Act
from boai.foundations.trail.services.auditing import nothing_is_dated_in_the_future
from boai.ground.core import clock
from boai.ground.core.clock import ClockIsNotSane
from boai.ground.kit.db import sane_time
from boai.relief.allocation import queries as allocation
from boai.relief.donations.channels.wechatpay.receiving import take_notification
from boai.relief.donations.models import CallbackAlarm
from boai.site import health
from tests.factories.books import gift, make_fund
from tests.factories.world import World
from tests.flows.town import make_town

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture(autouse=True)
def a_process_that_has_just_started() -> Iterator[None]:
    sane_time.watch_anew()
    yield
    sane_time.watch_anew()


@pytest.mark.parametrize("step", [400 * DAY, -400 * DAY, -HOUR])
def test_what_must_be_dated_waits_and_the_rest_goes_on(
    world: World, at: datetime, step: timedelta
) -> None:
    town = make_town(world, at)
    lot = town.masks_in_store(500)
    papers = Paper.objects.count()
    with time_machine.travel(clock.now() + step):
        with pytest.raises(ClockIsNotSane):
            town.give(20_00, "林小雨", at)
        answer = take_notification({}, b"{}", at=at)
        assert answer.http == 503
        state = {f.name: f for f in health.findings(clock.now())}["clock"]
        assert state.fine is False and state.detail
        # Who needs what is still asked, decided and ordered; only the lorry waits.
        request, case = town.request({lot: 300}, at + DAY)
        town.office.decide(case, at + DAY)
        way = allocation.request(request).waybill_id or 0
        with pytest.raises(ClockIsNotSane):
            town.office.load(way, at + DAY)
    assert Paper.objects.count() == papers
    assert not CallbackAlarm.objects.exists()
    assert town.give(20_00, "林小雨", at)
    town.office.load(way, at + DAY)
    assert Paper.objects.count() == papers + 2


def test_order_is_by_sequence_whatever_the_clock_says(db: None) -> None:
    fund = make_fund()
    day = datetime(2028, 2, 29, 12, 0, tzinfo=UTC)
    moments = [day, day + 400 * DAY, day - 400 * DAY, day + HOUR, day, day + 2 * HOUR, day + HOUR]
    for number, moment in enumerate(moments):
        with time_machine.travel(moment):
            gift(fund, f"G{number}", 100 + number, at=clock.now())
            numbering.number_all()
    rows = Entry.objects.filter(key__startswith="gift-").order_by("sequence")
    assert [row.key for row in rows] == [f"gift-G{n}" for n in range(len(moments))]
    assert [row.pk for row in rows] == sorted(row.pk for row in rows)
    funds_own = [row.at for row in rows]
    assert funds_own != sorted(funds_own)


def test_what_is_dated_in_the_future_is_named(db: None) -> None:
    Act.objects.create(at=clock.now() + HOUR, actor_label="system", verb="x", subject="a.b:1")
    assert [b.subject for b in nothing_is_dated_in_the_future().breaches] == [
        f"trail.act:{Act.objects.get().pk}"
    ]


PRELOAD = next(iter(sorted(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"))), None)


@pytest.mark.skipif(PRELOAD is None, reason="libfaketime is not installed")
def test_processes_started_on_a_wrong_clock_say_so(tmp_path: Path) -> None:
    assert boai(tmp_path, "init").returncode == 0
    assert clock_of(boai(tmp_path, "clock", "--json")) == "sane"
    for step, found in ((400 * DAY, "ahead"), (-400 * DAY, "behind"), (-HOUR, "behind")):
        told = boai(tmp_path, "clock", "--json", step=step)
        assert told.returncode == 1
        assert clock_of(told) == f"{found}-{'of-' if found == 'ahead' else ''}the-records"
    assert clock_of(boai(tmp_path, "clock", "--json")) == "sane"


def boai(home: Path, *words: str, step: timedelta | None = None) -> Any:
    """One command in a process of its own, on a clock that is off by ``step``."""
    surroundings = {**os.environ, "BOAI_HOME": str(home), "BOAI_MODE": "demo"}
    surroundings.pop("BOAI_DATABASE_URL", None)
    if step is not None:
        surroundings |= {
            "LD_PRELOAD": str(PRELOAD),
            "FAKETIME": f"{int(step.total_seconds()):+d}",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }
    command = [sys.executable, "-m", "boai", *words]
    return subprocess.run(command, env=surroundings, capture_output=True, text=True, timeout=300)


def clock_of(told: Any) -> str:
    return str(json.loads(told.stdout)["state"])
