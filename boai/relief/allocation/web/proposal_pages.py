"""Pages for the task force: propose, return, papers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy

from boai.foundations.catalogue import queries as catalogue
from boai.foundations.catalogue.values import ItemRow
from boai.foundations.organisations import queries as organisations
from boai.ground.core.clock import day_of
from boai.ground.core.text import gettext_noop as _
from boai.ground.kit.web.acts import ActPage
from boai.ground.kit.web.doors import door
from boai.relief.allocation import queries
from boai.relief.allocation.services import proposing, requesting
from boai.relief.allocation.tasks import LIMIT
from boai.relief.allocation.values import NeedRow, ProposeLine, RequestRow, Stock
from boai.relief.allocation.web.seats import request_for, request_url
from boai.relief.warehouse import queries as warehouse
from boai.relief.warehouse.values import LotRow


@dataclass(slots=True)
class Bench:
    """One item on the workbench: what is wanted on the left, what is there on the right."""

    item: ItemRow
    asked: int
    needs: list[NeedRow]
    rivals: int
    lots: list[tuple[Stock, LotRow, Any]]


class ProposalForm(forms.Form):
    """A quantity for each lot that could go, and a note."""

    note = forms.CharField(
        label=gettext_lazy("说明"), max_length=300, required=False, widget=forms.TextInput
    )

    def __init__(self, *args: Any, stock: list[Stock], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stock = stock
        for one in stock:
            self.fields[f"lot_{one.list_line_id}_{one.lot_id}"] = forms.IntegerField(
                label=gettext_lazy("拟分配"),
                required=False,
                min_value=0,
                max_value=10**12,
                widget=forms.NumberInput(attrs={"class": "form-control", "inputmode": "numeric"}),
            )

    def lines(self) -> list[ProposeLine]:
        """What was filled in."""
        return [
            ProposeLine(one.list_line_id, one.lot_id, quantity)
            for one in self.stock
            if (quantity := self.cleaned_data.get(f"lot_{one.list_line_id}_{one.lot_id}"))
        ]


@door("allocation.propose")
class Propose(ActPage):
    """The workbench: need beside stock, a suggestion filled in."""

    title = _("拟订分配方案")
    template_name = "allocation/propose.html"
    form_class = ProposalForm
    submit_label = _("提请集体决策")
    success = _("方案已提请集体决策。")
    confirm = _("提交后委员将看到此方案，确认提请决策？")

    def row(self) -> RequestRow:
        """The request. *Refuses*: ``NotFound``."""
        return request_for(self.actor, self.kwargs["request_id"])

    def form_kwargs(self) -> dict[str, Any]:
        """The lots of the asked items that may go to this unit."""
        row = self.row()
        listed = queries.available_list(row.list_id)
        items = {line.id: line.item_id for line in listed.lines}
        wanted = {item for _line, item, _n in row.asked}
        stock = queries.stock_of_list(listed, day_of(self.at))
        return {
            "stock": [
                one
                for one in stock
                if items[one.list_line_id] in wanted and one.directed_to in (None, row.receiver_id)
            ]
        }

    def initial(self) -> dict[str, Any]:
        """The suggestion: a fair share, first expiry first."""
        return {
            f"lot_{line.list_line_id}_{line.lot_id}": line.quantity
            for line in proposing.suggest(self.kwargs["request_id"], self.at)
        }

    def show(self, form: Any, status: int = 200) -> Any:
        """Lay the bench out with the form's fields."""
        self.bench = self._bench(form)
        return super().show(form, status)

    def _bench(self, form: Any) -> list[Bench]:
        row = self.row()
        items = catalogue.items_by_ids(item for _line, item, _n in row.asked)
        lots = {lot.id: lot for lot in warehouse.lots(lot_ids=[s.lot_id for s in form.stock])}
        needs = queries.needs(organisation_id=row.receiver_id)
        others = [
            other
            for other in queries.requests(society_id=row.society_id, state="submitted")
            if other.list_id == row.list_id and other.id != row.id
        ]
        bench: dict[int, Bench] = {}
        for _line, item, quantity in row.asked:
            if item in bench:
                bench[item].asked += quantity
                continue
            rivals = sum(n for other in others for _l, i, n in other.asked if i == item)
            bench[item] = Bench(
                items[item], quantity, [n for n in needs if n.item_id == item], rivals, []
            )
        for one in form.stock:
            lot = lots[one.lot_id]
            field = form[f"lot_{one.list_line_id}_{one.lot_id}"]
            bench[lot.item_id].lots.append((one, lot, field))
        return list(bench.values())

    def context(self) -> Mapping[str, Any]:
        """The request and its clock."""
        row = self.row()
        receiver = organisations.row(row.receiver_id)
        return {
            "row": row,
            "bench": self.bench,
            "deadline": row.submitted_at + LIMIT,
            "back_url": request_url(row.id),
            "facts": [
                (gettext("申请编号"), row.number),
                (gettext("受赠单位"), receiver.name if receiver else ""),
                (gettext("申请理由"), row.reason),
            ],
        }

    def act(self, form: Any) -> int:
        """Propose it."""
        return proposing.propose(
            self.actor,
            request_id=self.kwargs["request_id"],
            lines=form.lines(),
            note=form.cleaned_data["note"],
            at=self.at,
        )

    def done_url(self, outcome: Any) -> str:
        """The request."""
        return request_url(self.kwargs["request_id"])


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(
        label=gettext_lazy("理由"),
        max_length=300,
        min_length=2,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class _OnRequest(ActPage):
    """An act on one request."""

    def context(self) -> Mapping[str, Any]:
        """Which one. *Refuses*: ``NotFound``."""
        row = request_for(self.actor, self.kwargs["request_id"])
        return {
            "facts": [(gettext("编号"), row.number), (gettext("理由"), row.reason)],
            "back_url": request_url(row.id),
        }

    def done_url(self, outcome: Any) -> str:
        """The list of requests."""
        return reverse("allocation-requests")


@door("allocation.propose")
class Return(_OnRequest):
    """Give a request back to the unit."""

    title = _("退回申请")
    form_class = ReasonForm
    submit_label = _("退回")
    success = _("申请已退回。")

    def act(self, form: Any) -> None:
        """Return it."""
        requesting.return_request(
            self.actor,
            request_id=self.kwargs["request_id"],
            reason=form.cleaned_data["reason"],
            at=self.at,
        )


@door("allocation.propose")
class Papers(_OnRequest):
    """The papers of an emergency request are complete."""

    title = _("补齐手续")
    submit_label = _("确认已补齐")
    success = _("已记录手续补齐。")
    confirm = _("确认纸质手续已全部补齐？")

    def act(self, form: Any) -> None:
        """Record it."""
        requesting.complete_papers(self.actor, request_id=self.kwargs["request_id"], at=self.at)
