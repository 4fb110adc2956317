"""The receiver's phone, and settling what was missing."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext

from boai.ground.core.errors import NotFound
from boai.ground.core.text import gettext_noop as _
from boai.ground.kit.web.acts import ActPage, actor_of
from boai.ground.kit.web.doors import door
from boai.ground.kit.web.lists import Column, Filter, ListPage
from boai.relief.dispatch.models import Discrepancy, Waybill
from boai.relief.dispatch.services import delivering, discrepancies
from boai.relief.dispatch.web import shown
from boai.relief.dispatch.web.forms import ProposeForm, ReceiverForm, SettleForm
from boai.relief.dispatch.web.pages import waybill_of
from boai.relief.warehouse import queries as warehouse


@door("dispatch.deliver")
def arriving(request: HttpRequest) -> HttpResponse:
    """What is on the way to my unit, and what came lately."""
    mine = Waybill.objects.filter(receiver_id=actor_of(request).organisation_id)
    context = {
        "title": gettext("待签收"),
        "coming": shown.dress_waybills(mine.filter(state="in_transit").order_by("departed_at")),
        "done": shown.dress_waybills(
            mine.filter(delivery__isnull=False)
            .select_related("delivery")
            .order_by("-delivery__delivered_at")[:20]
        ),
    }
    return TemplateResponse(request, "dispatch/arriving.html", context)


@door("dispatch.deliver")
class SignDelivery(ActPage):
    """The receiver counts each line, takes a picture and signs."""

    title = _("清点签收")
    frame = "focus"
    template_name = "dispatch/sign.html"
    form_class = ReceiverForm
    submit_label = _("清点完毕，签收")
    confirm = _("签收后不能修改。确认数量无误？")
    success = _("已签收，谢谢。")
    draft = True

    def waybill(self) -> Waybill:
        """The waybill, if it comes to the actor's unit. *Raises* ``NotFound``."""
        row = waybill_of(self.actor, self.kwargs["number"])
        if row.receiver_id != self.actor.organisation_id:
            raise NotFound
        return row

    def form_kwargs(self) -> dict[str, Any]:
        self.shown_lines = shown.dress_lines(self.waybill())
        return {"lines": {line.pk: line.quantity for line in self.shown_lines}}

    def context(self) -> Mapping[str, Any]:
        row = self.waybill()
        return {
            "waybill": row,
            "sender": row.organisation.name,
            "shown_lines": self.shown_lines,
            "ready": row.state == "in_transit",
            "back_url": reverse("dispatch-arriving"),
        }

    def show(self, form: forms.Form, status: int = 200) -> HttpResponse:
        """The lines get their two number fields."""
        for line in self.shown_lines:
            dressed: Any = line
            dressed.counted_field = form[f"counted-{line.pk}"]
            dressed.damaged_field = form[f"damaged-{line.pk}"]
        return super().show(form, status)

    def act(self, form: Any) -> Any:
        picture = form.cleaned_data["photo"]
        content = None
        if picture is not None:
            picture.seek(0)
            content = picture.read()
        return delivering.sign(
            self.actor,
            waybill_id=self.waybill().pk,
            counted=form.numbers("counted"),
            damaged=form.numbers("damaged"),
            photo=content,
            photo_name=picture.name if picture is not None else "",
            note=form.cleaned_data["note"],
            at=self.at,
        )

    def done_url(self, outcome: Any) -> str:
        return reverse("dispatch-waybill", args=[self.kwargs["number"]])


@door("dispatch.settle")
class Differences(ListPage):
    """What was short, damaged or over, and how it ended."""

    title = _("交接差异")
    columns = [
        Column(
            "number",
            _("运单号"),
            kind="ref",
            value="line.waybill.number",
            link=lambda row: (
                reverse("dispatch-difference", args=[row.pk])
                if row.state != "settled"
                else reverse("dispatch-waybill", args=[row.line.waybill.number])
            ),
        ),
        Column("receiver_name", _("收货单位")),
        Column("lot_number", _("批次号"), kind="ref"),
        Column("kind", _("差异"), value=lambda row: gettext(shown.DIFFERENCES[row.kind])),
        Column("quantity", _("数量"), "quantity"),
        Column(
            "state",
            _("状态"),
            kind="state",
            value=lambda row: shown.word(shown.DIFFERENCE_STATES, row.state),
            tone=lambda row: shown.tone(shown.DIFFERENCE_STATES, row.state),
        ),
        Column(
            "outcome",
            _("处理方式"),
            value=lambda row: gettext(shown.OUTCOMES[row.outcome]) if row.outcome else "",
        ),
        Column("reason", _("原因")),
        Column("found_at", _("发现时间"), kind="moment", sort="found_at"),
    ]
    filters = [
        Filter(
            "state",
            _("状态"),
            choices=[(key, pair[0]) for key, pair in shown.DIFFERENCE_STATES.items()],
        ),
        Filter("kind", _("差异"), choices=list(shown.DIFFERENCES.items())),
    ]
    order = "-found_at"
    file_name = "differences"
    empty_title = _("没有交接差异")
    empty_text = _("收货单位签收时的短少、破损和溢收出现在这里。")
    empty_icon = "check-circle"

    def rows(self) -> Any:
        return Discrepancy.objects.filter(
            line__waybill__organisation_id=self.actor.organisation_id or 0
        ).select_related("line__waybill")

    def decorate(self, page: list[Any]) -> Sequence[Any]:
        names = shown.unit_names(row.line.waybill.receiver_id for row in page)
        lots = {lot.id: lot for lot in warehouse.lots(lot_ids=[r.line.lot_id for r in page])}
        for row in page:
            row.receiver_name = names.get(row.line.waybill.receiver_id, "")
            row.lot_number = lots[row.line.lot_id].number
        return page


class DifferenceAct(ActPage):
    """An act on one difference of the own organisation's waybills."""

    frame = "focus"

    def difference(self) -> Discrepancy:
        """The difference. *Raises* ``NotFound`` for another organisation's."""
        row = (
            Discrepancy.objects.select_related("line__waybill__receiver")
            .filter(
                pk=self.kwargs["pk"],
                line__waybill__organisation_id=self.actor.organisation_id or 0,
            )
            .first()
        )
        if row is None:
            raise NotFound
        return row

    def context(self) -> Mapping[str, Any]:
        row = self.difference()
        lot = warehouse.lot(row.line.lot_id)
        facts = [
            (gettext("运单号"), row.line.waybill.number),
            (gettext("收货单位"), row.line.waybill.receiver.name),
            (gettext("批次号"), lot.number if lot else ""),
            (gettext("差异"), gettext(shown.DIFFERENCES[row.kind])),
            (gettext("数量"), f"{row.quantity:,}"),
        ]
        if row.outcome:
            name = shown.people([row.proposed_by_id])[row.proposed_by_id]
            facts += [
                (gettext("处理方式"), gettext(shown.OUTCOMES[row.outcome])),
                (gettext("原因"), row.reason),
                (gettext("提出人"), name),
            ]
        return {"facts": facts, "back_url": reverse("dispatch-differences")}

    def done_url(self, outcome: Any) -> str:
        return reverse("dispatch-differences")


@door("dispatch.settle")
class Propose(DifferenceAct):
    """The first person says how it ended; where somebody else has, leads on to the signature."""

    title = _("处理交接差异")
    form_class = ProposeForm
    submit_label = _("提出，待另一人签字")
    success = _("已提出，待另一人签字。")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """A proposal of somebody else waits for this person's signature."""
        row = self.difference()
        if row.state == "proposed" and row.proposed_by_id != self.actor.person_id:
            return redirect("dispatch-settle", pk=row.pk)
        return super().get(request, *args, **kwargs)

    def form_kwargs(self) -> dict[str, Any]:
        over = self.difference().kind == "over"
        fitting = ["explained"] if over else ["delivered", "returned", "lost"]
        return {"outcomes": [(key, gettext(shown.OUTCOMES[key])) for key in fitting]}

    def act(self, form: Any) -> Any:
        return discrepancies.propose(
            self.actor, discrepancy_id=self.difference().pk, at=self.at, **form.cleaned_data
        )


@door("dispatch.settle")
class Settle(DifferenceAct):
    """The second person confirms."""

    title = _("复核差异处理")
    form_class = SettleForm
    template_name = "dispatch/settle.html"
    submit_label = _("同意，签字结案")
    confirm = _("签字后差异入账，不能修改。确认？")
    success = _("差异已结。")

    def initial(self) -> dict[str, Any]:
        return {"outcome": self.difference().outcome}

    def act(self, form: Any) -> Any:
        return discrepancies.settle(
            self.actor,
            discrepancy_id=self.difference().pk,
            outcome=form.cleaned_data["outcome"],
            at=self.at,
        )
