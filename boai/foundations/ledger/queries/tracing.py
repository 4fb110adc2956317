"""Where a gift's money went and whose money paid an expense: look-ups over intervals, exact in fen.

Intervals of an axis meet spans of the same axis in whole fen, so no share is ever rounded. Where
an outflow is continued by an inflow (a transfer, or a spend taken back), the trace goes on there,
piece for piece in the same order.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Max, QuerySet

from boai.foundations.ledger.models import FundInflow, FundOutflow, FundSpan
from boai.foundations.ledger.values import Share, Use

Piece = tuple[int, int, int]
"""Fund, from, up to."""


@dataclass(slots=True)
class _Traced:
    uses: list[tuple[FundOutflow, int]]
    unspent: int


def _meeting(rows: "QuerySet[FundSpan]", fund_id: int, low: int, high: int) -> list[FundSpan]:
    """The spans of a fund that meet [low, high): one look-up, as they never overlap."""
    own = rows.filter(fund_id=fund_id)
    before = own.filter(starts__lte=low).aggregate(at=Max("starts"))["at"]
    first = low if before is None else before
    found = own.filter(starts__gte=first, starts__lt=high).order_by("starts")
    return [span for span in found if span.ends > low]


def _forward(pieces: Iterable[Piece]) -> _Traced:
    """Follow pieces of axes through transfers to the outflows that ended them."""
    waiting = list(pieces)
    traced = _Traced([], 0)
    spans = FundSpan.objects.select_related("outflow", "outflow__posting")
    while waiting:
        fund_id, low, high = waiting.pop()
        met = _meeting(spans, fund_id, low, high)
        ids = {s.outflow_id for s in met}
        onward = {i.continues_id: i for i in FundInflow.objects.filter(continues_id__in=ids)}
        offsets = _offsets(set(onward)) if onward else {}
        spent = 0
        for span in met:
            a, b = max(span.starts, low), min(span.ends, high)
            spent += b - a
            inflow = onward.get(span.outflow_id)
            if inflow is None:
                traced.uses.append((span.outflow, b - a))
            elif inflow.starts is None:
                traced.unspent += b - a
            else:
                at = inflow.starts + offsets[span.id] + a - span.starts
                waiting.append((inflow.fund_id, at, at + b - a))
        traced.unspent += high - low - spent
    return traced


def _offsets(outflow_ids: Iterable[int | None]) -> dict[int, int]:
    """How far into its outflow each span begins, for all spans of these outflows."""
    answer: dict[int, int] = {}
    reached: dict[int, int] = defaultdict(int)
    rows = FundSpan.objects.filter(outflow_id__in=list(outflow_ids)).order_by("starts")
    for span in rows:
        answer[span.id] = reached[span.outflow_id]
        reached[span.outflow_id] += span.ends - span.starts
    return answer


def _trace_source(source: str) -> _Traced:
    inflows = list(FundInflow.objects.filter(source=source, continues__isnull=True))
    traced = _forward(
        (i.fund_id, i.starts, i.ends)
        for i in inflows
        if i.starts is not None and i.ends is not None
    )
    traced.unspent += sum(i.amount for i in inflows if i.starts is None)
    return traced


def uses_of(source: str) -> list[Use]:
    """What the money of one source was used for, oldest first. With ``unspent_of`` the parts sum
    to what the source gave."""
    amounts: dict[int, int] = defaultdict(int)
    outflows: dict[int, FundOutflow] = {}
    for outflow, amount in _trace_source(source).uses:
        amounts[outflow.id] += amount
        outflows[outflow.id] = outflow
    return [
        Use(o.subject, amounts[o.id], o.at, o.posting.entry_id, o.fund_id, o.kind)
        for o in sorted(outflows.values(), key=lambda o: (o.at, o.id))
    ]


def unspent_of(source: str) -> int:
    """How much of a source's money is still in a fund, in fen."""
    return _trace_source(source).unspent


def unspent_at_home(source: str) -> int:
    """How much of a source's money nobody has taken out of the fund it came into: what can be
    given back. What was handed on to another fund is not here any more."""
    free = 0
    for inflow in FundInflow.objects.filter(source=source, continues__isnull=True):
        if inflow.starts is None or inflow.ends is None:
            free += inflow.amount
            continue
        met = _meeting(FundSpan.objects.all(), inflow.fund_id, inflow.starts, inflow.ends)
        taken = (min(s.ends, inflow.ends) - max(s.starts, inflow.starts) for s in met)
        free += inflow.amount - sum(taken)
    return free


def sources_of(subject: str) -> list[Share]:
    """Whose money paid one subject: the shares sum to what was spent on it or transferred under it.
    A spend that was taken back has no shares."""
    outflows = FundOutflow.objects.filter(subject=subject)
    taken_back = FundInflow.objects.filter(continues__in=outflows.exclude(kind="transfer"))
    continued = set(taken_back.values_list("continues_id", flat=True))
    spans = FundSpan.objects.filter(outflow__in=outflows).order_by("id")
    amounts: dict[str, int] = defaultdict(int)
    waiting = [(s.fund_id, s.starts, s.ends) for s in spans if s.outflow_id not in continued]
    while waiting:
        fund_id, low, high = waiting.pop()
        for inflow, a, b in _inflows_meeting(fund_id, low, high):
            if inflow.continues_id is None:
                amounts[inflow.source] += b - a
            else:
                assert inflow.starts is not None
                waiting.extend(_within(inflow.continues_id, a - inflow.starts, b - inflow.starts))
    return [Share(source, amounts[source]) for source in sorted(amounts)]


def _inflows_meeting(fund_id: int, low: int, high: int) -> list[tuple[FundInflow, int, int]]:
    own = FundInflow.objects.filter(fund_id=fund_id)
    before = own.filter(starts__lte=low).aggregate(at=Max("starts"))["at"]
    found = own.filter(starts__gte=low if before is None else before, starts__lt=high)
    return [
        (i, max(low, i.starts), min(high, i.ends))
        for i in found.order_by("starts")
        if i.starts is not None and i.ends is not None and i.ends > low
    ]


def _within(outflow_id: int, low: int, high: int) -> list[Piece]:
    """The pieces of axes behind the part [low, high) of an outflow."""
    pieces: list[Piece] = []
    reached = 0
    for span in FundSpan.objects.filter(outflow_id=outflow_id).order_by("starts"):
        length = span.ends - span.starts
        a, b = max(low, reached), min(high, reached + length)
        if a < b:
            at = span.starts + a - reached
            pieces.append((span.fund_id, at, at + b - a))
        reached += length
    return pieces


def axis_end(fund_id: int) -> int:
    """How far the fund's axis reaches: all that was received and has an interval."""
    newest = FundInflow.objects.filter(fund_id=fund_id, starts__isnull=False)
    return newest.order_by("-starts").values_list("ends", flat=True).first() or 0
