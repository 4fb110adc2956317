"""The books as a stranger reads them: plain SQL on a connection of its own, nothing of the house.

The whole trial balance is read in one snapshot. Whatever the writers are doing at that moment, each
commodity totals zero, nothing scarce is negative, no movement names an unknown account, and every
stored balance is the sum of its movements (less the money that waits for its interval).
"""

import sqlite3
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from tests.campaigns.frame import Plan

GOODS = ("quarantine", "on_hand", "reserved", "in_transit", "delivered", "returned", "written_off")
SCARCE = frozenset(("bank", *GOODS))
Row = Sequence[Any]


class Reader:
    """One reading connection."""

    def __init__(self, plan: Plan) -> None:
        self.on_postgresql = plan.database == "postgresql"
        self._connection: Any
        if self.on_postgresql:
            import psycopg

            # An address without a host may have lost its empty place between the slashes.
            address = plan.address
            if "://" not in address:
                address = address.replace(":/", ":///", 1)
            self._connection = psycopg.connect(address, autocommit=True)
        else:
            # A reader must never wait so long that it stops the writers, nor give up too early.
            self._connection = sqlite3.connect(
                plan.home / "boai.sqlite3", isolation_level=None, timeout=60
            )

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def rows(self, sql: str) -> list[Row]:
        """All rows of one query."""
        return list(self._connection.execute(sql).fetchall())

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Everything read inside is as of one moment."""
        level = " ISOLATION LEVEL REPEATABLE READ READ ONLY" if self.on_postgresql else ""
        self._connection.execute(f"BEGIN{level}")
        try:
            yield
        finally:
            self._connection.execute("COMMIT")


OTHERS = """
SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
AND backend_type = 'client backend' AND pid <> pg_backend_pid()"""


def wait_until_alone(plan: Plan, seconds: float = 30.0) -> bool:
    """Wait until the server has let go of everybody who was killed; whether it has.

    PostgreSQL ends a statement before it notices that nobody is there to hear of it. Until then the
    dead hold locks, and may still commit. The caller has no other connection of its own open.
    """
    if plan.database != "postgresql":
        return True
    until = time.monotonic() + seconds
    reader = Reader(plan)
    try:
        while reader.rows(OTHERS)[0][0] and time.monotonic() < until:
            time.sleep(0.005)
        return not reader.rows(OTHERS)[0][0]
    finally:
        reader.close()


SIDES = """
SELECT s.account_id, a.kind, a.commodity, SUM(s.moved) FROM (
  SELECT debit_id AS account_id, amount AS moved FROM ledger_posting
  UNION ALL SELECT credit_id, -amount FROM ledger_posting) AS s
LEFT JOIN ledger_account a ON a.id = s.account_id GROUP BY s.account_id, a.kind, a.commodity"""
WAITING = """
SELECT p.debit_id, SUM(p.amount) FROM ledger_fundinflow i JOIN ledger_posting p
ON p.id = i.posting_id WHERE i.starts IS NULL AND p.into_fund GROUP BY p.debit_id"""
FUNDS = """
SELECT a.id, COALESCE((SELECT SUM(i.amount) FROM ledger_fundinflow i
  WHERE CAST(i.fund_id AS text) = a.ref), 0) - COALESCE((SELECT SUM(o.amount)
  FROM ledger_fundoutflow o WHERE CAST(o.fund_id AS text) = a.ref), 0)
FROM ledger_account a WHERE a.kind = 'fund'"""


def wrong_in_trial_balance(reader: Reader) -> list[str]:
    """Read the whole trial balance in one snapshot; every way in which it is wrong."""
    with reader.snapshot():
        sides = reader.rows(SIDES)
        stored = {int(id): int(amount) for id, amount in _balances(reader)}
        waiting = {int(id): int(amount) for id, amount in reader.rows(WAITING)}
        funds = {int(id): int(amount) for id, amount in reader.rows(FUNDS)}
    return judge(sides, stored, waiting, funds)


def _balances(reader: Reader) -> list[Row]:
    return reader.rows("SELECT account_id, amount FROM ledger_balance")


def judge(
    sides: Sequence[Row], stored: dict[int, int], waiting: dict[int, int], funds: dict[int, int]
) -> list[str]:
    """The judgement itself, on what one snapshot held."""
    wrong: list[str] = []
    totals: dict[str, int] = defaultdict(int)
    for id, kind, commodity, moved in sides:
        held = int(moved)
        if kind is None:
            wrong.append(f"unknown account {id}")
            continue
        totals[commodity] += held
        if kind in SCARCE:
            if held < 0:
                wrong.append(f"account {id} ({kind}) holds {held}")
            if stored.get(id) != held - waiting.get(id, 0):
                wrong.append(
                    f"account {id} ({kind}) is stored as {stored.get(id)}, its movements say "
                    f"{held} and {waiting.get(id, 0)} wait"
                )
        if kind == "fund":
            if held > 0:
                wrong.append(f"fund account {id} holds {-held}")
            if funds.get(id) != -held:
                wrong.append(f"fund account {id}: flows {funds.get(id)}, movements {-held}")
    wrong += [f"{what} totals {total}" for what, total in sorted(totals.items()) if total]
    wrong += [f"balance {id} is {amount}" for id, amount in sorted(stored.items()) if amount < 0]
    return wrong


IN_ORDER = "SELECT id, debit_id, credit_id, amount FROM ledger_posting ORDER BY id"
BY_NUMBER = """
SELECT p.id, p.debit_id, p.credit_id, p.amount FROM ledger_posting p JOIN ledger_entry e
ON e.id = p.entry_id ORDER BY e.organisation_id, e.sequence, p.id"""


def replay(reader: Reader, order: str = IN_ORDER) -> tuple[int, list[str]]:
    """Walk the journal movement by movement; how many, and every prefix at which something scarce
    was below zero (I-5)."""
    kinds = {int(id): kind for id, kind in reader.rows("SELECT id, kind FROM ledger_account")}
    held: dict[int, int] = defaultdict(int)
    wrong: list[str] = []
    rows = reader.rows(order)
    for id, debit, credit, amount in rows:
        held[debit] += amount
        held[credit] -= amount
        for account in (debit, credit):
            now = -held[account] if kinds[account] == "fund" else held[account]
            if now < 0 and (kinds[account] in SCARCE or kinds[account] == "fund"):
                wrong.append(f"movement {id} leaves account {account} at {now}")
    return len(rows), wrong


HALVES = {
    "entry without postings": """SELECT e.id FROM ledger_entry e WHERE NOT EXISTS (
        SELECT 1 FROM ledger_posting p WHERE p.entry_id = e.id)""",
    "money into a fund without its inflow": """SELECT p.id FROM ledger_posting p
        JOIN ledger_account a ON a.id = p.credit_id AND a.kind = 'fund' WHERE NOT EXISTS (
        SELECT 1 FROM ledger_fundinflow i WHERE i.posting_id = p.id)""",
    "money out of a fund without its outflow": """SELECT p.id FROM ledger_posting p
        JOIN ledger_account a ON a.id = p.debit_id AND a.kind = 'fund' WHERE NOT EXISTS (
        SELECT 1 FROM ledger_fundoutflow o WHERE o.posting_id = p.id)""",
    "outflow whose spans do not sum": """SELECT o.id FROM ledger_fundoutflow o
        LEFT JOIN ledger_fundspan s ON s.outflow_id = o.id GROUP BY o.id, o.amount
        HAVING o.amount <> COALESCE(SUM(s.ends - s.starts), 0)""",
    "gift whose entry is not its own": """SELECT g.id FROM donations_gift g
        LEFT JOIN ledger_entry e ON e.id = g.entry_id
        AND e.subject = 'donations.gift:' || g.number
        WHERE g.kind = 'cash' AND g.state = 'confirmed' AND e.id IS NULL""",
    "entry of a gift that is not there": """SELECT e.id FROM ledger_entry e
        WHERE e.kind = 'gift' AND e.subject LIKE 'donations.gift:%' AND NOT EXISTS (
        SELECT 1 FROM donations_gift g WHERE 'donations.gift:' || g.number = e.subject)""",
}
PAIRS = {
    "confirmed gifts and their leaves": (
        "SELECT COUNT(*) FROM donations_gift WHERE state <> 'announced'",
        "SELECT COUNT(*) FROM translog_leaf WHERE kind = 'gift-confirmed'",
    ),
    "papers and their leaves": (
        "SELECT COUNT(*) FROM certificates_paper",
        "SELECT COUNT(*) FROM translog_leaf WHERE kind = 'paper-issued'",
    ),
}


def halves(reader: Reader) -> list[str]:
    """Everything that is half there."""
    with reader.snapshot():
        wrong = [
            f"{what}: {row[0]}" for what, sql in HALVES.items() for row in reader.rows(sql)[:5]
        ]
        for what, (one, other) in PAIRS.items():
            left, right = reader.rows(one)[0][0], reader.rows(other)[0][0]
            if left != right:
                wrong.append(f"{what}: {left} and {right}")
    return wrong


def broken_laws() -> list[str]:
    """All laws of the house, as ``boai audit`` reads them, after the waiting entries are numbered;
    but those of the rooms above, that bare books cannot keep."""
    from boai.foundations.ledger.services import numbering
    from boai.ground.core.laws import all_laws
    from tests.factories.books import LAWS_OF_ROOMS_ABOVE

    numbering.number_all()
    found = []
    for law in all_laws():
        if law.id in LAWS_OF_ROOMS_ABOVE:
            continue
        found += [f"{law.id} {b.subject}: {b.found}" for b in law.check().breaches[:5]]
    return found
