"""Operations on the money of the bare books: cheap, and many."""

from collections.abc import Callable, Iterator
from typing import Any

from boai.foundations.ledger.services import funds, numbering, posting
from boai.foundations.ledger.values import Inflow as Arrival
from boai.foundations.ledger.values import Leg
from tests.campaigns.simulation.bookkeeping import BANKS, Bookkeeping, bank_account, lot_agrees
from tests.campaigns.simulation.engine import Planned, ask
from tests.campaigns.simulation.model import Entry, Fund


class BookMoney:
    """Plans gifts, spendings, refunds, transfers and reversals."""

    def __init__(self, books: Bookkeeping) -> None:
        self.books, self.sim, self.model = books, books.sim, books.model

    def kinds(self) -> dict[str, tuple[int, Callable[[], Planned | None]]]:
        """Weight and planner by kind."""
        return {
            "books.gift": (190, self.gift),
            "books.gifts-in-bulk": (30, self.gifts),
            "books.again": (90, self.again),
            "books.key-with-other-inputs": (30, self.other_inputs),
            "books.spend": (50, self.spend),
            "books.spend-too-much": (14, self.spend_too_much),
            "books.refund": (30, self.refund),
            "books.refund-too-much": (14, self.refund_too_much),
            "books.refund-of-none": (12, self.refund_of_none),
            "books.transfer": (24, self.transfer),
            "books.reverse": (28, self.reverse),
            "books.between-banks": (20, self.between_banks),
            "books.number": (12, self.number),
        }

    def gift(self) -> Planned:
        """One gift comes into a fund."""
        fund, amount, bank = self.books.a_fund(), self.books.amount(), self.sim.pick(BANKS)
        number, actor, at = self.sim.next(), self.books.somebody(), self.sim.at
        source = f"sim.gift:{number}"

        def act(changed: bool = False) -> Any:
            return funds.receive_into_fund(
                actor,
                fund_id=fund.id,
                source=source,
                amount=amount + changed,
                bank=bank,
                key=source,
                at=at,
                inputs={"amount": amount + changed},
            )

        def done(posted: Any) -> None:
            entry = Entry(fund.society, "gift", banks=[(bank, amount, True)])
            entry.came.append(self.model.receive(fund, source, amount))
            self.books.keep(entry, posted, act)

        return Planned("books.gift", (fund.id, amount, bank), act, done=done, entries=1)

    def gifts(self) -> Planned:
        """Many at once, one of them twice in the set."""
        fund, bank = self.books.a_fund(), self.sim.pick(BANKS)
        number, actor, at = self.sim.next(), self.books.somebody(), self.sim.at
        amounts = [self.books.amount() for _ in range(self.sim.chance.randrange(2, 30))]
        named = [(f"sim.gift:{number}-{n}", amount) for n, amount in enumerate(amounts)]
        orders = [Arrival(s, a, s, at, {"amount": a}) for s, a in named]

        def act() -> Any:
            return funds.receive_many_into_fund(
                actor, fund_id=fund.id, bank=bank, gifts=[*orders, orders[0]]
            )

        def done(posted: Any) -> None:
            assert posted[-1].entry_id == posted[0].entry_id, "one key, two entries"
            for (source, amount), one in zip(named, posted, strict=False):
                entry = Entry(fund.society, "gift", one.entry_id, banks=[(bank, amount, True)])
                entry.came.append(self.model.receive(fund, source, amount))
                self.model.enter(entry)

        return Planned(
            "books.gifts-in-bulk",
            (fund.id, len(amounts), sum(amounts)),
            act,
            done=done,
            entries=len(amounts),
            check=lambda _: self.books.fund_agrees(fund),
        )

    def again(self) -> Planned | None:
        """A key comes back with the same inputs: the first answer, and nothing new."""
        entry: Entry | None = self.sim.pick(self.books.acts)
        if entry is None:
            return None
        again = entry.again

        def check(posted: Any) -> Iterator[str]:
            if posted.entry_id != entry.id or not posted.repeated:
                yield f"answered with {posted.entry_id}, {entry.id} due"

        return Planned("books.again", (entry.kind, entry.id), lambda: again(False), check=check)

    def other_inputs(self) -> Planned | None:
        """A key comes back with other inputs."""
        entry: Entry | None = self.sim.pick(self.books.acts)
        if entry is None:
            return None
        refusals = {"SameKeyOtherInputs"}
        if entry.kind == "reversal":
            refusals |= {"TransferIsReturnedByTransfer", "AlreadyReversed"}
        again = entry.again
        return Planned(
            "books.key-with-other-inputs",
            (entry.kind, entry.id),
            lambda: again(True),
            frozenset(refusals),
        )

    def _spending(self, fund: Fund, amount: int, bank: str) -> tuple[Callable[..., Any], str]:
        number, actor, at = self.sim.next(), self.books.somebody(), self.sim.at
        subject = f"sim.expense:{number}"

        def act(changed: bool = False) -> Any:
            return funds.spend_from_fund(
                actor,
                fund_id=fund.id,
                amount=amount + changed,
                bank=bank,
                subject=subject,
                key=subject,
                at=at,
                inputs={"amount": amount + changed},
            )

        return act, subject

    def spend(self) -> Planned | None:
        """Money is spent, oldest first."""
        fund = self.books.funded()
        if fund is None:
            return None
        amount = self.sim.chance.randrange(1, max(2, min(fund.balance, 60_000)))
        bank = self.sim.pick(BANKS)
        act, subject = self._spending(fund, amount, bank)
        if self.model.banks[fund.society, bank] < amount:
            words = (fund.id, amount, bank)
            return Planned("books.spend", words, act, frozenset({"NotEnough"}))

        def done(posted: Any) -> None:
            self.model.settle(fund.society)
            entry = Entry(fund.society, "spend", banks=[(bank, -amount, False)])
            entry.went.append(self.model.take_oldest(fund, amount, "spend", subject))
            self.books.keep(entry, posted, act)

        def check(_: Any) -> Iterator[str]:
            yield from self.books.fund_agrees(fund)
            yield from self.books.traced(subject)

        return Planned("books.spend", (fund.id, amount), act, done=done, check=check, entries=1)

    def spend_too_much(self) -> Planned:
        """More than the fund holds."""
        fund = self.books.a_fund()
        amount = fund.balance + self.books.amount(1000)
        act, _ = self._spending(fund, amount, self.sim.pick(BANKS))
        refusals = frozenset({"FundHasTooLittle", "NotEnough"})
        return Planned("books.spend-too-much", (fund.id, amount), act, refusals)

    def _refunding(
        self, fund: Fund, source: str, amount: int, bank: str
    ) -> tuple[Callable[..., Any], str]:
        number, actor, at = self.sim.next(), self.books.somebody(), self.sim.at
        subject = f"sim.refund:{number}"

        def act(changed: bool = False) -> Any:
            return funds.refund(
                actor,
                fund_id=fund.id,
                source=source,
                amount=amount + changed,
                bank=bank,
                subject=subject,
                key=subject,
                at=at,
                inputs={"amount": amount + changed},
            )

        return act, subject

    def _a_gift(self, left: bool) -> tuple[str, Any] | None:
        fund = self.books.a_fund()
        if left:
            own = [i for i in fund.queue if i.source]
            inflow = self.sim.pick(own)
            return (inflow.source, inflow) if inflow else None
        acts = [e.came[0] for e in self.books.acts if e.kind == "gift"]
        inflow = self.sim.pick(acts)
        return (inflow.source, inflow) if inflow else None

    def refund(self) -> Planned | None:
        """A giver gets back what is unspent of the own gift."""
        found = self._a_gift(left=True)
        if found is None:
            return None
        source, inflow = found
        fund = inflow.fund
        amount = self.sim.chance.randrange(1, inflow.left + 1)
        bank = self.sim.pick(BANKS)
        act, subject = self._refunding(fund, source, amount, bank)
        words = (fund.id, amount, bank)
        if self.model.banks[fund.society, bank] < amount:
            return Planned("books.refund", words, act, frozenset({"NotEnough"}))

        def done(posted: Any) -> None:
            self.model.settle(fund.society)
            entry = Entry(fund.society, "refund", banks=[(bank, -amount, False)])
            entry.went.append(self.model.take_own(inflow, amount, "refund", subject))
            self.books.keep(entry, posted, act)

        def check(_: Any) -> Iterator[str]:
            yield from self.books.fund_agrees(fund)
            yield from self.books.traced(subject)

        return Planned("books.refund", words, act, done=done, check=check, entries=1)

    def refund_too_much(self) -> Planned | None:
        """More than is unspent of the gift, though the fund may hold it."""
        found = self._a_gift(left=False)
        if found is None:
            return None
        source, inflow = found
        amount = inflow.left + self.books.amount(100)
        act, _ = self._refunding(inflow.fund, source, amount, self.sim.pick(BANKS))
        refusals = frozenset({"PartlySpent"})
        return Planned("books.refund-too-much", (inflow.fund.id, amount), act, refusals)

    def refund_of_none(self) -> Planned:
        """A gift that this fund never had."""
        fund = self.books.a_fund()
        act, _ = self._refunding(fund, "sim.gift:none", 1, "main")
        return Planned("books.refund-of-none", (fund.id,), act, frozenset({"NotASource"}))

    def transfer(self) -> Planned | None:
        """Money goes to another fund, in this society or in another."""
        here = self.books.funded()
        there = self.books.a_fund()
        if here is None or here is there:
            return None
        amount = self.sim.chance.randrange(1, max(2, min(here.balance, 60_000)))
        bank, to_bank = self.sim.pick(BANKS), self.sim.pick(BANKS)
        number, actor, at = self.sim.next(), self.books.somebody(), self.sim.at
        subject, across = f"sim.transfer:{number}", here.society != there.society

        def act(changed: bool = False) -> Any:
            return funds.transfer(
                actor,
                from_fund_id=here.id,
                to_fund_id=there.id,
                amount=amount + changed,
                bank=bank,
                to_bank=to_bank,
                subject=subject,
                key=subject,
                at=at,
                inputs={"amount": amount + changed},
            )

        words = (here.id, there.id, amount)
        if across and self.model.banks[here.society, bank] < amount:
            return Planned("books.transfer", words, act, frozenset({"NotEnough"}))

        def done(posted: Any) -> None:
            self.model.settle(here.society)
            left = Entry(here.society, "transfer")
            left.went.append(self.model.take_oldest(here, amount, "transfer", subject))
            came = self.model.go_on(left.went[0], there)
            if across:
                left.banks.append((bank, -amount, False))
                right = Entry(there.society, "transfer-in", banks=[(to_bank, amount, True)])
                right.came.append(came)
                self.model.enter(right)
            else:
                left.came.append(came)
            self.books.keep(left, posted, act)

        def check(_: Any) -> Iterator[str]:
            yield from self.books.fund_agrees(here, there)
            yield from self.books.traced(subject)

        return Planned("books.transfer", words, act, done=done, check=check, entries=1 + across)

    def between_banks(self) -> Planned:
        """Money goes from one bank account to the other; no fund is touched."""
        society = self.sim.pick(self.books.societies)
        source, target = self.sim.chance.sample(BANKS, 2)
        total = self.model.banks[society, source]
        amount = self.books.amount(max(1, int(total * 1.2)))
        sure = self.model.settled(society, source) >= amount
        number, actor, at = self.sim.next(), self.books.somebody(), self.sim.at

        def act(changed: bool = False) -> Any:
            return posting.post(
                actor,
                organisation_id=society,
                kind="between-banks",
                key=f"sim.banks:{number}",
                legs=[
                    Leg(
                        bank_account(society, target),
                        bank_account(society, source),
                        amount + changed,
                    )
                ],
                at=at,
                inputs={"amount": amount + changed},
            )

        def done(posted: Any) -> None:
            moved = [(source, -amount, False), (target, amount, False)]
            self.books.keep(Entry(society, "banks", banks=moved), posted, act)

        return Planned(
            "books.between-banks",
            (society, source, amount),
            act,
            frozenset() if sure else frozenset({"NotEnough"}),
            done=done,
            entries=1,
            # Gifts that wait for their interval are not in the running balance yet.
            either=not sure and total >= amount,
        )

    def reverse(self) -> Planned | None:
        """An entry is taken back, where that can be."""
        entry: Entry | None = self.sim.pick(self.books.acts)
        if entry is None:
            return None
        number, actor, at = self.sim.next(), self.books.somebody(), self.sim.at

        def act(changed: bool = False) -> Any:
            return posting.reverse(
                actor,
                entry_id=entry.id,
                key=f"sim.reversal:{number}",
                at=at,
                reason="other" if changed else "wrong",
            )

        def done(posted: Any) -> None:
            self.books.keep(self.model.reverse(entry), posted, act)

        def check(_: Any) -> Iterator[str]:
            for outflow in entry.went:
                yield from self.books.fund_agrees(outflow.fund)
                if outflow.kind == "spend":
                    yield from self.books.traced(outflow.subject)
            for inflow in entry.came:
                yield from self.books.fund_agrees(inflow.fund)
            for lot in {leg[0].id: leg[0] for leg in entry.legs}.values():
                yield from lot_agrees(lot)

        refusals = frozenset(self.model.against_reversing(entry))
        return Planned(
            "books.reverse",
            (entry.kind, entry.id),
            act,
            refusals,
            done=done,
            check=check,
            entries=1,
        )

    def number(self) -> Planned:
        """The numbering step: every entry that waits gets its number, none is left out."""

        def check(_: Any) -> Iterator[str]:
            self.model.numbered = self.model.journal.copy()
            for society, count in sorted(self.model.journal.items()):
                [(last, there)] = ask(
                    "SELECT MAX(sequence), COUNT(*) FROM ledger_entry WHERE organisation_id = %s",
                    society,
                )
                if not last == there == count:
                    yield f"society {society}: last number {last}, {there} entries, {count} due"

        return Planned("books.number", (), numbering.number_all, check=check)
