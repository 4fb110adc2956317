"""Files that were taken in: how far each is, how its rows ended, and those that were not taken."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext

from boai.foundations.identity import queries as identity
from boai.ground.core import clock
from boai.ground.core.actors import Actor
from boai.ground.core.errors import NotFound
from boai.ground.core.text import gettext_noop as _
from boai.ground.kit.web.acts import ActPage, actor_of
from boai.ground.kit.web.doors import door
from boai.ground.kit.web.lists import Column, Filter, ListPage
from boai.relief.donations.channels.statements.values import MESSAGES
from boai.relief.donations.importing import carrying
from boai.relief.donations.models import Intake, IntakeUndo, StagedGift, StatementFile
from boai.relief.donations.services import intake as taking_in
from boai.relief.donations.services.intake import as_row
from boai.relief.donations.services.intake_files import STATEMENT_STATES, STATEMENT_TONES
from boai.relief.donations.values import (
    CHANNELS,
    INTAKE_ENDS,
    INTAKE_STATES,
    INTAKE_TONES,
    IntakeRow,
)

MOST_FILES = 20
PAGE_PATIENCE = 5.0
"""Seconds for which a page itself goes on with a file."""
STANDS_STILL = timedelta(minutes=1)
"""An intake that nobody carries on and that has not moved for so long was broken off."""


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


def totals_of(told: Sequence[Sequence[Any]]) -> list[dict[str, Any]]:
    """What a file states, beside what its rows come to. Files taken in long ago say no unit."""
    return [
        {
            "where": where,
            "label": label,
            "stated": stated,
            "computed": computed,
            "is_money": (unit or ["fen"])[0] == "fen",
            "agrees": stated == computed,
        }
        for where, label, stated, computed, *unit in told
    ]


def progress_of(row: IntakeRow) -> dict[str, Any]:
    """What the bar shows: read while the file is being read, settled afterwards."""
    seconds = row.seconds_left
    runs, at = row.state in ("reading", "posting"), clock.now()
    waits = runs and row.carried_by is not None
    return {
        "intake": row,
        "runs": runs,
        "stands_still": runs and not waits and at - row.moved_at > STANDS_STILL,
        "needs_a_turn": waits and not carrying.worker_is_there(at),
        "state_label": gettext(INTAKE_STATES[row.state]),
        "state_tone": INTAKE_TONES[row.state],
        "seconds_left": None if seconds is None else round(seconds),
        "shown": {name: f"{getattr(row, name):,}" for name in ("rows", "staged", "position")},
    }


@door("donations.import")
class Intakes(ListPage):
    """Every file that the reader's society has taken in, the newest first."""

    title = _("导入记录")
    template_name = "donations/intakes.html"
    intro = _("上传账单或捐赠清单，核对后收下；同一文件再收下不会重复入账。")
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

    def context(self) -> dict[str, Any]:
        """The files that wait to be taken in."""
        mine = self.actor.organisation_id or 0
        waiting = StatementFile.objects.filter(organisation_id=mine, state__in=("kept", "asked"))
        files = list(waiting.order_by("-pk")[:MOST_FILES])
        names = named_actors(sorted({file.by for file in files}))
        told = [
            (file, names[file.by], STATEMENT_STATES[file.state], STATEMENT_TONES[file.state])
            for file in files
        ]
        return {"files": told}

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
            "totals": totals_of(intake.told.get("totals", [])),
            "undo": _undo_of(intake, self.actor),
            "back_url": reverse("donations-intakes"),
        }


def _undo_of(intake: Intake, actor: Actor) -> dict[str, Any]:
    """How far the taking back of a file is, and what this reader may do about it."""
    row = IntakeUndo.objects.filter(intake_id=intake.pk).exclude(state="withdrawn").first()
    may = identity.may(actor, "donations.reverse", organisation_id=intake.organisation_id)
    ended = intake.state in ("finished", "cancelled") and intake.accepted > 0
    return {
        "row": row,
        "may_propose": may and ended and row is None,
        "may_confirm": may
        and row is not None
        and row.state == "proposed"
        and row.proposed_by != actor.person_id,
        "may_withdraw": may and row is not None and row.state == "proposed",
    }


@door("donations.import")
def intake_progress(request: HttpRequest, intake_id: int) -> HttpResponse:
    """How far a file is now; the page asks again and again, and is shown anew when it has ended."""
    context = progress_of(as_row(intake_of(request, intake_id)))
    answer = render(request, "donations/_intake_progress.html", context)
    if not context["runs"]:
        answer["HX-Refresh"] = "true"
    return answer


class _IntakeAct(ActPage):
    """One act about one file of the reader's society."""

    frame = "focus"

    def context(self) -> Mapping[str, Any]:
        row = intake_of(self.request, self.kwargs["intake_id"])
        facts = [
            (gettext("文件"), row.file),
            (gettext("状态"), gettext(INTAKE_STATES[row.state])),
            (gettext("已办理"), f"{row.position:,} / {row.rows:,}"),
            (gettext("已入账"), f"{row.accepted:,}"),
        ]
        return {"facts": facts, "back_url": self.done_url(None)}

    def done_url(self, outcome: Any) -> str:
        return reverse("donations-intake", args=[self.kwargs["intake_id"]])


@door("donations.import")
class CancelIntake(_IntakeAct):
    """Stop the taking in of a file."""

    title = _("取消导入")
    intro = _("已入账的保持不变；尚未办理的行不再导入。取消后如须继续，请重新上传同一文件。")
    submit_label = _("取消导入")
    confirm = _("确定取消？尚未办理的行不会入账。")
    danger = True
    success = _("已取消，已入账的保持不变。")

    def act(self, form: Any) -> None:
        row = intake_of(self.request, self.kwargs["intake_id"])
        taking_in.cancel(self.actor, intake_id=row.pk, at=self.at)


@door("donations.import")
class ResumeIntake(_IntakeAct):
    """Go on with a file that was left in the middle."""

    title = _("继续导入")
    intro = _("从中断的地方继续办理，已入账的不会重复。")
    submit_label = _("继续导入")
    success = _("已交后台继续办理。")

    def act(self, form: Any) -> None:
        row = intake_of(self.request, self.kwargs["intake_id"])
        taking_in.carry(self.actor, intake_id=row.pk, at=self.at)


@door("donations.import")
class TurnForIntake(_IntakeAct):
    """Go on for a while from the page itself, where no worker runs."""

    title = _("在此页办理")
    intro = _("后台程序没有运行时，可以在这里办理一段；可重复点击，直到完成。")
    submit_label = _("办理一段")
    success = ""

    def act(self, form: Any) -> None:
        intake_of(self.request, self.kwargs["intake_id"])
        carrying.give_a_turn(self.actor, at=self.at, patience=PAGE_PATIENCE)
