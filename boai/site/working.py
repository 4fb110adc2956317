"""Timed work: which jobs are due, taken by lease, so that two workers never run one twice."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import (
    InterfaceError,
    OperationalError,
    close_old_connections,
    connection,
    transaction,
)

from boai.ground.core import clock
from boai.ground.core.errors import Refusal
from boai.ground.core.jobs import Job, all_jobs
from boai.ground.kit.models import JobRun

LEASE = timedelta(minutes=15)
"""A run that has not ended after this long is taken for dead, and the job may run again."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Ran:
    """One job that was run: its name and, where it failed, how."""

    name: str
    failure: str = ""


def is_due(job: Job, run: JobRun, at: datetime) -> bool:
    """Whether a job should start now: not running elsewhere, and its time has come."""
    started, ended = run.last_started, run.last_ended
    running = started is not None and (ended is None or ended < started)
    lease = LEASE if job.lease_seconds is None else timedelta(seconds=job.lease_seconds)
    if running and started is not None and at - started < lease:
        return False
    if started is None:
        return True
    if job.every_seconds is not None:
        return at - started >= timedelta(seconds=job.every_seconds)
    if job.daily_at is not None:
        local = at.astimezone(clock.CHINA)
        due = datetime.combine(local.date(), job.daily_at, tzinfo=clock.CHINA)
        if due > at:
            due -= timedelta(days=1)
        return started < due
    return False


def take(job: Job, at: datetime) -> bool:
    """Lease a due job in one short transaction; the row lock decides between two workers."""
    with transaction.atomic():
        JobRun.objects.get_or_create(name=job.name)
        run = JobRun.objects.select_for_update().get(name=job.name)
        if not is_due(job, run, at):
            return False
        run.last_started = at
        run.save(update_fields=["last_started"])
        return True


def run_one(job: Job, at: datetime) -> Ran:
    """Run a leased job and note its end. What failed is kept by kind, never with its contents."""
    failure = ""
    try:
        job.run(at)
    except Refusal as refusal:
        failure = refusal.code
        log.warning("job %s was refused: %s", job.name, refusal.code)
    except Exception as error:
        failure = type(error).__name__
        log.exception("job %s failed", job.name)
    if failure:
        _leave_broken_connections()
    # Never before its own start: a clock set back must not leave the job "running".
    JobRun.objects.filter(name=job.name).update(
        last_ended=max(clock.now(), at), failure=failure[:500]
    )
    return Ran(job.name, failure)


def run_due(at: datetime, *, only: str = "") -> list[Ran]:
    """Run every job that is due now (or one by name)."""
    chosen = [job for job in all_jobs() if not only or job.name == only]
    return [run_one(job, at) for job in chosen if take(job, at)]


def _leave_broken_connections() -> None:
    """As before each request of the web: a connection that broke is not used again."""
    if not connection.in_atomic_block:
        close_old_connections()


def work(stop: Callable[[], bool], *, pause: float = 1.0, only: str = "") -> int:
    """Run due jobs until asked to stop; answers how many runs there were.

    A database that goes away is waited for: what it had accepted must be booked when it is back.
    """
    count = 0
    while not stop():
        _leave_broken_connections()
        try:
            count += len(run_due(clock.now(), only=only))
        except (OperationalError, InterfaceError):
            log.exception("the database does not answer; the jobs wait")
        until = time.monotonic() + pause
        while not stop() and time.monotonic() < until:
            time.sleep(0.1)
    return count
