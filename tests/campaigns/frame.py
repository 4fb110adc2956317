"""What every campaign shares: its plan, its society, its closing line.

A campaign is a plain program that does many operations, keeps its own list of what was
acknowledged, and ends with one line. A figure without its line is not a result.
"""

import importlib
import os
import pkgutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
RESULTS = ROOT / "docs" / "campaigns"
TIERS = ("probe", "small", "long")
"""``probe``: just enough to catch a planted fault; ``small``: in ``make test``; ``long``: the full
size, in ``make campaigns``."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What one run is given: everything that decides what it will do."""

    campaign: str
    tier: str
    seed: int
    database: str
    home: Path
    address: str
    fault: str = ""


@dataclass(slots=True)
class Closing:
    """How a run ended. ``unknown``: sent, not answered; it may be in or out, but once and whole."""

    operations: int = 0
    acknowledged: int = 0
    unknown: int = 0
    lost: int = 0
    broken: int = 0
    refused: int = 0
    seconds: float = 0.0
    notes: list[str] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        """Nothing acknowledged was lost and nothing broke."""
        return self.lost == 0 and self.broken == 0

    def broke(self, what: str) -> None:
        """Count one break, and keep what it was."""
        self.broken += 1
        self.notes.append(f"broken: {what}")

    def line(self, plan: Plan, commit: str) -> str:
        """The closing line."""
        return (
            f"{plan.campaign} {plan.database} {plan.tier} seed={plan.seed} commit={commit} "
            f"operations={self.operations} acknowledged={self.acknowledged} "
            f"unknown={self.unknown} lost={self.lost} broken={self.broken} "
            f"refused={self.refused} seconds={self.seconds:.1f}"
        )


@dataclass(frozen=True, slots=True)
class Campaign:
    """One registered campaign."""

    name: str
    title: str
    databases: tuple[str, ...]
    small: bool
    run: Callable[[Plan], Closing]


@dataclass(frozen=True, slots=True)
class Fault:
    """One planted fault and the campaign that must catch it."""

    name: str
    caught_by: str
    database: str
    plant: Callable[[Plan], None]


CAMPAIGNS: dict[str, Campaign] = {}
FAULTS: dict[str, Fault] = {}


def campaign(
    name: str, *, title: str, databases: tuple[str, ...] = ("sqlite",), small: bool = True
) -> Callable[[Callable[[Plan], Closing]], Callable[[Plan], Closing]]:
    """Register a campaign; ``small`` says whether its small tier runs inside ``make test``."""

    def register(run: Callable[[Plan], Closing]) -> Callable[[Plan], Closing]:
        CAMPAIGNS[name] = Campaign(name, title, databases, small, run)
        return run

    return register


def planted(
    name: str, *, caught_by: str, database: str = "sqlite"
) -> Callable[[Callable[[Plan], None]], Callable[[Plan], None]]:
    """Register a fault: a function that breaks one thing in this process or its database."""

    def register(plant: Callable[[Plan], None]) -> Callable[[Plan], None]:
        FAULTS[name] = Fault(name, caught_by, database, plant)
        return plant

    return register


def load() -> None:
    """Import every campaign and every fault, so that they are registered."""
    for package, begins in (("tests.campaigns", "g"), ("tests.campaigns.faults", "")):
        found: Any = importlib.import_module(package).__path__
        for module in pkgutil.iter_modules(found):
            if module.name.startswith(begins):
                importlib.import_module(f"{package}.{module.name}")


def amount(plan: Plan, *, probe: int, small: int, long: int) -> int:
    """How many, in this plan's tier."""
    return {"probe": probe, "small": small, "long": long}[plan.tier]


def environment(plan: Plan) -> dict[str, str]:
    """What a process of this run needs in its environment."""
    return {
        **os.environ,
        "BOAI_HOME": str(plan.home),
        "BOAI_DATABASE_URL": plan.address,
        "DJANGO_SETTINGS_MODULE": "boai.site.settings",
        "BOAI_CAMPAIGN_FAULT": plan.fault,
        "PYTHONPATH": str(ROOT),
    }


def prepare(plan: Plan) -> None:
    """Set up Django over the bare society in the plan's home and database; plant the fault.

    A home or a database that the campaign made itself is brought up first.
    """
    os.environ.update(environment(plan))
    import django
    from django.core.management import call_command
    from django.db import connection

    django.setup()
    if "ledger_entry" not in connection.introspection.table_names():
        call_command("init", verbosity=0)
    plant(plan)


def join(plan: Plan) -> None:
    """Set up Django in a child of a run: same home, same database, same fault in the code."""
    os.environ.update(environment(plan))
    import django

    django.setup()
    plant(plan)


def plant(plan: Plan) -> None:
    """Apply the plan's fault, where it has one."""
    if plan.fault:
        load()
        FAULTS[plan.fault].plant(plan)


def commit() -> str:
    """The commit under test, with a ``+`` when the tree has been changed since."""

    def git(*words: str) -> str:
        done = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True)
        return done.stdout.strip()

    changed = git("status", "--porcelain", "--untracked-files=no")
    return (git("rev-parse", "--short", "HEAD") or "none") + ("+" if changed else "")
