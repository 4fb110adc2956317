"""G3: kill -9 on SQLite. What was acknowledged is there once and whole; nothing is half (I-9, F-01).

The writing processes die at a random moment; the operating system lives on. So this says nothing
about a power cut.
"""

import tempfile
import time
from pathlib import Path

from tests.campaigns.frame import Closing, Plan, amount, campaign, prepare

WRITERS = 2


@campaign("G3", title="kill -9 of the writing processes on SQLite")
def run(plan: Plan) -> Closing:
    """Kill, look, go on; a file's import is killed now and then, all laws are read at the end."""
    prepare(plan)
    from tests.campaigns.writers import killing, reading
    from tests.campaigns.writers.ground import draw, prepare_ground

    kills = amount(plan, probe=14, small=100, long=1000)
    every_file = amount(plan, probe=2, small=20, long=25)
    with tempfile.TemporaryDirectory(prefix="boai-g3-acks-") as folder:
        these = killing.Kills(plan, prepare_ground(), Path(folder))
        chance = draw(plan.seed, 0)
        for cycle in range(1, kills + 1):
            begun = these.begin(cycle, WRITERS)
            time.sleep(chance.uniform(killing.EARLIEST, killing.LATEST))
            killing.kill_children([child for child, _ in begun])
            these.kills += 1
            these.judge([journal for _, journal in begun])
            if cycle % every_file == 0:
                these.take_in_a_file(cycle, lambda child: killing.kill_children([child]))
            if cycle % 50 == 0:
                for wrong in reading.broken_laws():
                    these.closing.broke(f"after kill {cycle}: {wrong}")
            if these.closing.broken > 50:
                break
        closing = these.end()
        _check_file(plan, closing)
        return closing


def _check_file(plan: Plan, closing: Closing) -> None:
    from tests.campaigns.writers.reading import Reader

    reader = Reader(plan)
    found = [str(row[0]) for row in reader.rows("PRAGMA integrity_check")]
    found += [f"foreign key {row}" for row in reader.rows("PRAGMA foreign_key_check")]
    reader.close()
    if found != ["ok"]:
        closing.broke(f"integrity_check: {found[:3]}")
