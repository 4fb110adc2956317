"""The statistics of the room."""

from collections.abc import Sequence

from django.db.models import Max, QuerySet

from boai.ground.core.clock import start_of
from boai.ground.core.figures import Span, figure
from boai.ground.core.text import gettext_noop as _
from boai.relief.allocation.models import Need, Request


def _decided(organisations: Sequence[int], span: Span) -> QuerySet[Request]:
    found = Request.objects.filter(
        society_id__in=organisations, decided_at__date__lte=span.last, seconds__isnull=False
    )
    return found.filter(decided_at__gte=start_of(span.first)) if span.first else found


@figure("allocation.decisions", _("调拨决策件数"), "decision")
def decisions(organisations: Sequence[int], span: Span) -> int:
    """Requests decided in the period. Unit: decision. Source: requests."""
    return _decided(organisations, span).count()


@figure("allocation.decisions-within-limit", _("十分钟内决策比例"), "per-mille")
def within_limit(organisations: Sequence[int], span: Span) -> int | None:
    """Decided in time per thousand decided, rounded down; unknown without decisions (S3-09)."""
    found = _decided(organisations, span)
    whole = found.count()
    return found.filter(late=False).count() * 1000 // whole if whole else None


@figure("allocation.slowest-decision", _("最慢决策用时"), "minute")
def slowest(organisations: Sequence[int], span: Span) -> int | None:
    """Whole minutes from submission to decision of the slowest request, rounded up."""
    seconds = _decided(organisations, span).aggregate(most=Max("seconds"))["most"]
    return None if seconds is None else -(-int(seconds) // 60)


@figure("allocation.needs-posted", _("发布的需求项数"), "entry")
def needs_posted(organisations: Sequence[int], span: Span) -> int:
    """Needs posted in the period, with or without a number. Unit: entry."""
    found = Need.objects.filter(society_id__in=organisations, posted_at__date__lte=span.last)
    if span.first:
        found = found.filter(posted_at__gte=start_of(span.first))
    return found.count()


@figure("allocation.needs-met", _("已满足的需求项数"), "entry")
def needs_met(organisations: Sequence[int], span: Span) -> int:
    """Needs met in the period: goods signed for reach the number asked. Unit: entry."""
    found = Need.objects.filter(
        society_id__in=organisations, state="met", settled_at__date__lte=span.last
    )
    return (
        found.filter(settled_at__gte=start_of(span.first)).count() if span.first else found.count()
    )
