"""Kits, divided and merged lots: fill in, look at what is used and made, sign."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext

from boai.foundations.catalogue.queries import items_by_ids
from boai.ground.core.clock import day_of, now
from boai.ground.core.errors import NotFound, Refusal
from boai.ground.core.text import gettext_noop as _
from boai.ground.kit.web.acts import ActPage
from boai.ground.kit.web.doors import door
from boai.ground.kit.web.refusals import explain
from boai.relief.warehouse.models import Lot
from boai.relief.warehouse.services import packing, planning
from boai.relief.warehouse.values import Foretold, IssueOrderLine, KitRow, NewLot
from boai.relief.warehouse.web import shown
from boai.relief.warehouse.web.forms import KitForm, MergeForm, PartForm
from boai.relief.warehouse.web.stock_pages import lot_of

Order = tuple[int, list[IssueOrderLine], list[NewLot]]
"""The item made, what is used, what is made."""
PARTS = 6


class PackAct(ActPage):
    """Two steps on one page: fill in, then look at the preview and sign it.

    The preview's digest comes back with the signature; where stock has moved meanwhile, the
    page shows the new preview instead of signing what nobody saw.
    """

    frame = "focus"
    template_name = "warehouse/pack.html"
    foretold: Foretold | None = None
    moved = False

    def order(self, form: Any) -> Order:
        """What the form asks for."""
        raise NotImplementedError

    def act(self, form: Any) -> Any:
        if "again" in self.request.POST:
            return self.show(form)
        item_id, used, made = self.order(form)
        seen = planning.foretell(self.actor, item_id=item_id, used=used, made=made, at=self.at)
        told = self.request.POST.get("shown", "")
        if told != seen.digest:
            self.foretold, self.moved = seen, bool(told)
            return self.show(form)
        return packing.pack(
            self.actor, item_id=item_id, used=used, made=made, key=self.submission, at=self.at
        )

    def show(self, form: forms.Form, status: int = 200) -> HttpResponse:
        """The form, or what it comes to."""
        if self.foretold is None:
            return super().show(form, status)
        answer: Any = super().show(form, status)
        answer.context_data |= {
            "foretold": self.foretold,
            "moved": self.moved,
            "used": shown.dress_items(_Used(part) for part in self.foretold.used),
            "made_item": items_by_ids([self.foretold.item_id])[self.foretold.item_id],
            "unit_name": shown.unit_name(self.foretold.directed_to),
            "expiry_tone": shown.expiry_tone(self.foretold.expires_on, day_of(self.at)),
            "submit_label": gettext("核对无误，签字"),
            "ask": gettext("签字后交另一名保管员复核；复核前账上不变。确认？"),
        }
        return answer  # type: ignore[no-any-return]

    def done_url(self, outcome: Any) -> str:
        return reverse("warehouse-packing", args=[outcome.number])

    def message(self, outcome: Any) -> str:
        return gettext("已签字。请另一名保管员核对实物后复核签字。")


class _Used:
    """A used part that can be dressed with the names of its item."""

    def __init__(self, part: Any) -> None:
        self.part, self.item_id = part, part.item_id


@door("warehouse.receive")
class PackKits(PackAct):
    """Kits by their list; the lots come by first expiry."""

    title = _("组套")
    form_class = KitForm
    submit_label = _("下一步：核对领用")

    def kit(self) -> KitRow:
        """The kit. *Raises* ``NotFound`` for an item without a list."""
        rows = planning.kits_possible(self.actor.organisation_id or 0, day_of(now()))
        for row in rows:
            if row.kit_id == self.kwargs["kit_id"]:
                return row
        raise NotFound

    def context(self) -> Mapping[str, Any]:
        return {"kit": self.kit(), "back_url": reverse("warehouse-packings")}

    def order(self, form: Any) -> Order:
        given, kit_id = form.cleaned_data, self.kwargs["kit_id"]
        used = planning.plan_kits(
            self.actor,
            organisation_id=self.actor.organisation_id or 0,
            kit_id=self.kit().kit_id,
            count=given["count"],
            at=self.at,
        )
        return kit_id, used, [NewLot(given["count"], given["bin"])]


class OfOneLot(PackAct):
    """A packing that begins with one lot."""

    def lot(self) -> Lot:
        """The lot, dressed. *Raises* ``NotFound`` for another organisation's."""
        return lot_of(self.request, self.kwargs["number"])

    def context(self) -> Mapping[str, Any]:
        lot = self.lot()
        return {
            "lot": lot,
            "lot_tone": shown.expiry_tone(lot.expires_on, day_of(self.at)),
            "back_url": reverse("warehouse-lot", args=[lot.number]),
        }


@door("warehouse.receive")
class Divide(OfOneLot):
    """One lot becomes several; what is not named stays where it is."""

    title = _("分装")
    lines_class = forms.formset_factory(PartForm, extra=PARTS, max_num=PARTS)
    submit_label = _("下一步：核对产出")

    def order(self, form: Any) -> Order:
        lot = self.lot()
        self.kept = [
            (n, line.cleaned_data)
            for n, line in enumerate(self.lines or [])
            if line.cleaned_data.get("quantity") is not None
        ]
        made = [NewLot(x["quantity"], x["bin"], x["spec"]) for _n, x in self.kept]
        total = sum(new.quantity for new in made)
        return lot.item_id, [IssueOrderLine(lot.pk, total)] if made else [], made

    def put(self, refusal: Refusal, form: forms.Form) -> None:
        """A part's refusal stands at its row; the lot's at the last row filled in."""
        head, _dash, n = refusal.field.partition("-")
        if head in ("made", "lot") and self.kept:
            place = self.kept[int(n)] if head == "made" else self.kept[-1]
            list(self.lines or [])[place[0]].add_error("quantity", explain(refusal).sentence)
            form.add_error(None, gettext("数量不对，请看标红处。"))
            return
        super().put(refusal, form)


@door("warehouse.receive")
class Merge(OfOneLot):
    """Several lots of one item become one."""

    title = _("合并批次")
    form_class = MergeForm
    submit_label = _("下一步：核对产出")

    def setup(self, *args: Any, **kwargs: Any) -> None:
        """The lots that may be merged are read once."""
        super().setup(*args, **kwargs)
        self._rows: list[Any] | None = None

    def rows(self) -> list[Any]:
        """This lot first, then others of its item and store that serve the same unit."""
        if self._rows is None:
            lot = self.lot()
            self._rows = [lot, *shown.dress_lots(planning.mergeable(lot, day_of(self.at)))]
        return self._rows

    def form_kwargs(self) -> dict[str, Any]:
        return {"lots": [row.pk for row in self.rows()]}

    def show(self, form: forms.Form, status: int = 200) -> HttpResponse:
        """Each lot gets its number field."""
        for row in self.rows():
            row.field = form[f"lot-{row.pk}"]
        answer: Any = super().show(form, status)
        answer.context_data["rows"] = self.rows()
        return answer  # type: ignore[no-any-return]

    def order(self, form: Any) -> Order:
        used = form.used()
        total = sum(line.quantity for line in used)
        made = [NewLot(total, form.cleaned_data["bin"])] if used else []
        return self.lot().item_id, used, made
