"""Random acts by random people keep the laws of the books, against a plain model in Python."""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from boai.foundations.ledger import queries
from boai.foundations.ledger.errors import (
    AlreadyReversed,
    FundHasTooLittle,
    NotEnough,
    PartlySpent,
    TransferIsReturnedByTransfer,
)
from boai.foundations.ledger.services import funds, numbering, posting
from boai.foundations.ledger.services.auditing import breaches_of_all
from boai.foundations.ledger.values import AccountKey
from boai.ground.core.actors import SYSTEM
from tests.factories.books import AT, CITY, COUNTY, gift, make_fund, move, place, spend

pytestmark = pytest.mark.django_db
AMOUNTS = st.integers(1, 500)
FUNDS = st.integers(0, 2)
PLACES = st.sampled_from(["on_hand", "reserved", "in_transit", "delivered", "written_off"])
KNOWN_REFUSALS = (FundHasTooLittle, NotEnough, PartlySpent)


class Books(RuleBasedStateMachine):
    """Two societies with three funds and one store, and what they ought to hold."""

    @initialize()
    def begin(self) -> None:
        self.within = transaction.atomic()
        self.within.__enter__()
        self.funds = [make_fund("甲"), make_fund("乙"), make_fund("丙", COUNTY)]
        self.owner = [CITY, CITY, COUNTY]
        self.running = 0
        self.given: dict[str, int] = {}
        self.fund_of: dict[str, int] = {}
        self.holds = [0, 0, 0]
        self.spent: dict[str, int] = {}
        self.entries: list[int] = []
        self.reversed: set[int] = set()
        self.goods: dict[str, int] = defaultdict(int)

    def next(self) -> str:
        self.running += 1
        return str(self.running)

    @contextmanager
    def trying(self, allowed: bool) -> Iterator[None]:
        """The act must succeed exactly when the model says so."""
        try:
            with transaction.atomic():
                yield
        except KNOWN_REFUSALS:
            assert not allowed
        else:
            assert allowed

    @rule(fund=FUNDS, amount=AMOUNTS)
    def give(self, fund: int, amount: int) -> None:
        number = self.next()
        self.entries.append(gift(self.funds[fund], number, amount).entry_id)
        self.given[number], self.fund_of[number] = amount, fund
        self.holds[fund] += amount

    @rule(fund=FUNDS, amount=AMOUNTS)
    def pay(self, fund: int, amount: int) -> None:
        number = self.next()
        with self.trying(self.holds[fund] >= amount):
            self.entries.append(spend(self.funds[fund], number, amount).entry_id)
            self.holds[fund] -= amount
            self.spent[number] = amount

    @rule(data=st.data(), amount=AMOUNTS)
    def give_back(self, data: Any, amount: int) -> None:
        if not self.given:
            return
        number = data.draw(st.sampled_from(sorted(self.given)))
        fund = self.fund_of[number]
        free = sum(
            min(i.ends, b) - max(i.starts, a) for i, a, b in free_of(self.funds[fund], number)
        )
        with self.trying(free >= amount):
            funds.refund(
                SYSTEM,
                fund_id=self.funds[fund],
                source=f"donations.gift:{number}",
                amount=amount,
                bank="ICBC",
                subject=f"donations.refund:{self.next()}",
                key=f"refund-{self.running}",
                at=AT,
                inputs=amount,
            )
            self.holds[fund] -= amount

    @rule(here=FUNDS, there=FUNDS, amount=AMOUNTS)
    def hand_on(self, here: int, there: int, amount: int) -> None:
        if here == there:
            return
        with self.trying(self.holds[here] >= amount):
            posted = funds.transfer(
                SYSTEM,
                from_fund_id=self.funds[here],
                to_fund_id=self.funds[there],
                amount=amount,
                bank="ICBC",
                key=f"transfer-{self.next()}",
                at=AT,
                inputs=amount,
            )
            self.entries.append(posted.entry_id)
            self.holds[here] -= amount
            self.holds[there] += amount

    @rule(data=st.data())
    def take_back(self, data: Any) -> None:
        if not self.entries:
            return
        entry = data.draw(st.sampled_from(self.entries))
        try:
            with transaction.atomic():
                posting.reverse(
                    SYSTEM, entry_id=entry, key=f"reverse-{self.next()}", at=AT, reason="x"
                )
        except (AlreadyReversed, PartlySpent, TransferIsReturnedByTransfer, NotEnough):
            return
        assert entry not in self.reversed
        self.reversed.add(entry)
        self.holds = [queries.fund(fund).balance for fund in self.funds]
        self.spent = {
            n: a for n, a in self.spent.items() if queries.sources_of(f"finance.disbursement:{n}")
        }

    @rule(amount=AMOUNTS)
    def bring(self, amount: int) -> None:
        move(place("origin"), place("on_hand"), amount, f"in-{self.next()}")
        self.goods["on_hand"] += amount

    @rule(here=PLACES, there=PLACES, amount=AMOUNTS)
    def carry(self, here: str, there: str, amount: int) -> None:
        if here == there:
            return
        with self.trying(self.goods[here] >= amount):
            move(place(here), place(there), amount, f"move-{self.next()}")
            self.goods[here] -= amount
            self.goods[there] += amount

    @rule()
    def number(self) -> None:
        numbering.number_all()

    @invariant()
    def funds_hold_what_the_model_says(self) -> None:
        if not hasattr(self, "funds"):
            return
        assert [queries.fund(f).balance for f in self.funds] == self.holds
        for organisation_id in (CITY, COUNTY):
            of_funds = sum(
                h for h, o in zip(self.holds, self.owner, strict=True) if o == organisation_id
            )
            assert queries.balance(AccountKey(organisation_id, "bank", "ICBC")) == of_funds
        position = queries.lot_position([5])[5]
        assert all(getattr(position, name) == n for name, n in self.goods.items())

    @invariant()
    def traces_add_up_both_ways(self) -> None:
        if not hasattr(self, "funds"):
            return
        paid: dict[str, int] = defaultdict(int)
        for number, amount in self.given.items():
            source = f"donations.gift:{number}"
            uses = queries.uses_of(source)
            assert sum(u.amount for u in uses) + queries.unspent_of(source) == amount
            for use in uses:
                if use.kind == "spend":
                    paid[use.subject] += use.amount
        for number, amount in self.spent.items():
            subject = f"finance.disbursement:{number}"
            shares = {s.source: s.amount for s in queries.sources_of(subject)}
            assert sum(shares.values()) == amount == paid[subject]

    def teardown(self) -> None:
        if not hasattr(self, "within"):
            return
        try:
            numbering.number_all()
            assert breaches_of_all() == []
        finally:
            transaction.set_rollback(True)
            self.within.__exit__(None, None, None)


def free_of(fund_id: int, number: str) -> list[tuple[Any, int, int]]:
    """The unspent pieces of a gift's own interval, found the slow way."""
    from boai.foundations.ledger.models import FundInflow
    from boai.foundations.ledger.services import spans

    spans.assign(fund_id)
    found = []
    for inflow in FundInflow.objects.filter(fund_id=fund_id, source=f"donations.gift:{number}"):
        assert inflow.starts is not None and inflow.ends is not None
        for a, b in spans.unspent_pieces(fund_id, inflow.starts, inflow.ends):
            found.append((inflow, a, b))
    return found


def run(examples: int, steps: int) -> None:
    from hypothesis.stateful import run_state_machine_as_test

    run_state_machine_as_test(
        Books,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_random_acts_keep_the_books_whole(altered_books: None) -> None:
    run(12, 25)


@pytest.mark.long
def test_many_random_acts_keep_the_books_whole(altered_books: None) -> None:
    run(300, 60)
