"""Timed work: leased, once a day, failures noted by kind only."""

from datetime import datetime, time, timedelta

import pytest
from django.db import OperationalError

from boai.ground.core import jobs
from boai.ground.core.errors import NotPermitted
from boai.ground.core.jobs import Job
from boai.ground.kit.models import JobRun
from boai.site import working

pytestmark = pytest.mark.django_db


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    seen: list[str] = []

    def fail(at: datetime) -> None:
        raise ValueError("张三 13800000000")

    def refuse(at: datetime) -> None:
        raise NotPermitted

    known = {
        "often": Job("often", lambda at: seen.append("often"), every_seconds=10),
        "daily": Job("daily", lambda at: seen.append("daily"), daily_at=time(16, 0)),
        "failing": Job("failing", fail, every_seconds=10),
        "refused": Job("refused", refuse, every_seconds=10),
    }
    monkeypatch.setattr(jobs, "_jobs", known)
    return seen


def test_repeated_work_waits_its_time(ran: list[str], at: datetime) -> None:
    for seconds, times in ((0, 1), (5, 1), (10, 2), (12, 2)):
        working.run_due(at + timedelta(seconds=seconds), only="often")
        assert ran.count("often") == times


def test_daily_work_runs_once_a_day_and_makes_up_for_a_day_missed(
    ran: list[str], at: datetime
) -> None:
    JobRun.objects.create(name="daily", last_started=at, last_ended=at)
    before, after = at.replace(hour=15, minute=59), at.replace(hour=16)
    for moment, times in (
        (before, 0),
        (after, 1),
        (after + timedelta(hours=1), 1),
        (after + timedelta(days=2, hours=1), 2),
    ):
        working.run_due(moment, only="daily")
        assert ran.count("daily") == times


def test_a_failure_is_noted_by_kind_never_with_its_contents(ran: list[str], at: datetime) -> None:
    found = {r.name: r.failure for r in working.run_due(at)}
    assert found["failing"] == "ValueError"
    assert found["refused"] == "NotPermitted"
    assert JobRun.objects.get(name="failing").failure == "ValueError"
    assert ran.count("often") == 1


def test_work_that_runs_elsewhere_is_left_alone_until_its_lease_ends(
    ran: list[str], at: datetime
) -> None:
    JobRun.objects.create(name="often", last_started=at)
    working.run_due(at + timedelta(minutes=5), only="often")
    assert ran == []
    working.run_due(at + working.LEASE, only="often")
    assert ran == ["often"]


def test_work_that_may_run_twice_is_taken_up_sooner_after_a_death(
    ran: list[str], at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    soon = Job("soon", lambda at: ran.append("soon"), every_seconds=1, lease_seconds=20)
    monkeypatch.setitem(jobs._jobs, "soon", soon)
    JobRun.objects.create(name="soon", last_started=at)
    for seconds, times in ((19, 0), (20, 1)):
        working.run_due(at + timedelta(seconds=seconds), only="soon")
        assert ran.count("soon") == times


def test_the_worker_goes_on_when_the_database_is_back(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = [OperationalError("gone"), [working.Ran("often")], [working.Ran("often")]]

    def run_due(at: datetime, *, only: str = "") -> list[working.Ran]:
        answer = answers.pop(0)
        if isinstance(answer, OperationalError):
            raise answer
        return answer

    monkeypatch.setattr(working, "run_due", run_due)
    assert working.work(lambda: not answers, pause=0.0) == 2
