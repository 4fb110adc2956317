"""The register of timed work that ``boai worker`` runs; each job is one call of a service."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time

Run = Callable[[datetime], None]


@dataclass(frozen=True, slots=True)
class Job:
    """Timed work: every so many seconds, or once a day at a time of day in China.

    ``lease_seconds``: after so long a run that has not ended is taken for dead; only for work that
    may be run twice at one moment without harm. Without it the worker's own, longer lease holds.
    """

    name: str
    run: Run
    every_seconds: int | None = None
    daily_at: time | None = None
    lease_seconds: int | None = None


_jobs: dict[str, Job] = {}


def every(seconds: int, name: str, *, lease_seconds: int | None = None) -> Callable[[Run], Run]:
    """Register work that repeats. The function gets the moment and must be safe to run again."""

    def register(run: Run) -> Run:
        _jobs[name] = Job(name, run, every_seconds=seconds, lease_seconds=lease_seconds)
        return run

    return register


def daily(at: time, name: str) -> Callable[[Run], Run]:
    """Register work for once a day; a day missed while the worker was down is run on its return."""

    def register(run: Run) -> Run:
        _jobs[name] = Job(name, run, daily_at=at)
        return run

    return register


def all_jobs() -> tuple[Job, ...]:
    """Every registered job, by name."""
    return tuple(_jobs[name] for name in sorted(_jobs))
