"""The figures of the room."""

from collections.abc import Sequence

from boai.ground.core.figures import Span, figure
from boai.ground.core.text import gettext_noop as _
from boai.window.disclosure.models import Bulletin


@figure("disclosure.bulletins-published", _("已发布的收支公示"), "entry")
def bulletins_published(organisations: Sequence[int], span: Span) -> int:
    """Unit: entry. Bulletins (corrections too) for days in the span. Source: bulletins."""
    rows = Bulletin.objects.filter(
        organisation_id__in=organisations, state="published", day__lte=span.last
    )
    return (rows if span.first is None else rows.filter(day__gte=span.first)).count()
