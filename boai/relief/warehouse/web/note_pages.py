"""Goods received and goods issued notes: lists, one note, its paper."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext

from boai.ground.core.clock import now
from boai.ground.core.errors import NotFound
from boai.ground.core.numbering import tidy
from boai.ground.core.text import gettext_noop as _
from boai.ground.kit.web.acts import actor_of
from boai.ground.kit.web.doors import door
from boai.ground.kit.web.downloads import file_response
from boai.ground.kit.web.lists import Column, Filter, ListPage
from boai.ground.kit.web.navigation import may
from boai.relief.warehouse.documents import received_note_pdf
from boai.relief.warehouse.models import IssueNote, ReceivedNote
from boai.relief.warehouse.web import shown


@door("warehouse.see")
class ReceivedNotes(ListPage):
    """Goods received notes."""

    title = _("入库验收单")
    columns = [
        Column(
            "number",
            _("单号"),
            kind="ref",
            link=lambda row: reverse("warehouse-note", args=[row.number]),
        ),
        Column("donor_label", _("来源")),
        Column("store", _("仓库"), value="store.name"),
        Column(
            "state",
            _("状态"),
            kind="state",
            value=lambda row: shown.word(shown.NOTE_STATES, row.state),
            tone=lambda row: shown.tone(shown.NOTE_STATES, row.state),
        ),
        Column("first", _("清点人")),
        Column("second", _("复核人")),
        Column("counted_at", _("清点时间"), kind="moment", sort="counted_at"),
        Column("countersigned_at", _("入账时间"), kind="moment", sort="countersigned_at"),
    ]
    filters = [
        Filter(
            "state", _("状态"), choices=[(key, pair[0]) for key, pair in shown.NOTE_STATES.items()]
        ),
        Filter(
            "day",
            _("日期"),
            kind="day",
            apply=lambda rows, day: rows.filter(Q(counted_on=day) | Q(countersigned_on=day)),
        ),
    ]
    search_hint = _("单号、来源")
    order = "-counted_at"
    file_name = "received-notes"
    empty_title = _("还没有入库验收单")

    def rows(self) -> Any:
        return ReceivedNote.objects.filter(
            organisation_id=self.actor.organisation_id or 0
        ).select_related("store")

    def search(self, rows: Any, text: str) -> Any:
        return rows.filter(Q(number__icontains=tidy(text)) | Q(donor_label__icontains=text))

    def decorate(self, page: list[Any]) -> Sequence[Any]:
        names = shown.people(
            [n.counted_by_id for n in page] + [n.countersigned_by_id for n in page]
        )
        for note in page:
            note.first = names[note.counted_by_id]
            note.second = names[note.countersigned_by_id]
        return page


@door("warehouse.see")
class IssueNotes(ReceivedNotes):
    """Goods issued notes."""

    title = _("出库单")
    columns = [
        Column("number", _("单号"), kind="ref"),
        Column("transport", _("运单"), kind="ref"),
        Column("store", _("仓库"), value="store.name"),
        Column(
            "state",
            _("状态"),
            kind="state",
            value=lambda row: shown.word(shown.NOTE_STATES, row.state),
            tone=lambda row: shown.tone(shown.NOTE_STATES, row.state),
        ),
        Column("first", _("拣货人")),
        Column("second", _("复核人")),
        Column("picked_at", _("拣货时间"), kind="moment", sort="picked_at"),
        Column("countersigned_at", _("出账时间"), kind="moment", sort="countersigned_at"),
    ]
    filters = [
        ReceivedNotes.filters[0],
        Filter(
            "day",
            _("日期"),
            kind="day",
            apply=lambda rows, day: rows.filter(Q(picked_on=day) | Q(countersigned_on=day)),
        ),
    ]
    search_hint = _("单号、运单号")
    order = "-picked_at"
    file_name = "issue-notes"
    empty_title = _("还没有出库单")

    def rows(self) -> Any:
        return IssueNote.objects.filter(
            organisation_id=self.actor.organisation_id or 0
        ).select_related("store")

    def search(self, rows: Any, text: str) -> Any:
        return rows.filter(Q(number__icontains=tidy(text)) | Q(transport__icontains=tidy(text)))

    def decorate(self, page: list[Any]) -> Sequence[Any]:
        names = shown.people([n.picked_by_id for n in page] + [n.countersigned_by_id for n in page])
        for note in page:
            note.first = names[note.picked_by_id]
            note.second = names[note.countersigned_by_id]
        return page


@door("warehouse.see")
def note(request: HttpRequest, number: str) -> HttpResponse:
    """One goods received note with lines, differences and both signatures."""
    row = _note(request, number)
    names = shown.people([row.counted_by_id, row.countersigned_by_id])
    context = {
        "title": gettext("入库验收单"),
        "note": row,
        "state_word": shown.word(shown.NOTE_STATES, row.state),
        "state_tone": shown.tone(shown.NOTE_STATES, row.state),
        "lines": shown.dress_items(row.lines.select_related("lot").order_by("pk")),
        "first": names[row.counted_by_id],
        "second": names[row.countersigned_by_id],
        "own": row.counted_by_id == actor_of(request).person_id,
        "can_sign": may(request, "warehouse.receive"),
    }
    return TemplateResponse(request, "warehouse/note.html", context)


@door("warehouse.see")
def note_paper(request: HttpRequest, number: str) -> HttpResponse:
    """The note as PDF."""
    row = _note(request, number)
    content = received_note_pdf(row, now())
    return file_response(content, f"{row.number}.pdf", inline=True)


def _note(request: HttpRequest, number: str) -> ReceivedNote:
    row = (
        ReceivedNote.objects.select_related("store")
        .filter(number=tidy(number), organisation_id=actor_of(request).organisation_id or 0)
        .first()
    )
    if row is None:
        raise NotFound
    return row
