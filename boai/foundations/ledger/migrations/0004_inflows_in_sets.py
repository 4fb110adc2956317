"""On PostgreSQL the guards of inflows are asked once a statement; SQLite keeps them row by row."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from boai.foundations.ledger.migrations._sets import IN_SETS


def ask_once_a_statement(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Put the set forms in the place of the row forms, under the same names."""
    if schema_editor.connection.vendor == "postgresql":
        for statement in IN_SETS:
            schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0003_feeds")]

    operations = [migrations.RunPython(ask_once_a_statement)]
