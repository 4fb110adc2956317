"""G24: the negative controls. A campaign that cannot fail proves nothing."""

import random

from tests.campaigns import frame
from tests.campaigns.frame import Closing, Plan, campaign


@campaign("G24", title="planted faults, each caught by the campaign named for it", small=False)
def run(plan: Plan) -> Closing:
    """Run each campaign's probe with its fault planted; a run that holds has missed the fault.

    ``operations`` counts faults, ``acknowledged`` those caught, ``broken`` those missed.
    """
    from tests.campaigns.__main__ import ran

    closing = Closing()
    chance = random.Random(plan.seed)
    for fault in frame.FAULTS.values():
        closing.operations += 1
        seed = chance.randrange(10**6)
        ended, _ = ran(fault.caught_by, "probe", seed, fault.database, fault.name)
        why = ended.notes[0] if ended.notes else f"lost {ended.lost}"
        if ended.holds:
            closing.broke(f"{fault.name} was missed by {fault.caught_by} (seed {seed})")
        elif not ended.operations:
            # A run that fell over has found nothing.
            closing.broke(f"{fault.caught_by} did not end with {fault.name} (seed {seed}): {why}")
        else:
            closing.acknowledged += 1
            closing.notes.append(f"caught {fault.name} by {fault.caught_by}: {why}")
    return closing
