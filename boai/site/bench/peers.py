"""Our books beside the bulk way of another ledger, in the same run and the same database."""

import importlib.util
import subprocess
import sys
import time

from boai.site.bench.frame import POSTGRES, Measured, NotHere, Plan, bench, set_up
from boai.site.bench.hordak import PART
from boai.site.bench.intake import society


@bench(
    "bulk-peers",
    "gifts posted to the books as a set / by django-hordak's bulk_create",
    goal=10.0,
    sizes=(20_000, 100_000),
    databases=(POSTGRES,),
)
def peers(plan: Plan) -> Measured:
    """Books beside books: a gift here is an entry with its digest, a posting and an inflow, then
    numbered, chained and placed in its fund; papers, leaves and the trail stand in ``bulk``. There
    it is a transaction with two legs. The peer has PostgreSQL only."""
    if importlib.util.find_spec("hordak") is None:
        raise NotHere("django-hordak is not installed (pip install 'boai[bench]')")
    theirs = _hordak(plan)
    set_up(plan)
    return Measured(_ours(plan.size), theirs, "gifts/s", f"{PART:,} gifts a transaction")


def _ours(size: int) -> float:
    from boai.foundations.ledger.queries import fund
    from boai.foundations.ledger.services import funds, numbering
    from boai.foundations.ledger.values import Inflow
    from boai.ground.core.actors import SYSTEM
    from boai.ground.core.clock import now

    at = now()
    fund_id = funds.open_fund(
        SYSTEM,
        organisation_id=society(),
        name="bench",
        restriction="unrestricted",
        purpose="bench",
        at=at,
    )
    began = time.perf_counter()
    for first in range(0, size, PART):
        numbers = range(first, min(first + PART, size))
        funds.receive_many_into_fund(
            SYSTEM,
            fund_id=fund_id,
            bank="main",
            gifts=[
                Inflow(
                    source=f"bench.gift:{n}",
                    amount=(n % 997 + 1) * 100,
                    key=f"bench-{n}",
                    at=at,
                    inputs=n,
                )
                for n in numbers
            ],
        )
    numbering.number_all()
    spent = time.perf_counter() - began
    due = sum(n % 997 + 1 for n in range(size)) * 100
    held = fund(fund_id).received
    if held != due:
        raise SystemExit(f"the fund received {held}, {due} were given")
    return size / spent


def _hordak(plan: Plan) -> float:
    done = subprocess.run(  # noqa: S603 (this program itself)
        [sys.executable, "-m", "boai.site.bench.hordak", plan.address, str(plan.size)],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"django-hordak: {done.stderr.strip()[-300:]}")
    return float(done.stdout.split()[-1])
