"""G1: the whole service layer beside an independent model, from one seed.

Random people of a small tree of societies do random things through the services; each operation is
planned with a known outcome, and what it did is compared with what it ought to have done. The
database lies in memory where the machine has room there: this campaign ends acts in the middle,
never the machine (that is G3 and G4).
"""

import gc
import shutil
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from tests.campaigns import frame
from tests.campaigns.frame import Closing, Plan, campaign

MEMORY = Path("/dev/shm")


SIZES = {
    "sqlite": {"probe": 900, "small": 20_000, "long": 1_000_000},
    "postgresql": {"probe": 300, "small": 1_000, "long": 100_000},
}
"""The full size is run on the embedded database; the other one is shown to do the same."""


@campaign(
    "G1",
    title="simulation of the whole service layer with an independent model",
    databases=("sqlite", "postgresql"),
)
def run(plan: Plan) -> Closing:
    """Simulate; ``unknown`` counts acts broken off in the middle, done again afterwards."""
    home = Path(tempfile.mkdtemp(prefix="boai-g1-", dir=MEMORY if MEMORY.is_dir() else None))
    try:
        frame.prepare(replace(plan, home=home))
        return simulated(plan)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def simulated(plan: Plan) -> Closing:
    """The run itself, in a house that stands."""
    from django.conf import settings

    from tests.campaigns.simulation.engine import Simulation
    from tests.campaigns.simulation.run import simulate

    # Time is virtual here, years away from the machine's own.
    settings.BOAI_WATCHES_CLOCK = False
    gc.freeze()
    gc.set_threshold(100_000, 20, 50)
    began = time.monotonic()

    def progress(sim: Simulation) -> None:
        passed = time.monotonic() - began
        print(
            f"   G1 {sim.ran.operations:,} operations, {sim.ran.operations / passed:.0f} a second, "
            f"{len(sim.ran.broken)} broken",
            flush=True,
        )

    ran = simulate(
        plan.seed,
        SIZES[plan.database][plan.tier],
        desks_first=plan.tier == "probe",
        whole_every=frame.amount(plan, probe=200, small=5_000, long=20_000),
        traced=frame.amount(plan, probe=1_000, small=1_000, long=20_000),
        say=lambda text: print(f"   {text}", flush=True),
        progress=None if plan.tier == "probe" else progress,
    )
    closing = Closing(
        operations=ran.operations,
        acknowledged=ran.acknowledged,
        unknown=ran.unknown,
        refused=ran.refused,
        broken=len(ran.broken),
        notes=[f"broken: {text}" for text in ran.broken],
    )
    closing.notes.append(f"digest of outcomes {ran.digest[:16]}, crashes {ran.crashes}")
    rare = ", ".join(f"{kind} {count}" for kind, count in ran.kinds.most_common()[:-6:-1])
    closing.notes.append(f"{len(ran.kinds)} kinds of operation; the rarest: {rare}")
    return closing
