"""Operations of finance: asked for, decided, paid, confirmed; by three persons."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from boai.foundations.ledger import queries as ledger
from boai.ground.core.clock import day_of
from boai.relief.finance import queries as finance
from boai.relief.finance.services import deciding, disbursing
from boai.relief.finance.values import CountedPurchase, OrderedLine
from tests.campaigns.simulation.bookkeeping import Bookkeeping
from tests.campaigns.simulation.engine import Planned, Simulation, ask
from tests.campaigns.simulation.model import Entry, Fund
from tests.campaigns.simulation.world import Desk, Tree


@dataclass(slots=True, eq=False)
class Order:
    """One disbursement as the model follows it."""

    id: int
    desk: Desk
    fund: Fund
    kind: str
    amount: int
    payee: int
    lines: tuple[OrderedLine, ...] = ()
    state: str = "proposed"
    direction: bool = False
    held_on: date | None = None
    number: str = ""
    came: dict[int, int] = field(default_factory=dict)


class Spending:
    """Plans what leaves the funds of the desks."""

    def __init__(self, sim: Simulation, tree: Tree, books: Bookkeeping) -> None:
        self.sim, self.model, self.tree, self.books = sim, sim.model, tree, books
        self.orders: list[Order] = []

    def kinds(self) -> dict[str, tuple[int, Callable[[], Planned | None]]]:
        """Weight and planner by kind."""
        return {
            "money.proposed": (16, self.proposed),
            "money.proposed-wrongly": (14, self.proposed_wrongly),
            "money.decided": (16, self.decided),
            "money.decided-wrongly": (10, self.decided_wrongly),
            "money.paid": (18, self.paid),
            "money.paid-wrongly": (12, self.paid_wrongly),
            "money.confirmed": (10, self.confirmed),
            "money.called-off": (5, self.called_off),
        }

    def of_state(self, *states: str) -> list[Order]:
        """Orders that stand so, newest last; those that are over are forgotten."""
        self.orders = [o for o in self.orders if o.state not in ("over", "refused")][-80:]
        for desk in self.tree.desks:
            for id, number, amount, fund_id in desk.under_way("directed"):
                fund = next(f for f in desk.funds.values() if f.id == fund_id)
                order = Order(id, desk, fund, "payment", amount, desk.hospital, number=number)
                order.direction = True
                self.orders.append(order)
            desk.under_way("directed").clear()
        return [order for order in self.orders if order.state in states]

    # -- asking ------------------------------------------------------------------------------------

    def proposed(self) -> Planned:
        """Money is asked for: a payment, a purchase, a transfer to the sister society."""
        sim, desk = self.sim, self.sim.pick(self.tree.desks)
        fund: Fund = sim.pick([f for f in desk.funds.values() if f.restriction != "directed"])
        kind = sim.chance.choice(("payment", "purchase", "purchase", "transfer"))
        payee = {"payment": desk.hospital, "purchase": desk.company, "transfer": desk.sister}[kind]
        lines: tuple[OrderedLine, ...] = ()
        amount = 1 + sim.chance.randrange(max(1, min(int(fund.balance * 1.1), 400_000)))
        if kind == "purchase":
            items = sim.chance.sample([*desk.free, *desk.regulated], sim.chance.choice((1, 2)))
            lines = tuple(
                OrderedLine(i, sim.chance.randrange(1, 200), sim.chance.randrange(1, 90))
                for i in items
            )
            amount = sum(line.quantity * line.unit_price_fen for line in lines)
        actor, at = desk.office.programme, sim.at

        def done(id: Any) -> None:
            self.orders.append(Order(id, desk, fund, kind, amount, payee, lines))

        return Planned(
            "money.proposed",
            (desk.society, kind, amount),
            lambda: self._propose(desk, fund, kind, payee, amount, lines, at, actor),
            done=done,
        )

    def _propose(
        self,
        desk: Desk,
        fund: Fund,
        kind: str,
        payee: int,
        amount: int,
        lines: tuple[OrderedLine, ...],
        at: Any,
        actor: Any,
        serves: str | None = None,
    ) -> int:
        return disbursing.propose_disbursement(
            actor,
            organisation_id=desk.society,
            fund_id=fund.id,
            kind=kind,
            payee_organisation_id=payee,
            amount=amount,
            purpose="防疫",
            lines=lines,
            serves=serves,
            at=at,
        )

    def proposed_wrongly(self) -> Planned:
        """Out of another's fund, past a restriction, for nothing, with lines that do not sum."""
        sim, desk = self.sim, self.sim.pick(self.tree.desks)
        other = next(each for each in self.tree.desks if each is not desk)
        own, foreign = desk.appeals[0].fund, other.appeals[0].fund
        lines = (OrderedLine(desk.free[0], 2, 50),)
        directed = [f for f in desk.funds.values() if f.restriction == "directed"]
        cases: dict[str, tuple[str, Fund, str, int, int, Any, str | None]] = {
            "foreign": ("FundIsNotYours", foreign, "payment", desk.hospital, 5, (), None),
            "purpose": (
                "RestrictedToAnotherPurpose",
                own,
                "payment",
                desk.hospital,
                5,
                (),
                "other",
            ),
            "nothing": ("AmountIsNotAboveZero", own, "payment", desk.hospital, 0, (), None),
            "itself": ("PayeeIsUnknown", own, "payment", desk.society, 5, (), None),
            "no society": ("TransferGoesToSocieties", own, "transfer", desk.hospital, 5, (), None),
            "sum": ("LinesDoNotSum", own, "purchase", desk.company, 99, lines, None),
        }
        if directed:
            case = ("GiverDirectedElsewhere", directed[0], "payment", desk.company, 5, (), None)
            cases["directed"] = case
        name = sim.pick(sorted(cases))
        refusal, fund, kind, payee, amount, told, serves = cases[name]
        at, actor = sim.at, desk.office.programme
        return Planned(
            "money.proposed-wrongly",
            (desk.society, name),
            lambda: self._propose(desk, fund, kind, payee, amount, told, at, actor, serves),
            frozenset({refusal}),
        )

    # -- deciding ----------------------------------------------------------------------------------

    def _decide(self, order: Order, approved: bool, **other: Any) -> Callable[[], Any]:
        office, at = order.desk.office, self.sim.at
        given = {
            "disbursement_ids": [order.id],
            "meeting": "党组会",
            "held_on": day_of(at),
            "attendees": [member.person_id or 0 for member in office.committee],
            "approved": approved,
            "minutes": "同意。" if approved else "缓办。",
            "at": at,
            **other,
        }
        actor = given.pop("actor", office.accountant)
        return lambda: deciding.record_collective_decision(actor, **given)

    def decided(self) -> Planned | None:
        """A meeting decides, or an accountant countersigns what a giver directed."""
        order: Order | None = self.sim.pick(self.of_state("proposed"))
        if order is None:
            return None
        at, approved = self.sim.at, order.direction or self.sim.chance.random() < 0.9
        accountant = order.desk.office.accountant

        def act() -> Any:
            return deciding.countersign_direction(accountant, disbursement_id=order.id, at=at)

        def done(_: Any) -> None:
            order.state = "decided" if approved else "refused"
            order.held_on = None if order.direction else day_of(at)

        return Planned(
            "money.decided",
            (order.kind, order.amount, approved),
            act if order.direction else self._decide(order, approved),
            done=done,
        )

    def decided_wrongly(self) -> Planned | None:
        """By too few, for tomorrow, without minutes, by whoever asked, or twice."""
        waiting = [o for o in self.of_state("proposed") if not o.direction]
        order: Order | None = self.sim.pick(waiting)
        if order is None:
            return None
        day = day_of(self.sim.at)
        wrong: dict[str, dict[str, Any]] = {
            "TooFewAttendees": {"attendees": [1, 1, 2]},
            "DecisionIsInTheFuture": {"held_on": date.fromordinal(day.toordinal() + 1)},
            "DecisionIsNotWritten": {"minutes": " "},
            "ProposerCannotDecide": {"actor": order.desk.office.programme},
        }
        decided = [o for o in self.orders if o.state == "decided" and o.desk is order.desk]
        if decided:
            wrong["NotWaitingForThis"] = {"disbursement_ids": [order.id, decided[-1].id]}
        refusal = self.sim.pick(sorted(wrong))
        return Planned(
            "money.decided-wrongly",
            (refusal, order.amount),
            self._decide(order, True, **wrong[refusal]),
            frozenset({refusal}),
        )

    # -- paying ------------------------------------------------------------------------------------

    def paid(self) -> Planned | None:
        """A cashier pays what was decided: the gifts that pay it are the oldest."""
        order: Order | None = self.sim.pick(self.of_state("decided"))
        if order is None:
            return None
        desk, at = order.desk, self.sim.at
        # The clock may have been set back since the meeting.
        early = order.held_on is not None and order.held_on > day_of(at)
        short = order.fund.balance < order.amount
        refusals = {"DecisionIsInTheFuture"} if early else {"FundHasTooLittle"} if short else set()
        transfer = order.kind == "transfer"

        def done(number: Any) -> None:
            order.number, order.state = number, "paid"
            self._book(order)
            if order.kind == "purchase":
                desk.under_way("bought").append(order)
            elif transfer:
                order.state = "over"

        def check(number: Any) -> Iterator[str]:
            subject = f"finance.disbursement:{number}"
            yield from self.books.fund_agrees(order.fund)
            yield from self.books.traced(subject)
            row = finance.disbursement(number)
            if row is None or (row.amount_fen, row.state) != (order.amount, "paid"):
                yield f"{subject} is not paid over {order.amount}"

        return Planned(
            "money.paid",
            (order.kind, order.amount),
            lambda: disbursing.pay(
                desk.office.cashier, disbursement_id=order.id, bank="main", at=at
            ),
            frozenset(refusals),
            done=done,
            check=check,
            entries=1 + transfer,
            leaves=("disbursement-paid",) + ("transfer-received",) * transfer,
        )

    def _book(self, order: Order) -> None:
        model, desk = self.model, order.desk
        subject = f"finance.disbursement:{order.number}"
        model.settle(desk.society)
        kind = "transfer" if order.kind == "transfer" else "spend"
        entry = Entry(desk.society, kind, banks=[("main", -order.amount, False)])
        outflow = model.take_oldest(order.fund, order.amount, kind, subject)
        entry.went.append(outflow)
        model.enter(entry)
        if kind == "transfer":
            there = next(each for each in self.tree.desks if each.society == order.payee)
            fund = self._arrival(order.fund, there)
            right = Entry(there.society, "transfer-in", banks=[("main", order.amount, True)])
            right.came.append(model.go_on(outflow, fund))
            model.enter(right)

    def _arrival(self, fund: Fund, there: Desk) -> Fund:
        """The fund of the other society in which the money arrived, under the same restriction."""
        [(found,)] = ask(
            "SELECT fund_id FROM ledger_fundinflow WHERE id = "
            "(SELECT MAX(id) FROM ledger_fundinflow WHERE continues_id IS NOT NULL)"
        )
        known = self.model.fund_of(found)
        if known is None:
            row = ledger.fund(found)
            known = self.model.fund(found, there.society)
            known.restriction, known.appeal = row.restriction, row.appeal
            there.funds[f"from {fund.id}", None] = known
        assert known.society == there.society, "the money went to another society"
        assert known.appeal == fund.appeal, "the restriction was lost on the way"
        return known

    def paid_wrongly(self) -> Planned | None:
        """Before a decision, twice, without a bank, or by somebody who may not."""
        order: Order | None = self.sim.pick(self.of_state("proposed", "decided", "paid"))
        if order is None:
            return None
        office = order.desk.office
        wrong: dict[str, tuple[set[str], Any, str]] = {
            "not permitted": ({"NotPermitted"}, office.programme, "main"),
        }
        if order.state == "proposed":
            wrong["undecided"] = ({"NoCollectiveDecision"}, office.cashier, "main")
        if order.state == "paid":
            wrong["twice"] = ({"NotWaitingForThis"}, office.cashier, "main")
        if order.state == "decided":
            wrong["no bank"] = ({"BankIsMissing", "DecisionIsInTheFuture"}, office.cashier, " ")
        name = self.sim.pick(sorted(wrong))
        refusals, actor, bank = wrong[name]
        at = self.sim.at
        return Planned(
            "money.paid-wrongly",
            (name, order.amount),
            lambda: disbursing.pay(actor, disbursement_id=order.id, bank=bank, at=at),
            frozenset(refusals),
        )

    def confirmed(self) -> Planned | None:
        """The hospital says that the money has come."""
        paid = [o for o in self.of_state("paid") if o.payee == o.desk.hospital]
        order: Order | None = self.sim.pick(paid)
        if order is None:
            return None
        at = self.sim.at

        def done(_: Any) -> None:
            order.state = "over"

        return Planned(
            "money.confirmed",
            (order.amount,),
            lambda: disbursing.confirm_receipt(
                order.desk.receiver, disbursement_id=order.id, at=at
            ),
            done=done,
        )

    def called_off(self) -> Planned | None:
        """Given up before it is paid."""
        order: Order | None = self.sim.pick(self.of_state("proposed", "decided"))
        if order is None:
            return None
        at = self.sim.at

        def done(_: Any) -> None:
            order.state = "over"

        return Planned(
            "money.called-off",
            (order.kind, order.amount),
            lambda: deciding.call_off(
                order.desk.office.programme, disbursement_id=order.id, reason="不办了", at=at
            ),
            done=done,
        )

    def bought(self, desk: Desk) -> tuple[Order, list[CountedPurchase]] | None:
        """A purchase that has not come to the store yet, and what the keeper counts of it."""
        waiting: list[Order] = desk.under_way("bought")
        if not waiting:
            return None
        order = waiting.pop(0)
        row = finance.disbursement(order.number)
        assert row is not None
        order.state = "over"
        return order, [CountedPurchase(line.id, line.quantity) for line in row.lines]
