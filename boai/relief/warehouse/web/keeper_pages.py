"""The keeper's phone: what arrives, counting it, the second keeper's signature."""

from __future__ import annotations  # formsets take no type argument at run time

from collections.abc import Mapping
from typing import Any, cast

from django import forms
from django.forms.formsets import BaseFormSet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext

from boai.foundations.catalogue.queries import all_items
from boai.ground.core.clock import day_of, now
from boai.ground.core.errors import NotFound, Refusal
from boai.ground.core.text import gettext_noop as _
from boai.ground.kit.web.acts import ActPage, actor_of
from boai.ground.kit.web.doors import door
from boai.ground.kit.web.refusals import explain
from boai.relief.warehouse import queries
from boai.relief.warehouse.models import Consignment, ConsignmentLine, ReceivedNote
from boai.relief.warehouse.services import receiving
from boai.relief.warehouse.values import CountedLine
from boai.relief.warehouse.web import shown
from boai.relief.warehouse.web.forms import CountForm, CountLineForm, SignForm

EXTRA_LINES = 3


@door("warehouse.receive")
def arrivals(request: HttpRequest) -> HttpResponse:
    """What is announced and what waits for my second signature."""
    actor = actor_of(request)
    organisation_id = actor.organisation_id or 0
    consignments = list(
        Consignment.objects.filter(organisation_id=organisation_id, state="expected")
        .prefetch_related("lines")
        .order_by("announced_at")[:100]
    )
    lines = [line for one in consignments for line in one.lines.all()]
    shown.dress_items(lines)
    context = {
        "title": gettext("收货"),
        "consignments": consignments,
        "waiting": queries.waiting_receipts(organisation_id, actor.person_id)[:50],
        "mine": ReceivedNote.objects.filter(
            organisation_id=organisation_id, state="counted", counted_by_id=actor.person_id
        ).order_by("counted_at")[:50],
        "today": day_of(now()),
    }
    return TemplateResponse(request, "warehouse/arrivals.html", context)


@door("warehouse.receive")
class CountGoods(ActPage):
    """The first keeper counts an announced consignment, or goods that nobody announced."""

    title = _("清点收货")
    frame = "focus"
    template_name = "warehouse/count.html"
    form_class = CountForm
    lines_class = forms.formset_factory(CountLineForm, extra=EXTRA_LINES)
    submit_label = _("清点完毕，签字")
    confirm = _("确认数量无误？签字后交另一名保管员复核。")
    draft = True

    def announced(self) -> list[ConsignmentLine]:
        """The announced lines, none for goods that nobody announced."""
        found = self.consignment()
        return shown.dress_items(found.lines.order_by("pk")) if found else []

    def consignment(self) -> Consignment | None:
        """The consignment of this organisation. *Raises* ``NotFound`` for any other."""
        if "consignment_id" not in self.kwargs:
            return None
        found = Consignment.objects.filter(
            pk=self.kwargs["consignment_id"],
            organisation_id=self.actor.organisation_id or 0,
            state="expected",
        ).first()
        if found is None:
            raise NotFound
        return found

    def form_kwargs(self) -> dict[str, Any]:
        stores = queries.stores(self.actor.organisation_id or 0)
        found = self.consignment()
        if found is not None and found.store_id is not None:
            stores = [row for row in stores if row.id == found.store_id] or stores
        return {
            "stores": [(row.id, row.name) for row in stores],
            "known": found is not None,
        }

    def lines_initial(self) -> list[dict[str, Any]]:
        return [
            {"item": line.item_id, "spec": line.spec, "origin_line": line.origin_line}
            for line in self.announced()
        ]

    def make_lines(self, data: Any = None, files: Any = None) -> BaseFormSet[Any] | None:
        choices: list[tuple[int | str, str]] = [("", "—")]
        choices += [(item.id, f"{item.name}（{item.unit}）") for item in all_items()]
        make = cast(Any, self.lines_class)
        return cast(
            "BaseFormSet[Any]",
            make(
                data,
                files,
                initial=self.lines_initial(),
                prefix="lines",
                form_kwargs={"items": choices},
            ),
        )

    def context(self) -> Mapping[str, Any]:
        announced = self.announced()
        pairs = [
            (line, announced[n] if n < len(announced) else None)
            for n, line in enumerate(self.lines or [])
        ]
        return {
            "consignment": self.consignment(),
            "counted_lines": [pair for pair in pairs if pair[1] is not None],
            "extra_lines": [line for line, found in pairs if found is None],
            "back_url": reverse("warehouse-arrivals"),
        }

    def act(self, form: Any) -> Any:
        found = self.consignment()
        self.kept = [
            (n, line.cleaned_data)
            for n, line in enumerate(self.lines or [])
            if line.cleaned_data.get("quantity")
        ]
        return receiving.open_note(
            self.actor,
            organisation_id=self.actor.organisation_id or 0,
            store_id=form.cleaned_data["store"],
            origin=found.origin if found else f"warehouse.walk-in:{self.submission}",
            consignment_id=found.pk if found else None,
            donor_label=found.donor_label if found else form.cleaned_data["donor_label"],
            lines=[
                CountedLine(
                    item_id=given["item"],
                    quantity=given["quantity"],
                    lot_number=given["lot_number"],
                    bin=given["bin"],
                    produced_on=given["produced_on"],
                    expires_on=given["expires_on"],
                    spec=given["spec"],
                    origin_line=given["origin_line"],
                )
                for _n, given in self.kept
            ],
            at=self.at,
        )

    def put(self, refusal: Refusal, form: forms.Form) -> None:
        """A line's refusal stands at its line."""
        head, _dash, number = refusal.field.partition("-")
        if head == "lines" and number.isdigit() and int(number) < len(self.kept):
            line = list(self.lines or [])[self.kept[int(number)][0]]
            line.add_error("quantity", explain(refusal).sentence)
            form.add_error(None, gettext("有一行不能收货，请看标红处。"))
            return
        super().put(refusal, form)

    def done_url(self, outcome: Any) -> str:
        row = queries.received_note(outcome)
        return reverse("warehouse-note", args=[row.number if row else ""])

    def message(self, outcome: Any) -> str:
        return gettext("已清点签字。请另一名保管员核对后复核签字。")


@door("warehouse.receive")
class Countersign(ActPage):
    """The second keeper compares goods and note, and signs."""

    title = _("复核签字")
    frame = "focus"
    template_name = "warehouse/countersign.html"
    form_class = SignForm
    submit_label = _("核对无误，签字入库")
    confirm = _("签字后物资入账，不能修改。确认？")

    def note(self) -> ReceivedNote:
        """The note. *Raises* ``NotFound`` for another organisation's."""
        return note_of(self.actor.organisation_id, self.kwargs["number"])

    def initial(self) -> dict[str, Any]:
        return {"digest": self.note().digest}

    def context(self) -> Mapping[str, Any]:
        note = self.note()
        names = shown.people([note.counted_by_id])
        return {
            "note": note,
            "note_lines": shown.dress_items(note.lines.order_by("pk")),
            "first": names[note.counted_by_id],
            "own": note.counted_by_id == self.actor.person_id,
            "waiting": note.state == "counted",
            "back_url": reverse("warehouse-arrivals"),
        }

    def act(self, form: Any) -> Any:
        return receiving.countersign_receipt(
            self.actor, note_id=self.note().pk, digest=form.cleaned_data["digest"], at=self.at
        )

    def done_url(self, outcome: Any) -> str:
        return reverse("warehouse-note", args=[self.kwargs["number"]])

    def message(self, outcome: Any) -> str:
        return gettext("已复核签字，物资入库。")


@door("warehouse.receive")
class WithdrawNote(ActPage):
    """Take a counted note back."""

    title = _("撤回清点")
    intro = _("撤回后单号作废，可重新清点。")
    frame = "focus"
    submit_label = _("撤回")
    danger = True
    success = _("已撤回，请重新清点。")

    def context(self) -> Mapping[str, Any]:
        note = note_of(self.actor.organisation_id, self.kwargs["number"])
        facts = [(gettext("单号"), note.number), (gettext("来源"), note.donor_label)]
        return {"facts": facts, "back_url": reverse("warehouse-arrivals")}

    def act(self, form: Any) -> Any:
        note = note_of(self.actor.organisation_id, self.kwargs["number"])
        receiving.withdraw_note(self.actor, note_id=note.pk, at=self.at)

    def done_url(self, outcome: Any) -> str:
        return reverse("warehouse-arrivals")


def note_of(organisation_id: int | None, number: str) -> ReceivedNote:
    """A received note of one's own organisation. *Raises* ``NotFound``."""
    note = ReceivedNote.objects.filter(number=number, organisation_id=organisation_id or 0).first()
    if note is None:
        raise NotFound
    return note
