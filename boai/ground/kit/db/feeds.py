"""Migration operations that feed roll-ups: what a row adds to a figure, told by the database itself.

A feed is a trigger. In the transaction of the act it appends to the queue of additions what the
new row adds and, after a change, takes back what the old row had added. No shared row is touched,
so acts do not wait for each other; the figures room folds the queue into totals, set by set.
"""

from typing import Literal

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import ProjectState

from boai.ground.kit.db.days import china_day
from boai.ground.kit.db.guards import _Guard

QUEUE = "figures_addition"
"""The table that the additions are appended to, of the room figures."""
COLUMNS = "measure, organisation_id, day, dimension, number, amount"

Change = Literal["insert", "update"]


class Feeds(_Guard):
    """Append to the queue what each row adds to a measure.

    Expressions are SQL over ``n`` (the row) and over what ``join`` brings; ``{day:n.column}``
    stands for the day in China of a moment. ``amount`` is a whole number in the smallest unit,
    ``number`` how many things were counted (1 unless told). ``watch`` names the columns whose
    change changes what a row adds; without it only inserts feed.
    """

    def __init__(
        self,
        model: str,
        name: str,
        *,
        measure: str,
        organisation: str,
        day: str,
        amount: str,
        dimension: str = "''",
        number: str = "1",
        when: str = "TRUE",
        join: str = "",
        watch: tuple[str, ...] = (),
    ) -> None:
        super().__init__(model, name)
        self.measure, self.organisation, self.day = measure, organisation, day
        self.amount, self.dimension, self.number = amount, dimension, number
        self.when, self.join, self.watch = when, join, watch
        self.columns: tuple[str, ...] = ()

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Make the triggers; SQLite needs the names of the columns."""
        model = to_state.apps.get_model(app_label, self.model)
        self.columns = tuple(f.column for f in model._meta.local_fields)
        super().database_forwards(app_label, schema_editor, from_state, to_state)

    def _names(self, table: str) -> list[str]:
        changes: list[Change] = ["insert", "update"] if self.watch else ["insert"]
        return [f"{table}_{self.name}_{change}" for change in changes]

    def _adds(self, vendor: str, rows: str, sign: str) -> str:
        day = self.day
        while "{day:" in day:
            before, _, rest = day.partition("{day:")
            column, _, after = rest.partition("}")
            day = before + china_day(column, vendor) + after
        return (
            f"SELECT {self.measure} AS measure, {self.organisation} AS organisation_id, "  # noqa: S608
            f"{day} AS day, {self.dimension} AS dimension, {sign}({self.number}) AS number, "
            f"{sign}({self.amount}) AS amount FROM {rows} AS n {self.join} WHERE {self.when}"
        )

    def _sqlite(self, table: str) -> list[str]:
        def row(which: str) -> str:
            return "(SELECT " + ", ".join(f'{which}."{c}" AS "{c}"' for c in self.columns) + ")"

        fresh = self._adds("sqlite", row("NEW"), "")
        added = f"INSERT INTO {QUEUE} ({COLUMNS}) {fresh};"
        statements = [
            f'CREATE TRIGGER "{table}_{self.name}_insert" AFTER INSERT ON "{table}" '
            f"FOR EACH ROW BEGIN {added} END"
        ]
        if self.watch:
            of = ", ".join(f'"{c}"' for c in self.watch)
            gone = self._adds("sqlite", row("OLD"), "-")
            taken = f"INSERT INTO {QUEUE} ({COLUMNS}) {gone};"
            statements.append(
                f'CREATE TRIGGER "{table}_{self.name}_update" AFTER UPDATE OF {of} ON "{table}" '
                f"FOR EACH ROW BEGIN {added} {taken} END"
            )
        return statements

    def _postgres(self, table: str) -> list[str]:
        fresh = self._adds("postgresql", "come", "")
        statements = self._pg(table, "insert", "NEW TABLE AS come", fresh)
        if self.watch:
            both = f"{fresh} UNION ALL {self._adds('postgresql', 'gone', '-')}"
            tables = "OLD TABLE AS gone NEW TABLE AS come"
            statements += self._pg(table, "update", tables, both)
        return statements

    def _pg(self, table: str, change: Change, tables: str, rows: str) -> list[str]:
        name = f"{table}_{self.name}_{change}"
        body = (
            f"INSERT INTO {QUEUE} ({COLUMNS}) SELECT measure, organisation_id, day, dimension, "  # noqa: S608
            f"SUM(number), SUM(amount) FROM ({rows}) AS added "
            "GROUP BY measure, organisation_id, day, dimension "
            "HAVING SUM(number) <> 0 OR SUM(amount) <> 0;"
        )
        return [
            f'CREATE OR REPLACE FUNCTION "{name}"() RETURNS trigger LANGUAGE plpgsql AS '
            f"$feed$ BEGIN {body} RETURN NULL; END $feed$",
            f'CREATE TRIGGER "{name}" AFTER {change.upper()} ON "{table}" REFERENCING {tables} '
            f'FOR EACH STATEMENT EXECUTE FUNCTION "{name}"()',
        ]
