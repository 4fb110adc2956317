"""Running benchmarks: each in a process, a home and a database of its own."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path

from boai.site.bench import scratch
from boai.site.bench.frame import BENCHES, POSTGRES, Bench, NotHere, Outcome, Plan, outcome

ROOT = Path(__file__).resolve().parents[3]


def load() -> None:
    """Import the benchmarks, so that they are registered."""
    from boai.site.bench import audit, bulk, figures, growth, log, online, peers  # noqa: F401


def run_all(
    names: Sequence[str], *, full: bool, databases: Sequence[str], size: int | None
) -> Iterator[Outcome]:
    """Run the named benchmarks, or all, one after the other."""
    load()
    for name in names or list(BENCHES):
        one = BENCHES[name]
        for database in one.databases:
            if not databases or database in databases:
                yield run_one(one, database, size or one.sizes[1 if full else 0])


def run_one(bench: Bench, database: str, size: int) -> Outcome:
    """Run one benchmark in a process of its own; what cannot run says why."""
    with ExitStack() as held:
        home = Path(held.enter_context(tempfile.TemporaryDirectory(prefix="boai-bench-")))
        address = ""
        if database == POSTGRES:
            server = scratch.postgres()
            if server is None:
                return _not_run(bench, database, size, "no PostgreSQL answers")
            address = held.enter_context(scratch.database(server, "bench"))
        written = home / "outcome.json"
        given = {
            "name": bench.name,
            "database": database,
            "size": size,
            "home": str(home / "home"),
            "address": address,
            "written": str(written),
        }
        (home / "home").mkdir()
        ended = subprocess.run(  # noqa: S603 (this program itself)
            [sys.executable, "-m", "boai.site.bench.running", json.dumps(given)],
            env={**os.environ, "BOAI_HOME": str(home / "home"), "BOAI_DATABASE_URL": address},
            stdout=sys.stderr,
            cwd=ROOT,
            check=False,
        )
        if not written.is_file():
            return _not_run(bench, database, size, f"ended with {ended.returncode}")
        return Outcome(**json.loads(written.read_text()))


def _not_run(bench: Bench, database: str, size: int, why: str) -> Outcome:
    goal = f"{'<=' if bench.most else '>='} {bench.goal:g}"
    return Outcome(
        bench.name, database, size, None, None, "", None, goal, None, 0, 0.0, f"not run: {why}"
    )


def inside(text: str) -> None:
    """The run itself, in its own process."""
    given = json.loads(text)
    written = Path(given.pop("written"))
    plan = Plan(**{**given, "home": Path(given["home"])})
    load()
    bench = BENCHES[plan.name]
    began = time.perf_counter()
    try:
        found = outcome(bench, plan, bench.run(plan), time.perf_counter() - began)
    except NotHere as why:
        found = _not_run(bench, plan.database, plan.size, str(why))
    written.write_text(json.dumps(asdict(found)))


if __name__ == "__main__":
    inside(sys.argv[1])
