"""What the books ought to hold, in plain Python.

It shares no code with what it judges. Money in a fund is a queue of parcels, each marked with the
gift it came from: spending takes parcels from the front, a refund takes the gift's own parcels, a
transfer carries parcels to another queue. The books do the same by intervals on an axis; where the
two differ by one fen, one of them is wrong.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

Pieces = list[tuple[str, int]]
"""Whose money, and how much of it, in order."""
Place = tuple[str, str]
"""Kind and reference of a place where goods can be."""
GOODS = ("quarantine", "on_hand", "reserved", "in_transit", "delivered", "returned", "written_off")


@dataclass(eq=False, slots=True)
class Inflow:
    """One arrival of money in a fund: ``parcels`` is what of it nobody has taken."""

    fund: "Fund"
    source: str
    amount: int
    parcels: Pieces
    of: "Outflow | None" = None
    """The outflow whose money this is, where it goes on."""

    @property
    def left(self) -> int:
        """Unspent."""
        return sum(amount for _, amount in self.parcels)


@dataclass(eq=False, slots=True)
class Outflow:
    """Money that left a fund."""

    fund: "Fund"
    kind: str
    subject: str
    pieces: Pieces
    on: Inflow | None = None
    """The inflow in which it goes on: it is no use of anybody's money then."""

    @property
    def amount(self) -> int:
        """All pieces."""
        return sum(amount for _, amount in self.pieces)


@dataclass(eq=False, slots=True)
class Fund:
    """A queue of parcels with one restriction."""

    id: int
    society: int
    restriction: str = "unrestricted"
    appeal: str = ""
    beneficiary: int | None = None
    queue: list[Inflow] = field(default_factory=list)
    """Inflows that have something left, oldest first."""
    balance: int = 0
    inflows: int = 0


@dataclass(eq=False, slots=True)
class Entry:
    """One act in a journal, with what a reversal of it would have to take back."""

    society: int
    kind: str
    id: int = 0
    came: list[Inflow] = field(default_factory=list)
    went: list[Outflow] = field(default_factory=list)
    banks: list[tuple[str, int, bool]] = field(default_factory=list)
    """Bank, by how much it grew, and whether it waits for the fund's next settling."""
    legs: list[tuple["Lot", Place, Place, int]] = field(default_factory=list)
    """Lot, from where, to where, how much; a place of kind ``origin`` is never empty."""
    reversed: bool = False
    again: Any = None
    """Calls the service again with the same key: ``again(changed)`` with other inputs if so."""


@dataclass(eq=False, slots=True)
class Lot:
    """Goods of one lot by place; and what matters when somebody wants to move it."""

    id: int
    society: int
    item: int
    commodity: str
    places: dict[Place, int] = field(default_factory=dict)
    extra: dict[str, Any] = field(default_factory=dict)

    def at(self, place: Place) -> int:
        """How much is there; origins have no bottom."""
        return 10**18 if place[0] == "origin" else self.places.get(place, 0)

    def of_kind(self, kind: str) -> int:
        """How much is in all places of a kind."""
        return sum(amount for place, amount in self.places.items() if place[0] == kind)

    def move(self, source: Place, target: Place, amount: int) -> None:
        """Carry goods."""
        for place, change in ((source, -amount), (target, amount)):
            if place[0] != "origin":
                now = self.places.get(place, 0) + change
                assert now >= 0, "the plan was wrong"
                self.places[place] = now
                if not now:
                    del self.places[place]


class Model:
    """Everything that the simulation expects."""

    def __init__(self) -> None:
        self.funds: list[Fund] = []
        self.banks: dict[tuple[int, str], int] = defaultdict(int)
        self.waiting: dict[tuple[int, str], int] = defaultdict(int)
        self.gifts: dict[str, Inflow] = {}
        self.given: dict[str, int] = {}
        self.uses: dict[str, list[Outflow]] = defaultdict(list)
        self.expenses: dict[str, list[Outflow]] = defaultdict(list)
        self.left: dict[str, int] = defaultdict(int)
        self.journal: dict[int, int] = defaultdict(int)
        self.numbered: dict[int, int] = defaultdict(int)
        self.lots: dict[int, Lot] = {}
        self.leaves = 0
        self.names: list[str] = []

    # -- money -----------------------------------------------------------------------------------

    def fund(self, id: int, society: int, **about: Any) -> Fund:
        """A fund has been opened."""
        made = Fund(id, society, **about)
        self.funds.append(made)
        return made

    def fund_of(self, id: int) -> Fund | None:
        """The fund with an id of the books."""
        return next((fund for fund in reversed(self.funds) if fund.id == id), None)

    def enter(self, entry: Entry) -> Entry:
        """An act stands in its society's journal; its bank amounts count."""
        self.journal[entry.society] += 1
        for bank, amount, waits in entry.banks:
            self.banks[entry.society, bank] += amount
            if waits:
                self.waiting[entry.society, bank] += amount
        return entry

    def settle(self, society: int) -> None:
        """What waited in this society counts in its banks' running balances from now on."""
        for key in [key for key in self.waiting if key[0] == society]:
            del self.waiting[key]

    def settled(self, society: int, bank: str) -> int:
        """What the bank's running balance holds for certain."""
        return self.banks[society, bank] - self.waiting.get((society, bank), 0)

    def receive(self, fund: Fund, source: str, amount: int) -> Inflow:
        """A gift comes into a fund."""
        inflow = self._put(fund, source, [(source, amount)])
        self.gifts[source] = inflow
        self.given[source] = self.given.get(source, 0) + amount
        return inflow

    def go_on(self, outflow: Outflow, fund: Fund) -> Inflow:
        """The money of an outflow arrives in a fund, piece for piece."""
        inflow = self._put(fund, "", list(outflow.pieces))
        inflow.of, outflow.on = outflow, inflow
        return inflow

    def _put(self, fund: Fund, source: str, pieces: Pieces) -> Inflow:
        inflow = Inflow(fund, source, sum(a for _, a in pieces), list(pieces))
        fund.queue.append(inflow)
        fund.balance += inflow.amount
        fund.inflows += 1
        for whose, amount in pieces:
            self.left[whose] += amount
        return inflow

    def take_oldest(self, fund: Fund, amount: int, kind: str, subject: str) -> Outflow:
        """Money leaves from the front of the queue."""
        pieces: Pieces = []
        wanted = amount
        for inflow in fund.queue:
            pieces += self._bite(inflow, wanted)
            wanted = amount - sum(a for _, a in pieces)
            if not wanted:
                break
        assert not wanted, "the plan was wrong"
        return self._out(fund, kind, subject, pieces)

    def take_own(self, inflow: Inflow, amount: int, kind: str, subject: str) -> Outflow:
        """Money leaves from one inflow's own parcels."""
        pieces = self._bite(inflow, amount)
        assert sum(a for _, a in pieces) == amount, "the plan was wrong"
        return self._out(inflow.fund, kind, subject, pieces)

    def _bite(self, inflow: Inflow, wanted: int) -> Pieces:
        taken: Pieces = []
        while wanted and inflow.parcels:
            whose, amount = inflow.parcels[0]
            part = min(wanted, amount)
            wanted -= part
            taken.append((whose, part))
            if part == amount:
                inflow.parcels.pop(0)
            else:
                inflow.parcels[0] = (whose, amount - part)
        return taken

    def _out(self, fund: Fund, kind: str, subject: str, pieces: Pieces) -> Outflow:
        fund.queue = [inflow for inflow in fund.queue if inflow.parcels]
        fund.balance -= sum(a for _, a in pieces)
        outflow = Outflow(fund, kind, subject, pieces)
        self.expenses[subject].append(outflow)
        for whose, amount in pieces:
            self.left[whose] -= amount
        for whose in dict.fromkeys(whose for whose, _ in pieces):
            self.uses[whose].append(outflow)
        return outflow

    def uses_of(self, source: str) -> dict[str, int]:
        """By subject, what a gift's money was used for; transfers and what came back are none."""
        found: dict[str, int] = defaultdict(int)
        for outflow in self.uses.get(source, ()):
            if outflow.on is None:
                part = sum(a for whose, a in outflow.pieces if whose == source)
                found[outflow.subject] += part
        return dict(found)

    def sources_of(self, subject: str) -> dict[str, int]:
        """By gift, whose money paid a subject; what was taken back has none."""
        found: dict[str, int] = defaultdict(int)
        for outflow in self.expenses.get(subject, ()):
            if outflow.on is None or outflow.kind == "transfer":
                for whose, amount in outflow.pieces:
                    found[whose] += amount
        return dict(found)

    # -- taking back -----------------------------------------------------------------------------

    def against_reversing(self, entry: Entry) -> set[str]:
        """The refusals of which one must come; none: it can be taken back."""
        found: set[str] = set()
        if entry.reversed:
            found.add("AlreadyReversed")
        own = {id(outflow) for outflow in entry.went}
        for outflow in entry.went:
            if outflow.on is not None and outflow.on not in entry.came:
                found.add("TransferIsReturnedByTransfer")
        for inflow in entry.came:
            if inflow.of is not None and id(inflow.of) not in own:
                found.add("TransferIsReturnedByTransfer")
            if inflow.left < inflow.amount:
                found.add("PartlySpent")
        for bank, amount, _ in entry.banks:
            if amount > 0 and self.banks[entry.society, bank] < amount:
                found.add("NotEnough")
        held: dict[tuple[int, Place], int] = {}
        for lot, source, target, amount in entry.legs:
            for place in (source, target):
                held.setdefault((lot.id, place), lot.at(place))
            if held[lot.id, target] < amount:
                found.add("NotEnough")
            held[lot.id, target] -= amount
            held[lot.id, source] += amount
        return found

    def reverse(self, entry: Entry) -> Entry:
        """Take an entry back, in the order of its postings; answers the entry, not yet entered."""
        self.settle(entry.society)
        back = Entry(entry.society, "reversal")
        entry.reversed = True
        taken: Outflow | None = None
        for inflow in entry.came:
            source = inflow.source or "continued"
            taken = self.take_own(inflow, inflow.amount, "reversal", source)
            back.went.append(taken)
        for outflow in entry.went:
            back.came.append(self.go_on(taken or outflow, outflow.fund))
        back.banks = [(b, -amount, amount < 0 and bool(entry.went)) for b, amount, _ in entry.banks]
        for lot, here, there, amount in entry.legs:
            lot.move(there, here, amount)
            back.legs.append((lot, there, here, amount))
        return back

    # -- sums ------------------------------------------------------------------------------------

    def fund_money(self, society: int) -> int:
        """All funds of a society."""
        return sum(fund.balance for fund in self.funds if fund.society == society)

    def waiting_entries(self) -> dict[int, int]:
        """By society, how many entries have no number."""
        return {s: n - self.numbered[s] for s, n in self.journal.items() if n > self.numbered[s]}

    def lots_with_goods(self) -> Iterator[Lot]:
        """Lots that are somewhere."""
        return (lot for lot in self.lots.values() if lot.places)


def feasible(legs: Iterable[tuple[Lot, Place, Place, int]]) -> bool:
    """Whether legs can be moved one after another without any place going below nothing."""
    held: dict[tuple[int, Place], int] = {}
    for lot, source, target, amount in legs:
        for place in (source, target):
            held.setdefault((lot.id, place), lot.at(place))
        if held[lot.id, source] < amount:
            return False
        held[lot.id, source] -= amount
        held[lot.id, target] += amount
    return True


def shares(total: int, weights: list[int]) -> list[int]:
    """A whole total in proportion, by largest remainder, one unit after another."""
    whole = sum(weights)
    parts = [total * weight // whole for weight in weights]
    wanting = [
        (-(total * weight - part * whole), n)
        for n, (weight, part) in enumerate(zip(weights, parts, strict=True))
    ]
    for _, n in sorted(wanting)[: total - sum(parts)]:
        parts[n] += 1
    return parts
