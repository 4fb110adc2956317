"""Operations of giving back: refunds asked for and paid by two persons, gifts booked by mistake."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from boai.foundations.certificates import queries as certificates
from boai.relief.donations import queries as donations
from boai.relief.donations.services import refunding
from tests.campaigns.simulation.engine import Planned
from tests.campaigns.simulation.giving import Giving
from tests.campaigns.simulation.model import Entry, Inflow
from tests.campaigns.simulation.world import Desk


@dataclass(slots=True, eq=False)
class Wish:
    """Somebody has asked that money of a gift goes back."""

    number: str
    desk: Desk
    gift: str
    kind: str
    amount: int


class Givebacks:
    """Plans refunds and reversals of gifts of the desks that no unit was named for."""

    def __init__(self, giving: Giving) -> None:
        self.giving, self.sim, self.model = giving, giving.sim, giving.model
        self.wishes: list[Wish] = []
        self.over: list[Wish] = []

    def kinds(self) -> dict[str, tuple[int, Callable[[], Planned | None]]]:
        """Weight and planner by kind."""
        return {
            "gifts.refund-asked": (14, self.asked),
            "gifts.refund-asked-too-much": (12, self.asked_too_much),
            "gifts.refund-paid": (14, self.paid),
            "gifts.refund-paid-wrongly": (8, self.paid_wrongly),
            "gifts.refund-withdrawn": (4, self.withdrawn),
        }

    # -- asking --------------------------------------------------------------------------------------

    def _a_gift(self) -> tuple[Desk, str, Entry] | None:
        """A gift without a unit of its own, of late; it may be spent or gone."""
        number = self.sim.pick(self.giving.numbers[-120:])
        if number is None or number not in self.giving.entries:
            return None
        return self.giving.entries[number][0], number, self.giving.entries[number][1]

    def _free(self, number: str, inflow: Inflow) -> int:
        return inflow.left - sum(wish.amount for wish in self.wishes if wish.gift == number)

    def asked(self) -> Planned | None:
        """The first person asks, for a part or (where it was a mistake) for all."""
        found = self._a_gift()
        if found is None:
            return None
        desk, number, entry = found
        [inflow] = entry.came
        free = self._free(number, inflow)
        mistaken = self.sim.chance.random() < 0.3
        amount = inflow.amount if mistaken else self.sim.chance.randrange(1, max(2, free + 1))
        refusals = {"RefundIsTooMuch"} if amount > free else set()
        return self._ask(desk, number, "reversal" if mistaken else "refund", amount, refusals)

    def asked_too_much(self) -> Planned | None:
        """More than is unspent and not asked for already, or nothing."""
        found, wish = self._a_gift(), self.sim.pick(self.wishes)
        if wish is not None and self.sim.chance.random() < 0.6:
            found = (wish.desk, wish.gift, self.giving.entries[wish.gift][1])
        if found is None:
            return None
        desk, number, entry = found
        free = self._free(number, entry.came[0])
        if self.sim.chance.random() < 0.2:
            return self._ask(desk, number, "refund", 0, {"RefundIsNotAboveZero"})
        # What somebody has asked for is unspent, and not free: one fen of it is too much.
        more = free + self.sim.chance.choice((1, 1, 50, 500))
        due = "RefundIsTooMuch" if more > 0 else "RefundIsNotAboveZero"
        return self._ask(desk, number, "refund", more, {due})

    def _ask(self, desk: Desk, number: str, kind: str, amount: int, refusals: set[str]) -> Planned:
        actor, at = desk.office.accountant, self.sim.at

        def act() -> str:
            if kind == "reversal":
                return refunding.propose_reversal(actor, gift_number=number, reason="重复", at=at)
            return refunding.propose_refund(
                actor, gift_number=number, amount_fen=amount, reason="申请", at=at
            )

        def done(refund: Any) -> None:
            self.wishes.append(Wish(refund, desk, number, kind, amount))

        words = (desk.society, kind, amount)
        name = "gifts.refund-asked-too-much" if refusals else "gifts.refund-asked"
        return Planned(name, words, act, frozenset(refusals), done=done)

    # -- paying --------------------------------------------------------------------------------------

    def paid(self) -> Planned | None:
        """Another person pays: the money leaves the gift's own parcels, its papers follow."""
        wish: Wish | None = self.sim.pick(self.wishes)
        if wish is None:
            return None
        entry, at = self.giving.entries[wish.gift][1], self.sim.at
        [inflow] = entry.came
        refusals = self._against_paying(wish, entry, inflow)
        rest = 0 if wish.kind == "reversal" else self._net(wish.gift) - wish.amount
        word = {"refund": "gift-refunded", "reversal": "gift-reversed"}[wish.kind]
        papers = ("paper-issued",) * 2 if rest else ("paper-cancelled",) * 2

        def done(_: Any) -> None:
            self.wishes.remove(wish)
            self.over.append(wish)
            self._book(wish, entry, inflow)
            if not rest:
                self.giving.forget(wish.gift)

        return Planned(
            "gifts.refund-paid",
            (wish.desk.society, wish.kind, wish.amount),
            lambda: refunding.pay_refund(wish.desk.office.cashier, number=wish.number, at=at),
            frozenset(refusals),
            done=done,
            check=lambda _: self._agrees(wish, rest),
            entries=1,
            leaves=(word, *papers),
        )

    def _against_paying(self, wish: Wish, entry: Entry, inflow: Inflow) -> set[str]:
        if wish.kind == "reversal":
            return self.model.against_reversing(entry)
        if wish.amount > inflow.left:
            return {"PartlySpent"}
        short = self.model.banks[wish.desk.society, "main"] < wish.amount
        return {"NotEnough"} if short else set()

    def _net(self, gift: str) -> int:
        """The gift less what was given back of it."""
        source = f"donations.gift:{gift}"
        back = sum(wish.amount for wish in self.over if wish.gift == gift)
        return self.model.given[source] - back

    def _book(self, wish: Wish, entry: Entry, inflow: Inflow) -> None:
        if wish.kind == "reversal":
            self.model.enter(self.model.reverse(entry))
            return
        self.model.settle(wish.desk.society)
        back = Entry(wish.desk.society, "refund", banks=[("main", -wish.amount, False)])
        subject = f"donations.refund:{wish.number}"
        back.went.append(self.model.take_own(inflow, wish.amount, "refund", subject))
        self.model.enter(back)

    def _agrees(self, wish: Wish, rest: int) -> Iterator[str]:
        """The refund stands, and no live paper says more than is left of the gift."""
        row = donations.refunds_by_numbers([wish.number])[wish.number]
        if (row.state, row.amount_fen) != ("paid", wish.amount):
            yield f"refund {wish.number} is {row.state} over {row.amount_fen}"
        live = [
            paper
            for paper in certificates.papers_of(f"donations.gift:{wish.gift}")
            if paper.state == "issued"
        ]
        if len(live) != (2 if rest else 0):
            yield f"{len(live)} live papers of gift {wish.gift} with {rest} left"

    def paid_wrongly(self) -> Planned | None:
        """By the person who asked, by somebody who may not, or a second time."""
        wish: Wish | None = self.sim.pick(self.wishes)
        if wish is None:
            return None
        office, at, number = wish.desk.office, self.sim.at, wish.number
        actor, refusal = self.sim.pick(
            [(office.accountant, "RefundNeedsAnother"), (office.keeper, "NotPermitted")]
        )
        if self.over and self.sim.chance.random() < 0.3:
            again = self.over[-1]
            actor, number, refusal = again.desk.office.cashier, again.number, "RefundIsNotWaiting"
        return Planned(
            "gifts.refund-paid-wrongly",
            (wish.desk.society, refusal),
            lambda: refunding.pay_refund(actor, number=number, at=at),
            frozenset({refusal}),
        )

    def withdrawn(self) -> Planned | None:
        """What was asked for is given up; the money is free again."""
        wish: Wish | None = self.sim.pick(self.wishes)
        if wish is None:
            return None
        at = self.sim.at
        return Planned(
            "gifts.refund-withdrawn",
            (wish.desk.society, wish.amount),
            lambda: refunding.withdraw_refund(
                wish.desk.office.accountant, number=wish.number, at=at
            ),
            done=lambda _: self.wishes.remove(wish),
        )
