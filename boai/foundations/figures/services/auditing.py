"""The laws of the room: what is kept equals what a scan of the records counts."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import cast

from django.db import connection
from django.db.models import Sum

from boai.foundations.figures import queries
from boai.foundations.figures.models import Addition, DayTotal
from boai.foundations.organisations import queries as organisations
from boai.foundations.organisations.queries import ANCESTRY
from boai.ground.core.clock import day_of, now
from boai.ground.core.figures import Span, all_figures, all_measures
from boai.ground.core.laws import Verdict, law, verdict
from boai.ground.core.text import gettext_noop as _

_Key = tuple[str, int, str, str]
_Sums = dict[_Key, tuple[int, int]]


@law("figures-01", _("按日汇总的数字等于逐笔重新计算的数字。"))
def totals_equal_the_scan() -> Verdict:
    """For each measure: own totals and what waits to be folded, against a scan of the records."""
    kept: dict[_Key, list[int]] = defaultdict(lambda: [0, 0])
    own = DayTotal.objects.filter(own=True)
    _add(kept, own.values_list("measure", "node_id", "day", "dimension", "number", "amount"))
    waiting = Addition.objects.values_list("measure", "organisation_id", "day", "dimension")
    _add(kept, waiting.annotate(p=Sum("number"), a=Sum("amount")).order_by())
    counted: dict[_Key, list[int]] = defaultdict(lambda: [0, 0])
    for measure in all_measures():
        _add(
            counted,
            (
                (measure.name, row.organisation_id, row.day, row.dimension, row.number, row.amount)
                for row in measure.scan()
            ),
        )
    breaches = []
    for key in sorted(kept.keys() | counted.keys()):
        have, found = tuple(kept.get(key, (0, 0))), tuple(counted.get(key, (0, 0)))
        if have != found:
            name, node, day, dimension = key
            where = f"organisations.organisation:{node}"
            breaches.append((where, f"{name} {day} {dimension}: kept {have}, counted {found}"))
    return verdict(len(counted), breaches)


def _add(sums: dict[_Key, list[int]], rows: Iterable[tuple[object, ...]]) -> None:
    for name, place, day, dimension, number, amount in rows:
        held = sums[str(name), int(str(place)), str(day), str(dimension)]
        held[0] += int(str(number))
        held[1] += int(str(amount))


_UP = f"""
SELECT measure, node_id, day, dimension, SUM(number), SUM(amount) FROM (
  SELECT measure, node_id, day, dimension, number, amount FROM figures_daytotal WHERE NOT own
  UNION ALL
  SELECT t.measure, a.ancestor_id, t.day, t.dimension, -t.number, -t.amount
  FROM figures_daytotal AS t JOIN ({ANCESTRY}) AS a ON a.descendant_id = t.node_id WHERE t.own
) AS differences
GROUP BY measure, node_id, day, dimension HAVING SUM(number) <> 0 OR SUM(amount) <> 0
"""  # noqa: S608 (the house's own names only)


@law("figures-02", _("每一级的全系统数字等于其下各单位本级数字之和。"))
def each_node_is_the_sum_of_what_is_below() -> Verdict:
    """Totals of a node against the own totals of it and of all below it."""
    with connection.cursor() as cursor:
        cursor.execute(_UP)
        rows = cursor.fetchall()
    breaches = [
        (
            f"organisations.organisation:{node}",
            f"{name} {day} {dimension}: off by {number}/{amount}",
        )
        for name, node, day, dimension, number, amount in rows
    ]
    return verdict(DayTotal.objects.filter(own=False).count(), breaches)


@law("figures-03", _("从汇总读出的每个指标等于逐笔计算的指标。"))
def figures_read_equal_figures_counted() -> Verdict:
    """Every figure that is read from the totals, over all time, at the top of each tree."""
    breaches, checked = [], 0
    last = day_of(now())
    for root in organisations.children(None):
        # Read as a sub-query by every figure: a list of thousands of ids for each costs more than
        # what is counted.
        below = cast("Sequence[int]", organisations.subtree(root.id))
        for figure in all_figures():
            if figure.rolled is None:
                continue
            checked += 1
            counted = figure.compute(below, Span(None, last))
            read = queries.one(
                figure.name, organisation_id=root.id, scope="system", first=None, last=last
            ).value
            if counted != read:
                where = f"organisations.organisation:{root.id}"
                breaches.append((where, f"{figure.name}: read {read}, counted {counted}"))
    return verdict(checked, breaches)
