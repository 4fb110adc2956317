"""Goods that come back: the unit registers them, two keepers take them in (I-19)."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.db.models import Q, Sum
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext

from boai.ground.core.actors import Actor
from boai.ground.core.errors import NotFound
from boai.ground.core.numbering import tidy
from boai.ground.core.text import gettext_noop as _
from boai.ground.kit.web.acts import ActPage, actor_of
from boai.ground.kit.web.doors import door
from boai.ground.kit.web.lists import Column, Filter, ListPage
from boai.ground.kit.web.navigation import may
from boai.relief.dispatch import permissions
from boai.relief.dispatch.models import Return, Waybill
from boai.relief.dispatch.services import returning
from boai.relief.dispatch.web import shown
from boai.relief.dispatch.web.forms import CheckedForm, SendBackForm
from boai.relief.dispatch.web.pages import waybill_of
from boai.relief.warehouse import queries as warehouse


def return_of(actor: Actor, number: str) -> Return:
    """A return whose waybill the actor may see. *Raises* ``NotFound``."""
    rows = Return.objects.select_related("waybill__receiver", "waybill__organisation")
    row = rows.filter(number=tidy(number)).first()
    if row is None or not permissions.may_see(
        actor, row.waybill.organisation_id, row.waybill.receiver_id
    ):
        raise NotFound
    return row


@door("dispatch.see")
class Returns(ListPage):
    """Everything that my organisation sends back or takes back."""

    title = _("退回物资")
    columns = [
        Column(
            "number",
            _("退货单号"),
            kind="ref",
            link=lambda row: reverse("dispatch-return", args=[row.number]),
        ),
        Column("waybill_number", _("运单号"), kind="ref", value="waybill.number"),
        Column("unit", _("退回单位"), value="waybill.receiver.name"),
        Column(
            "state",
            _("状态"),
            kind="state",
            value=lambda row: shown.word(shown.RETURN_STATES, row.state),
            tone=lambda row: shown.tone(shown.RETURN_STATES, row.state),
        ),
        Column("pieces", _("件数"), "quantity", sort="pieces"),
        Column("reason", _("原因")),
        Column("sent_at", _("登记时间"), kind="moment", sort="sent_at"),
        Column("countersigned_at", _("入库时间"), kind="moment", sort="countersigned_at"),
    ]
    filters = [
        Filter(
            "state",
            _("状态"),
            choices=[(key, pair[0]) for key, pair in shown.RETURN_STATES.items()],
        ),
        Filter(
            "from",
            _("登记日期从"),
            kind="day",
            apply=lambda rows, day: rows.filter(sent_at__date__gte=day),
        ),
    ]
    search_hint = _("退货单号、运单号、退回单位")
    order = "-sent_at"
    file_name = "returns"
    empty_title = _("没有退回物资")
    empty_text = _("收货单位在已签收的运单上登记退回后出现在这里。")
    empty_icon = "reply"

    def rows(self) -> Any:
        mine = self.actor.organisation_id
        own = Return.objects.filter(Q(waybill__organisation_id=mine) | Q(waybill__receiver_id=mine))
        return own.select_related("waybill__receiver").annotate(pieces=Sum("lines__quantity"))

    def search(self, rows: Any, text: str) -> Any:
        return rows.filter(
            Q(number__icontains=tidy(text))
            | Q(waybill__number__icontains=tidy(text))
            | Q(waybill__receiver__name__icontains=text)
        )


def lines_of(row: Return) -> list[Any]:
    """The lines with item, the lot they were delivered from and the lot they came back as."""
    lines: list[Any] = list(row.lines.select_related("line").order_by("pk"))
    dressed = {line.pk: line for line in shown.dress_lines(row.waybill)}
    back = [line.lot_id for line in lines if line.lot_id is not None]
    lots = {lot.id: lot for lot in warehouse.lots(lot_ids=back)} if back else {}
    for line in lines:
        line.of, line.back = dressed[line.line_id], lots.get(line.lot_id)
    return lines


def return_context(row: Return, actor: Actor) -> dict[str, Any]:
    """What comes back, its signatures and its state in words."""
    names = shown.people([row.sent_by_id, row.counted_by_id, row.countersigned_by_id])
    return {
        "note": row,
        "waybill": row.waybill,
        "state_word": shown.word(shown.RETURN_STATES, row.state),
        "state_tone": shown.tone(shown.RETURN_STATES, row.state),
        "lines_shown": lines_of(row),
        "sender": names[row.sent_by_id],
        "first": names[row.counted_by_id],
        "second": names[row.countersigned_by_id],
        "sending": row.waybill.receiver_id == actor.organisation_id,
        "taking": row.waybill.organisation_id == actor.organisation_id,
        "own": actor.person_id in (row.sent_by_id, row.counted_by_id),
    }


def _steps(row: Return) -> list[dict[str, Any]]:
    labels = [gettext("单位登记"), gettext("清点"), gettext("复核入待检")]
    done = [row.sent_at, row.counted_at, row.countersigned_at]
    if row.state == "withdrawn":
        withdrawn = {"label": gettext("已撤回"), "state": "bad", "at": None}
        return [{"label": labels[0], "state": "done", "at": done[0]}, withdrawn]
    first_open = next((n for n, at in enumerate(done) if not at), len(done))
    return [
        {"label": label, "at": at, "state": "done" if at else "now" if n == first_open else "todo"}
        for n, (label, at) in enumerate(zip(labels, done, strict=True))
    ]


@door("dispatch.see")
def one_return(request: HttpRequest, number: str) -> HttpResponse:
    """One return: its way, its lines, its three signatures."""
    actor = actor_of(request)
    row = return_of(actor, number)
    context = {
        "title": gettext("退货单"),
        "steps": _steps(row),
        "can_send": may(request, "dispatch.deliver"),
        "can_take": may(request, "warehouse.receive"),
        **return_context(row, actor),
    }
    return TemplateResponse(request, "dispatch/return.html", context)


@door("dispatch.deliver")
class SendBack(ActPage):
    """The unit that has the goods says what it sends back."""

    title = _("登记退回")
    frame = "focus"
    template_name = "dispatch/send-back.html"
    form_class = SendBackForm
    submit_label = _("登记退回，签字")
    confirm = _("确认退回数量无误？物资由两名保管员清点后入账。")
    success = _("已登记。请将物资连同退货单交红十字会仓库。")

    def setup(self, *args: Any, **kwargs: Any) -> None:
        """The lines are read once."""
        super().setup(*args, **kwargs)
        self._lines: list[Any] | None = None

    def waybill(self) -> Waybill:
        """The waybill, if its goods came to the actor's unit. *Raises* ``NotFound``."""
        row = waybill_of(self.actor, self.kwargs["number"])
        if row.receiver_id != self.actor.organisation_id:
            raise NotFound
        return row

    def there(self) -> list[Any]:
        """The lines of which the unit still has some."""
        if self._lines is None:
            row = self.waybill()
            left = returning.still_there(row)
            self._lines = [line for line in shown.dress_lines(row) if left[line.pk] > 0]
            for line in self._lines:
                line.left = left[line.pk]
        return self._lines

    def form_kwargs(self) -> dict[str, Any]:
        return {"lines": [line.pk for line in self.there()]}

    def context(self) -> Mapping[str, Any]:
        row = self.waybill()
        return {
            "waybill": row,
            "society": row.organisation.name,
            "shown_lines": self.there(),
            "back_url": reverse("dispatch-waybill", args=[row.number]),
        }

    def show(self, form: forms.Form, status: int = 200) -> HttpResponse:
        """Each line gets its number field."""
        for line in self.there():
            line.field = form[f"quantity-{line.pk}"]
        return super().show(form, status)

    def act(self, form: Any) -> Any:
        return returning.send_back(
            self.actor,
            waybill_id=self.waybill().pk,
            quantities=form.numbers(),
            reason=form.cleaned_data["reason"],
            at=self.at,
        )

    def done_url(self, outcome: Any) -> str:
        return reverse("dispatch-return", args=[outcome])


class ReturnAct(ActPage):
    """An act on one return."""

    frame = "focus"
    template_name = "dispatch/take-back.html"
    ready_in = ""

    def note(self) -> Return:
        """The return. *Raises* ``NotFound`` for one that the actor may not see."""
        return return_of(self.actor, self.kwargs["number"])

    def context(self) -> Mapping[str, Any]:
        found = return_context(self.note(), self.actor)
        ready = found["note"].state == self.ready_in and not found["own"]
        back = reverse("dispatch-return", args=[found["note"].number])
        return {**found, "ready": ready, "back_url": back}

    def done_url(self, outcome: Any) -> str:
        return reverse("dispatch-return", args=[self.kwargs["number"]])


class TakeBack(ReturnAct):
    """A keeper of the society whose goods these were."""

    form_class = CheckedForm

    def note(self) -> Return:
        """The return, where it comes to the actor's own society."""
        row = super().note()
        if row.waybill.organisation_id != self.actor.organisation_id:
            raise NotFound
        return row


@door("warehouse.receive")
class CountReturn(TakeBack):
    """The first keeper counts what came back."""

    title = _("清点退回物资")
    ready_in = "sent"
    submit_label = _("数量相符，签字")
    success = _("已清点签字。请另一名保管员复核。")

    def act(self, form: Any) -> Any:
        returning.count_return(self.actor, number=self.note().number, at=self.at)


@door("warehouse.receive")
class ReceiveReturn(TakeBack):
    """The second keeper signs: the goods stand in quarantine."""

    title = _("复核退回物资")
    ready_in = "counted"
    submit_label = _("核对无误，签字入待检")
    confirm = _("签字后物资转入待检，不能修改。确认？")
    success = _("已签字，退回物资已入待检。")

    def act(self, form: Any) -> Any:
        return returning.receive_return(self.actor, number=self.note().number, at=self.at)


@door("dispatch.deliver")
class WithdrawReturn(ReturnAct):
    """The unit takes its note back before the goods are received."""

    title = _("撤回退货单")
    intro = _("撤回后单号作废；数量不符时请撤回后重新登记。")
    submit_label = _("撤回")
    danger = True
    success = _("已撤回。")

    def note(self) -> Return:
        """The return, where the actor's own unit sends it."""
        row = super().note()
        if row.waybill.receiver_id != self.actor.organisation_id:
            raise NotFound
        return row

    def context(self) -> Mapping[str, Any]:
        found = dict(super().context())
        return {**found, "ready": found["note"].state in ("sent", "counted")}

    def act(self, form: Any) -> Any:
        returning.withdraw_return(self.actor, number=self.note().number, at=self.at)
