"""Pages for staff."""

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse

from boai.foundations.trail import queries
from boai.foundations.trail.models import Act
from boai.foundations.trail.services import evidence as keeping
from boai.ground.core.errors import NotFound
from boai.ground.core.text import gettext_noop as _
from boai.ground.kit.web.doors import door
from boai.ground.kit.web.downloads import file_response
from boai.ground.kit.web.lists import Column, Filter, ListPage


@door("trail.see")
class Acts(ListPage):
    """Who did what in the organisation of the reader's post."""

    title = _("办理记录")
    columns = (
        Column("at", _("时间"), kind="moment", sort=True),
        Column("actor_label", _("办理人")),
        Column("verb", _("事项")),
        Column("subject", _("对象"), kind="ref"),
        Column("digest", _("摘要"), value=lambda row: row.digest[:12]),
    )
    filters = (
        Filter("day", _("日期"), kind="day", apply=lambda rows, day: rows.filter(at__date=day)),
    )
    search_hint = _("事项或对象")
    order = "-at"
    file_name = "trail"

    def rows(self) -> QuerySet[Act]:
        """The acts of the reader's own organisation."""
        return Act.objects.filter(organisation_id=self.actor.organisation_id)

    def search(self, rows: QuerySet[Act], text: str) -> QuerySet[Act]:
        """By verb or subject."""
        return rows.filter(Q(verb__icontains=text) | Q(subject__icontains=text))


@door("trail.evidence")
def evidence(request: HttpRequest, key: str) -> HttpResponse:
    """Show a picture or paper. *Refuses*: ``NotFound``."""
    row = queries.evidence(key)
    found = keeping.read(key)
    if row is None or found is None:
        raise NotFound
    content, media_type = found
    suffix = "pdf" if media_type == "application/pdf" else "jpg"
    return file_response(content, f"{key}.{suffix}", media_type, inline=True)
