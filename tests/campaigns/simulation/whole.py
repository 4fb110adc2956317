"""Everything held against everything: the model, the books, the log, the laws of ``boai audit``."""

from collections.abc import Iterator
from typing import Any

from boai.foundations.ledger import queries
from boai.foundations.ledger.values import AccountKey
from boai.ground.core.laws import all_laws
from tests.campaigns.simulation.bookkeeping import lot_agrees, shown
from tests.campaigns.simulation.engine import Simulation, ask
from tests.factories.books import LAWS_OF_ROOMS_ABOVE

CHEAP = ("ledger-04", "ledger-07", "ledger-08", "ledger-10", "ledger-11")


def differences(sim: Simulation) -> Iterator[str]:
    """All that is cheap enough to be compared every few thousand operations."""
    yield from trial_balance()
    yield from money(sim)
    for lot in sim.model.lots_with_goods():
        yield from lot_agrees(lot)
    [(leaves,)] = ask("SELECT COUNT(*) FROM translog_leaf WHERE id > %s", sim.first_leaf)
    if leaves != sim.model.leaves:
        yield f"{leaves} leaves, {sim.model.leaves} due"
    yield from broken_laws(CHEAP)


def trial_balance() -> Iterator[str]:
    """Of each commodity, what went out of accounts came into accounts; nothing scarce is below 0."""
    sums = ask(
        "SELECT commodity, SUM(moved) FROM (SELECT d.commodity, p.amount AS moved "
        "FROM ledger_posting p JOIN ledger_account d ON d.id = p.debit_id UNION ALL "
        "SELECT c.commodity, -p.amount FROM ledger_posting p "
        "JOIN ledger_account c ON c.id = p.credit_id) AS sides GROUP BY commodity"
    )
    yield from (f"trial balance of {name} is {total}" for name, total in sums if total)
    below = ask("SELECT account_id, amount FROM ledger_balance WHERE amount < 0")
    yield from (f"account {account} holds {amount}" for account, amount in below)


def money(sim: Simulation) -> Iterator[str]:
    """Every bank and every fund."""
    for (society, bank), due in sorted(sim.model.banks.items()):
        found = queries.balance(AccountKey(society, "bank", bank))
        if found != due:
            yield f"bank {bank} of {society} holds {found}, {due} due"
    found_funds = dict(
        ask(
            "SELECT f.id, COALESCE((SELECT SUM(amount) FROM ledger_fundinflow i "
            "WHERE i.fund_id = f.id), 0) - COALESCE((SELECT SUM(amount) FROM ledger_fundoutflow o "
            "WHERE o.fund_id = f.id), 0) FROM ledger_fund f"
        )
    )
    for fund in sim.model.funds:
        if found_funds.get(fund.id) != fund.balance:
            yield f"fund {fund.id} holds {found_funds.get(fund.id)}, {fund.balance} due"


def broken_laws(ids: tuple[str, ...] = ()) -> Iterator[str]:
    """Every breach of these laws, or of all but those that bare books cannot keep."""
    wanted = ids or {law.id for law in all_laws()} - set(LAWS_OF_ROOMS_ABOVE)
    for law in all_laws():
        if law.id in wanted:
            for breach in law.check().breaches[:5]:
                yield f"law {law.id}: {breach.subject} {breach.found}"


def traces(sim: Simulation, most: int) -> Iterator[str]:
    """Whose money paid each expense, and where the money of sampled gifts went; fen for fen."""
    model = sim.model
    expenses = sorted(model.expenses)
    for subject in _some(sim, expenses, most):
        found = {share.source: share.amount for share in queries.sources_of(subject)}
        if found != (due := model.sources_of(subject)):
            yield f"{subject} was paid by {shown(found, due)}"
    for source in _some(sim, sorted(model.given), most // 2):
        uses: dict[str, int] = {}
        for use in queries.uses_of(source):
            uses[use.subject] = uses.get(use.subject, 0) + use.amount
        if uses != (due := model.uses_of(source)):
            yield f"{source} was used for {shown(uses, due)}"
        if (left := queries.unspent_of(source)) != model.left[source]:
            yield f"{source} has {left} left, {model.left[source]} due"


def calm(sim: Simulation) -> Iterator[str]:
    """After the faults nothing is left over: no entry without number, no leaf waiting."""
    for what, sql in (
        ("entries without number", "SELECT COUNT(*) FROM ledger_entry WHERE sequence IS NULL"),
        ("leaves waiting", "SELECT COUNT(*) FROM translog_leaf WHERE tree_index IS NULL"),
    ):
        [(count,)] = ask(sql)
        if count:
            yield f"{count} {what}"
    for society, due in sorted(sim.model.journal.items()):
        [(last,)] = ask(
            "SELECT MAX(sequence) FROM ledger_entry WHERE organisation_id = %s", society
        )
        if last != due:
            yield f"the last number of society {society} is {last}, {due} due"


def nothing_set_aside(sim: Simulation) -> Iterator[str]:
    """At rest nothing is set aside or on the way."""
    for lot in sim.model.lots_with_goods():
        if lot.extra and (lot.of_kind("reserved") or lot.of_kind("in_transit")):
            yield f"lot {lot.id} has not come to rest: {lot.places}"


def _some(sim: Simulation, things: list[Any], most: int) -> list[Any]:
    if len(things) <= most:
        return things
    return [things[sim.chance.randrange(len(things))] for _ in range(most)]
