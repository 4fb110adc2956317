"""``python -m tests.campaigns``: run campaigns, each in a process, a home and a database of its own."""

import argparse
import atexit
import json
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import asdict
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from boai.site.bench import scratch
from tests.campaigns import frame
from tests.campaigns.frame import Closing, Plan


def main(argv: Sequence[str]) -> int:
    """Run what is named. Exit 1 when a campaign lost or broke anything, or did not end."""
    parser = argparse.ArgumentParser(prog="python -m tests.campaigns", description=__doc__)
    parser.add_argument("names", nargs="*", help="G1 G3 ..., or nothing for all of the tier")
    parser.add_argument("--tier", choices=frame.TIERS, default="small")
    parser.add_argument("--seed", type=int, help="repeat a run; without it a new seed is drawn")
    parser.add_argument("--database", choices=("sqlite", "postgresql"))
    parser.add_argument("--fault", default="", help="plant this fault first")
    parser.add_argument("--record", action="store_true", help="append to docs/campaigns/")
    parser.add_argument("--inside", help=argparse.SUPPRESS)
    given = parser.parse_args(argv)
    frame.load()
    if given.inside:
        return inside(given.inside)
    names = given.names or [
        n for n, c in frame.CAMPAIGNS.items() if c.small or given.tier == "long"
    ]
    unknown = [name for name in names if name not in frame.CAMPAIGNS]
    if unknown:
        parser.error(f"no campaign {', '.join(unknown)}; there are {', '.join(frame.CAMPAIGNS)}")
    good = True
    for name in sorted(names, key=lambda n: int(n[1:])):
        for database in frame.CAMPAIGNS[name].databases:
            if given.database in (None, database):
                seed = given.seed if given.seed is not None else secrets.randbelow(10**6)
                good &= one(name, given.tier, seed, database, given.fault, given.record)
    return 0 if good else 1


def one(name: str, tier: str, seed: int, database: str, fault: str, record: bool) -> bool:
    """Run one campaign on one database and print its closing line. Answers whether it held."""
    closing, plan = ran(name, tier, seed, database, fault)
    line = closing.line(plan, frame.commit())
    for note in closing.notes[:40]:
        print(f"   {note}", flush=True)
    print(line, flush=True)
    if record:
        keep(name, line)
    return closing.holds


def ran(name: str, tier: str, seed: int, database: str, fault: str = "") -> tuple[Closing, Plan]:
    """Run one campaign in a process of its own; what did not end properly counts as broken."""
    with ExitStack() as held:
        folder = Path(held.enter_context(tempfile.TemporaryDirectory(prefix=f"boai-{name}-")))
        address = ""
        if database == "postgresql":
            address = held.enter_context(scratch.database(server(), "campaign", ready_database()))
        home = folder / "home"
        shutil.copytree(ready_home(), home, symlinks=True)
        plan = Plan(name, tier, seed, database, home, address, fault)
        written = folder / "closing.json"
        words = [sys.executable, "-m", "tests.campaigns", "--inside"]
        given = {**asdict(plan), "home": str(home), "written": str(written)}
        began = time.monotonic()
        code = subprocess.run(
            [*words, json.dumps(given)], cwd=frame.ROOT, env=frame.environment(plan)
        ).returncode
        if written.is_file():
            closing = Closing(**json.loads(written.read_text()))
        else:
            closing = Closing(broken=1, notes=[f"broken: the run ended with {code}"])
        closing.seconds = time.monotonic() - began
    return closing, plan


def inside(text: str) -> int:
    """The run itself, in its own process."""
    given = json.loads(text)
    written = Path(given.pop("written"))
    plan = Plan(**{**given, "home": Path(given["home"])})
    closing = frame.CAMPAIGNS[plan.campaign].run(plan)
    written.write_text(json.dumps(asdict(closing)))
    return 0 if closing.holds else 1


def server() -> str:
    """The address under which databases may be made."""
    address = scratch.postgres()
    if address is None:
        raise SystemExit("no PostgreSQL answers; name one in BOAI_TEST_DATABASE_URL")
    return address


_kept = ExitStack()
atexit.register(_kept.close)


def _made_ready(address: str) -> Path:
    home = Path(_kept.enter_context(tempfile.TemporaryDirectory(prefix="boai-ready-")))
    plan = Plan("", "", 0, "", home, address)
    subprocess.run(
        [sys.executable, "-m", "boai", "init"],
        cwd=frame.ROOT,
        env=frame.environment(plan),
        stdout=subprocess.DEVNULL,
        check=True,
    )
    return home


@cache
def ready_home() -> Path:
    """A home with a bare society on SQLite, made once and copied for each run."""
    return _made_ready("")


@cache
def ready_database() -> str:
    """The name of a PostgreSQL database with a bare society, the pattern of those of the runs."""
    address = _kept.enter_context(scratch.database(server(), "campaign_ready"))
    _made_ready(address)
    return urlsplit(address).path.lstrip("/")


def keep(name: str, line: str) -> None:
    """Append a closing line to the campaign's page, newest last."""
    page = frame.RESULTS / f"{name}.md"
    if not page.is_file():
        title = frame.CAMPAIGNS[name].title
        page.write_text(f"# {name}: {title}\n\nClosing lines, newest last.\n\n")
    with page.open("a") as file:
        file.write(f"    {line}\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
