"""Operations of the givers' room: gifts booked by the cashier, counted at the counter, their papers."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from boai.foundations.certificates import queries as certificates
from boai.foundations.certificates.services import issuing
from boai.ground.core.actors import SYSTEM
from boai.relief.donations import queries as donations
from boai.relief.donations.services import booking, counter
from boai.relief.donations.values import GiftOrder
from tests.campaigns.simulation.engine import Planned, Simulation, ask
from tests.campaigns.simulation.model import Entry
from tests.campaigns.simulation.world import Appeal, Desk, Tree

GIFT_LEAVES = ("gift-confirmed", "paper-issued", "paper-issued")
FAMILY = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨"
GIVEN = "若兰知远思齐明德静姝嘉禾云帆子衿"


class Giving:
    """Plans gifts at the desks."""

    def __init__(self, sim: Simulation, tree: Tree) -> None:
        self.sim, self.model, self.tree = sim, sim.model, tree
        self.known: dict[str, int] = {}
        self.references: list[str] = []
        self.cash: list[tuple[Desk, str, int, Appeal]] = []
        self.signed: list[str] = []
        self.numbers: list[str] = []
        self.entries: dict[str, tuple[Desk, Entry]] = {}
        """Of gifts that no unit was named for: whose they are and how they came."""

    def kinds(self) -> dict[str, tuple[int, Callable[[], Planned | None]]]:
        """Weight and planner by kind."""
        return {
            "gifts.booked": (24, self.booked),
            "gifts.from-the-future": (10, self.from_the_future),
            "gifts.cash-registered": (12, self.cash_registered),
            "gifts.cash-countersigned": (12, self.cash_countersigned),
            "gifts.cash-one-person": (12, self.cash_one_person),
            "gifts.paper-replaced": (10, self.paper_replaced),
        }

    # -- booked by the cashier ---------------------------------------------------------------------

    def name(self) -> str:
        """A giver that nobody else is called like; no leaf may hold it."""
        made = f"{self.sim.pick(FAMILY)}{self.sim.pick(GIVEN)}{self.sim.next():06d}"
        self.model.names.append(made)
        return made

    def _order(self, directed_to: int | None) -> GiftOrder:
        sim = self.sim
        name = self.name()
        named = sim.chance.random() < 0.4
        return GiftOrder(
            amount_fen=1 + int(200_000 * sim.chance.random() ** 3),
            channel="bank",
            channel_reference=f"B{sim.next()}",
            given_at=sim.at - timedelta(minutes=sim.chance.randrange(600)),
            donor_name=name,
            named=named,
            display_name=name if named else "",
            directed_to=directed_to,
        )

    def booked(self) -> Planned:
        """A set of gifts, some of them known already, some contradicting what is known."""
        sim, desk = self.sim, self.sim.pick(self.tree.desks)
        appeal: Appeal | None = sim.pick([*desk.appeals, None])
        directed = desk.hospital if sim.chance.random() < 0.2 else None
        orders = [self._order(directed) for _ in range(sim.chance.choice((1, 1, 1, 2, 6)))]
        if self.references and sim.chance.random() < 0.4:
            again = sim.pick(self.references)
            change = sim.chance.choice((0, 0, 1))
            one = orders[0]._replace(channel_reference=again, amount_fen=self.known[again] + change)
            orders.insert(sim.chance.randrange(len(orders) + 1), one)
        if sim.chance.random() < 0.1:
            orders.append(orders[0])
        accepted, duplicates, conflicts = self._sorted_out(orders)
        fresh = [orders[n] for n in accepted]
        actor, at = sim.pick([desk.office.cashier, desk.office.intake]), sim.at

        def act() -> Any:
            return booking.book_gifts(
                actor,
                organisation_id=desk.society,
                appeal_id=appeal.id if appeal else None,
                orders=orders,
                at=at,
            )

        def done(result: Any) -> None:
            for order, number in zip(fresh, result.numbers, strict=True):
                self.known[order.channel_reference] = order.amount_fen
                self.references.append(order.channel_reference)
                self.stands(desk, number, order.amount_fen, appeal, directed)
            if directed is not None and fresh:
                self._ordered(desk, result.numbers[0], sum(order.amount_fen for order in fresh))

        def check(result: Any) -> Iterator[str]:
            found = [list(result.accepted), list(result.duplicates), list(result.conflicts)]
            if found != [accepted, duplicates, conflicts]:
                yield f"sorted out as {found}, due {[accepted, duplicates, conflicts]}"
            yield from self.fund_of_gifts(desk, result.numbers)

        return Planned(
            "gifts.booked",
            (desk.society, [order.amount_fen for order in orders], len(accepted)),
            act,
            done=done,
            check=check,
            entries=len(fresh),
            leaves=GIFT_LEAVES * len(fresh),
        )

    def _sorted_out(self, orders: list[GiftOrder]) -> tuple[list[int], list[int], list[int]]:
        known = dict(self.known)
        lists: tuple[list[int], list[int], list[int]] = ([], [], [])
        for n, order in enumerate(orders):
            before = known.setdefault(order.channel_reference, order.amount_fen)
            if before != order.amount_fen:
                lists[2].append(n)
            elif order.channel_reference in self.known or n != orders.index(order):
                lists[1].append(n)
            else:
                lists[0].append(n)
        return lists

    def stands(
        self, desk: Desk, number: str, amount: int, appeal: Appeal | None, directed: int | None
    ) -> None:
        """A gift counts: it has an entry and stands in the fund of its restriction."""
        [(fund_id,)] = ask("SELECT fund_id FROM donations_gift WHERE number = %s", number)
        key = (appeal.slug if appeal else "", directed)
        fund = desk.funds.get(key)
        if fund is None:
            fund = self.model.fund(fund_id, desk.society, beneficiary=directed)
            fund.restriction = "directed" if directed else "unrestricted"
            fund.appeal = appeal.ref if appeal else ""
            desk.funds[key] = fund
        assert fund.id == fund_id, f"gift {number} stands in fund {fund_id}, {fund.id} due"
        entry = Entry(desk.society, "gift", banks=[("main", amount, True)])
        entry.came.append(self.model.receive(fund, f"donations.gift:{number}", amount))
        self.model.enter(entry)
        self.numbers.append(number)
        if directed is None:
            self.entries[number] = (desk, entry)

    def forget(self, number: str) -> None:
        """A gift has gone back whole: it has no papers any more."""
        self.numbers.remove(number)
        del self.entries[number]

    def _ordered(self, desk: Desk, first: str, amount: int) -> None:
        """Directed money is ordered to be paid at once (H10)."""
        found = ask(
            "SELECT id, number, amount_fen, fund_id FROM finance_disbursement WHERE source = %s",
            f"donations.gift:{first}",
        )
        assert [row[2] for row in found] == [amount], f"ordered {found}, {amount} due"
        desk.under_way("directed").append(found[0])

    def fund_of_gifts(self, desk: Desk, numbers: Any) -> Iterator[str]:
        """The money in the funds of the desk's newest gifts, and the certificates' amounts."""
        for number, row in donations.gifts_by_numbers(list(numbers)).items():
            due = self.model.given[f"donations.gift:{number}"]
            if row.amount_fen != due or row.state != "confirmed":
                yield f"gift {number} is {row.state} over {row.amount_fen}, {due} due"

    def from_the_future(self) -> Planned:
        """A sender's clock is not believed: nothing is dated in the future."""
        desk = self.sim.pick(self.tree.desks)
        late = self._order(None)._replace(given_at=self.sim.at + timedelta(hours=30))
        appeal, actor, at = desk.appeals[0], desk.office.cashier, self.sim.at

        def act() -> Any:
            return booking.book_gifts(
                actor, organisation_id=desk.society, appeal_id=appeal.id, orders=[late], at=at
            )

        words = (desk.society, late.amount_fen)
        return Planned("gifts.from-the-future", words, act, frozenset({"GiftOrderIsNotReadable"}))

    # -- cash at the counter -----------------------------------------------------------------------

    def cash_registered(self) -> Planned:
        """One person counts cash; it does not count yet."""
        desk = self.sim.pick(self.tree.desks)
        appeal, amount = self.sim.pick(desk.appeals), self.sim.chance.randrange(1, 90_000)
        actor, at, name = desk.office.cashier, self.sim.at, self.name()

        def act() -> Any:
            return counter.register_cash_gift(
                actor,
                organisation_id=desk.society,
                appeal_id=appeal.id,
                amount_fen=amount,
                donor_name=name,
                at=at,
            )

        def done(number: Any) -> None:
            self.cash.append((desk, number, amount, appeal))

        return Planned("gifts.cash-registered", (desk.society, amount), act, done=done)

    def cash_countersigned(self) -> Planned | None:
        """Another person has counted the same: now it counts."""
        found = self.sim.pick(self.cash)
        if found is None:
            return None
        desk, number, amount, appeal = found
        actor, at = desk.office.intake, self.sim.at

        def done(_: Any) -> None:
            self.cash.remove(found)
            self.signed.append(number)
            self.stands(desk, number, amount, appeal, None)

        return Planned(
            "gifts.cash-countersigned",
            (desk.society, amount),
            lambda: counter.countersign_cash_gift(actor, number=number, at=at),
            done=done,
            check=lambda _: self.fund_of_gifts(desk, [number]),
            entries=1,
            leaves=GIFT_LEAVES,
        )

    def cash_one_person(self) -> Planned | None:
        """The same person, also through a second account; or cash that counts already."""
        found = self.sim.pick(self.cash)
        if found is None:
            return None
        desk, number, amount, _ = found
        actor, at = self.sim.pick([desk.office.cashier, desk.cash_twin]), self.sim.at
        refusals = {"CashNeedsTwoPeople"}
        if self.signed and self.sim.chance.random() < 0.3:
            number, actor, refusals = self.signed[-1], desk.office.intake, {"GiftIsNotWaiting"}
            refusals.add("NotPermitted")
        return Planned(
            "gifts.cash-one-person",
            (desk.society, amount),
            lambda: counter.countersign_cash_gift(actor, number=number, at=at),
            frozenset(refusals),
        )

    # -- papers ----------------------------------------------------------------------------------------

    def paper_replaced(self) -> Planned | None:
        """A corrected certificate in place of the valid one."""
        number: str | None = self.sim.pick(self.numbers[-200:])
        if number is None:
            return None
        subject, at = f"donations.gift:{number}", self.sim.at
        live = [
            paper.number
            for paper in certificates.papers_of(subject)
            if paper.kind == "donation-certificate" and paper.state == "issued"
        ]

        def check(_: Any) -> Iterator[str]:
            states = [p.state for p in certificates.papers_of(subject)]
            if len(live) != 1 or states.count("issued") != 2:
                yield f"papers of {subject}: {len(live)} live before, {states} after"

        return Planned(
            "gifts.paper-replaced",
            (self.model.given[subject],),
            lambda: issuing.replace(SYSTEM, number=live[0], reason="更正", at=at),
            check=check,
            leaves=("paper-issued",),
        )
