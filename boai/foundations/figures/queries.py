"""Asking figures."""

from collections.abc import Sequence
from datetime import date

from boai.foundations.figures.errors import FigureIsUnknown, SpanIsBackward
from boai.foundations.figures.values import SYSTEM, FigureValue, Scope
from boai.foundations.organisations import queries as organisations
from boai.ground.core.figures import Figure, Span, all_figures


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
    beginning. *Refuses*: ``FigureIsUnknown``, ``SpanIsBackward``.
    """
    if first is not None and last < first:
        raise SpanIsBackward(field="last")
    known = {figure.name: figure for figure in all_figures()}
    wanted = list(names) or sorted(known)
    for name in wanted:
        if name not in known:
            raise FigureIsUnknown(name=name[:80])
    ids = [organisation_id]
    if scope == SYSTEM:
        ids = sorted(organisations.subtree_ids(organisation_id))
    return [_value(known[name], ids, organisation_id, scope, first, last) for name in wanted]


def one(
    name: str, *, organisation_id: int, scope: Scope, first: date | None, last: date
) -> FigureValue:
    """The value of one figure. *Refuses*: as ``evaluate``."""
    return evaluate([name], organisation_id=organisation_id, scope=scope, first=first, last=last)[0]


def _value(
    figure: Figure,
    ids: list[int],
    organisation_id: int,
    scope: Scope,
    first: date | None,
    last: date,
) -> FigureValue:
    begins = None if figure.as_of else first
    value = figure.compute(ids, Span(begins, last))
    return FigureValue(
        name=figure.name,
        label=figure.label,
        unit=figure.unit,
        value=value,
        exact=value is not None,
        scope=scope,
        organisation_id=organisation_id,
        first=begins,
        last=last,
    )
