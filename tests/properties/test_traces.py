"""Every gift and every expense, fen by fen, over three societies: the books against a plain model.

The model writes each fen down as a cell of a list; nothing in it knows of intervals.
"""

from collections import Counter
from dataclasses import dataclass, field

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from boai.foundations.ledger import queries
from boai.foundations.ledger.errors import FundHasTooLittle, PartlySpent
from boai.foundations.ledger.services import auditing, funds, posting
from boai.ground.core.actors import SYSTEM
from tests.factories.books import AT, CITY, COUNTY, drop_guards, gift, make_fund, spend

pytestmark = pytest.mark.django_db
THIRD = 9
OWNERS = (CITY, CITY, COUNTY, THIRD)
STEP = st.tuples(
    st.sampled_from(["give", "give", "pay", "hand-on", "hand-on", "give-back", "take-back"]),
    st.integers(0, 3),
    st.integers(0, 7),
    st.integers(1, 40),
)


@dataclass(slots=True, eq=False)
class Cell:
    """One fen: whose it was, and what it was used for."""

    source: str
    used: str = ""


@dataclass
class Model:
    """Four funds of three societies, each fen a cell."""

    cells: list[list[Cell]] = field(default_factory=lambda: [[] for _ in OWNERS])
    home: dict[str, int] = field(default_factory=dict)
    expenses: list[tuple[str, int, int]] = field(default_factory=list)

    def take(self, fund: int, amount: int, use: str, source: str = "") -> list[Cell] | None:
        """The oldest free cells, of one gift only if it is named; nothing if too few."""
        free = [c for c in self.cells[fund] if not c.used and source in ("", c.source)]
        if source:
            # A gift's own interval is where it came in, not where money came back to.
            free = [c for c in free if c in self.own(source)]
        if len(free) < amount:
            return None
        for cell in free[:amount]:
            cell.used = use
        return free[:amount]

    def own(self, source: str) -> list[Cell]:
        """The cells of a gift where it first came in."""
        return [c for c in self.firsts if c.source == source]

    firsts: list[Cell] = field(default_factory=list)

    def uses(self, source: str) -> dict[str, int]:
        """What each fen of a gift ended in; the empty key is what nobody used."""
        ends = Counter(c.used for f in self.cells for c in f if c.source == source)
        return {use: n for use, n in ends.items() if not use.startswith("moved:")}


def perform(model: Model, ids: list[int], number: int, step: tuple[str, int, int, int]) -> None:
    """One act, in the model and in the books; refused by both or by neither."""
    act, fund, other, amount = step
    name = f"{number}"
    if act == "give":
        gift(ids[fund], name, amount)
        made = [Cell(f"donations.gift:{name}") for _ in range(amount)]
        model.cells[fund] += made
        model.firsts += made
        model.home[name] = fund
    elif act == "pay":
        taken = model.take(fund, amount, f"finance.disbursement:{name}")
        if taken is None:
            with pytest.raises(FundHasTooLittle), transaction.atomic():
                spend(ids[fund], name, amount)
            return
        model.expenses.append((name, fund, spend(ids[fund], name, amount).entry_id))
    elif act == "hand-on":
        hand_on(model, ids, name, fund, other % 4, amount)
    elif act == "give-back" and model.home:
        give_back(model, ids, name, sorted(model.home)[other % len(model.home)], amount)
    elif act == "take-back" and model.expenses:
        old, home, entry = model.expenses.pop(other % len(model.expenses))
        posting.reverse(SYSTEM, entry_id=entry, key=f"r{name}", at=AT, reason="x")
        back = [c for c in model.cells[home] if c.used == f"finance.disbursement:{old}"]
        for cell in back:
            cell.used = f"moved:{name}"
        model.cells[home] += [Cell(c.source) for c in back]


def hand_on(model: Model, ids: list[int], name: str, here: int, there: int, amount: int) -> None:
    """A transfer: the same fen, in the same order, in another fund."""
    if here == there:
        return

    def transfer() -> None:
        funds.transfer(
            SYSTEM,
            from_fund_id=ids[here],
            to_fund_id=ids[there],
            amount=amount,
            bank="ICBC",
            key=f"t{name}",
            at=AT,
            inputs=amount,
        )

    taken = model.take(here, amount, f"moved:{name}")
    if taken is None:
        with pytest.raises(FundHasTooLittle), transaction.atomic():
            transfer()
        return
    transfer()
    model.cells[there] += [Cell(c.source) for c in taken]


def give_back(model: Model, ids: list[int], name: str, number: str, amount: int) -> None:
    """A refund: out of the gift's own cells only."""
    source, home = f"donations.gift:{number}", model.home[number]

    def refund() -> None:
        funds.refund(
            SYSTEM,
            fund_id=ids[home],
            source=source,
            amount=amount,
            bank="ICBC",
            subject=f"donations.refund:{name}",
            key=f"b{name}",
            at=AT,
            inputs=amount,
        )

    own = [c for c in model.own(source) if not c.used]
    assert queries.unspent_at_home(source) == len(own)
    if len(own) < amount:
        with pytest.raises(PartlySpent), transaction.atomic():
            refund()
        return
    refund()
    for cell in own[:amount]:
        cell.used = f"donations.refund:{name}"


def compare(model: Model) -> None:
    """Every pair of gift and expense, both ways."""
    behind: dict[str, dict[str, int]] = {}
    for number in model.home:
        source = f"donations.gift:{number}"
        should = model.uses(source)
        told = {use.subject: use.amount for use in queries.uses_of(source)}
        assert queries.unspent_of(source) == should.pop("", 0)
        assert told == should
        for use, n in should.items():
            behind.setdefault(use, {})[source] = n
    for name, _fund, _entry in model.expenses:
        subject = f"finance.disbursement:{name}"
        shares = {share.source: share.amount for share in queries.sources_of(subject)}
        assert shares == behind[subject]
    assert auditing.both_ways_agree().breaches == ()


def run(steps: list[tuple[str, int, int, int]]) -> None:
    """Perform all, compare, and leave no trace."""
    with transaction.atomic():
        ids = [make_fund(f"基金{n}", owner) for n, owner in enumerate(OWNERS)]
        model = Model()
        for number, step in enumerate(steps):
            perform(model, ids, number, step)
        compare(model)
        assert auditing.breaches_of_all(["ledger-07", "ledger-08", "ledger-09", "ledger-11"]) == []
        transaction.set_rollback(True)


QUIET = settings(deadline=None, database=None, suppress_health_check=list(HealthCheck))


@settings(QUIET, max_examples=8)
@given(st.lists(STEP, min_size=10, max_size=18))
def test_every_fen_is_where_the_model_says(steps: list[tuple[str, int, int, int]]) -> None:
    run(steps)


@pytest.mark.long
@settings(QUIET, max_examples=300)
@given(st.lists(STEP, min_size=20, max_size=60))
def test_every_fen_of_long_chains(steps: list[tuple[str, int, int, int]]) -> None:
    run(steps)


def test_the_law_names_a_span_that_was_moved(altered_books: None) -> None:
    fund = make_fund()
    gift(fund, "A", 100)
    gift(fund, "B", 100)
    spend(fund, "E", 50)
    assert auditing.both_ways_agree().breaches == ()
    drop_guards("ledger_fundinflow")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE ledger_fundinflow SET starts = 20, ends = 120 WHERE starts = 100")
    assert auditing.both_ways_agree().breaches
