"""On PostgreSQL the totals stand in the index of their key, and the queue is swept soon.

A cockpit reads thousands of totals of neighbouring keys: out of the index alone they are a third of
the pages. The queue is emptied by every fold: without a sweep a reader would walk through all that
was in it since the last one. SQLite gives the room of removed rows back by itself, and reads the
totals of a season in less than their conversion takes.
"""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

_FORWARDS = (
    "ALTER TABLE figures_daytotal DROP CONSTRAINT figures_total_once",
    "ALTER TABLE figures_daytotal ADD CONSTRAINT figures_total_once"
    " UNIQUE (measure, node_id, own, day, dimension) INCLUDE (number, amount)",
    "ALTER TABLE figures_daytotal SET (autovacuum_vacuum_scale_factor = 0.02,"
    " autovacuum_vacuum_insert_scale_factor = 0.02)",
    "ALTER TABLE figures_addition SET (autovacuum_vacuum_scale_factor = 0,"
    " autovacuum_vacuum_threshold = 1000)",
)
_BACKWARDS = (
    "ALTER TABLE figures_addition RESET (autovacuum_vacuum_scale_factor,"
    " autovacuum_vacuum_threshold)",
    "ALTER TABLE figures_daytotal RESET (autovacuum_vacuum_scale_factor,"
    " autovacuum_vacuum_insert_scale_factor)",
    "ALTER TABLE figures_daytotal DROP CONSTRAINT figures_total_once",
    "ALTER TABLE figures_daytotal ADD CONSTRAINT figures_total_once"
    " UNIQUE (measure, node_id, own, day, dimension)",
)


def forwards(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Put the totals into the index."""
    _run(schema_editor, _FORWARDS)


def backwards(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Take them out again."""
    _run(schema_editor, _BACKWARDS)


def _run(schema_editor: BaseDatabaseSchemaEditor, statements: tuple[str, ...]) -> None:
    if schema_editor.connection.vendor == "postgresql":
        for statement in statements:
            schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("figures", "0001_initial")]

    operations = [migrations.RunPython(forwards, backwards)]
