"""Rows in sets: one statement for many rows, with the ids that the database gave them."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeVar

from django.db import connection

T = TypeVar("T")
MOST_VALUES = 30_000
"""Values bound to one statement: SQLite takes 32,766, PostgreSQL 65,535."""


def chunks(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """Cut a sequence into pieces of at most ``size``."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


def insert_rows(
    table: str,
    columns: Sequence[str],
    rows: Sequence[Sequence[Any]],
    *,
    returning: Sequence[str] = ("id",),
    skip_conflicts: bool = False,
) -> list[tuple[Any, ...]]:
    """Insert many rows and answer the ``returning`` columns, in the order of the ids.

    Table and column names are the house's own; values are always bound. With ``skip_conflicts``
    a row that meets a unique key already there is left out of the answer.
    """
    answer: list[tuple[Any, ...]] = []
    names = ", ".join(f'"{c}"' for c in columns)
    one = "(" + ", ".join(["%s"] * len(columns)) + ")"
    conflict = " ON CONFLICT DO NOTHING" if skip_conflicts else ""
    back = ", ".join(f'"{c}"' for c in returning)
    with connection.cursor() as cursor:
        for part in chunks(rows, MOST_VALUES // len(columns)):
            sql = (
                f'INSERT INTO "{table}" ({names}) VALUES {", ".join([one] * len(part))}'  # noqa: S608
                f"{conflict} RETURNING {back}"
            )
            cursor.execute(sql, [value for row in part for value in row])
            answer.extend(sorted(cursor.fetchall()))
    return answer


def in_chunks(values: Iterable[T], size: int = 10_000) -> Iterator[list[T]]:
    """Distinct values in pieces small enough for one ``IN``."""
    distinct = list(dict.fromkeys(values))
    for part in chunks(distinct, size):
        yield list(part)
