"""Files brought through the browser: upload, what is understood of them, take in or remove."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy

from boai.ground.core import clock
from boai.ground.core.errors import Refusal
from boai.ground.core.text import gettext_noop as _
from boai.ground.kit.masks import masked_name
from boai.ground.kit.spreadsheets.errors import FileIsTooLarge
from boai.ground.kit.spreadsheets.guard import LARGEST_FILE
from boai.ground.kit.web.acts import ActPage, actor_of
from boai.ground.kit.web.doors import door
from boai.ground.kit.web.refusals import explain
from boai.relief.donations import permissions
from boai.relief.donations.channels.statements.values import MESSAGES, ParsedRow
from boai.relief.donations.importing import carrying, looking
from boai.relief.donations.services import intake_files
from boai.relief.donations.services.intake_files import (
    KEPT_FOR,
    STATEMENT_STATES,
    STATEMENT_TONES,
    StatementRow,
)
from boai.relief.donations.values import (
    CHANNELS,
    INTAKE_ENDS,
)
from boai.relief.donations.web.intake_pages import PAGE_PATIENCE, totals_of

FORMS = {
    "workbook": _("电子表格"),
    "text": _("文本表格"),
    "interchange": _("银行对账单（camt / MT940）"),
}
PROFILES = {
    "statement": _("账户流水"),
    "transactions": _("交易清单"),
    "timed-list": _("带时间的名单"),
    "dated-list": _("带日期的名单"),
    "donor-list": _("捐赠名单"),
}
ENCODINGS = {"utf-8-sig": "UTF-8", "gb18030": "GB 18030（GBK）"}
ACCEPTED = ".xlsx,.xls,.ods,.csv,.txt,.tsv,.xml,.sta,.mt940,.940"


class UploadForm(forms.Form):
    """A file, and the day it is about where it does not say so itself."""

    file = forms.FileField(
        label=gettext_lazy("文件"),
        max_length=400,
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ACCEPTED}),
        help_text=gettext_lazy(
            "可选择，也可把文件拖到这里。支持 xlsx、xls、ods、csv、txt，"
            "以及银行的 camt、MT940；不超过 50 MB。"
        ),
    )
    day = forms.DateField(
        label=gettext_lazy("数据所属日期"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("只在表内和文件名都没有日期时填写。"),
    )

    def clean_file(self) -> Any:
        """Not larger than a list is; told before anything is read."""
        given = self.cleaned_data["file"]
        if given.size > LARGEST_FILE:
            told = explain(FileIsTooLarge(size=given.size >> 20, limit=LARGEST_FILE >> 20))
            raise forms.ValidationError(told.sentence)
        return given


@door("donations.import")
class BringStatement(ActPage):
    """Upload a file; it is looked at, and nothing is booked yet."""

    title = _("上传账单或捐赠清单")
    intro = _("上传后先显示读懂了什么、会入账多少，核对后再收下；现在不会入账。")
    form_class = UploadForm
    submit_label = _("上传并核对")
    success = _("已读取，请核对。")

    def act(self, form: Any) -> StatementRow:
        """One call."""
        given = form.cleaned_data
        return looking.bring(
            self.actor,
            organisation_id=self.actor.organisation_id or 0,
            name=given["file"].name or "",
            content=given["file"].read(),
            day=given["day"],
            at=self.at,
        )

    def context(self) -> Mapping[str, Any]:
        return {"back_url": reverse("donations-intakes")}

    def done_url(self, outcome: StatementRow) -> str:
        """What is understood of it."""
        return reverse("donations-statement", args=[outcome.id])


@door("donations.import")
def statement(request: HttpRequest, file_id: int) -> HttpResponse:
    """A file that waits: how it is understood, what would come of it, and what to do with it."""
    actor = actor_of(request)
    row = looking.statement_of(actor, file_id)
    if row.state == "taken":
        return HttpResponseRedirect(reverse("donations-intake", args=[row.intake_id]))
    context = {**_waiting(row), "title": row.name, "may_take_in": permissions.takes_in(actor)}
    if row.state != "gone":
        try:
            context |= _understood(row, masked=permissions.sees_masked(actor))
        except Refusal as refusal:
            context["unread_because"] = explain(refusal).sentence
    return render(request, "donations/statement.html", context)


@door("donations.import")
def statement_progress(request: HttpRequest, file_id: int) -> HttpResponse:
    """How far a file is that waits for the worker; the page is shown anew when that has ended."""
    row = looking.statement_of(actor_of(request), file_id)
    context = _waiting(row)
    answer = render(request, "donations/_statement_waiting.html", context)
    if not context["waits"]:
        answer["HX-Refresh"] = "true"
    return answer


def _waiting(row: StatementRow) -> dict[str, Any]:
    waits = row.state == "asked" or (row.state == "kept" and not row.found)
    return {
        "file": row,
        "waits": waits,
        "needs_a_turn": waits and not carrying.worker_is_there(clock.now()),
        "state_label": gettext(STATEMENT_STATES[row.state]),
        "state_tone": STATEMENT_TONES[row.state],
        "kept_until": row.brought_at + KEPT_FOR,
    }


def _understood(row: StatementRow, *, masked: bool) -> dict[str, Any]:
    """Everything for the page about what the file says."""
    seen = looking.preview(row)
    found = row.found
    facts = [(gettext("文件类别"), gettext(FORMS[seen.form]))]
    if seen.encoding:
        facts.append((gettext("文字编码"), ENCODINGS.get(seen.encoding, seen.encoding.upper())))
    if seen.profile:
        facts.append((gettext("格式"), gettext(PROFILES[seen.profile])))
        facts.append((gettext("渠道"), gettext(CHANNELS.get(seen.channel, seen.channel))))
    if seen.taught:
        facts.append((gettext("按本会记住的格式"), "、".join(seen.taught)))
    for sheet, follows in found.get("balances", []):
        told = gettext("连续") if follows else gettext("不连续")
        facts.append((gettext("逐行余额"), f"{told}（{sheet}）" if len(seen.sheets) > 1 else told))
    facts.append((gettext("文件行数"), f"{seen.rows:,}"))
    totals = totals_of(found.get("totals", []))
    return {
        "seen": seen,
        "facts": facts,
        "known": bool(seen.profile),
        "teachable": seen.form != "interchange",
        "counted": "rows" in found,
        "found": found,
        "totals": totals,
        "disagree": sum(1 for total in totals if not total["agrees"]),
        "sample": [_shown(each, masked) for each in seen.sample],
        "masked": masked,
        "problems": [
            (sheet, line, column, gettext(MESSAGES[code]))
            for sheet, line, column, code in found.get("problems", [])
        ],
    }


def _shown(row: ParsedRow, masked: bool) -> dict[str, Any]:
    """A row as it is understood; what a giver wrote is for those who may see names whole."""
    donor, words = row.donor, " ".join(part for part in (row.memo, row.purpose) if part)
    if masked:
        donor = masked_name(donor) if donor else ""
        words = gettext("（已遮盖）") if words else ""
    return {
        "line": row.row,
        "day": row.day,
        "time": row.time,
        "donor": donor,
        "amount_fen": row.amount_fen if row.amount_fen else None,
        "number": row.number,
        "words": words,
        "end": gettext(INTAKE_ENDS[row.verdict]) if row.verdict in INTAKE_ENDS else "",
        "tone": "warn" if row.verdict == "quarantined" else "bad",
        "reason": gettext(MESSAGES[row.code]) if row.code in MESSAGES else "",
    }


class _StatementAct(ActPage):
    """One act about one file of the reader's society."""

    frame = "focus"

    def file(self) -> StatementRow:
        """The file. *Raises* ``NotFound`` for another society's."""
        return looking.statement_of(self.actor, self.kwargs["file_id"])

    def context(self) -> Mapping[str, Any]:
        row = self.file()
        facts = [(gettext("文件"), row.name)]
        if "rows" in row.found:
            facts.append((gettext("会入账"), f"{row.found['accepted']:,}"))
        return {"facts": facts, "back_url": self.page_url()}

    def page_url(self) -> str:
        """The file's page."""
        return reverse("donations-statement", args=[self.kwargs["file_id"]])

    def done_url(self, outcome: Any) -> str:
        return self.page_url()


@door("donations.import")
class TakeInStatement(_StatementAct):
    """Ask that the file be taken in, in this person's name."""

    title = _("收下文件")
    intro = _("收下后由后台逐批入账，随时可以取消；已入账的不会因再次上传而重复。")
    submit_label = _("收下并入账")
    success = _("已收下，正在办理。")

    def act(self, form: Any) -> StatementRow:
        return intake_files.ask(self.actor, file_id=self.file().id, at=self.at)


@door("donations.import")
class GiveUpStatement(_StatementAct):
    """Remove a file that shall not be taken in."""

    title = _("删除文件")
    intro = _("文件尚未入账，删除后不留内容。")
    submit_label = _("删除文件")
    danger = True
    success = _("文件已删除。")

    def act(self, form: Any) -> None:
        intake_files.give_up(self.actor, file_id=self.file().id, at=self.at)

    def done_url(self, outcome: Any) -> str:
        return reverse("donations-intakes")


@door("donations.import")
class TurnForStatement(_StatementAct):
    """Go on for a while from the page itself, where no worker runs."""

    title = _("在此页办理")
    intro = _("后台程序没有运行时，可以在这里办理一段；可重复点击，直到完成。")
    submit_label = _("办理一段")
    success = ""

    def act(self, form: Any) -> None:
        self.file()
        carrying.give_a_turn(self.actor, at=self.at, patience=PAGE_PATIENCE)
