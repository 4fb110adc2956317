"""The kill loop that both kill campaigns share: writers begin, die at a random moment, are judged."""

import os
import signal
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

from tests.campaigns.frame import Closing, Plan
from tests.campaigns.writers import acts, keeping, reading, session
from tests.campaigns.writers.ground import Ground, draw, fresh_lot, let_go
from tests.factories.published import workbook

ROWS = 500
"""Gifts in a file."""
EARLIEST, LATEST = 0.05, 0.35


class Kills:
    """One run: its society, its list of what was acknowledged, its count of kills."""

    def __init__(self, plan: Plan, ground: Ground, folder: Path) -> None:
        self.plan, self.ground, self.folder = plan, ground, folder
        self.closing = Closing()
        self.lots = [fresh_lot(ground, 10**9) for _ in range(2)]
        session.warm_up(ground, self.lots)
        self.done: list[tuple[dict[str, Any], Any]] = []
        self.usable: dict[str, list[Any]] = defaultdict(list)
        self.kills = 0
        self.files = 0
        self.file_kills = 0
        self.longest = 1.0
        """Seconds that the last file took that nobody stopped: the next is killed within them."""

    def begin(self, cycle: int, writers: int, *, patient: bool = False) -> list[tuple[int, Path]]:
        """Fork the writers of a cycle and wait until each has had an answer; ids and journals."""
        begun = []
        for n in range(writers):
            journal = self.folder / f"{cycle}.{n}"
            chance, known = draw(self.plan.seed, cycle, n), self._known()

            def work(
                n: int = n, chance: Random = chance, journal: Path = journal, known: Any = known
            ) -> None:
                orders = session.mixed(f"c{cycle}w{n}", chance, self.lots, known)
                session.write(self.ground, orders, journal, patient=patient)

            begun.append((session.fork(work), journal))
        until = time.monotonic() + 20
        while not all(_answered(path) for _, path in begun) and time.monotonic() < until:
            time.sleep(0.002)
        return begun

    def _known(self) -> dict[str, Any]:
        """Something of each kind that was acknowledged and that a later act may need."""
        return {name: rows.pop() for name, rows in self.usable.items() if rows}

    def _keep(self, done: list[tuple[dict[str, Any], Any]]) -> None:
        self.done += done
        for order, answer in done:
            if order["act"] in ("take", "spend"):
                self.usable[order["act"]].append(answer)
            elif order["act"] == "receive":
                self.usable["receive"].append(order["key"])
            elif order["act"] == "reserve":
                self.usable["reserve"].append(order)

    def judge(self, journals: list[Path]) -> None:
        """Hold the database to the journals of one cycle; everything half is a break."""
        let_go()
        if not reading.wait_until_alone(self.plan):
            self.closing.broke("the server has not let go of the killed")
        found = [keeping.read(path) for path in journals]
        self._keep(keeping.settle(self.ground, self.closing, found))
        reader = reading.Reader(self.plan)
        for wrong in reading.wrong_in_trial_balance(reader) + reading.halves(reader):
            self.closing.broke(wrong)
        reader.close()
        for path in journals:
            path.unlink(missing_ok=True)

    def take_in_a_file(self, cycle: int, kill: Callable[[int], None]) -> None:
        """Kill the import of a file at random moments, then let it end: every row exactly once."""
        chance = draw(self.plan.seed, cycle, 99)
        names = [f"F{self.plan.seed}X{cycle}X{n:06d}" for n in range(ROWS)]
        path = workbook(
            self.folder / f"file{cycle}.xlsx", [["交易单号", "金额"], *[[n, 1.0] for n in names]]
        )
        order = {"act": "take_in", "key": f"file{cycle}", "path": str(path)}
        for turn in range(3):
            began = time.monotonic()
            journal = self.folder / f"file{cycle}.{turn}"
            child = session.fork(
                lambda journal=journal: session.write(self.ground, iter([order]), journal)  # type: ignore[misc]
            )
            wait_or_kill(child, chance.uniform(0.02, self.longest), kill)
            found = keeping.read(journal)
            journal.unlink(missing_ok=True)
            self.closing.operations += found.sent
            self.closing.acknowledged += len(found.done)
            self.closing.unknown += len(found.open)
            for escaped in found.escaped:
                self.closing.broke(f"an error reached the door: {escaped}")
            if found.done:
                self.longest = time.monotonic() - began
                break
            self.file_kills += 1
        self.closing.operations += 1
        answer = acts.perform(self.ground, order)
        self.closing.acknowledged += 1
        self._every_row_once(path, names, answer)
        self.files += 1
        path.unlink()

    def _every_row_once(self, path: Path, names: list[str], answer: dict[str, int]) -> None:
        from boai.relief.donations.models import Gift

        channels = set(
            Gift.objects.filter(channel_reference__in=names[:1]).values_list("channel", flat=True)
        )
        states = (
            keeping.whole_gifts(channels.pop(), names)
            if len(channels) == 1
            else dict.fromkeys(names, keeping.ABSENT)
        )
        lost = [name for name, state in states.items() if state == keeping.ABSENT]
        odd = {name: s for name, s in states.items() if s not in (keeping.ABSENT, keeping.WHOLE)}
        self.closing.lost += len(lost)
        if lost:
            self.closing.notes.append(
                f"lost: {len(lost)} rows of {path.name} after it was resumed: {answer}"
            )
        for name, state in list(odd.items())[:3]:
            self.closing.broke(f"row {name} of {path.name}: {state}")
        if answer["accepted"] + answer["known"] != ROWS:
            self.closing.broke(f"{path.name}: {answer}")

    def end(self) -> Closing:
        """All that was ever acknowledged once more, every law, the journal replayed."""
        keeping.hold(self.ground, self.closing, self.done)
        self.count_numbers()
        for wrong in reading.broken_laws():
            self.closing.broke(wrong)
        reader = reading.Reader(self.plan)
        walked, wrong_prefixes = reading.replay(reader)
        reader.close()
        for wrong in wrong_prefixes:
            self.closing.broke(wrong)
        self.closing.notes.append(
            f"{self.kills} kills of writers or server, {self.file_kills} kills of an import; "
            f"{self.files} files of {ROWS} rows resumed; {walked} movements replayed"
        )
        return self.closing

    def count_numbers(self) -> None:
        """Numbers that were answered as given are still given (the journal only grows)."""
        from boai.foundations.ledger.models import Entry

        given = sum(answer for order, answer in self.done if order["act"] == "number")
        there = Entry.objects.filter(sequence__isnull=False).count()
        if there < given:
            self.closing.lost += 1
            self.closing.notes.append(f"lost: {given} numbers were given, {there} are there")


def _answered(journal: Path) -> bool:
    """Whether a writer has had its first answer: the time to its death is counted from then, so
    that a busy machine does not only ever kill writers that are still finding their feet."""
    return journal.exists() and journal.read_bytes().count(b"\n") > 1


def wait_or_kill(child: int, seconds: float, kill: Callable[[int], None]) -> None:
    """Let a child work for so long, then kill; a child that ended earlier is only waited for."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if os.waitpid(child, os.WNOHANG)[0]:
            return
        time.sleep(0.002)
    kill(child)


def kill_children(children: list[int]) -> None:
    """Kill -9 and wait for each."""
    for child in children:
        os.kill(child, signal.SIGKILL)
    for child in children:
        os.waitpid(child, 0)
