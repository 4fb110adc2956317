"""G2: a storm on a real database while strangers read the whole trial balance again and again."""

import json
import os
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.campaigns.frame import Closing, Plan, amount, campaign, prepare

SESSIONS = 8
READERS = 2


@campaign(
    "G2", title="a storm of mixed acts, watched mid-flight", databases=("sqlite", "postgresql")
)
def run(plan: Plan) -> Closing:
    """Eight sessions act, two readers read; afterwards all laws, and the journal walked anew."""
    prepare(plan)
    from tests.campaigns.writers import keeping, reading, session
    from tests.campaigns.writers.ground import draw, fresh_lot, prepare_ground

    closing = Closing()
    ground = prepare_ground()
    lots = [fresh_lot(ground, 10**9) for _ in range(2)]
    session.warm_up(ground, lots)
    with tempfile.TemporaryDirectory(prefix="boai-g2-") as name:
        folder = Path(name)
        until = time.monotonic() + amount(plan, probe=8, small=45, long=600)
        journals = [folder / f"writer{n}" for n in range(SESSIONS)]
        told = [folder / f"reader{n}" for n in range(READERS)]
        children = []
        for n, journal in enumerate(journals):

            def work(n: int = n, journal: Path = journal) -> None:
                orders = session.mixed(f"s{n}", draw(plan.seed, n), lots, {})
                session.write(ground, session.until(orders, until), journal)

            children.append(session.fork(work))
        for path in told:
            children.append(session.fork(lambda path=path: _watch(plan, path, until)))  # type: ignore[misc]
        for child in children:
            if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]):
                closing.broke("a session ended badly")
        found = [keeping.read(path) for path in journals]
        seen: list[dict[str, Any]] = [json.loads(p.read_text()) for p in told if p.exists()]
    keeping.settle(ground, closing, found)
    for journal in found:
        for trouble, times in journal.troubles.items():
            closing.notes.append(f"not answered, {times} times: {trouble}")
    for one in seen:
        for wrong in one["wrong"]:
            closing.broke(f"read mid-flight: {wrong}")
    for wrong in reading.broken_laws():
        closing.broke(wrong)
    _walk_again(plan, closing, sum(one["reads"] for one in seen))
    return closing


def _watch(plan: Plan, path: Path, until: float) -> None:
    """Read the whole trial balance until the time is over; the first, the worst, the last stay."""
    from tests.campaigns.writers.reading import Reader, wrong_in_trial_balance

    reader = Reader(plan)
    reads, wrong = 0, []
    while time.monotonic() < until:
        wrong += wrong_in_trial_balance(reader)
        reads += 1
        # Readers that never paused would take the storm's time for themselves.
        time.sleep(0.03)
        del wrong[30:]
    reader.close()
    path.write_text(json.dumps({"reads": reads, "wrong": wrong}))


def _walk_again(plan: Plan, closing: Closing, reads: int) -> None:
    from tests.campaigns.writers import reading

    reader = reading.Reader(plan)
    walked, wrong = reading.replay(reader)
    by_number = reading.replay(reader, reading.BY_NUMBER)[1]
    for line in wrong + reading.wrong_in_trial_balance(reader) + reading.halves(reader):
        closing.broke(line)
    reader.close()
    closing.notes.append(
        f"{reads} whole trial balances read mid-flight; {walked} movements replayed, "
        f"{len(wrong)} prefixes below zero ({len(by_number)} if walked by journal number)"
    )
    if not reads:
        closing.broke("nothing was read")
