"""The desk: appeals from draft to close."""

from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext

from boai.foundations.trail import queries as trail
from boai.ground.core import clock
from boai.ground.core.errors import NotFound
from boai.ground.core.text import gettext_noop as _
from boai.ground.kit.web.acts import ActPage, actor_of
from boai.ground.kit.web.doors import door
from boai.ground.kit.web.lists import Column, Filter, ListPage
from boai.relief.donations import documents, queries
from boai.relief.donations.models import Appeal, RuleVersion
from boai.relief.donations.services import appeals
from boai.relief.donations.values import APPEAL_STATES, APPEAL_TONES, AppealRow, appeal_ref
from boai.relief.donations.web.staff_forms import (
    AppealForm,
    ApprovalForm,
    PosterForm,
    ReasonForm,
    RuleForm,
)

ON_POSTERS = ("approved", "open")
"""States in which an appeal may be put on a wall."""


def _own(actor_organisation: int | None, appeal_id: int) -> AppealRow:
    row = queries.appeal_by_id(appeal_id)
    if row is None or row.organisation_id != actor_organisation:
        raise NotFound
    return row


@door("donations.see")
class Appeals(ListPage):
    """The appeals of the reader's society."""

    title = _("募捐项目")
    template_name = "donations/appeal_list.html"
    columns = [
        Column(
            "title",
            _("名称"),
            link=lambda row: reverse("donations-appeal", args=[row.pk]),
            sort=True,
        ),
        Column("slug", _("网址代号")),
        Column(
            "state",
            _("状态"),
            kind="state",
            value=lambda row: gettext(APPEAL_STATES[row.state]),
            tone=lambda row: APPEAL_TONES[row.state],
        ),
        Column("approval_basis", _("批准依据")),
        Column("opened_at", _("开始"), kind="moment", sort=True),
        Column("suspended_at", _("暂停"), kind="moment", sort=True),
    ]
    filters = [Filter("state", _("状态"), choices=list(APPEAL_STATES.items()))]
    search_hint = _("名称")
    order = "-drafted_at"
    file_name = "appeals"
    empty_title = _("还没有募捐项目")
    empty_text = _("起草后由指挥部批准，批准后才能发布。")
    empty_icon = "megaphone"

    def rows(self) -> QuerySet[Appeal]:
        """Own society only."""
        return Appeal.objects.filter(organisation_id=self.actor.organisation_id or 0)

    def search(self, rows: QuerySet[Appeal], text: str) -> QuerySet[Appeal]:
        """By title."""
        return rows.filter(title__icontains=text)

    def context(self) -> dict[str, Any]:
        """Whether this reader may draft."""
        return {"may_draft": self.request.may("donations.appeal")}  # type: ignore[attr-defined]


@door("donations.see")
def appeal_page(request: HttpRequest, appeal_id: int) -> HttpResponse:
    """One appeal: where it stands and what can be done next."""
    return _shown(request, _own(actor_of(request).organisation_id, appeal_id))


def _shown(request: HttpRequest, row: AppealRow, form: PosterForm | None = None) -> HttpResponse:
    """The page; with a form that was filled in wrongly where there is one."""
    actor = actor_of(request)
    stored = Appeal.objects.get(pk=row.id)
    may = request.may  # type: ignore[attr-defined]
    may_run = may("donations.appeal", organisation_id=row.organisation_id)
    context = {
        "appeal": row,
        "stored": stored,
        "state_label": APPEAL_STATES[row.state],
        "state_tone": APPEAL_TONES[row.state],
        "steps": _steps(stored),
        "totals": queries.totals(appeal_id=row.id),
        "rule": queries.rule_text(row.id),
        "evidence": trail.evidence_of(appeal_ref(row.slug)),
        "may_approve": row.state == "draft"
        and actor.person_id != stored.drafted_by
        and may("donations.approve-appeal", organisation_id=row.organisation_id),
        "may_open": may_run and row.state == "approved",
        "may_suspend": may_run and row.state == "open",
        "may_close": may_run and row.state in ("open", "suspended"),
        "poster_form": form or PosterForm() if row.state in ON_POSTERS else None,
    }
    return render(request, "donations/appeal.html", context, status=422 if form else 200)


@door("donations.see")
def poster(request: HttpRequest, appeal_id: int) -> HttpResponse:
    """The poster as PDF, for an appeal that is approved or open. *Refuses*: ``NotFound``."""
    row = _own(actor_of(request).organisation_id, appeal_id)
    if row.state not in ON_POSTERS:
        raise NotFound
    form = PosterForm(request.GET)
    if not form.is_valid():
        return _shown(request, row, form)
    paper, place = form.cleaned_data["paper"], form.cleaned_data["place"]
    basis = Appeal.objects.values_list("approval_basis", flat=True).get(pk=row.id)
    address = f"{settings.BOAI_PUBLIC_URL}{reverse('donations-give', args=[row.slug])}"
    content = documents.appeal_poster(
        row, address, basis=basis, paper=paper, place=place, at=clock.now()
    )
    answer = HttpResponse(content, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="poster-{row.slug}-{paper}.pdf"'
    return answer


def _steps(appeal: Appeal) -> list[dict[str, Any]]:
    moments = [
        (_("起草"), appeal.drafted_at),
        (_("批准"), appeal.approved_at),
        (_("开放"), appeal.opened_at),
        (_("暂停"), appeal.suspended_at),
        (_("结束"), appeal.closed_at),
    ]
    reached = max(i for i, (_label, at) in enumerate(moments) if at is not None)
    return [
        {
            "label": gettext(label),
            "at": at,
            "state": "now" if i == reached else "done" if i < reached else "todo",
        }
        for i, (label, at) in enumerate(moments)
    ]


@door("donations.appeal")
class DraftAppeal(ActPage):
    """Draft an appeal."""

    title = _("起草募捐项目")
    form_class = AppealForm
    submit_label = _("保存草稿")
    success = _("草稿已保存，等待指挥部批准。")
    draft = True

    def form_kwargs(self) -> dict[str, Any]:
        """The rule versions that there are."""
        found = RuleVersion.objects.order_by("-adopted_at", "-pk")
        return {"rules": [(rule.pk, f"{rule.title} {rule.version}") for rule in found]}

    def act(self, form: Any) -> int:
        """One call."""
        given = dict(form.cleaned_data)
        target = given.pop("target")
        return appeals.draft_appeal(
            self.actor,
            organisation_id=self.actor.organisation_id or 0,
            target_fen=target,
            at=self.at,
            **given,
        )

    def done_url(self, outcome: int) -> str:
        """The appeal."""
        return reverse("donations-appeal", args=[outcome])


@door("donations.appeal")
class AdoptRule(ActPage):
    """Adopt a version of the rule text."""

    title = _("登记捐赠须知新版本")
    intro = _("已登记的版本不能修改；内容有变就登记新版本。")
    form_class = RuleForm
    success = _("新版本已登记。")

    def act(self, form: Any) -> int:
        """One call."""
        return appeals.adopt_rule_version(
            self.actor,
            organisation_id=self.actor.organisation_id or 0,
            at=self.at,
            **form.cleaned_data,
        )

    def done_url(self, outcome: int) -> str:
        """On to a draft with it."""
        return reverse("donations-appeal-draft")


class _OnAppeal(ActPage):
    """An act on one appeal of the actor's own society."""

    def context(self) -> dict[str, Any]:
        """What it is about."""
        row = _own(self.actor.organisation_id, self.kwargs["appeal_id"])
        return {
            "facts": [
                (gettext(_("项目")), row.title),
                (gettext(_("状态")), gettext(APPEAL_STATES[row.state])),
                (gettext(_("募捐用途")), row.purpose),
                (gettext(_("捐赠须知")), row.rule_version),
            ],
            "back_url": self.done_url(None),
        }

    def done_url(self, outcome: Any) -> str:
        """The appeal."""
        return reverse("donations-appeal", args=[self.kwargs["appeal_id"]])


@door("donations.approve-appeal")
class ApproveAppeal(_OnAppeal):
    """Put the command's approval on record."""

    title = _("批准募捐项目")
    form_class = ApprovalForm
    submit_label = _("批准")
    confirm = _("确认指挥部已批准此项目？批准后名称、用途和须知不能再改。")
    success = _("批准已登记。")

    def act(self, form: Any) -> None:
        """One call."""
        file = form.cleaned_data["document"]
        appeals.approve_appeal(
            self.actor,
            appeal_id=self.kwargs["appeal_id"],
            basis=form.cleaned_data["basis"],
            document=(file.name, file.read()) if file else None,
            at=self.at,
        )


@door("donations.appeal")
class OpenAppeal(_OnAppeal):
    """Publish."""

    title = _("开放募捐项目")
    submit_label = _("开放并发布")
    confirm = _("确认向社会发布并开始接受捐赠？")
    success = _("项目已开放。")

    def act(self, form: Any) -> None:
        """One call."""
        appeals.open_appeal(self.actor, appeal_id=self.kwargs["appeal_id"], at=self.at)


@door("donations.appeal")
class SuspendAppeal(_OnAppeal):
    """Stop taking gifts."""

    title = _("暂停募捐项目")
    form_class = ReasonForm
    submit_label = _("暂停")
    danger = True
    confirm = _("暂停后不能恢复，也不再接受新的捐赠。确认暂停？")
    success = _("项目已暂停。")

    def act(self, form: Any) -> None:
        """One call."""
        appeals.suspend_appeal(
            self.actor,
            appeal_id=self.kwargs["appeal_id"],
            reason=form.cleaned_data["reason"],
            at=self.at,
        )


@door("donations.appeal")
class CloseAppeal(_OnAppeal):
    """End for good."""

    title = _("结束募捐项目")
    submit_label = _("结束")
    danger = True
    confirm = _("结束后不能恢复。确认结束？")
    success = _("项目已结束。")

    def act(self, form: Any) -> None:
        """One call."""
        appeals.close_appeal(self.actor, appeal_id=self.kwargs["appeal_id"], at=self.at)
