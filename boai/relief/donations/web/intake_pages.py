"""Files that were taken in: how far each is, how its rows ended, and those that were not taken."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext

from boai.foundations.identity import queries as identity
from boai.ground.core.errors import NotFound
from boai.ground.core.text import gettext_noop as _
from boai.ground.kit.web.acts import actor_of
from boai.ground.kit.web.doors import door
from boai.ground.kit.web.lists import Column, Filter, ListPage
from boai.relief.donations.channels.statements.values import MESSAGES
from boai.relief.donations.models import Intake, StagedGift
from boai.relief.donations.services.intake import as_row
from boai.relief.donations.values import (
    CHANNELS,
    INTAKE_ENDS,
    INTAKE_STATES,
    INTAKE_TONES,
    IntakeRow,
)


def named_actors(labels: Sequence[str]) -> dict[str, str]:
    """The names behind the labels of actors; a timer or a command is the system."""
    users = {label: int(label.partition(":")[2]) for label in labels if ":" in label}
    persons = identity.persons_of_users(users.values())
    names = identity.person_names(persons.values())
    return {
        label: names.get(persons.get(users.get(label, 0), 0), "") or gettext("系统")
        for label in labels
    }


def intake_of(request: HttpRequest, intake_id: int) -> Intake:
    """One file of the reader's society. *Raises* ``NotFound`` for another's."""
    mine = actor_of(request).organisation_id or 0
    row = Intake.objects.filter(pk=intake_id, organisation_id=mine).first()
    if row is None:
        raise NotFound
    return row


def progress_of(row: IntakeRow) -> dict[str, Any]:
    """What the bar shows: read while the file is being read, settled afterwards."""
    seconds = row.seconds_left
    return {
        "intake": row,
        "runs": row.state in ("reading", "posting"),
        "state_label": gettext(INTAKE_STATES[row.state]),
        "state_tone": INTAKE_TONES[row.state],
        "seconds_left": None if seconds is None else round(seconds),
        "shown": {name: f"{getattr(row, name):,}" for name in ("rows", "staged", "position")},
    }


@door("donations.import")
class Intakes(ListPage):
    """Every file that the reader's society has taken in, the newest first."""

    title = _("导入记录")
    intro = _("账单和捐赠清单由 boai import 导入；同一文件再导入不会重复入账。")
    columns = [
        Column(
            "file",
            _("文件"),
            link=lambda row: reverse("donations-intake", args=[row.pk]),
            sort=True,
        ),
        Column(
            "state",
            _("状态"),
            kind="state",
            value=lambda row: gettext(INTAKE_STATES[row.state]),
            tone=lambda row: INTAKE_TONES[row.state],
        ),
        Column("by_name", _("导入人")),
        Column("begun_at", _("开始时间"), kind="moment", sort=True),
        Column(
            "channel",
            _("渠道"),
            value=lambda row: gettext(CHANNELS.get(row.channel, row.channel)),
            screen=False,
        ),
        Column("rows", _("行数"), kind="number", sort=True, total=True),
        Column("accepted", _("入账"), kind="number", total=True),
        Column("duplicate", _("重复"), kind="number", total=True),
        Column("quarantined", _("待核对"), kind="number", total=True),
        Column("refused", _("拒收"), kind="number", total=True),
        Column("amount_fen", _("金额（含重复）"), kind="money", screen=False),
    ]
    filters = [Filter("state", _("状态"), choices=list(INTAKE_STATES.items()))]
    search_hint = _("文件名")
    order = "-begun_at"
    file_name = "intakes"
    empty_title = _("还没有导入过文件")
    empty_text = _("导入账单或捐赠清单后，每个文件的进度和结果都在这里。")
    empty_icon = "file-earmark-arrow-up"

    def rows(self) -> QuerySet[Intake]:
        """The files of the reader's own society."""
        return Intake.objects.filter(organisation_id=self.actor.organisation_id or 0)

    def search(self, rows: QuerySet[Intake], text: str) -> QuerySet[Intake]:
        """By a part of the file's name."""
        return rows.filter(file__icontains=text)

    def decorate(self, page: list[Any]) -> list[Any]:
        """The names of those who took the files in."""
        names = named_actors(sorted({row.by for row in page}))
        for row in page:
            row.by_name = names[row.by]
        return page


def _reason(row: StagedGift) -> str:
    return gettext(MESSAGES[row.code]) if row.code in MESSAGES else row.code


@door("donations.import")
class IntakeRows(ListPage):
    """One file: how far it is, and its rows that were not taken, with the reasons.

    The file of these rows (CSV, Excel) names places and reasons only: what such a row said is not
    kept.
    """

    title = _("导入结果")
    template_name = "donations/intake.html"
    columns = [
        Column("sheet", _("工作表"), sort=True),
        Column("line", _("行"), kind="number", sort=True),
        Column("column", _("列")),
        Column(
            "verdict",
            _("结果"),
            kind="state",
            value=lambda row: gettext(INTAKE_ENDS[row.verdict]),
            tone=lambda row: "warn" if row.verdict == "quarantined" else "bad",
        ),
        Column("reason", _("原因"), value=_reason),
    ]
    filters = [Filter("verdict", _("结果"), choices=list(INTAKE_ENDS.items()))]
    order = "position"
    file_name = "intake-rows"
    empty_title = _("没有未收下的行")
    empty_text = _("每一行都已入账，或此前已经入账。")
    empty_icon = "check-circle"

    def rows(self) -> QuerySet[StagedGift]:
        """Quarantined and refused rows of this file."""
        intake = intake_of(self.request, self.kwargs["intake_id"])
        return StagedGift.objects.filter(
            intake_id=intake.pk, verdict__in=list(INTAKE_ENDS), position__lte=intake.position
        )

    def context(self) -> dict[str, Any]:
        intake = intake_of(self.request, self.kwargs["intake_id"])
        told = progress_of(as_row(intake))
        if told["runs"]:
            told["empty_title"] = gettext("正在处理")
            told["empty_text"] = gettext("未收下的行会随进度列在这里。")
        return {
            **told,
            "title": intake.file,
            "by_name": named_actors([intake.by])[intake.by],
            "channel_label": gettext(CHANNELS.get(intake.channel, intake.channel)),
            "back_url": reverse("donations-intakes"),
        }


@door("donations.import")
def intake_progress(request: HttpRequest, intake_id: int) -> HttpResponse:
    """How far a file is now; the page asks again and again, and is shown anew when it has ended."""
    context = progress_of(as_row(intake_of(request, intake_id)))
    answer = render(request, "donations/_intake_progress.html", context)
    if not context["runs"]:
        answer["HX-Refresh"] = "true"
    return answer
