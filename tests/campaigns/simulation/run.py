"""One run: the fault phase, then the calm phase, then everything against everything."""

from collections.abc import Callable
from datetime import timedelta

from tests.campaigns.simulation import whole
from tests.campaigns.simulation.arrivals import Arrivals
from tests.campaigns.simulation.benches import Benches
from tests.campaigns.simulation.book_goods import BookGoods
from tests.campaigns.simulation.book_money import BookMoney
from tests.campaigns.simulation.bookkeeping import Bookkeeping
from tests.campaigns.simulation.committee import Committee
from tests.campaigns.simulation.engine import Planned, Ran, Simulation
from tests.campaigns.simulation.givebacks import Givebacks
from tests.campaigns.simulation.giving import Giving
from tests.campaigns.simulation.payments import Payments
from tests.campaigns.simulation.roads import Roads
from tests.campaigns.simulation.spending import Spending
from tests.campaigns.simulation.steps import Steps
from tests.campaigns.simulation.stores import Stores
from tests.campaigns.simulation.world import build
from tests.factories.books import stand_alone

Kinds = dict[str, tuple[int, Callable[[], Planned | None]]]
_IN_SHORT = {"books": 0.25, "committee": 3}
"""In a short run the cheap operations are fewer, and what takes many steps comes more often."""
MOST_BREAKS = 5
"""After so many the model is of no use any more."""


def simulate(
    seed: int,
    operations: int,
    *,
    desks_first: bool = False,
    whole_every: int = 2_000,
    traced: int = 3_000,
    say: Callable[[str], None] = print,
    progress: Callable[[Simulation], None] | None = None,
) -> Ran:
    """Run so many operations from one seed; the same seed on the same code does the same.

    With ``desks_first`` the cheap operations on the bare books are fewer and more acts are broken
    off: a short run then meets everything that can happen at a desk.
    """
    stand_alone()
    sim = Simulation(seed, operations, say)
    tree = build(sim)
    books = Bookkeeping(sim, [tree.national, tree.province], tree.clerks)
    spending = Spending(sim, tree, books)
    stores = Stores(sim, tree)
    roads = Roads(stores)
    steps = Steps(sim, tree, roads)
    giving = Giving(sim, tree)
    kinds: Kinds = {}
    for room in (
        BookMoney(books),
        BookGoods(books),
        giving,
        Givebacks(giving),
        Payments(giving),
        spending,
        Arrivals(stores, spending),
        stores,
        roads,
        Benches(roads),
        Committee(sim, tree, roads),
        steps,
    ):
        kinds |= room.kinds()
    _count_what_stands(sim)
    sim.breaks_off = 0.15 if desks_first else 0.02
    names = list(kinds)
    weights = [
        weight * (_IN_SHORT.get(name.partition(".")[0], 1) if desks_first else 1)
        for name, (weight, _) in kinds.items()
    ]
    while sim.ran.operations < operations and len(sim.ran.broken) < MOST_BREAKS:
        sim.clock.pass_by(sim.chance)
        if sim.chance.random() < 0.002:
            sim.last.append(f"the clock was set {sim.clock.fault(sim.chance)}")
        planned = kinds[sim.chance.choices(names, weights)[0]][1]()
        if planned is None:
            continue
        before = sim.ran.operations
        sim.perform(planned)
        if sim.ran.operations % whole_every == 0 and before != sim.ran.operations:
            _compare(sim)
            if progress is not None:
                progress(sim)
    if len(sim.ran.broken) < MOST_BREAKS:
        _end(sim, steps, traced)
    return sim.ran


def _count_what_stands(sim: Simulation) -> None:
    """The opening of appeals has left leaves; from here on each must be planned."""
    sim.start_watching()


def _compare(sim: Simulation) -> None:
    for problem in whole.differences(sim):
        sim.broken(problem)


def _end(sim: Simulation, steps: Steps, traced: int) -> None:
    """Calm: no crashes, a clock that only goes forward; everything must come to rest."""
    sim.calm = True
    sim.clock.at += timedelta(days=3)
    for planned in steps.converge():
        sim.clock.pass_by(sim.chance)
        sim.perform(planned)
        if len(sim.ran.broken) >= MOST_BREAKS:
            return
    _compare(sim)
    for check in (
        whole.calm(sim),
        whole.traces(sim, traced),
        whole.nothing_set_aside(sim),
        whole.broken_laws(),
    ):
        for problem in check:
            sim.broken(problem)
