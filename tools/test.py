"""``make test`` and ``make check``: every check of the house, one after the other, with a summary.

``all``: lint, format, types, walls, catalogues, migrations, the suite on SQLite, the suite on
PostgreSQL where one can be reached (or ``BOAI_TEST_DATABASE_URL`` names one), the long properties,
the small tier of the campaigns, the browser journeys where a Chromium is there. What is skipped is said, with its reason; with ``CI`` set, skipping is a
failure.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from boai.site.bench.scratch import postgres

PY = sys.executable
BIN = Path(PY).parent
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
SAID_AGAIN = 60
"""Lines: how much of what a failed check printed is printed again beneath the summary."""
SEED = 20200126
"""Of the campaigns' small tier."""


@dataclass
class Outcome:
    """One check: its name, how it ended (``passed``, ``failed``, ``skipped: why``), seconds, and
    the last lines it printed."""

    name: str
    end: str
    seconds: float = 0.0
    last: Sequence[str] = field(default=(), repr=False)


def run(name: str, command: Sequence[str], extra: Mapping[str, str] | None = None) -> Outcome:
    """Run one check, show what it prints, and say how it ended."""
    print(f"\n== {name}", flush=True)
    began = time.monotonic()
    last: deque[str] = deque(maxlen=SAID_AGAIN)
    check = subprocess.Popen(
        command,
        env={**os.environ, "PYTHONUNBUFFERED": "1", **(extra or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    listener = threading.Thread(target=_pass_on, args=(check.stdout, last), daemon=True)
    listener.start()
    code = check.wait()
    listener.join(timeout=5)  # no longer: a process that the check left behind may hold the pipe
    return Outcome(name, "passed" if code == 0 else "failed", time.monotonic() - began, list(last))


def _pass_on(printed: IO[str], last: deque[str]) -> None:
    for line in printed:
        print(line, end="", flush=True)
        last.append(line)


def static() -> list[Outcome]:
    """Lint, format, types, walls, catalogues, migrations."""
    home = tempfile.mkdtemp(prefix="boai-check-")
    own = {"BOAI_HOME": home}
    return [
        run("lint", [f"{BIN}/ruff", "check", "boai", "tests", "tools"]),
        run("format", [f"{BIN}/ruff", "format", "--check", "boai", "tests", "tools"]),
        run("types", [f"{BIN}/mypy"], own),
        run("walls", [f"{BIN}/lint-imports"], own),
        run("catalogues", [PY, "-m", "tools.messages", "check"], own),
        run("migrations", [PY, "manage.py", "makemigrations", "--check", "--dry-run"], own),
    ]


def suite(name: str, marks: str, extra: Mapping[str, str], workers: str = "2") -> Outcome:
    """The suite under one database; two workers, for two cores."""
    command = [PY, "-m", "pytest", "tests", "-m", marks, "-n", workers, "--durations=8"]
    home = tempfile.mkdtemp(prefix="boai-suite-")
    outcome = run(name, command, {"BOAI_HOME": home, **extra})
    shutil.rmtree(home, ignore_errors=True)
    return outcome


def everything() -> list[Outcome]:
    """All checks on all that is there."""
    outcomes = static()
    fast = "not browser and not long"
    outcomes.append(suite("suite on SQLite", fast, {"BOAI_DATABASE_URL": ""}))
    address = postgres()
    if address is None:
        why = "skipped: no PostgreSQL answers (name one in BOAI_TEST_DATABASE_URL)"
        outcomes.append(Outcome("suite on PostgreSQL", why))
    else:
        outcomes.append(suite("suite on PostgreSQL", fast, {"BOAI_DATABASE_URL": address}))
    outcomes.append(suite("long properties", "long", {"BOAI_DATABASE_URL": ""}))
    outcomes.append(campaigns(address))
    return outcomes + browser()


def campaigns(address: str | None) -> Outcome:
    """The small tier of every campaign; without a PostgreSQL, of those on SQLite.

    The seed is the same every time, so that a red run is red for everybody; new seeds are drawn by
    `make campaigns`.
    """
    only = [] if address else ["--database", "sqlite"]
    words = ["--tier", "small", "--seed", str(SEED), *only]
    return run("campaigns", [PY, "-m", "tests.campaigns", *words])


def browser() -> list[Outcome]:
    """The journeys in real Chromium."""
    if not any(shutil.which(name) for name in CHROMIUM):
        return [Outcome("browser journeys", "skipped: no Chromium on this machine")]
    return [suite("browser journeys", "browser", {"BOAI_DATABASE_URL": ""}, workers="0")]


def main(what: str) -> int:
    """Run ``all``, ``fast`` or ``browser`` and print the summary."""
    outcomes = {"all": everything, "fast": static, "browser": browser}[what]()
    print("\n== summary")
    for outcome in outcomes:
        print(f"{outcome.seconds:8.1f} s  {outcome.name}: {outcome.end}")
    skipped = [o for o in outcomes if o.end.startswith("skipped")]
    failed = [o for o in outcomes if o.end == "failed"]
    for outcome in failed:
        print(f"\n== {outcome.name} failed; its last lines again")
        print("".join(outcome.last), end="", flush=True)
    if os.environ.get("CI") and skipped:
        print("on CI nothing may be skipped")
        return 1
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "all"))
