"""The engine of the simulation: one seed, planned operations, three kinds of outcome, crashes.

Each operation is planned from the model with what must come of it: success, or one of a few
refusals, or (where the model cannot know) either. Then the service is called, what it did is
compared with what the plan said it would do, and the model takes it over.
"""

import hashlib
from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from hashlib import algorithms_available
from random import Random
from typing import Any

from django.db import connection

from boai.ground.core.clock import CHINA
from boai.ground.core.errors import Refusal
from tests.campaigns.simulation.model import Model

SUCCESS = "success"
BEGIN = datetime(2020, 1, 24, 9, 0, tzinfo=CHINA)
WATCHED = (
    "ledger_entry",
    "ledger_posting",
    "ledger_fundinflow",
    "ledger_fundoutflow",
    "ledger_fundspan",
    "translog_leaf",
    "translog_leafsalt",
    "donations_gift",
    "donations_refund",
    "donations_paymentorder",
    "donations_paymentnotification",
    "certificates_paper",
    "finance_disbursement",
    "finance_decision",
    "approvals_vote",
    "approvals_case",
    "allocation_request",
    "allocation_proposalline",
    "warehouse_receivednote",
    "warehouse_lot",
    "warehouse_reservation",
    "warehouse_issuenote",
    "warehouse_adjustment",
    "warehouse_repacking",
    "dispatch_return",
    "dispatch_waybill",
    "dispatch_deliveryline",
    "dispatch_discrepancy",
    "trail_act",
)
"""An act that was refused or broken off leaves no row in any of these."""


class Crashed(Exception):
    """The process ends in the middle of an act, as far as the act can tell."""


class CrashAt:
    """Ends an act at its n-th statement."""

    def __init__(self, statement: int) -> None:
        self.rest = statement
        self.happened = False

    def __call__(self, execute: Any, sql: Any, params: Any, many: Any, context: Any) -> Any:
        self.rest -= 1
        if self.rest == 0:
            self.happened = True
            raise Crashed
        return execute(sql, params, many, context)


class Clock:
    """Virtual time, passed into every act. In the fault phase it jumps and steps back."""

    def __init__(self) -> None:
        self.at = BEGIN
        self.steps = 0

    def pass_by(self, chance: Random) -> None:
        """Some seconds pass."""
        self.at += timedelta(seconds=chance.randrange(1, 120))

    def fault(self, chance: Random) -> str:
        """Somebody sets it wrong."""
        self.steps += 1
        if chance.random() < 0.5:
            change = timedelta(seconds=chance.choice((30, 3600, 26 * 3600)))
            self.at = max(BEGIN, self.at - change)
            return f"back {change}"
        change = timedelta(hours=chance.choice((1, 9, 25)))
        self.at += change
        return f"forward {change}"


@dataclass(slots=True)
class Planned:
    """One operation: what it is, what it calls, what must come of it."""

    kind: str
    words: tuple[Any, ...]
    act: Callable[[], Any]
    refusals: frozenset[str] = frozenset()
    done: Callable[[Any], None] | None = None
    check: Callable[[Any], Iterator[str]] | None = None
    entries: int = 0
    leaves: tuple[str, ...] = ()
    either: bool = False
    crashes: bool = True
    """Whether it may be broken off in the middle: one act in one transaction."""


@dataclass(slots=True)
class Ran:
    """What a simulation came to."""

    operations: int = 0
    acknowledged: int = 0
    refused: int = 0
    unknown: int = 0
    crashes: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)
    digest: str = ""


class Simulation:
    """The state of one run."""

    def __init__(self, seed: int, operations: int, say: Callable[[str], None] = print) -> None:
        self.seed, self.wanted = seed, operations
        self.chance = Random(seed)
        self.clock = Clock()
        self.model = Model()
        self.ran = Ran()
        self.say = say
        self.last: deque[str] = deque(maxlen=12)
        self.running = 0
        self.calm = False
        self.breaks_off = 0.02
        self._digest = hashlib.sha256()
        self._leaf = self._entry = self.first_leaf = 0
        self._refs: set[str] = set()

    @property
    def at(self) -> datetime:
        """The virtual moment."""
        return self.clock.at

    def next(self) -> int:
        """A running number for keys and references."""
        self.running += 1
        return self.running

    def pick(self, things: Any) -> Any:
        """One of a sequence, or nothing of an empty one."""
        return things[self.chance.randrange(len(things))] if things else None

    def start_watching(self) -> None:
        """From now on every leaf and every entry must be one that was planned."""
        self._leaf = _one("SELECT COALESCE(MAX(id), 0) FROM translog_leaf")
        self.first_leaf = self.first_leaf or self._leaf
        self._entry = _one("SELECT COALESCE(MAX(id), 0) FROM ledger_entry")

    # -- one operation ---------------------------------------------------------------------------

    def perform(self, planned: Planned) -> None:
        """Carry out one operation and hold it against its plan."""
        self.ran.operations += 1
        self.ran.kinds[planned.kind] += 1
        must_refuse = bool(planned.refusals) and not planned.either
        crash = (
            not self.calm
            and planned.crashes
            and not must_refuse
            and self.chance.random() < self.breaks_off
        )
        before = rows() if must_refuse or crash else None
        if crash:
            self._break_off(planned, before)
            return
        outcome, answer = self._call(planned)
        self._note(planned, outcome)
        if outcome == SUCCESS:
            if must_refuse:
                self.broke(planned, f"was done, but {sorted(planned.refusals)} was due")
                return
            self._accept(planned, answer)
        elif outcome in planned.refusals:
            self.ran.refused += 1
            if before is not None and (left := differences(before, rows())):
                self.broke(planned, f"refused with {outcome}, but left {left}")
            self._nothing_new(planned)
        else:
            self.broke(planned, f"{outcome}; due: {sorted(planned.refusals) or SUCCESS}")

    def _call(self, planned: Planned) -> tuple[str, Any]:
        try:
            return SUCCESS, planned.act()
        except Crashed:
            raise
        except Refusal as refusal:
            return refusal.code, None
        except Exception as error:
            return f"{type(error).__name__}: {str(error)[:160]}", None

    def _accept(self, planned: Planned, answer: Any) -> None:
        self.ran.acknowledged += 1
        try:
            if planned.done is not None:
                planned.done(answer)
        except (AssertionError, KeyError, IndexError, AttributeError) as error:
            self.broke(planned, f"the model cannot follow: {type(error).__name__} {error}")
            return
        for problem in self._fresh(planned):
            self.broke(planned, problem)
        if planned.check is not None:
            for problem in planned.check(answer):
                self.broke(planned, problem)

    def _break_off(self, planned: Planned, before: list[tuple[int, int]] | None) -> None:
        """The act ends at some statement: nothing of it may stand; then it is done again whole."""
        hook = CrashAt(self.chance.randrange(1, 24))
        try:
            with connection.execute_wrapper(hook):
                outcome, answer = self._call(planned)
        except Crashed:
            outcome, answer = "crashed", None
        self.ran.crashes += 1
        self._note(planned, outcome)
        if outcome != "crashed":
            if outcome == SUCCESS:
                self._accept(planned, answer)
            elif outcome in planned.refusals:
                self.ran.refused += 1
            else:
                self.broke(planned, f"{outcome} after a crash; due: success")
            return
        self.ran.unknown += 1
        if before is not None and (left := differences(before, rows())):
            self.broke(planned, f"was broken off at a statement, but left {left}")
            return
        outcome, answer = self._call(planned)
        self._note(planned, outcome)
        if outcome == SUCCESS:
            self._accept(planned, answer)
        elif outcome not in planned.refusals:
            self.broke(planned, f"{outcome} when done again after a crash")

    # -- what is new in journal and log ------------------------------------------------------------

    def _fresh(self, planned: Planned) -> Iterator[str]:
        """The act's leaves and entries: those that were planned, no more, no fewer."""
        entries = _all("SELECT id, key FROM ledger_entry WHERE id > %s ORDER BY id", self._entry)
        leaves = _all(
            "SELECT id, kind, ref, body FROM translog_leaf WHERE id > %s ORDER BY id", self._leaf
        )
        if entries:
            self._entry = entries[-1][0]
        if leaves:
            self._leaf = leaves[-1][0]
        if len(entries) != planned.entries:
            yield f"{len(entries)} entries {[k for _, k in entries][:3]}, {planned.entries} due"
        found = Counter(kind for _, kind, _, _ in leaves)
        if found != Counter(planned.leaves):
            yield f"leaves {dict(found)}, due {dict(Counter(planned.leaves))}"
        self.model.leaves += len(leaves)
        for _, _, ref, body in leaves:
            if ref in self._refs:
                yield f"two leaves of {ref}"
            self._refs.add(ref)
            yield from self._told_too_much(ref, body)

    def _told_too_much(self, ref: str, body: str) -> Iterator[str]:
        """No leaf holds a name, nor a bare digest of one."""
        for name in self.model.names[-12:]:
            if name in body:
                yield f"leaf {ref} holds a giver's name"
            yield from (
                f"leaf {ref} holds the bare {kind} of a giver's name"
                for kind, digest in bare_digests(name)
                if digest in body
            )

    def _nothing_new(self, planned: Planned) -> None:
        if (
            _one("SELECT COALESCE(MAX(id), 0) FROM ledger_entry") > self._entry
            or _one("SELECT COALESCE(MAX(id), 0) FROM translog_leaf") > self._leaf
        ):
            self.broke(planned, "refused, but journal or log has grown")
            self.start_watching()

    # -- notes -----------------------------------------------------------------------------------

    def _note(self, planned: Planned, outcome: str) -> None:
        line = f"{self.ran.operations} {planned.kind} {planned.words} -> {outcome}"
        self.last.append(line)
        self._digest.update(line.encode() + b"\n")
        self.ran.digest = self._digest.hexdigest()

    def broke(self, planned: Planned, what: str) -> None:
        """A break: seed, operation and the operations before it."""
        self.broken(f"{planned.kind} {planned.words}: {what}")

    def broken(self, what: str) -> None:
        """Keep a break; the first ones with what went before."""
        text = f"seed {self.seed} operation {self.ran.operations}: {what}"
        self.ran.broken.append(text)
        if len(self.ran.broken) <= 3:
            self.say(f"BROKEN {text}")
            for line in self.last:
                self.say(f"     {line}")


@lru_cache(maxsize=64)
def bare_digests(name: str) -> tuple[tuple[str, str], ...]:
    """What somebody without the salt could compute from a name."""
    known = [kind for kind in ("sha256", "md5", "sha1", "sm3") if kind in algorithms_available]
    return tuple((kind, hashlib.new(kind, name.encode()).hexdigest()) for kind in known)


_COUNTS = " UNION ALL ".join(
    f"SELECT {n}, COALESCE(MAX(id), 0) FROM {table}" for n, table in enumerate(WATCHED)
)


def rows() -> list[tuple[int, int]]:
    """The newest row of each watched table."""
    return _all(_COUNTS)


def differences(before: list[tuple[int, int]], after: list[tuple[int, int]]) -> list[str]:
    """In which tables rows have come."""
    return [
        WATCHED[n] for (n, a), (_, b) in zip(sorted(before), sorted(after), strict=True) if a != b
    ]


def _all(sql: str, *values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values or None)
        return [tuple(row) for row in cursor.fetchall()]


def _one(sql: str, *values: Any) -> int:
    return int(_all(sql, *values)[0][0])


ask = _all
