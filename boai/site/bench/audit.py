"""Asking every law over large books."""

import time

from boai.site.bench.frame import Measured, Plan, bench, set_up
from boai.site.bench.intake import furnish

GOAL_SECONDS = 20.0
GOAL_POSTINGS = 1_000_000


@bench(
    "audit",
    "all laws over the books, seconds / 20 s for a million postings",
    goal=1.0,
    most=True,
    sizes=(50_000, 1_000_000),
)
def audit(plan: Plan) -> Measured:
    """The goal is given for 10^6 postings; for other sizes it grows in proportion."""
    set_up(plan)
    from boai.foundations.figures.services.rolling import fold_all
    from boai.foundations.ledger.models import Posting
    from boai.foundations.ledger.services import numbering
    from boai.foundations.translog.services.sequencing import sequence
    from boai.ground.core.clock import now
    from boai.ground.core.laws import all_laws

    furnish(plan.size, plan.home)
    numbering.number_all()
    fold_all()
    sequence(now())
    times: dict[str, float] = {}
    for law in all_laws():
        began = time.perf_counter()
        found = law.check()
        times[law.id] = time.perf_counter() - began
        if found.breaches:
            raise SystemExit(f"{law.id} does not hold: {found.breaches[:2]}")
    postings = Posting.objects.count()
    slowest = sorted(times, key=lambda id: -times[id])[:3]
    note = "slowest: " + ", ".join(f"{id} {times[id]:.1f} s" for id in slowest)
    return Measured(
        sum(times.values()),
        GOAL_SECONDS * postings / GOAL_POSTINGS,
        "s",
        f"{postings:,} postings; {note}",
    )
