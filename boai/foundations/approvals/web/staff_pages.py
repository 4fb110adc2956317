"""Pages for committee members and for those who look on."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy

from boai.foundations.approvals import queries
from boai.foundations.approvals.models import Case
from boai.foundations.approvals.services import deciding, opening
from boai.foundations.approvals.values import STATES, CaseRow
from boai.foundations.approvals.web.showing import shown, voices
from boai.ground.core.errors import NotFound
from boai.ground.core.text import gettext_noop as _
from boai.ground.kit.web.acts import ActPage, actor_of
from boai.ground.kit.web.doors import door
from boai.ground.kit.web.lists import Column, Filter, ListPage


def _state(row: Any) -> str:
    return gettext(STATES[str(row.state)][0])


def _took(row: Any) -> str:
    """How long a decision took; nothing for a case without one."""
    return f"{row.minutes} {gettext('分钟')}" if row.minutes is not None else ""


@door("approvals.see")
class Cases(ListPage):
    """All cases of the house and those on whose committee one sits."""

    title = _("决策事项")
    intro = _("每项决策的内容一经提请即锁定；谁在什么时间表了什么态，长期保存。")
    columns = [
        Column(
            "title",
            _("事项"),
            link=lambda row: reverse("approvals-case", args=[row.pk]),
        ),
        Column(
            "state",
            _("状态"),
            kind="state",
            value=_state,
            tone=lambda row: STATES[str(row.state)][1],
        ),
        Column("opened_at", _("提请时间"), kind="moment", sort=True),
        Column("minutes", _("用时"), value=_took, sort="minutes"),
        Column("late", _("超时"), value=lambda row: gettext("超时") if row.late else ""),
    ]
    filters = [
        Filter("state", _("状态"), choices=[(code, words) for code, (words, _t) in STATES.items()]),
    ]
    search_hint = _("事项名称")
    order = "-opened_at"
    file_name = "cases"
    empty_title = _("还没有提请决策的事项")
    empty_text = _("物资分配、资金支出、募捐项目提请后出现在这里。")
    empty_icon = "people"

    def rows(self) -> QuerySet[Case]:
        """What this actor may see."""
        return queries.visible_to(self.actor)

    def search(self, rows: QuerySet[Case], text: str) -> QuerySet[Case]:
        """By title."""
        return rows.filter(title__icontains=text)


def _visible_case(request: HttpRequest, case_id: int) -> CaseRow:
    if not queries.visible_to(actor_of(request)).filter(pk=case_id).exists():
        raise NotFound
    return queries.case(case_id)


@door("approvals.see")
def case(request: HttpRequest, case_id: int) -> HttpResponse:
    """One case: what was shown, who said what, how it ended."""
    found = _visible_case(request, case_id)
    words, tone = STATES[found.state]
    actor = actor_of(request)
    return TemplateResponse(
        request,
        "approvals/case.html",
        {
            "title": found.title,
            "case": found,
            "shown": shown(found.content),
            "events": voices(found),
            "state_words": gettext(words),
            "state_tone": tone,
            "mine": actor.person_id in found.waits_for,
            "may_void": found.state == "open" and request.may("approvals.void"),  # type: ignore[attr-defined]
        },
    )


class StanceForm(forms.Form):
    """Agree, refuse or stand aside, on what was shown."""

    digest = forms.CharField(widget=forms.HiddenInput, max_length=64)
    stance = forms.ChoiceField(
        choices=[("approve", ""), ("refuse", ""), ("recuse", "")], widget=forms.HiddenInput
    )
    reason = forms.CharField(
        label=gettext_lazy("理由（不同意或回避时必填）"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


@door("approvals.decide")
class Decide(ActPage):
    """The phone page: what, how much, to whom, the clock, three large buttons."""

    title = _("待您决策")
    frame = "focus"
    template_name = "approvals/decide.html"
    form_class = StanceForm

    def act(self, form: StanceForm) -> CaseRow:
        """Vote or stand aside."""
        case_id, given = self.kwargs["case_id"], form.cleaned_data
        if given["stance"] == "recuse":
            return deciding.recuse(
                self.actor, case_id=case_id, interest=given["reason"], at=self.at
            )
        return deciding.vote(
            self.actor,
            case_id=case_id,
            digest=given["digest"],
            approve=given["stance"] == "approve",
            reason=given["reason"],
            at=self.at,
        )

    def done_url(self, outcome: CaseRow) -> str:
        """The case, where the vote now shows."""
        return reverse("approvals-case", args=[outcome.id])

    def message(self, outcome: CaseRow) -> str:
        """What the vote did."""
        if outcome.state == "open":
            return gettext("已记录您的意见。")
        return gettext("已记录您的意见，本事项决策完毕：%(result)s。") % {
            "result": gettext(STATES[outcome.state][0])
        }

    def context(self) -> Mapping[str, Any]:
        """What is being decided."""
        found = _visible_case(self.request, self.kwargs["case_id"])
        return {
            "case": found,
            "shown": shown(found.content),
            "mine": self.actor.person_id in found.waits_for,
            "back_url": reverse("approvals-cases"),
            "late": found.state == "open" and self.at > found.due_at,
        }


class VoidForm(forms.Form):
    """Why the matter is withdrawn."""

    reason = forms.CharField(label=gettext_lazy("作废理由"), max_length=300, widget=forms.Textarea)


@door("approvals.void")
class Void(ActPage):
    """Withdraw an open case."""

    title = _("作废提请")
    intro = _("作废后委员不能再表态；已经表的态保留在记录中。")
    form_class = VoidForm
    submit_label = _("作废")
    danger = True
    confirm = _("确认作废这项提请？")
    success = _("已作废。")

    def act(self, form: VoidForm) -> None:
        """Void it."""
        _visible_case(self.request, self.kwargs["case_id"])
        opening.void_case(
            self.actor,
            case_id=self.kwargs["case_id"],
            reason=form.cleaned_data["reason"],
            at=self.at,
        )

    def done_url(self, outcome: None) -> str:
        """The case."""
        return reverse("approvals-case", args=[self.kwargs["case_id"]])

    def context(self) -> Mapping[str, Any]:
        """Which case."""
        found = _visible_case(self.request, self.kwargs["case_id"])
        return {"facts": [(gettext("事项"), found.title)]}
