"""Guards of inflows that on PostgreSQL look at a statement's rows as a set, once a statement.

They refuse what the forms row by row refuse, which SQLite keeps. What a statement has done is seen
whole: rows that collide only with one another are found too.
"""

from boai.foundations.ledger.migrations._guards import _function

_OWN = """
IF EXISTS (
  SELECT 1 FROM fresh f
  LEFT JOIN ledger_posting p ON p.id = f.posting_id
  LEFT JOIN ledger_account a ON a.id = p.credit_id
  WHERE f.starts IS NOT NULL OR (
    p.amount = f.amount AND a.kind = 'fund' AND a.ref = CAST(f.fund_id AS text)) IS NOT TRUE)
THEN RAISE EXCEPTION 'ledger_fundinflow does not fit its posting' USING ERRCODE = '23514'; END IF;
RETURN NULL;"""

# The funds are locked before their axes are looked at, so that two at once see each other. Between
# the row before the lowest new interval and the end of the highest, each begins where or after the
# one before it ends; rows outside of that reach lie apart already.
_INTERVAL = """
IF EXISTS (SELECT 1 FROM old_rows WHERE starts IS NOT NULL)
THEN RAISE EXCEPTION 'an interval is assigned once' USING ERRCODE = '23514'; END IF;
PERFORM 1 FROM ledger_fund WHERE id IN (SELECT fund_id FROM fresh WHERE starts IS NOT NULL)
  ORDER BY id FOR NO KEY UPDATE;
IF EXISTS (
  SELECT 1 FROM (
    SELECT fund_id, MIN(starts) AS low, MAX(ends) AS high
    FROM fresh WHERE starts IS NOT NULL GROUP BY fund_id) AS reach
  CROSS JOIN LATERAL (
    SELECT n.starts, lag(n.ends) OVER (ORDER BY n.starts) AS reached
    FROM ledger_fundinflow n
    WHERE n.fund_id = reach.fund_id AND n.starts < reach.high AND n.starts >= COALESCE((
      SELECT b.starts FROM ledger_fundinflow b
      WHERE b.fund_id = reach.fund_id AND b.starts < reach.low
      ORDER BY b.starts DESC LIMIT 1), reach.low)) AS axis
  WHERE axis.reached > axis.starts)
THEN RAISE EXCEPTION 'inflow intervals overlap' USING ERRCODE = '23514'; END IF;
RETURN NULL;"""

OWN_POSTING, INTERVAL = "ledger_fundinflow_has_own_posting", "ledger_fundinflow_interval"

IN_SETS = [
    f"DROP TRIGGER {OWN_POSTING} ON ledger_fundinflow",
    _function(OWN_POSTING, _OWN),
    f"CREATE TRIGGER {OWN_POSTING} AFTER INSERT ON ledger_fundinflow "
    f"REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION {OWN_POSTING}()",
    f"DROP TRIGGER {INTERVAL} ON ledger_fundinflow",
    _function(INTERVAL, _INTERVAL),
    f"CREATE TRIGGER {INTERVAL} AFTER UPDATE ON ledger_fundinflow "
    "REFERENCING OLD TABLE AS old_rows NEW TABLE AS fresh "
    f"FOR EACH STATEMENT EXECUTE FUNCTION {INTERVAL}()",
]
