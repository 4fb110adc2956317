"""What every benchmark shares: its register, its plan, its outcome."""

import gc
import os
import resource
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

SQLITE, POSTGRES = "sqlite", "postgresql"


@dataclass(frozen=True, slots=True)
class Plan:
    """What one run is given. ``size`` counts gifts, leaves or postings, as the benchmark says."""

    name: str
    database: str
    size: int
    home: Path
    address: str


@dataclass(frozen=True, slots=True)
class Measured:
    """What one run found: ours and the limit in the same unit, and how many things were done."""

    ours: float
    limit: float
    unit: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Bench:
    """One registered benchmark. ``goal`` is for ours/limit: at least it, or at most where
    ``most`` is set."""

    name: str
    title: str
    goal: float
    most: bool
    sizes: tuple[int, int]
    databases: tuple[str, ...]
    run: Callable[[Plan], Measured]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is printed of one run."""

    name: str
    database: str
    size: int
    ours: float | None
    limit: float | None
    unit: str
    ratio: float | None
    goal: str
    met: bool | None
    peak_mb: int
    seconds: float
    note: str


class NotHere(Exception):
    """What a benchmark compares with is not on this machine; the words say what and how to get it."""


BENCHES: dict[str, Bench] = {}


def bench(
    name: str,
    title: str,
    *,
    goal: float,
    most: bool = False,
    sizes: tuple[int, int],
    databases: tuple[str, ...] = (SQLITE, POSTGRES),
) -> Callable[[Callable[[Plan], Measured]], Callable[[Plan], Measured]]:
    """Register a benchmark; ``sizes`` are those of the short and of the full run."""

    def register(run: Callable[[Plan], Measured]) -> Callable[[Plan], Measured]:
        BENCHES[name] = Bench(name, title, goal, most, sizes, databases, run)
        return run

    return register


def outcome(bench: Bench, plan: Plan, found: Measured, seconds: float) -> Outcome:
    """Put the ratio beside the goal."""
    ratio = found.ours / found.limit if found.limit else None
    met = None
    if ratio is not None:
        met = ratio <= bench.goal if bench.most else ratio >= bench.goal
    return Outcome(
        bench.name,
        plan.database,
        plan.size,
        found.ours,
        found.limit,
        found.unit,
        ratio,
        f"{'<=' if bench.most else '>='} {bench.goal:g}",
        met,
        peak_mb(),
        seconds,
        found.note,
    )


def peak_mb() -> int:
    """The most memory that this process and its finished children have held, in MB."""
    kilobytes = max(
        resource.getrusage(resource.RUSAGE_SELF).ru_maxrss,
        resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss,
    )
    return int(kilobytes / 1024)


def seconds(act: Callable[[], object]) -> float:
    """How long one act takes."""
    gc.collect()
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def best(times: int, act: Callable[[], object]) -> float:
    """The shortest of several runs: what disturbs a run only ever makes it longer."""
    return min(seconds(act) for _ in range(times))


def percentile(values: list[float], share: float) -> float:
    """The value below which this share of the values lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def set_up(plan: Plan) -> None:
    """Django and a bare society in the plan's fresh home and database."""
    os.environ["BOAI_HOME"] = str(plan.home)
    os.environ["BOAI_DATABASE_URL"] = plan.address
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "boai.site.settings")
    import django
    from django.core.management import call_command

    django.setup()
    call_command("init", verbosity=0)


@contextmanager
def without_triggers(*tables: str) -> Iterator[None]:
    """Fill tables by plain statements, as a benchmark's backdrop only.

    The triggers are taken away and put back as they were; what is filled in this way must be what
    they would have let in, and the laws are asked afterwards where the figures depend on it.
    """
    from django.db import connection

    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET session_replication_role = replica")
            try:
                yield
            finally:
                cursor.execute("SET session_replication_role = origin")
            return
        marks = ", ".join(["%s"] * len(tables))
        cursor.execute(
            f"SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name IN ({marks})",  # noqa: S608
            list(tables),
        )
        triggers = cursor.fetchall()
        for name, _sql in triggers:
            cursor.execute(f'DROP TRIGGER "{name}"')
        try:
            yield
        finally:
            for _name, made in triggers:
                cursor.execute(made)
