"""Rows in sets: one statement for many rows, with the ids that the database gave them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import connection

from boai.foundations.ledger.rules import chunks

MOST_VALUES = 30_000
"""Values bound to one statement on SQLite, which takes 32,766."""
MOST_ROWS = 20_000
"""Rows in one statement on PostgreSQL, where each column travels as one array."""


def insert_rows(
    table: str,
    columns: Mapping[str, str],
    rows: Sequence[Sequence[Any]],
    *,
    returning: Sequence[str] = ("id",),
    skip_conflicts: bool = False,
) -> list[tuple[Any, ...]]:
    """Insert many rows and answer the ``returning`` columns, in the order of the ids.

    ``columns`` are names and PostgreSQL types. Table and column names are the house's own; values
    are always bound. With ``skip_conflicts`` a row that meets a unique key already there is left
    out of the answer. Ids rise in the order of the rows.
    """
    answer: list[tuple[Any, ...]] = []
    head = f'INSERT INTO "{table}" ({", ".join(_quoted(columns))})'
    conflict = " ON CONFLICT DO NOTHING" if skip_conflicts else ""
    tail = f"{conflict} RETURNING {', '.join(_quoted(returning))}"
    on_postgres = connection.vendor == "postgresql"
    arrays = ", ".join(f"%s::{kind}[]" for kind in columns.values())
    one = "(" + ", ".join(["%s"] * len(columns)) + ")"
    with connection.cursor() as cursor:
        for part in chunks(rows, MOST_ROWS if on_postgres else MOST_VALUES // len(columns)):
            values: list[Any]
            if on_postgres:
                body = f" SELECT * FROM unnest({arrays})"  # noqa: S608
                values = [list(column) for column in zip(*part, strict=True)]
            else:
                body = f" VALUES {', '.join([one] * len(part))}"
                values = [value for row in part for value in row]
            cursor.execute(head + body + tail, values)
            answer.extend(sorted(cursor.fetchall()))
    return answer


def _quoted(names: Iterable[str]) -> list[str]:
    return [f'"{name}"' for name in names]
