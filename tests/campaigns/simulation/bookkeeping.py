"""The bare books of the national and the provincial society: what its operations share.

Their journals have no leaf: money and goods are posted through the services of the ledger itself.
"""

from collections.abc import Callable, Iterator
from typing import Any

from boai.foundations.ledger import queries
from boai.foundations.ledger.services import funds
from boai.foundations.ledger.values import AccountKey
from boai.ground.core.actors import Actor
from tests.campaigns.simulation.engine import Simulation, ask
from tests.campaigns.simulation.model import Entry, Fund, Lot

BANKS = ("main", "second")
BALANCE = (
    "SELECT (SELECT COALESCE(SUM(amount), 0) FROM ledger_fundinflow WHERE fund_id = %s) - "
    "(SELECT COALESCE(SUM(amount), 0) FROM ledger_fundoutflow WHERE fund_id = %s)"
)
OFTEN = 0.05
"""How often an outflow is traced at once; at the end every expense is."""
MOST_INFLOWS = 120
"""A fund that has taken so many gifts is followed by a new one: appeals come and go."""


class Bookkeeping:
    """Funds, people and acts of societies whose operations touch nothing but the books."""

    def __init__(self, sim: Simulation, societies: list[int], people: list[Actor]) -> None:
        self.sim, self.model = sim, sim.model
        self.societies, self.people = societies, people
        self.open: dict[int, list[Fund]] = {society: [] for society in societies}
        self.acts: list[Entry] = []

    # -- choosing --------------------------------------------------------------------------------

    def somebody(self) -> Actor:
        """Who acts."""
        return self.people[self.sim.chance.randrange(len(self.people))]

    def a_fund(self, society: int | None = None) -> Fund:
        """An open fund; a full one gives way to a new one."""
        sim = self.sim
        society = society or sim.pick(self.societies)
        own = self.open[society]
        own[:] = [fund for fund in own if fund.inflows < MOST_INFLOWS]
        while len(own) < 3:
            number = sim.next()
            name = f"appeal:{number}"
            made = funds.open_fund(
                self.somebody(),
                organisation_id=society,
                name=name,
                restriction="appeal",
                purpose="p",
                appeal=name,
                at=sim.at,
            )
            own.append(self.model.fund(made, society, restriction="appeal", appeal=name))
        fund: Fund = sim.pick(own)
        return fund

    def funded(self, least: int = 1) -> Fund | None:
        """A fund with money."""
        for _ in range(4):
            fund = self.a_fund()
            if fund.balance >= least:
                return fund
        return None

    def amount(self, most: int = 50_000) -> int:
        """Small amounts more often than large ones."""
        return 1 + int(most * self.sim.chance.random() ** 3)

    # -- keeping ---------------------------------------------------------------------------------

    def keep(self, entry: Entry, posted: Any, again: Callable[[bool], Any]) -> None:
        """The entry stands, and may be asked for again."""
        entry.id, entry.again = posted.entry_id, again
        assert not posted.repeated, "a new key was answered as known"
        self.model.enter(entry)
        self.acts.append(entry)
        if len(self.acts) > 400:
            self.acts.pop(0)

    def fund_agrees(self, *wanted: Fund) -> Iterator[str]:
        """The fund's balance, read afresh."""
        for fund in wanted:
            [(found,)] = ask(BALANCE, fund.id, fund.id)
            if found != fund.balance:
                yield f"fund {fund.id} holds {found}, {fund.balance} due"

    def traced(self, subject: str) -> Iterator[str]:
        """Now and then: whose money paid this, and that of one of them where it went."""
        if self.sim.chance.random() > OFTEN:
            return
        found = {share.source: share.amount for share in queries.sources_of(subject)}
        due = self.model.sources_of(subject)
        if found != due:
            yield f"{subject} was paid by {shown(found, due)}"
        elif due:
            yield from self.traced_on(self.sim.pick(sorted(due)))

    def traced_on(self, source: str) -> Iterator[str]:
        """Where the money of one gift went; with what is left it is the gift."""
        found: dict[str, int] = {}
        for use in queries.uses_of(source):
            found[use.subject] = found.get(use.subject, 0) + use.amount
        due = self.model.uses_of(source)
        if found != due:
            yield f"{source} was used for {shown(found, due)}"
        left = queries.unspent_of(source)
        if left != self.model.left[source]:
            yield f"{source} has {left} left, {self.model.left[source]} due"
        if left + sum(found.values()) != self.model.given[source]:
            yield f"{source}: uses and rest are not the gift"

    def lot_agrees(self, lot: Lot) -> Iterator[str]:
        """Every place of one lot."""
        yield from lot_agrees(lot)


def bank_account(society: int, name: str) -> AccountKey:
    return AccountKey(society, "bank", name)


def lot_agrees(lot: Lot) -> Iterator[str]:
    """Every place of one lot, as the running balances say."""
    found = ask(
        "SELECT a.kind, a.ref, b.amount FROM ledger_account a JOIN ledger_balance b "
        "ON b.account_id = a.id WHERE a.lot = %s AND b.amount <> 0",
        lot.id,
    )
    there = {(kind, ref): amount for kind, ref, amount in found}
    if there != lot.places:
        yield f"lot {lot.id} lies {there}, {lot.places} due"


def shown(found: dict[str, int], due: dict[str, int]) -> str:
    """Where two tables differ."""
    keys = sorted(key for key in found.keys() | due.keys() if found.get(key) != due.get(key))
    return ", ".join(f"{k}: {found.get(k, 0)}, {due.get(k, 0)} due" for k in keys[:4])
