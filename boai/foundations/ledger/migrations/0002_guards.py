"""What the database itself holds: append-only, fitting accounts, balances, intervals."""

from django.db import migrations

from boai.foundations.ledger.migrations._guards import (
    BALANCE_ONLY_BY_POSTINGS,
    INFLOW_COUNTED_WHEN_ASSIGNED,
    INFLOW_INTERVAL,
    POSTING_FITS_AND_MOVES,
    SCARCE,
    SPAN_INTERVAL,
)
from boai.ground.kit.db.guards import AppendOnly, Keeps, Refuses

OWN_POSTING = """NOT EXISTS (SELECT 1 FROM ledger_posting p JOIN ledger_account a ON a.id = p.{side}
  WHERE p.id = NEW.posting_id AND p.amount = NEW.amount AND a.kind = 'fund'
  AND a.ref = CAST(NEW.fund_id AS text))"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]

    operations = [
        AppendOnly("account"),
        AppendOnly("entry", but=("sequence", "chain")),
        AppendOnly("posting"),
        AppendOnly("fund", but=("front",)),
        AppendOnly("fundinflow", but=("starts", "ends")),
        AppendOnly("fundoutflow"),
        AppendOnly("fundspan"),
        Refuses(
            "account",
            "code_agrees",
            on="insert",
            when="NEW.code <> CAST(NEW.organisation_id AS text) || '/' || NEW.kind || '/' || NEW.ref"
            " || '/' || NEW.commodity || '/' || COALESCE(CAST(NEW.lot AS text), '')",
            message="ledger_account code does not agree with its parts",
        ),
        Keeps(
            "account",
            "opens_balance",
            statements=["INSERT INTO ledger_balance (account_id, amount) VALUES (NEW.id, 0)"],
            when=f"NEW.kind IN ({SCARCE})",
        ),
        BALANCE_ONLY_BY_POSTINGS,
        Refuses(
            "entry",
            "number_is_final",
            on="update",
            when="OLD.sequence IS NOT NULL OR NEW.sequence IS NULL",
            message="ledger_entry is numbered once",
        ),
        Refuses(
            "entry",
            "number_comes_later",
            on="insert",
            when="NEW.sequence IS NOT NULL",
            message="ledger_entry is numbered by the numbering step",
        ),
        POSTING_FITS_AND_MOVES,
        Refuses(
            "fundinflow",
            "has_own_posting",
            on="insert",
            when="NEW.starts IS NOT NULL OR " + OWN_POSTING.format(side="credit_id"),
            message="ledger_fundinflow does not fit its posting",
        ),
        INFLOW_INTERVAL,
        INFLOW_COUNTED_WHEN_ASSIGNED,
        Refuses(
            "fundoutflow",
            "has_own_posting",
            on="insert",
            when=OWN_POSTING.format(side="debit_id"),
            message="ledger_fundoutflow does not fit its posting",
        ),
        SPAN_INTERVAL,
        Refuses(
            "fund",
            "front_moves_on",
            on="update",
            when="NEW.front < OLD.front OR NEW.front > COALESCE((SELECT MAX(i.ends) "
            "FROM ledger_fundinflow i WHERE i.fund_id = NEW.id AND i.starts IS NOT NULL), 0)",
            message="ledger_fund front moves forward within the inflow",
        ),
    ]
