"""Doors for staff: the register of papers."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_safe

from boai.foundations.certificates import queries
from boai.foundations.certificates.services import issuing, printing
from boai.foundations.certificates.values import ISSUED, KINDS, STATES
from boai.ground.core.text import gettext_noop as _
from boai.ground.kit.web.acts import ActPage, actor_of
from boai.ground.kit.web.doors import door
from boai.ground.kit.web.downloads import file_response
from boai.ground.kit.web.lists import Column, Filter, ListPage

TONES = {ISSUED: "good", "replaced": "info", "cancelled": "bad"}


@door("certificates.see")
class Papers(ListPage):
    """All papers of the actor's society."""

    title = _("证书登记簿")
    intro = _("本会发出的每一份证书与感谢信；公众凭编号和校验码核验。")
    columns = [
        Column(
            "number",
            _("证书编号"),
            kind="ref",
            link=lambda row: reverse("certificates-paper", args=[row.number]),
        ),
        Column("kind", _("种类"), value=lambda row: gettext(KINDS[row.kind].label)),
        Column("subject", _("所记事项"), value=lambda row: row.subject.partition(":")[2]),
        Column(
            "state",
            _("状态"),
            kind="state",
            value=lambda row: gettext(STATES[row.state]),
            tone=lambda row: TONES[row.state],
        ),
        Column("issued_at", _("发出时间"), kind="moment", sort="issued_at"),
    ]
    filters = [
        Filter("kind", _("种类"), choices=[(code, kind.label) for code, kind in KINDS.items()]),
        Filter("state", _("状态"), choices=list(STATES.items())),
    ]
    search_hint = _("证书编号、捐赠编号")
    order = "-issued_at"
    file_name = "papers"
    empty_title = _("还没有发出证书")
    empty_text = _("捐赠到账确认后，证书会自动发出并登记在这里。")

    def rows(self) -> Any:
        """Papers of the actor's own organisation."""
        return queries.papers_seen_by(self.actor)

    def search(self, rows: Any, text: str) -> Any:
        """By number of the paper or of what it is about."""
        return queries.matching(rows, text)


@require_safe
@door("certificates.see")
def paper(request: HttpRequest, number: str) -> HttpResponse:
    """One paper; ``?file=pdf`` or ``png`` answers the paper itself."""
    shown = queries.seen_paper(actor_of(request), number)
    wanted = request.GET.get("file", "")
    if wanted in ("pdf", "png"):
        kind = "application/pdf" if wanted == "pdf" else "image/png"
        content = (printing.pdf if wanted == "pdf" else printing.png)(shown.number)
        return file_response(content, f"{shown.number}.{wanted}", kind, inline=True)
    context = {"paper": shown, "tone": TONES[shown.state], "is_valid": shown.state == ISSUED}
    return TemplateResponse(request, "certificates/paper.html", context)


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(label=gettext_lazy("原因"), max_length=200)


class ReplaceForm(ReasonForm):
    """The corrected name, and why."""

    holder_name = forms.CharField(label=gettext_lazy("更正后的持有人名称"), max_length=100)
    field_order = ("holder_name", "reason")


class _PaperAct(ActPage):
    def context(self) -> Mapping[str, Any]:
        """Which paper it is about."""
        shown = queries.seen_paper(self.actor, self.kwargs["number"])
        return {
            "facts": [
                (gettext("证书编号"), shown.number),
                (gettext("种类"), gettext(shown.kind_label)),
                (gettext("持有人"), shown.holder),
            ]
        }


@door("certificates.issue")
class Replace(_PaperAct):
    """A corrected paper in place of a valid one."""

    title = _("换发证书")
    form_class = ReplaceForm
    submit_label = _("换发")
    confirm = _("确认换发？原证书将标为“已换发”。")
    success = _("已换发新证书。")

    def act(self, form: Any) -> Any:
        """Replace."""
        return issuing.replace(
            self.actor, number=self.kwargs["number"], at=self.at, **form.cleaned_data
        )

    def done_url(self, outcome: Any) -> str:
        """The new paper."""
        return reverse("certificates-paper", args=[outcome.number])


@door("certificates.cancel")
class Cancel(_PaperAct):
    """A paper made invalid."""

    title = _("作废证书")
    form_class = ReasonForm
    submit_label = _("作废")
    confirm = _("确认作废？作废后不能恢复。")
    danger = True
    success = _("证书已作废。")

    def act(self, form: Any) -> Any:
        """Cancel."""
        issuing.cancel(self.actor, number=self.kwargs["number"], at=self.at, **form.cleaned_data)

    def done_url(self, outcome: Any) -> str:
        """The paper, now invalid."""
        return reverse("certificates-paper", args=[self.kwargs["number"]])
