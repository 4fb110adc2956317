"""Rows in sets: many rows for the price of a few statements, with the ids that they were given.

``append_rows`` takes columns instead of rows: what is the same in every row is said once. On
PostgreSQL it copies into the table, on SQLite one statement takes all rows from a heap in memory.
Triggers and keys of the tables are asked as by any other insert.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from itertools import repeat
from typing import Any, TypeVar

from django.db import connection, models

T = TypeVar("T")
MOST_VALUES = 30_000
"""Values bound to one statement on SQLite, which takes 32,766."""
MOST_ROWS = 20_000
"""Rows in one statement on PostgreSQL, where each column travels as one array."""
COPIED_FROM = 48
"""Rows from which copying pays on PostgreSQL: below, one statement less is worth more."""
_ESCAPED = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def append_rows(
    model: type[models.Model], count: int, columns: Mapping[str, Any], *, with_ids: bool = True
) -> list[int]:
    """Append rows to a model's table; answers their ids, which rise in the order of the rows.

    Without ``with_ids`` nothing is answered, which spares the database the telling.

    ``columns`` maps names of columns to values: a list holds one value a row, anything else stands
    in every row. Columns that are left out must have a default in the database. Values are plain
    (text, whole numbers, booleans, bytes, moments, nothing); JSON comes as text. Runs in the
    caller's transaction, which holds the writer's lock on SQLite: there the ids are counted on.
    """
    if not count:
        return []
    if not connection.in_atomic_block:
        raise RuntimeError("rows are appended inside a transaction")
    if any(isinstance(value, list) and len(value) != count for value in columns.values()):
        raise ValueError("a column of another length")
    columns = {name: _said_once(value) for name, value in columns.items()}
    table = model._meta.db_table
    if connection.vendor != "postgresql":
        return _append_prepared(table, count, columns)
    if count < COPIED_FROM:
        return _append_values(table, count, columns)
    ids = _reserved_ids(table, count) if with_ids else []
    _copy(table, count, {"id": ids, **columns} if with_ids else columns)
    return ids


def _said_once(column: Any) -> Any:
    """A column of one and the same moment, as the moments of an act are, as the moment itself."""
    if isinstance(column, list) and type(column[0]) is datetime:
        first = column[0]
        if column[-1] is first and column.count(first) == len(column):
            return first
    return column


def _reserved_ids(table: str, count: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(s) FROM pg_get_serial_sequence(%s, 'id') AS s, generate_series(1, %s)",
            [table, count],
        )
        return [id for (id,) in cursor.fetchall()]


def _copy(table: str, count: int, columns: Mapping[str, Any]) -> None:
    line: list[str] = []
    varying: list[Iterable[Any]] = []
    for value in columns.values():
        if isinstance(value, list):
            line.append("%s")
            varying.append(_column_copied(value))
        else:
            line.append(_as_copied(value).replace("%", "%%"))
    template = "\t".join(line) + "\n"
    lines = (
        [template % row for row in zip(*varying, strict=True)] if varying else [template] * count
    )
    names = ", ".join(_quoted(columns))
    # The refusal of a row comes at the end of the copy, outside the cursor's own calls.
    copy = f'COPY "{table}" ({names}) FROM STDIN'
    with (
        connection.cursor() as cursor,
        connection.wrap_database_errors,
        cursor.copy(copy) as copying,
    ):
        copying.write("".join(lines))


def _as_copied(value: Any) -> str:
    """One value in the text form of COPY."""
    return _FORMS[type(value)](value)


def _column_copied(values: list[Any]) -> Iterable[Any]:
    """A column in the text form of COPY: most hold plain text or numbers and stay as they are."""
    kinds = set(map(type, values))
    if kinds == {int}:
        return values
    if kinds == {bytes}:
        return ["\\\\x" + value.hex() for value in values]
    if kinds == {str}:
        whole = "".join(values)
        return map(_text, values) if any(sign in whole for sign in "\\\t\n\r") else values
    return map(_as_copied, values)


def _text(value: str) -> str:
    return value.translate(_ESCAPED)


_FORMS: dict[type, Callable[[Any], str]] = {
    str: _text,
    int: str,
    bool: lambda value: "t" if value else "f",
    type(None): lambda _value: "\\N",
    bytes: lambda value: "\\\\x" + value.hex(),
    datetime: datetime.isoformat,
    date: date.isoformat,
}


def _append_values(table: str, count: int, columns: Mapping[str, Any]) -> list[int]:
    one = "(" + ", ".join(["%s"] * len(columns)) + ")"
    rows = zip(*_filled(columns.values(), count), strict=True)
    with connection.cursor() as cursor:
        cursor.execute(
            f'INSERT INTO "{table}" ({", ".join(_quoted(columns))}) '  # noqa: S608
            f'VALUES {", ".join([one] * count)} RETURNING "id"',
            [value for row in rows for value in row],
        )
        return sorted(id for (id,) in cursor.fetchall())


def _append_prepared(table: str, count: int, columns: Mapping[str, Any]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        last = next((seq for (seq,) in cursor.fetchall()), 0)
        if count < COPIED_FROM:
            marks = ", ".join(["%s"] * (len(columns) + 1))
            filled = [_adapted(value) for value in columns.values()]
            ids = range(last + 1, last + 1 + count)
            cursor.executemany(
                f'INSERT INTO "{table}" ({", ".join(_quoted(["id", *columns]))}) '  # noqa: S608
                f"VALUES ({marks})",
                list(zip(ids, *_filled(filled, count), strict=True)),
            )
        else:
            _append_heap(cursor, table, last, count, columns)
    return list(range(last + 1, last + 1 + count))


def _append_heap(
    cursor: Any, table: str, last: int, count: int, columns: Mapping[str, Any]
) -> None:
    varying = {name: value for name, value in columns.items() if isinstance(value, list)}
    ids = list(range(last + 1, last + 1 + count))
    with _heap(cursor, [ids, *map(_adapted, varying.values())]) as (heap, places):
        place_of = {"id": places[0]} | dict(zip(varying, places[1:], strict=True))
        names = ["id", *columns]
        cursor.execute(
            f'INSERT INTO "{table}" ({", ".join(_quoted(names))}) '  # noqa: S608
            f"SELECT {', '.join(place_of.get(name, '%s') for name in names)} "
            f"FROM {heap} ORDER BY rowid",
            [_adapted(value) for name, value in columns.items() if name not in varying],
        )


@contextmanager
def _heap(cursor: Any, columns: Sequence[list[Any]]) -> Iterator[tuple[str, list[str]]]:
    """Columns on a heap in memory, from which one statement on SQLite takes all rows.

    For every statement that can be refused by a trigger SQLite keeps a copy of each page that it
    changes, to take it back by itself. One statement copies a page once, thousands of statements
    thousands of times: that was most of their time.
    """
    places = [f"c{n}" for n in range(len(columns))]
    heap = f'temp."kit_heap_{len(columns)}"'
    marks = ", ".join(["%s"] * len(columns))
    cursor.execute(
        f"CREATE TEMP TABLE IF NOT EXISTS {heap.partition('.')[2]} ({', '.join(places)})"
    )
    cursor.execute(f"DELETE FROM {heap}")  # noqa: S608 (what a refused statement left)
    cursor.executemany(f"INSERT INTO {heap} VALUES ({marks})", zip(*columns, strict=True))  # noqa: S608
    yield heap, places
    cursor.execute(f"DELETE FROM {heap}")  # noqa: S608


def fill_rows(
    table: str, ids: Sequence[int], columns: Mapping[str, tuple[str, Sequence[Any]]]
) -> None:
    """Fill columns of rows that are there, in one statement. ``columns`` maps names to their
    PostgreSQL type and one value for each id."""
    names = list(columns)
    values = [list(ids), *(list(values) for _kind, values in columns.values())]
    if not ids:
        return
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            arrays = ["%s::bigint[]", *(f"%s::{kind}[]" for kind, _values in columns.values())]
            told = ", ".join(f'"{name}" = n."{name}"' for name in names)
            cursor.execute(
                f'UPDATE "{table}" SET {told} FROM unnest({", ".join(arrays)}) '  # noqa: S608
                f'AS n({", ".join(_quoted(["id", *names]))}) WHERE "{table}".id = n.id',
                values,
            )
            return
        with _heap(cursor, values) as (heap, places):
            pairs = zip(names, places[1:], strict=True)
            told = ", ".join(f'"{name}" = n.{place}' for name, place in pairs)
            cursor.execute(
                f'UPDATE "{table}" SET {told} FROM {heap} AS n WHERE "{table}".id = n.{places[0]}'  # noqa: S608
            )


def _adapted(value: Any) -> Any:
    """Moments in the form in which Django keeps them on SQLite; equal ones are turned once."""
    adapt = connection.ops.adapt_datetimefield_value
    if isinstance(value, datetime):
        return adapt(value)
    if isinstance(value, list) and not {datetime}.isdisjoint(map(type, value)):
        known = {one: adapt(one) for one in set(value)}
        return [known[one] for one in value]
    return value


def _filled(values: Iterable[Any], count: int) -> list[Iterable[Any]]:
    return [value if isinstance(value, list) else repeat(value, count) for value in values]


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


def known_values(table: str, column: str, values: Sequence[str]) -> list[str]:
    """Which of these texts stand in a column, asked as one set."""
    return [one for (one,) in rows_among(table, [column], column, values)]


def rows_among(
    table: str,
    wanted: Sequence[str],
    column: str,
    values: Sequence[str],
    also: Mapping[str, Any] | None = None,
) -> list[tuple[Any, ...]]:
    """The ``wanted`` columns of the rows where a column of texts has one of these values.

    The values travel as one, however many they are. ``also`` names columns that have a certain
    value, or one of a few where a list is given. Names are the house's own.
    """
    on_postgres = connection.vendor == "postgresql"
    conditions, bound = [], []
    for name, value in (also or {}).items():
        few = value if isinstance(value, list) else [value]
        conditions.append(f'"{name}" IN ({", ".join(["%s"] * len(few))})')
        bound += few
    if on_postgres:
        conditions.append(f'"{column}" = ANY(%s)')
        bound.append(list(values))
    else:
        conditions.append(f'"{column}" IN (SELECT value FROM json_each(%s))')  # noqa: S608
        bound.append(json.dumps(list(values), ensure_ascii=False))
    with connection.cursor() as cursor:
        cursor.execute(
            f'SELECT {", ".join(_quoted(wanted))} FROM "{table}" '  # noqa: S608
            f"WHERE {' AND '.join(conditions)}",
            bound,
        )
        return list(cursor.fetchall())


def chunks(items: Sequence[T], size: int) -> Iterable[Sequence[T]]:
    """Cut a sequence into pieces of at most ``size``."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


def _quoted(names: Iterable[str]) -> list[str]:
    return [f'"{name}"' for name in names]
