"""Triggers of the books whose words differ between the two engines.

On PostgreSQL the postings are checked and the balances kept once per statement, over the set of
new rows; on SQLite row by row, which costs nothing there.
"""

from boai.foundations.ledger.values import BALANCE_KINDS
from boai.ground.kit.db.guards import _Guard


class PerEngine(_Guard):
    """Triggers given in full for each engine; ``names`` are the triggers' names, for the way back."""

    def __init__(
        self, model: str, name: str, *, sqlite: list[str], postgres: list[str], names: list[str]
    ) -> None:
        super().__init__(model, name)
        self.sqlite, self.postgres, self.names = sqlite, postgres, names

    def _names(self, table: str) -> list[str]:
        return self.names

    def _sqlite(self, table: str) -> list[str]:
        return self.sqlite

    def _postgres(self, table: str) -> list[str]:
        return self.postgres


def _function(name: str, body: str) -> str:
    return (
        f'CREATE OR REPLACE FUNCTION "{name}"() RETURNS trigger LANGUAGE plpgsql AS '
        f"$guard$ BEGIN {body} END $guard$"
    )


SCARCE = ", ".join(f"'{kind}'" for kind in BALANCE_KINDS)

_FITS = """
  d.organisation_id = p.organisation_id AND c.organisation_id = p.organisation_id
  AND e.organisation_id = p.organisation_id AND e.sequence IS NULL
  AND d.commodity = c.commodity
  AND (d.lot IS NULL OR c.lot IS NULL OR d.lot = c.lot)
  AND COALESCE(p.lot, -1) = COALESCE(d.lot, c.lot, -1)
  AND p.into_fund = (d.kind = 'bank' AND c.kind = 'fund')
"""
_MISFIT = "ledger_posting does not fit its accounts and entry"

POSTING_FITS_AND_MOVES = PerEngine(
    "posting",
    "fits_and_moves",
    names=["ledger_posting_fits", "ledger_posting_moves"],
    sqlite=[
        f"""CREATE TRIGGER ledger_posting_fits BEFORE INSERT ON ledger_posting FOR EACH ROW
WHEN NOT EXISTS (
  SELECT 1 FROM ledger_account d, ledger_account c, ledger_entry e
  WHERE d.id = NEW.debit_id AND c.id = NEW.credit_id AND e.id = NEW.entry_id
  AND {_FITS.replace("p.", "NEW.")})
BEGIN SELECT RAISE(ABORT, '{_MISFIT}'); END""",  # noqa: S608
        """CREATE TRIGGER ledger_posting_moves AFTER INSERT ON ledger_posting FOR EACH ROW BEGIN
  UPDATE ledger_balance SET amount = amount - NEW.amount, posting_id = NEW.id
    WHERE account_id = NEW.credit_id;
  UPDATE ledger_balance SET amount = amount + NEW.amount, posting_id = NEW.id
    WHERE account_id = NEW.debit_id AND NOT NEW.into_fund;
END""",
    ],
    postgres=[
        _function(
            "ledger_posting_fits",
            f"""
IF EXISTS (
  SELECT 1 FROM fresh p
  LEFT JOIN ledger_account d ON d.id = p.debit_id
  LEFT JOIN ledger_account c ON c.id = p.credit_id
  LEFT JOIN ledger_entry e ON e.id = p.entry_id
  WHERE ({_FITS}) IS NOT TRUE)
THEN RAISE EXCEPTION '{_MISFIT}' USING ERRCODE = '23514'; END IF;
RETURN NULL;""",  # noqa: S608
        ),
        "CREATE TRIGGER ledger_posting_fits AFTER INSERT ON ledger_posting "
        "REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION ledger_posting_fits()",
        _function(
            "ledger_posting_moves",
            """
PERFORM 1 FROM ledger_balance WHERE account_id IN (
  SELECT credit_id FROM fresh UNION SELECT debit_id FROM fresh WHERE NOT into_fund)
  ORDER BY account_id FOR NO KEY UPDATE;
UPDATE ledger_balance b SET amount = b.amount + m.moved, posting_id = m.newest
FROM (
  SELECT account_id, SUM(moved)::bigint AS moved, MAX(id) AS newest FROM (
    SELECT credit_id AS account_id, -amount AS moved, id FROM fresh
    UNION ALL SELECT debit_id, amount, id FROM fresh WHERE NOT into_fund) AS sides
  GROUP BY account_id) AS m
WHERE b.account_id = m.account_id;
RETURN NULL;""",
        ),
        "CREATE TRIGGER ledger_posting_moves AFTER INSERT ON ledger_posting "
        "REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION ledger_posting_moves()",
    ],
)

_BY_HAND = "ledger_balance is kept by the postings"

BALANCE_ONLY_BY_POSTINGS = PerEngine(
    "balance",
    "only_by_postings",
    names=["ledger_balance_update", "ledger_balance_insert", "ledger_balance_delete"],
    # SQLite does not tell a trigger who called it: a change must name another posting of the
    # account and move by exactly its amount. PostgreSQL knows the depth of triggers.
    sqlite=[
        f"""CREATE TRIGGER ledger_balance_update BEFORE UPDATE ON ledger_balance FOR EACH ROW
WHEN NEW.account_id <> OLD.account_id OR NEW.posting_id IS OLD.posting_id OR NOT EXISTS (
  SELECT 1 FROM ledger_posting p WHERE p.id = NEW.posting_id AND (
    (p.credit_id = NEW.account_id AND NEW.amount = OLD.amount - p.amount)
    OR (p.debit_id = NEW.account_id AND NEW.amount = OLD.amount + p.amount)))
BEGIN SELECT RAISE(ABORT, '{_BY_HAND}'); END""",  # noqa: S608
        f"""CREATE TRIGGER ledger_balance_insert BEFORE INSERT ON ledger_balance FOR EACH ROW
WHEN NEW.amount <> 0 BEGIN SELECT RAISE(ABORT, '{_BY_HAND}'); END""",
        f"""CREATE TRIGGER ledger_balance_delete BEFORE DELETE ON ledger_balance FOR EACH ROW
BEGIN SELECT RAISE(ABORT, '{_BY_HAND}'); END""",
    ],
    postgres=[
        _function(
            "ledger_balance_update",
            f"""IF pg_trigger_depth() < 2
THEN RAISE EXCEPTION '{_BY_HAND}' USING ERRCODE = '23514'; END IF; RETURN NEW;""",
        ),
        "CREATE TRIGGER ledger_balance_update BEFORE UPDATE ON ledger_balance "
        "FOR EACH ROW EXECUTE FUNCTION ledger_balance_update()",
        _function(
            "ledger_balance_insert",
            f"""IF pg_trigger_depth() < 2 OR NEW.amount <> 0
THEN RAISE EXCEPTION '{_BY_HAND}' USING ERRCODE = '23514'; END IF; RETURN NEW;""",
        ),
        "CREATE TRIGGER ledger_balance_insert BEFORE INSERT ON ledger_balance "
        "FOR EACH ROW EXECUTE FUNCTION ledger_balance_insert()",
        _function(
            "ledger_balance_delete",
            f"RAISE EXCEPTION '{_BY_HAND}' USING ERRCODE = '23514';",
        ),
        "CREATE TRIGGER ledger_balance_delete BEFORE DELETE OR TRUNCATE ON ledger_balance "
        "FOR EACH STATEMENT EXECUTE FUNCTION ledger_balance_delete()",
    ],
)

INFLOW_COUNTED_WHEN_ASSIGNED = PerEngine(
    "fundinflow",
    "counted",
    names=["ledger_inflow_counted"],
    sqlite=[
        """CREATE TRIGGER ledger_inflow_counted AFTER UPDATE ON ledger_fundinflow FOR EACH ROW
WHEN OLD.starts IS NULL AND NEW.starts IS NOT NULL BEGIN
  UPDATE ledger_balance SET amount = amount + NEW.amount, posting_id = NEW.posting_id
  WHERE account_id = (
    SELECT debit_id FROM ledger_posting WHERE id = NEW.posting_id AND into_fund);
END"""
    ],
    postgres=[
        _function(
            "ledger_inflow_counted",
            """
UPDATE ledger_balance b SET amount = b.amount + m.moved, posting_id = m.newest
FROM (
  SELECT p.debit_id, SUM(p.amount)::bigint AS moved, MAX(p.id) AS newest
  FROM fresh f JOIN old_rows o ON o.id = f.id JOIN ledger_posting p ON p.id = f.posting_id
  WHERE p.into_fund AND o.starts IS NULL AND f.starts IS NOT NULL GROUP BY p.debit_id) AS m
WHERE b.account_id = m.debit_id;
RETURN NULL;""",
        ),
        "CREATE TRIGGER ledger_inflow_counted AFTER UPDATE ON ledger_fundinflow "
        "REFERENCING OLD TABLE AS old_rows NEW TABLE AS fresh "
        "FOR EACH STATEMENT EXECUTE FUNCTION ledger_inflow_counted()",
    ],
)


def _neighbours(table: str) -> str:
    """An interval that reaches into the one before or after it on the same axis."""
    return f"""
COALESCE((SELECT n.ends FROM {table} n WHERE n.fund_id = NEW.fund_id AND n.starts <= NEW.starts
  AND n.id <> NEW.id ORDER BY n.starts DESC LIMIT 1), 0) > NEW.starts
OR COALESCE((SELECT n.starts FROM {table} n WHERE n.fund_id = NEW.fund_id
  AND n.starts > NEW.starts ORDER BY n.starts LIMIT 1), NEW.ends) < NEW.ends"""  # noqa: S608


_BEYOND = """NEW.ends > COALESCE((SELECT i.ends FROM ledger_fundinflow i
  WHERE i.fund_id = NEW.fund_id AND i.starts IS NOT NULL ORDER BY i.starts DESC LIMIT 1), 0)"""
_MORE_THAN_OUTFLOW = """NEW.ends - NEW.starts + COALESCE((SELECT SUM(s.ends - s.starts)
  FROM ledger_fundspan s WHERE s.outflow_id = NEW.outflow_id), 0) > COALESCE((
  SELECT o.amount FROM ledger_fundoutflow o WHERE o.id = NEW.outflow_id
  AND o.fund_id = NEW.fund_id), 0)"""
_LOCK = "PERFORM 1 FROM ledger_fund WHERE id = NEW.fund_id FOR NO KEY UPDATE;"


def _interval_guard(
    model: str, table: str, moment: str, rules: list[tuple[str, str]], *, when: str
) -> PerEngine:
    """Refuse intervals by rules; on PostgreSQL with the fund locked, so that two at once see
    each other."""
    name = f"{table}_interval"
    checks = " ".join(
        f"IF {rule} THEN RAISE EXCEPTION '{message}' USING ERRCODE = '23514'; END IF;"
        for rule, message in rules
    )
    return PerEngine(
        model,
        "interval",
        names=[name, *(f"{name}_{n}" for n in range(len(rules)))],
        sqlite=[
            f"CREATE TRIGGER {name}_{n} BEFORE {moment} ON {table} FOR EACH ROW "
            f"WHEN ({when}) AND ({rule}) BEGIN SELECT RAISE(ABORT, '{message}'); END"
            for n, (rule, message) in enumerate(rules)
        ],
        postgres=[
            _function(name, f"IF {when} THEN {_LOCK} {checks} END IF; RETURN NEW;"),
            f"CREATE TRIGGER {name} BEFORE {moment} ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION {name}()",
        ],
    )


SPAN_INTERVAL = _interval_guard(
    "fundspan",
    "ledger_fundspan",
    "INSERT",
    [
        (_neighbours("ledger_fundspan").replace("AND n.id <> NEW.id", ""), "spans overlap"),
        (_BEYOND, "span beyond the inflow"),
        (_MORE_THAN_OUTFLOW, "spans exceed their outflow"),
    ],
    when="TRUE",
)
INFLOW_INTERVAL = _interval_guard(
    "fundinflow",
    "ledger_fundinflow",
    "UPDATE",
    [
        ("OLD.starts IS NOT NULL", "an interval is assigned once"),
        (_neighbours("ledger_fundinflow"), "inflow intervals overlap"),
    ],
    when="NEW.starts IS NOT NULL OR OLD.starts IS NOT NULL",
)
