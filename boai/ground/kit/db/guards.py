"""Migration operations that put refusals and upkeep into the database itself, on both engines.

Conditions and statements are SQL that SQLite and PostgreSQL both read; ``NEW.`` and ``OLD.`` name
the row. Django rebuilds a table on SQLite when a column changes, which drops its triggers: a
migration that alters a guarded table must repeat the guards after the change. On PostgreSQL the
same holds for a column that a condition names: its type does not change under the guard.
"""

from typing import Any, Literal

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from django.db.models import CharField, TextField

Moment = Literal["insert", "update", "delete"]


class _Guard(Operation):
    """A trigger on the table of one model."""

    reversible = True
    reduces_to_sql = True

    def __init__(self, model: str, name: str) -> None:
        self.model = model
        self.name = name

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Models do not change."""

    def _table(self, app_label: str, state: ProjectState) -> str:
        return str(state.apps.get_model(app_label, self.model)._meta.db_table)

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Make the trigger."""
        table = self._table(app_label, to_state)
        make = self._postgres if schema_editor.connection.vendor == "postgresql" else self._sqlite
        for statement in make(table):
            schema_editor.execute(statement, params=None)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Drop the trigger."""
        table = self._table(app_label, from_state)
        for trigger in self._names(table):
            if schema_editor.connection.vendor == "postgresql":
                schema_editor.execute(
                    f'DROP TRIGGER IF EXISTS "{trigger}" ON "{table}"', params=None
                )
                schema_editor.execute(f'DROP FUNCTION IF EXISTS "{trigger}"()', params=None)
            else:
                schema_editor.execute(f'DROP TRIGGER IF EXISTS "{trigger}"', params=None)

    def _names(self, table: str) -> list[str]:
        return [f"{table}_{self.name}"]

    def _sqlite(self, table: str) -> list[str]:
        raise NotImplementedError

    def _postgres(self, table: str) -> list[str]:
        raise NotImplementedError

    def describe(self) -> str:
        """For ``migrate --plan``."""
        return f"Guard {self.name} on {self.model}"

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        """Guards are written by hand; the autodetector never makes them."""
        return (type(self).__name__, [self.model, self.name], {})


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _pg_refusal(name: str, table: str, moment: str, when: str, raises: str) -> list[str]:
    """A refusal row by row. The condition stands in the trigger's own ``WHEN`` where it may, that
    is without a sub-query: there it costs a tenth, for the function is called to refuse only."""
    if "SELECT" in when.upper():
        return _pg_trigger(name, table, moment, f"IF {when} THEN {raises} END IF;")
    return _pg_trigger(name, table, moment, raises, only=f"WHEN ({when}) ")


def _pg_trigger(
    name: str, table: str, when: str, body: str, *, each: str = "ROW", only: str = ""
) -> list[str]:
    result = "NULL" if when.startswith(("AFTER", "BEFORE TRUNCATE")) else "COALESCE(NEW, OLD)"
    if when.startswith(("BEFORE INSERT", "BEFORE UPDATE")):
        result = "NEW"
    elif when.startswith("BEFORE DELETE"):
        result = "OLD"
    return [
        f'CREATE OR REPLACE FUNCTION "{name}"() RETURNS trigger LANGUAGE plpgsql AS '
        f"$guard$ BEGIN {body} RETURN {result}; END $guard$",
        f'CREATE TRIGGER "{name}" {when} ON "{table}" FOR EACH {each} {only}'
        f'EXECUTE FUNCTION "{name}"()',
    ]


class Refuses(_Guard):
    """Refuse an insert, update or delete whose row meets a condition.

    ``when`` is SQL over ``NEW.``/``OLD.``; it may use sub-queries. ``message`` reaches Python as
    the text of ``IntegrityError`` on both engines. ``below`` is the label of a room below whose
    table is guarded by a rule that only this room knows.
    """

    def __init__(
        self, model: str, name: str, *, on: Moment, when: str, message: str, below: str = ""
    ) -> None:
        super().__init__(model, name)
        self.on, self.when, self.message, self.below = on, when, message, below

    def _table(self, app_label: str, state: ProjectState) -> str:
        return super()._table(self.below or app_label, state)

    def _sqlite(self, table: str) -> list[str]:
        return [
            f'CREATE TRIGGER "{table}_{self.name}" BEFORE {self.on.upper()} ON "{table}" FOR EACH ROW '
            f"WHEN {self.when} BEGIN SELECT RAISE(ABORT, {_quoted(self.message)}); END"
        ]

    def _postgres(self, table: str) -> list[str]:
        raises = (
            f"RAISE EXCEPTION {_quoted(self.message.replace('%', '%%'))} USING ERRCODE = '23514';"
        )
        moment = f"BEFORE {self.on.upper()}"
        return _pg_refusal(f"{table}_{self.name}", table, moment, self.when, raises)


class SetOnce(_Guard):
    """Columns that may be empty, be filled once, and then stay: signatures, moments, references.

    Empty is ``NULL``, and for text also the empty text. ``unless`` is SQL over ``OLD.`` under
    which they may still be taken back (a loading that is undone).
    """

    def __init__(
        self, model: str, name: str, *, columns: tuple[str, ...], unless: str = "FALSE"
    ) -> None:
        super().__init__(model, name)
        self.columns, self.unless = columns, unless

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Make the trigger; which columns hold text is read from the model's state."""
        model = to_state.apps.get_model(app_label, self.model)
        fields = {field.column: field for field in model._meta.local_fields}
        changed = " OR ".join(self._changed(name, fields[name]) for name in self.columns)
        guard = Refuses(
            self.model,
            self.name,
            on="update",
            when=f"NOT ({self.unless}) AND ({changed})",
            message=f"{model._meta.db_table}: what was written stays",
        )
        guard.database_forwards(app_label, schema_editor, from_state, to_state)

    @staticmethod
    def _changed(column: str, field: Any) -> str:
        new, old = f'NEW."{column}"', f'OLD."{column}"'
        filled = f"{old} IS NOT NULL"
        if isinstance(field, CharField | TextField):
            filled = f"{old} <> ''"
        return f"({filled} AND ({new} IS NULL OR {new} <> {old}))"


class AppendOnly(_Guard):
    """Rows may be added, never changed or removed; on PostgreSQL not truncated either (I-3).

    ``but`` names columns that may change (for example a state kept beside the frozen rest).
    """

    def __init__(self, model: str, *, but: tuple[str, ...] = ()) -> None:
        super().__init__(model, "append_only")
        self.but = but

    def _names(self, table: str) -> list[str]:
        return [f"{table}_append_only_{moment}" for moment in ("update", "delete", "truncate")]

    def _changed(self, table: str, frozen: list[str], vendor: str) -> str:
        if not self.but:
            return "TRUE"
        differs = "IS NOT" if vendor == "sqlite" else "IS DISTINCT FROM"
        return "(" + " OR ".join(f'NEW."{c}" {differs} OLD."{c}"' for c in frozen) + ")"

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Make the triggers; the frozen columns are read from the model's state."""
        model = to_state.apps.get_model(app_label, self.model)
        table, vendor = str(model._meta.db_table), schema_editor.connection.vendor
        columns = [f.column for f in model._meta.local_fields]
        frozen = [c for c in columns if c not in self.but]
        message = f"{table} is append-only"
        changed = self._changed(table, frozen, vendor)
        update, delete, truncate = self._names(table)
        if vendor == "postgresql":
            raises = f"RAISE EXCEPTION {_quoted(message)} USING ERRCODE = '23514';"
            statements = [
                *_pg_refusal(update, table, "BEFORE UPDATE", changed, raises),
                *_pg_trigger(delete, table, "BEFORE DELETE", raises),
                *_pg_trigger(truncate, table, "BEFORE TRUNCATE", raises, each="STATEMENT"),
            ]
        else:
            refuse = f"BEGIN SELECT RAISE(ABORT, {_quoted(message)}); END"
            statements = [
                f'CREATE TRIGGER "{update}" BEFORE UPDATE ON "{table}" FOR EACH ROW WHEN {changed} {refuse}',
                f'CREATE TRIGGER "{delete}" BEFORE DELETE ON "{table}" FOR EACH ROW {refuse}',
            ]
        for statement in statements:
            schema_editor.execute(statement, params=None)


class Keeps(_Guard):
    """Upkeep: after a row is inserted, run statements over ``NEW.`` (running balances and the like)."""

    def __init__(self, model: str, name: str, *, statements: list[str], when: str = "TRUE") -> None:
        super().__init__(model, name)
        self.statements, self.when = statements, when

    def _sqlite(self, table: str) -> list[str]:
        body = " ".join(f"{s};" for s in self.statements)
        return [
            f'CREATE TRIGGER "{table}_{self.name}" AFTER INSERT ON "{table}" FOR EACH ROW '
            f"WHEN {self.when} BEGIN {body} END"
        ]

    def _postgres(self, table: str) -> list[str]:
        inner = " ".join(f"{s};" for s in self.statements)
        body = f"IF {self.when} THEN {inner} END IF;"
        return _pg_trigger(f"{table}_{self.name}", table, "AFTER INSERT", body)
