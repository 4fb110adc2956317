"""Asking figures."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from typing import Any

from django.db import connection

from boai.foundations.figures.errors import FigureIsNotADailySum, FigureIsUnknown, SpanIsBackward
from boai.foundations.figures.values import OWN, SYSTEM, DayValue, FigureValue, Scope, UnitValue
from boai.foundations.organisations import queries as organisations
from boai.foundations.organisations.queries import ANCESTRY, CHILDREN
from boai.ground.core.figures import Figure, Rolled, Span, all_figures


def declared() -> tuple[Figure, ...]:
    """Every figure that some room declares, by name."""
    return all_figures()


def evaluate(
    names: Sequence[str],
    *,
    organisation_id: int,
    scope: Scope,
    first: date | None,
    last: date,
) -> list[FigureValue]:
    """The values of figures, in the order asked; all that are declared where none is named.

    ``own`` counts the organisation itself, ``system`` also all below it (H38: the two are never
    mixed in one number). An as-of figure looks only at ``last``; ``first`` empty counts from the
    beginning. A figure that is a sum over days is read from the totals, the others are counted
    from the records. *Refuses*: ``FigureIsUnknown``, ``SpanIsBackward``.
    """
    if first is not None and last < first:
        raise SpanIsBackward(field="last")
    known = {figure.name: figure for figure in all_figures()}
    wanted = list(names) or sorted(known)
    for name in wanted:
        if name not in known:
            raise FigureIsUnknown(name=name[:80])
    where = _Where(organisation_id, scope)
    return [_value(known[name], where, first, last) for name in wanted]


def one(
    name: str, *, organisation_id: int, scope: Scope, first: date | None, last: date
) -> FigureValue:
    """The value of one figure. *Refuses*: as ``evaluate``."""
    return evaluate([name], organisation_id=organisation_id, scope=scope, first=first, last=last)[0]


def by_day(
    name: str, *, organisation_id: int, scope: Scope, first: date, last: date
) -> list[DayValue]:
    """A figure day by day, days without anything left out: one indexed read.

    *Refuses*: ``FigureIsUnknown``, ``FigureIsNotADailySum``, ``SpanIsBackward``.
    """
    rolled = _daily(name, first, last)
    found = _by_day(rolled, Span(first, last), _ONE, organisation_id, scope)
    return [DayValue(day, value) for _node, day, value, _waits in found if value]


def by_unit(name: str, *, organisation_id: int, first: date, last: date) -> list[UnitValue]:
    """A figure of each organisation directly below one, each with all below it, day by day.

    The picture a leader looks at: all units below over a season, in one indexed read.
    *Refuses*: as ``by_day``.
    """
    rolled = _daily(name, first, last)
    found = _by_day(rolled, Span(first, last), _BELOW, organisation_id, SYSTEM)
    return [UnitValue(node, day, value) for node, day, value, _waits in found if value]


_Row = tuple[int, Any, int, int]

_ONE = "(%s)"
_BELOW = f"(SELECT id FROM ({CHILDREN}) AS c WHERE c.parent_id = %s)"  # noqa: S608
"""The nodes that are read: one organisation, or each directly below it."""


def _by_day(rolled: Rolled, span: Span, nodes: str, place: int, scope: Scope) -> list[_Row]:
    """Node, day and sum, in this order; what waits is added to what is folded."""
    rows = _read(rolled, span, nodes, place, scope, by_day=True)
    if connection.vendor == "sqlite":
        rows = [(node, _day(text), value, waits) for node, text, value, waits in rows]
    if any(row[3] for row in rows):
        found: dict[tuple[int, date], int] = defaultdict(int)
        for node, day, value, _waits in rows:
            found[node, day] += value
        rows = [(node, day, value, 0) for (node, day), value in found.items()]
    rows.sort()
    return rows


_day = lru_cache(maxsize=4000)(date.fromisoformat)
"""A day of SQLite, which keeps text: the same few days stand in the rows of every unit."""


def _read(
    rolled: Rolled, span: Span, nodes: str, place: int, scope: Scope, *, by_day: bool
) -> list[_Row]:
    """Totals of these nodes, and the additions that wait to be folded into them: node, day, sum,
    and whether it waits.

    One statement, so that a fold between two reads can neither hide nor double anything. Written
    out, because a cockpit asks it for thousands of rows at once.
    """
    wanted, values = _matching(rolled, span)
    total, signed = str(rolled.of), list[str]()
    if rolled.less:
        total = f"CASE WHEN measure = %s THEN {rolled.of} ELSE -{rolled.of} END"
        signed = [rolled.measure]
    day, also = "NULL", ""
    if by_day:
        day, also = "CAST(day AS text)" if connection.vendor == "sqlite" else "day", ", day"
    queue, node, joined = "figures_addition", "organisation_id", ""
    if scope == SYSTEM:
        # A cross join, so that SQLite begins with the queue, which is nearly empty.
        queue += f" CROSS JOIN ({ANCESTRY}) AS a"
        node, joined = "a.ancestor_id", "a.descendant_id = organisation_id AND "
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT * FROM (SELECT node_id, {day} AS on_day, CAST(SUM({total}) AS bigint), 0"  # noqa: S608
            f" FROM figures_daytotal WHERE {wanted} AND node_id IN {nodes} AND own = %s"
            f" GROUP BY node_id{also} ORDER BY node_id, on_day) AS folded"
            f" UNION ALL SELECT {node}, {day}, CAST(SUM({total}) AS bigint), 1 FROM {queue}"
            f" WHERE {joined}{wanted} AND {node} IN {nodes} GROUP BY {node}{also}",
            [*signed, *values, place, scope == OWN, *signed, *values, place],
        )
        rows: list[_Row] = cursor.fetchall()
    return rows


def _value(figure: Figure, where: "_Where", first: date | None, last: date) -> FigureValue:
    begins = None if figure.as_of else first
    span = Span(begins, last)
    value: int | None
    if figure.rolled is None:
        value = figure.compute(where.ids, span)
    else:
        place, scope = where.organisation_id, where.scope
        rows = _read(figure.rolled, span, _ONE, place, scope, by_day=False)
        value = sum(total for _node, _day, total, _waits in rows)
    return FigureValue(
        name=figure.name,
        label=figure.label,
        unit=figure.unit,
        value=value,
        exact=value is not None,
        scope=where.scope,
        organisation_id=where.organisation_id,
        first=begins,
        last=last,
    )


@dataclass(frozen=True)
class _Where:
    """One organisation, by itself or with all below it."""

    organisation_id: int
    scope: Scope

    @cached_property
    def ids(self) -> list[int]:
        """The organisations that are counted."""
        if self.scope == SYSTEM:
            return sorted(organisations.subtree_ids(self.organisation_id))
        return [self.organisation_id]


def _daily(name: str, first: date, last: date) -> Rolled:
    if last < first:
        raise SpanIsBackward(field="last")
    figure = next((f for f in all_figures() if f.name == name), None)
    if figure is None:
        raise FigureIsUnknown(name=name[:80])
    if figure.rolled is None or figure.as_of:
        raise FigureIsNotADailySum(name=name[:80])
    return figure.rolled


_WORDS = {"exact": "dimension = %s", "endswith": "dimension LIKE %s", "in": "dimension IN ({})"}


def _matching(rolled: Rolled, span: Span) -> tuple[str, list[Any]]:
    """The condition of the rows, and what it binds."""
    measures = [rolled.measure, *rolled.less]
    parts, values = [f"measure IN ({', '.join(['%s'] * len(measures))})", "day <= %s"], []
    values += [*measures, span.last]
    if span.first is not None:
        parts.append("day >= %s")
        values.append(span.first)
    for words, kept in ((rolled.only, "{}"), (rolled.but, "NOT ({})")):
        for word, value in words.items():
            found = [f"%{value}"] if word == "endswith" else value
            given = list(found) if isinstance(found, list) else [found]
            parts.append(kept.format(_WORDS[word].format(", ".join(["%s"] * len(given)))))
            values += given
    return " AND ".join(parts), values
