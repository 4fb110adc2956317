"""One statement that is run for every message of a storm: parsed and planned once for a connection."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections


def run_prepared(statement: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    """Run a statement and answer its rows; outside a transaction it is committed with that.

    On PostgreSQL values travel beside the statement, which the server keeps prepared: a third of
    the price of the ordinary way. Such a connection cannot be shared through a pooler that hands
    it on after each transaction. Not seen by query logs.
    """
    own = connections[DEFAULT_DB_ALIAS]  # Once: each look through the proxy has its price.
    if own.vendor != "postgresql":
        with own.cursor() as cursor:
            cursor.execute(statement, [_adapted(own, value) for value in values])
            return list(cursor.fetchall())
    import psycopg

    own.ensure_connection()
    own.validate_no_broken_transaction()
    raw: Any = own.connection
    usual, raw.prepare_threshold = raw.prepare_threshold, 0
    try:
        with own.wrap_database_errors:
            return list(psycopg.Cursor(raw).execute(statement, values).fetchall())
    finally:
        raw.prepare_threshold = usual


def _adapted(own: Any, value: Any) -> Any:
    """Moments in the form in which Django keeps them on SQLite."""
    return own.ops.adapt_datetimefield_value(value) if isinstance(value, datetime) else value
