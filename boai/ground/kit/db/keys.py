"""Foreign keys of tables that grow by sets: on PostgreSQL asked once a statement.

A declared key costs PostgreSQL a look-up and a row lock for every row at commit. Here the keys of
a statement's new rows are looked for as one set, and parents that can be deleted are locked against
that meanwhile (``FOR KEY SHARE``, as a declared key does); from the parents' side a trigger refuses
what would leave rows without their parent. SQLite keeps its declared keys, which cost little there.

Only for tables whose key columns never change (``AppendOnly``), or with ``may_change``. The model
keeps its ``ForeignKey``; a migration that alters such a column afterwards declares the key anew, and
must repeat this operation. Unlike a declared key this one is not deferred: parents come first.
"""

from collections.abc import Mapping

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import ProjectState

from boai.ground.kit.db.guards import _Guard

_DEFINER = "LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT"
"""With the rights of the tables' owner, as declared keys: who serves may not lock every parent."""


class KeysInSets(_Guard):
    """Look for the parents of new rows once a statement, in the place of declared keys.

    ``held`` names columns whose parents another guard of the same insert looks up anyway and whose
    tables are append-only: nothing is asked twice. ``stays`` names columns whose parents are
    append-only: they need no lock. ``may_change`` names columns of rows that are not frozen.
    """

    def __init__(
        self,
        model: str,
        *,
        held: tuple[str, ...] = (),
        stays: tuple[str, ...] = (),
        guarded: tuple[str, ...] = (),
        may_change: tuple[str, ...] = (),
    ) -> None:
        super().__init__(model, "keys")
        self.held, self.stays, self.guarded, self.may_change = held, stays, guarded, may_change
        self.parents: Mapping[str, str] = {}

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Put the triggers in the place of the declared keys; SQLite keeps those."""
        if schema_editor.connection.vendor != "postgresql":
            return
        model = to_state.apps.get_model(app_label, self.model)
        self.parents = {
            field.column: str(field.related_model._meta.db_table)
            for field in model._meta.local_fields
            if field.is_relation
        }
        super().database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Published guards are not taken back; there is no way back from here."""
        raise NotImplementedError("declared keys are not put back")

    def _postgres(self, table: str) -> list[str]:
        own = (*self.held, *self.stays, *self.guarded)
        statements = [_undeclared(table, column) for column in own]
        asked = "".join(
            _asked(table, column, self.parents[column], "fresh", lock=column in self.guarded)
            for column in (*self.stays, *self.guarded)
        )
        if asked:
            statements += _trigger(
                f"{table}_keys_insert",
                f'AFTER INSERT ON "{table}" REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT',
                asked,
            )
        for column in self.may_change:
            one = f'(SELECT NEW."{column}")'
            statements += _trigger(
                f"{table}_keys_{column}",
                f'AFTER UPDATE OF "{column}" ON "{table}" FOR EACH ROW',
                _asked(table, column, self.parents[column], one, lock=True),
            )
        for column in self.guarded:
            statements += _from_the_parent(table, column, self.parents[column])
        return statements


def _undeclared(table: str, column: str) -> str:
    return (
        "DO $drop$ DECLARE key text; BEGIN FOR key IN SELECT c.conname FROM pg_constraint c "  # noqa: S608
        "JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = ANY(c.conkey) "
        f"WHERE c.contype = 'f' AND c.conrelid = '\"{table}\"'::regclass "
        f"AND a.attname = '{column}' LOOP "
        f"EXECUTE format('ALTER TABLE \"{table}\" DROP CONSTRAINT %I', key); END LOOP; END $drop$"
    )


def _asked(table: str, column: str, parent: str, rows: str, *, lock: bool) -> str:
    keys = f'SELECT "{column}" FROM {rows} AS come WHERE "{column}" IS NOT NULL'  # noqa: S608
    locked = (
        f'PERFORM 1 FROM "{parent}" WHERE id IN ({keys}) ORDER BY id FOR KEY SHARE; '
        if lock
        else ""
    )
    return (
        f'{locked}IF EXISTS ({keys} EXCEPT SELECT id FROM "{parent}" '  # noqa: S608
        f"WHERE id IN ({keys})) "
        f"THEN RAISE EXCEPTION '{table} names a row of {parent} that is not there' "
        "USING ERRCODE = '23503'; END IF; "
    )


def _from_the_parent(table: str, column: str, parent: str) -> list[str]:
    name = f"{table}_{column}"
    raises = f"RAISE EXCEPTION '{parent} has rows in {table}' USING ERRCODE = '23503'; END IF; "
    gone = f'IF EXISTS (SELECT 1 FROM "{table}" WHERE "{column}" = OLD.id) THEN {raises}'  # noqa: S608
    any_left = f'IF EXISTS (SELECT 1 FROM "{table}" WHERE "{column}" IS NOT NULL) THEN {raises}'  # noqa: S608
    return [
        *_trigger(f"{name}_gone", f'AFTER DELETE ON "{parent}" FOR EACH ROW', gone),
        *_trigger(
            f"{name}_moved",
            f'AFTER UPDATE OF id ON "{parent}" FOR EACH ROW WHEN (NEW.id <> OLD.id)',
            gone,
        ),
        *_trigger(f"{name}_cut", f'BEFORE TRUNCATE ON "{parent}" FOR EACH STATEMENT', any_left),
    ]


def _trigger(name: str, when: str, body: str) -> list[str]:
    return [
        f'CREATE OR REPLACE FUNCTION "{name}"() RETURNS trigger {_DEFINER} AS '
        f"$keys$ BEGIN {body}RETURN NULL; END $keys$",
        f'CREATE TRIGGER "{name}" {when} EXECUTE FUNCTION "{name}"()',
    ]
