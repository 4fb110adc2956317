"""Changing many rows, each to values of its own, for the price of one statement."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection, models


def change_rows(
    model: type[models.Model],
    ids: Sequence[int],
    columns: Mapping[str, tuple[str, Sequence[Any]]],
    *,
    only_where: str = "TRUE",
) -> int:
    """Set columns of the rows with these ids; answers how many rows there were.

    ``columns`` maps a column to its PostgreSQL type and one value for each id. ``only_where`` is SQL
    over the row as it was, named ``r``. Column names are the house's own; values are always bound.
    """
    if not ids:
        return 0
    if any(len(values) != len(ids) for _kind, values in columns.values()):
        raise ValueError("a column of another length")
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            names = ", ".join(f'"{name}" = v."{name}"' for name in columns)
            arrays = ", ".join(
                ["%s::bigint[]", *(f"%s::{kind}[]" for kind, _v in columns.values())]
            )
            listed = ", ".join(f'"{name}"' for name in ["of_id", *columns])
            cursor.execute(
                f'UPDATE "{table}" AS r SET {names} FROM unnest({arrays}) AS v ({listed}) '  # noqa: S608
                f"WHERE r.id = v.of_id AND {only_where}",
                [list(ids), *(list(values) for _kind, values in columns.values())],
            )
            return int(cursor.rowcount)
        names = ", ".join(f'"{name}" = %s' for name in columns)
        rows = zip(*(map(_adapted, values) for _kind, values in columns.values()), ids, strict=True)
        cursor.executemany(
            f'UPDATE "{table}" AS r SET {names} WHERE r.id = %s AND {only_where}',  # noqa: S608
            list(rows),
        )
        return int(cursor.rowcount)


def _adapted(value: Any) -> Any:
    """Moments in the form in which Django keeps them on SQLite."""
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return value
