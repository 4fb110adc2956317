"""Taking in files of gifts, beside copying the very same rows into the very same tables."""

import sqlite3
import time
from collections.abc import Iterator, Sequence
from typing import Any

from boai.site.bench.frame import Measured, Plan, bench, peak_mb, seconds, set_up
from boai.site.bench.intake import listed, society, take_in


@bench(
    "bulk",
    "gifts from a file with every law, paper, leaf and figure / raw copy of the same final rows",
    goal=0.4,
    sizes=(20_000, 1_000_000),
)
def bulk(plan: Plan) -> Measured:
    """The whole way of a file: read, staged, checked, booked, numbered, folded into the figures.

    The limit is COPY (PostgreSQL) or ``executemany`` (SQLite) of all rows that this left behind,
    into tables with the same columns and indexes, without foreign keys and triggers.
    """
    set_up(plan)
    from django.db import connection

    from boai.foundations.figures.services.rolling import fold_all

    organisation_id = society()
    path = listed(plan.home / "gifts.csv", 0, plan.size)
    before = _counts()
    began = time.perf_counter()
    report = take_in(path, organisation_id)
    fold_all()
    spent = time.perf_counter() - began
    if report.accepted != plan.size:
        raise SystemExit(f"{report.accepted} of {plan.size} were accepted: {report.problems[:3]}")
    after, peak = _counts(), peak_mb()
    grown = [table for table, count in after.items() if count - before[table] > plan.size // 2]
    if connection.vendor == "postgresql":
        raw = sum(_raw_copy(plan, table, after[table] - before[table]) for table in grown)
    else:
        raw = _raw_many(plan, {table: after[table] - before[table] for table in grown})
    rows = sum(after[table] - before[table] for table in grown)
    note = f"{rows / plan.size:.0f} rows a gift in {len(grown)} tables; intake peak {peak} MB"
    return Measured(plan.size / spent, plan.size / raw, "gifts/s", note)


@bench(
    "memory",
    "peak memory of a process that takes in a file, MB / 300 MB",
    goal=1.0,
    most=True,
    sizes=(50_000, 1_000_000),
)
def memory(plan: Plan) -> Measured:
    """Measured in a process that does nothing else; setting up Django is part of it."""
    set_up(plan)
    organisation_id = society()
    path = listed(plan.home / "gifts.csv", 0, plan.size)
    bare = peak_mb()
    report = take_in(path, organisation_id)
    if report.accepted != plan.size:
        raise SystemExit(f"{report.accepted} of {plan.size} were accepted")
    return Measured(float(peak_mb()), 300.0, "MB", f"{bare} MB before the first row")


def _counts() -> dict[str, int]:
    from django.apps import apps
    from django.db import connection

    found = {}
    with connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            table = model._meta.db_table
            cursor.execute(f'SELECT COUNT(*) FROM "{table}"')  # noqa: S608
            found[table] = int(cursor.fetchone()[0])
    return found


def _raw_copy(plan: Plan, table: str, count: int) -> float:
    """COPY the newest rows of a table into its bare twin; how long that takes."""
    import psycopg

    with psycopg.connect(plan.address, autocommit=True) as connection:
        twin = f"bench_{table}"
        connection.execute(
            f'CREATE TABLE "{twin}" (LIKE "{table}" INCLUDING DEFAULTS INCLUDING INDEXES)'
        )
        file = plan.home / "rows"
        newest = f'SELECT * FROM "{table}" ORDER BY 1 DESC LIMIT {int(count)}'  # noqa: S608
        reading = f"COPY (SELECT * FROM ({newest}) AS n ORDER BY 1) TO STDOUT"  # noqa: S608
        with connection.cursor().copy(reading) as out, file.open("wb") as kept:
            for part in out:
                kept.write(part)

        def act() -> None:
            with (
                connection.cursor().copy(f'COPY "{twin}" FROM STDIN') as into,
                file.open("rb") as f,
            ):
                while part := f.read(1 << 16):
                    into.write(part)

        spent = seconds(act)
        connection.execute(f'DROP TABLE "{twin}"')
        return spent


def _raw_many(plan: Plan, counts: dict[str, int]) -> float:
    """``executemany`` of the newest rows of all tables into bare twins, in one transaction each."""
    source = sqlite3.connect(plan.home / "boai.sqlite3")
    target = sqlite3.connect(plan.home / "raw.sqlite3", isolation_level=None)
    target.execute("PRAGMA synchronous=FULL")
    spent = 0.0
    for table, count in counts.items():
        statements = source.execute(
            "SELECT sql FROM sqlite_master WHERE tbl_name = ? AND type IN ('table', 'index') "
            "AND sql IS NOT NULL ORDER BY type DESC",
            [table],
        ).fetchall()
        for (statement,) in statements:
            target.execute(statement)
        columns = [row[1] for row in source.execute(f'PRAGMA table_info("{table}")')]
        into = f'INSERT INTO "{table}" VALUES ({", ".join("?" * len(columns))})'  # noqa: S608
        for part in _parts(source, table, count):
            spent += seconds(lambda part=part, into=into: _written(target, into, part))  # type: ignore[misc]
    return spent


def _written(target: sqlite3.Connection, statement: str, rows: Sequence[Any]) -> None:
    target.execute("BEGIN IMMEDIATE")
    target.executemany(statement, rows)
    target.execute("COMMIT")


def _parts(source: sqlite3.Connection, table: str, count: int) -> Iterator[list[Any]]:
    newest = f'SELECT * FROM "{table}" ORDER BY 1 DESC LIMIT {int(count)}'  # noqa: S608
    reading = source.execute(f"SELECT * FROM ({newest}) ORDER BY 1")  # noqa: S608
    while part := reading.fetchmany(50_000):
        yield part
