"""The day in China of a moment, inside the database."""

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import DateField, Func
from django.db.models.sql.compiler import SQLCompiler


def china_day(column: str, vendor: str) -> str:
    """The day in China of a column of moments, as SQL.

    SQLite knows no time zones: there China is eight hours ahead, right since 15 September 1991.
    """
    if vendor == "postgresql":
        return f"({column} AT TIME ZONE 'Asia/Shanghai')::date"
    return f"date({column}, '+8 hours')"


class ChinaDay(Func):
    """The same for queries: ``annotate(day=ChinaDay("confirmed_at"))``."""

    output_field = DateField()

    def as_sql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, *words: Any, **more: Any
    ) -> tuple[str, Any]:
        """The SQL of this database."""
        sql, params = compiler.compile(self.get_source_expressions()[0])
        return china_day(sql, connection.vendor), params
