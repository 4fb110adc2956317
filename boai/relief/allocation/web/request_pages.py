"""Pages about requests: submit, look, withdraw."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy

from boai.foundations.approvals import queries as approvals
from boai.foundations.catalogue import queries as catalogue
from boai.foundations.organisations import queries as organisations
from boai.foundations.trail import queries as trail
from boai.ground.core.text import gettext_noop as _
from boai.ground.kit.web.acts import ActPage, actor_of
from boai.ground.kit.web.doors import door
from boai.ground.kit.web.lists import Column, Filter, ListPage
from boai.relief.allocation import queries
from boai.relief.allocation.models import Request
from boai.relief.allocation.services import requesting
from boai.relief.allocation.values import REQUEST_STATES, AskLine, ListRow, RequestRow
from boai.relief.allocation.web.seats import (
    Offered,
    home_of,
    offered,
    request_for,
    request_url,
    society_of,
)
from boai.relief.dispatch import queries as dispatch
from boai.relief.warehouse import queries as warehouse


@door("allocation.see")
class Requests(ListPage):
    """List 2: every request the reader may see."""

    title = _("调拨申请")
    template_name = "allocation/requests.html"
    columns = (
        Column("number", _("编号"), kind="ref", link=lambda row: request_url(row.pk), sort=True),
        Column("receiver", _("受赠单位"), value="receiver.name"),
        Column("reason", _("理由"), value=lambda row: row.reason[:40]),
        Column(
            "state",
            _("状态"),
            kind="state",
            value=lambda row: gettext(REQUEST_STATES[row.state][0]),
            tone=lambda row: REQUEST_STATES[row.state][1],
        ),
        Column("submitted_at", _("提交时间"), kind="moment", sort=True),
        Column(
            "minutes",
            _("决策用时（分）"),
            kind="number",
            value=lambda row: None if row.seconds is None else -(-row.seconds // 60),
            sort="seconds",
        ),
        Column(
            "late",
            _("时限"),
            kind="state",
            value=lambda row: gettext("超过十分钟") if row.late else "",
            tone=lambda row: "bad",
        ),
    )
    filters = (
        Filter(
            "state",
            _("状态"),
            choices=lambda: [(key, words) for key, (words, _tone) in REQUEST_STATES.items()],
        ),
        Filter(
            "late",
            _("时限"),
            choices=(("yes", _("超过十分钟")), ("no", _("十分钟内"))),
            apply=lambda rows, value: rows.filter(late=value == "yes", seconds__isnull=False),
        ),
    )
    search_hint = _("编号、单位、理由")
    order = "-submitted_at"
    file_name = "requests"
    empty_title = _("还没有调拨申请")
    empty_text = _("医院或专班依据可供调拨清单提交的申请会出现在这里。")

    def rows(self) -> QuerySet[Request]:
        """Those the reader may see."""
        return queries.visible_requests(self.actor).select_related("receiver")

    def search(self, rows: QuerySet[Request], text: str) -> QuerySet[Request]:
        """By number, unit or reason."""
        return rows.filter(
            Q(number__icontains=text)
            | Q(receiver__name__icontains=text)
            | Q(reason__icontains=text)
        )

    def context(self) -> Mapping[str, Any]:
        """The button for a new one."""
        ask = getattr(self.request, "may", None)
        return {"may_request": bool(ask("allocation.request")) if callable(ask) else False}


class RequestForm(forms.Form):
    """Who asks, why, and how much of each line."""

    receiver = forms.CharField(
        label=gettext_lazy("受赠单位"),
        max_length=120,
        help_text=gettext_lazy("医院的代码或全称"),
    )
    reason = forms.CharField(
        label=gettext_lazy("申请理由"),
        max_length=500,
        min_length=2,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    emergency = forms.BooleanField(
        label=gettext_lazy("应急申请"),
        required=False,
        help_text=gettext_lazy("先线上决策，纸质手续随后补齐；决策不可省略"),
    )

    def __init__(
        self, *args: Any, rows: list[Offered], with_receiver: bool, again: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        if not with_receiver:
            del self.fields["receiver"]
        if again:
            del self.fields["emergency"]
        self.heads = list(self.fields)
        self.offered = rows
        for one in rows:
            self.fields[f"line_{one.line.id}"] = forms.IntegerField(
                label=one.item.name,
                required=False,
                min_value=0,
                max_value=10**12,
                widget=forms.NumberInput(attrs={"class": "form-control", "inputmode": "numeric"}),
            )

    def clean_receiver(self) -> int:
        """The unit's id."""
        found = organisations.by_code_or_name(self.cleaned_data["receiver"])
        if found is None:
            raise forms.ValidationError(gettext("没有找到这个单位，请填写代码或全称。"))
        return found.id

    def rows(self) -> list[Offered]:
        """The list's lines with their fields."""
        return [Offered(o.line, o.item, self[f"line_{o.line.id}"]) for o in self.offered]

    def head_fields(self) -> list[Any]:
        """The fields above the table."""
        return [self[name] for name in self.heads]

    def asked(self) -> list[AskLine]:
        """What was filled in."""
        return [
            AskLine(o.line.id, quantity)
            for o in self.offered
            if (quantity := self.cleaned_data.get(f"line_{o.line.id}"))
        ]


@door("allocation.request")
class Submit(ActPage):
    """Ask for goods of the newest list."""

    title = _("提交调拨申请")
    template_name = "allocation/submit.html"
    form_class = RequestForm
    submit_label = _("提交申请")
    success = _("申请已提交，专班将在十分钟内办理。")
    draft = True
    again = False

    def found(self) -> ListRow | None:
        """The newest list of the society."""
        return queries.latest_list(society_of(self.actor).id)

    def receiver_id(self) -> int | None:
        """A unit asks for itself."""
        home = home_of(self.actor)
        return None if home.kind in ("society", "command") else home.id

    def form_kwargs(self) -> dict[str, Any]:
        """The lines that are left."""
        found = self.found()
        rows = offered(found, self.receiver_id()) if found else []
        return {
            "rows": rows,
            "with_receiver": self.receiver_id() is None and not self.again,
            "again": self.again,
        }

    def context(self) -> Mapping[str, Any]:
        """The list's head."""
        return {"list": self.found()}

    def act(self, form: Any) -> int:
        """Submit it."""
        receiver = self.receiver_id() or form.cleaned_data["receiver"]
        found = self.found()
        return requesting.submit_request(
            self.actor,
            list_id=found.id if found else 0,
            receiver_id=receiver,
            lines=form.asked(),
            reason=form.cleaned_data["reason"],
            emergency=form.cleaned_data["emergency"],
            at=self.at,
        )

    def done_url(self, outcome: Any) -> str:
        """The request."""
        return request_url(outcome)


@door("allocation.request")
class SubmitAgain(Submit):
    """Submit a returned request anew."""

    title = _("修改后再次提交")
    again = True
    draft = False

    def row(self) -> RequestRow:
        """The request. *Refuses*: ``NotFound``."""
        return request_for(self.actor, self.kwargs["request_id"])

    def found(self) -> ListRow | None:
        """The list it was drawn on."""
        return queries.available_list(self.row().list_id)

    def initial(self) -> dict[str, Any]:
        """What was asked before."""
        row = self.row()
        lines = {f"line_{line}": quantity for line, _item, quantity in row.asked}
        return {"reason": row.reason, **lines}

    def receiver_id(self) -> int | None:
        """As before."""
        return self.row().receiver_id

    def act(self, form: Any) -> int:
        """Submit it anew."""
        row = self.row()
        requesting.resubmit_request(
            self.actor,
            request_id=row.id,
            lines=form.asked(),
            reason=form.cleaned_data["reason"],
            at=self.at,
        )
        return row.id


@door("allocation.request")
class Withdraw(ActPage):
    """Take a request back."""

    title = _("撤回申请")
    submit_label = _("撤回")
    success = _("申请已撤回。")
    confirm = _("确认撤回这份申请？")
    danger = True

    def context(self) -> Mapping[str, Any]:
        """Which one."""
        row = request_for(self.actor, self.kwargs["request_id"])
        return {"facts": [(gettext("编号"), row.number), (gettext("理由"), row.reason)]}

    def act(self, form: Any) -> None:
        """Withdraw it."""
        requesting.withdraw_request(self.actor, request_id=self.kwargs["request_id"], at=self.at)

    def done_url(self, outcome: Any) -> str:
        """The request."""
        return request_url(self.kwargs["request_id"])


@door("allocation.see")
def one(request: HttpRequest, request_id: int) -> HttpResponse:
    """One request: where it stands, what was asked, what is proposed. *Refuses*: ``NotFound``."""
    row = request_for(actor_of(request), request_id)
    receiver = organisations.row(row.receiver_id)
    items = catalogue.items_by_ids([line[1] for line in row.asked])
    lots = {lot.id: lot for lot in warehouse.lots(lot_ids=[line[1] for line in row.proposed])}
    case = approvals.case(row.case_id) if row.case_id else None
    context = {
        "row": row,
        "receiver": receiver,
        "steps": _steps(row),
        "asked": [(items[item], quantity) for _line, item, quantity in row.asked],
        "proposed": [(items[item], lots[lot], n) for _line, lot, item, n in row.proposed],
        "case": case,
        "list": queries.available_list(row.list_id),
        "may": _open_doors(request, row),
        "acts": trail.acts_on(row.ref),
        "papers_due": row in queries.papers_outstanding(row.society_id),
        "waybill": _waybill_of(request, row),
    }
    return TemplateResponse(request, "allocation/request.html", context)


def _waybill_of(request: HttpRequest, row: RequestRow) -> str:
    """The number of the waybill, for those who may look at it."""
    may = getattr(request, "may", None)
    if not row.waybill_id or not callable(may) or not may("dispatch.see"):
        return ""
    found = dispatch.waybill(row.waybill_id)
    return found.number if found else ""


def _open_doors(request: HttpRequest, row: RequestRow) -> dict[str, str]:
    """Addresses of the acts that are open now to this person."""
    ask = getattr(request, "may", None)

    def may(action: str) -> bool:
        return bool(ask(action)) if callable(ask) else False

    doors = {}
    if may("allocation.propose") and row.state in ("submitted", "proposed"):
        doors["propose"] = reverse("allocation-propose", args=[row.id])
    if may("allocation.propose") and row.state == "submitted":
        doors["return"] = reverse("allocation-return", args=[row.id])
    if may("allocation.propose") and row.state == "approved" and row.emergency:
        doors["papers"] = reverse("allocation-papers", args=[row.id])
    if may("allocation.request") and row.state in ("submitted", "returned"):
        doors["withdraw"] = reverse("allocation-withdraw", args=[row.id])
    if may("allocation.request") and row.state == "returned":
        doors["again"] = reverse("allocation-again", args=[row.id])
    return doors


def _steps(row: RequestRow) -> list[dict[str, Any]]:
    decided = row.state in ("approved", "refused")
    ended = row.state in ("returned", "withdrawn")
    return [
        {"label": gettext("提交"), "state": "done", "at": row.submitted_at},
        {
            "label": gettext("已退回") if row.state == "returned" else gettext("专班拟配"),
            "state": "bad" if ended else ("done" if row.proposed_at else "now"),
            "at": row.proposed_at,
        },
        {
            "label": gettext("未同意") if row.state == "refused" else gettext("集体决策"),
            "state": "bad"
            if row.state == "refused"
            else ("done" if decided else ("now" if row.state == "proposed" else "todo")),
            "at": row.decided_at,
        },
        {
            "label": gettext("备货发运"),
            "state": "now" if row.state == "approved" else "todo",
        },
    ]
