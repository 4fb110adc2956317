"""Two roles on PostgreSQL: one owns and migrates, one serves and cannot touch history (I-3, I-48).

What the serving role may do follows from the guards that the migrations declare: a table with
``AppendOnly`` gives it SELECT and INSERT and UPDATE of the columns named in ``but``, nothing else. A
new guarded table is covered by itself. The serving role owns nothing, so it can neither drop a
trigger nor switch one off.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from django.apps import apps
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.loader import MigrationLoader

from boai.ground.kit.db.guards import AppendOnly, Refuses

READ_ONLY = ("django_migrations",)
"""Tables that only the owner writes."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A table whose rows stay, and the columns that may still change."""

    table: str
    may_change: tuple[str, ...]


def _declared() -> Iterator[tuple[str, AppendOnly | Refuses]]:
    """Every guard of every migration with the label of its room, oldest first."""
    loader = MigrationLoader(None, ignore_no_migrations=True)
    for label, name in sorted(loader.disk_migrations):
        for operation in loader.disk_migrations[label, name].operations:
            if isinstance(operation, AppendOnly | Refuses):
                yield label, operation


def _table(label: str, model: str) -> str | None:
    try:
        return str(apps.get_model(label, model)._meta.db_table)
    except LookupError:
        return None


@cache
def append_only_tables() -> tuple[Kept, ...]:
    """The register of append-only tables, read from the guards that the migrations declare."""
    found: dict[str, Kept] = {}
    for label, guard in _declared():
        table = _table(label, guard.model) if isinstance(guard, AppendOnly) else None
        if isinstance(guard, AppendOnly) and table:
            found[table] = Kept(table, guard.but)
    return tuple(found[table] for table in sorted(found))


@cache
def tables_without_delete() -> tuple[str, ...]:
    """Tables whose rows change but are never removed: a guard refuses every delete."""
    found = {
        _table(guard.below or label, guard.model)
        for label, guard in _declared()
        if isinstance(guard, Refuses) and guard.on == "delete" and guard.when == "TRUE"
    }
    return tuple(sorted(table for table in found if table))


def grants_for(role: str, tables: list[str]) -> list[str]:
    """The statements that give a role exactly what serving needs on these tables."""
    kept = {each.table: each for each in append_only_tables()}
    who = f'"{role}"'
    statements = [
        f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {who}",
        f"REVOKE ALL ON SCHEMA public FROM {who}",
        f"GRANT USAGE ON SCHEMA public TO {who}",
        f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {who}",
    ]
    for table in sorted(tables):
        if table in READ_ONLY:
            may = ["SELECT"]
        elif table in kept:
            may = ["SELECT", "INSERT"]
            if kept[table].may_change:
                columns = ", ".join(f'"{column}"' for column in kept[table].may_change)
                may.append(f"UPDATE ({columns})")
        elif table in tables_without_delete():
            may = ["SELECT", "INSERT", "UPDATE"]
        else:
            may = ["SELECT", "INSERT", "UPDATE", "DELETE"]
        statements.append(f'GRANT {", ".join(may)} ON "{table}" TO {who}')
    return statements


def grant_to(connection: BaseDatabaseWrapper, role: str) -> int:
    """As the owner: give the serving role what it needs, take away all else. Answers the tables."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        tables = [name for (name,) in cursor.fetchall()]
        for statement in grants_for(role, tables):
            cursor.execute(statement)
    return len(tables)


def history_within_reach(connection: BaseDatabaseWrapper) -> list[str]:
    """The append-only tables whose stored rows the connected role could change or remove.

    It could where it owns the table (or may become its owner), or holds UPDATE on the whole of
    it or on a frozen column, DELETE or TRUNCATE. Empty is what a serving role should have.
    """
    kept = append_only_tables()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE n.nspname = 'public' AND c.relname = ANY(%s) AND ("
            " pg_has_role(c.relowner, 'MEMBER') OR has_table_privilege(c.oid, 'UPDATE')"
            " OR has_table_privilege(c.oid, 'DELETE') OR has_table_privilege(c.oid, 'TRUNCATE')"
            " OR has_table_privilege(c.oid, 'TRIGGER') OR EXISTS ("
            "  SELECT 1 FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0"
            "  AND NOT a.attisdropped AND has_column_privilege(c.oid, a.attnum, 'UPDATE')"
            "  AND NOT c.relname || '.' || a.attname = ANY(%s))) ORDER BY c.relname",
            [
                [each.table for each in kept],
                [f"{each.table}.{column}" for each in kept for column in each.may_change],
            ],
        )
        return [name for (name,) in cursor.fetchall()]
