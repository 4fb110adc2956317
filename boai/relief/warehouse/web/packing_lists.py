"""Packings: the list with the kits, one note, the second keeper's signature, lots to divide."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Q, Sum
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext

from boai.foundations.catalogue.queries import all_items
from boai.ground.core.clock import day_of
from boai.ground.core.errors import NotFound
from boai.ground.core.numbering import tidy
from boai.ground.core.text import gettext_noop as _
from boai.ground.kit.web.acts import ActPage, actor_of
from boai.ground.kit.web.doors import door
from boai.ground.kit.web.lists import Column, Filter, ListPage
from boai.ground.kit.web.navigation import may
from boai.relief.warehouse import queries
from boai.relief.warehouse.models import Repacking
from boai.relief.warehouse.services import packing, planning
from boai.relief.warehouse.web import shown
from boai.relief.warehouse.web.forms import SignForm
from boai.relief.warehouse.web.stock_pages import Stock


@door("warehouse.see")
class Packings(ListPage):
    """The kits that can be put together, and what was packed lately."""

    title = _("组套与分装")
    template_name = "warehouse/packings.html"
    columns = [
        Column(
            "number",
            _("单号"),
            kind="ref",
            link=lambda row: reverse("warehouse-packing", args=[row.number]),
        ),
        Column("item_name", _("物资")),
        Column("kind", _("类别"), value=lambda row: gettext(shown.PACKING_KINDS[row.kind])),
        Column("quantity", _("数量"), "quantity", unit=lambda row: row.unit),
        Column("store", _("仓库"), value="store.name"),
        Column(
            "state",
            _("状态"),
            kind="state",
            value=lambda row: shown.word(shown.NOTE_STATES, row.state),
            tone=lambda row: shown.tone(shown.NOTE_STATES, row.state),
        ),
        Column("first", _("经办人")),
        Column("second", _("复核人")),
        Column("packed_at", _("经办时间"), kind="moment", sort="packed_at"),
        Column("countersigned_at", _("入账时间"), kind="moment", sort="countersigned_at"),
    ]
    filters = [
        Filter(
            "state", _("状态"), choices=[(key, pair[0]) for key, pair in shown.NOTE_STATES.items()]
        ),
        Filter("kind", _("类别"), choices=list(shown.PACKING_KINDS.items())),
    ]
    search_hint = _("单号、物资")
    order = "-packed_at"
    file_name = "packings"
    empty_title = _("还没有组套或分装")
    empty_text = _("从上面的套装清单开始，或选一个批次分装。")
    empty_icon = "box2"

    def rows(self) -> Any:
        own = Repacking.objects.filter(organisation_id=self.actor.organisation_id or 0)
        return own.select_related("store").annotate(quantity=Sum("made__quantity"))

    def search(self, rows: Any, text: str) -> Any:
        items = [item.id for item in all_items() if text.lower() in item.name.lower()]
        return rows.filter(Q(number__icontains=tidy(text)) | Q(item_id__in=items))

    def decorate(self, page: list[Any]) -> Sequence[Any]:
        names = shown.people([i for r in page for i in (r.packed_by_id, r.countersigned_by_id)])
        for row in shown.dress_items(page):
            row.first, row.second = names[row.packed_by_id], names[row.countersigned_by_id]
        return page

    def context(self) -> Mapping[str, Any]:
        organisation_id = self.actor.organisation_id or 0
        can_pack = may(self.request, "warehouse.receive")
        waiting = queries.waiting_packings(organisation_id, self.actor.person_id)
        return {
            "kits": planning.kits_possible(organisation_id, day_of(self.at)) if can_pack else [],
            "can_pack": can_pack,
            "waiting": shown.dress_items(waiting[:50]) if can_pack else [],
        }


@door("warehouse.receive")
class PackableLots(Stock):
    """Lots with free pieces, to divide or to merge."""

    title = _("选择批次")
    intro = _("点批次号分装；点“合并”把同一物资的几个批次并成一个。")
    columns = [
        Column(
            "number",
            _("批次号"),
            kind="ref",
            link=lambda row: reverse("warehouse-divide", args=[row.number]),
        ),
        Column("item_name", _("物资")),
        Column("on_hand", _("可用"), "quantity", value="place.on_hand", unit=lambda r: r.unit),
        Column("expires_on", _("有效期至"), kind="day", sort="expires_on"),
        Column("bin", _("货位"), sort="bin"),
        Column(
            "merge",
            _("办理"),
            value=lambda row: gettext("合并"),
            link=lambda row: reverse("warehouse-merge", args=[row.number]),
            export=False,
        ),
    ]
    filters = []
    search_hint = _("批次号、物资、来源、货位、厂家批号")
    order = "expires_on"
    exports = False
    empty_title = _("没有可以分装的批次")
    empty_text = _("检验放行、在库且未过期的批次出现在这里。")

    def rows(self) -> Any:
        free = [
            line.lot_id
            for line in queries.available(self.actor.organisation_id or 0, day_of(self.at))
        ]
        return super().rows().filter(pk__in=free)


def packing_of(organisation_id: int | None, number: str) -> Repacking:
    """A packing of one's own organisation. *Raises* ``NotFound``."""
    rows = Repacking.objects.select_related("store")
    row = rows.filter(number=tidy(number), organisation_id=organisation_id or 0).first()
    if row is None:
        raise NotFound
    return row


def packing_context(row: Repacking, person_id: int | None) -> dict[str, Any]:
    """What is used and what is made, who signed, and the state in words."""
    used: list[Any] = list(row.used.select_related("lot").order_by("pk"))
    made: list[Any] = list(row.made.select_related("lot").order_by("pk"))
    shown.dress_lots([line.lot for line in used])
    names = shown.people([row.packed_by_id, row.countersigned_by_id])
    ends = [line.lot.expires_on for line in used if line.lot.expires_on]
    [note] = shown.dress_items([row])
    return {
        "note": note,
        "kind": gettext(shown.PACKING_KINDS[row.kind]),
        "state_word": shown.word(shown.NOTE_STATES, row.state),
        "state_tone": shown.tone(shown.NOTE_STATES, row.state),
        "used": used,
        "made": made,
        "total": sum(line.quantity for line in made),
        "expires_on": min(ends, default=None),
        "first": names[row.packed_by_id],
        "second": names[row.countersigned_by_id],
        "own": row.packed_by_id == person_id,
        "waiting": row.state == "counted",
    }


@door("warehouse.see")
def one_packing(request: HttpRequest, number: str) -> HttpResponse:
    """One packing: parts, lots made, both signatures."""
    actor = actor_of(request)
    row = packing_of(actor.organisation_id, number)
    context = {
        "title": gettext("组套与分装"),
        "can_sign": may(request, "warehouse.receive"),
        **packing_context(row, actor.person_id),
    }
    return TemplateResponse(request, "warehouse/packing.html", context)


@door("warehouse.receive")
class SignPacking(ActPage):
    """The second keeper compares goods and note, and signs."""

    title = _("复核组套与分装")
    frame = "focus"
    template_name = "warehouse/sign-packing.html"
    form_class = SignForm
    submit_label = _("核对无误，签字入账")
    confirm = _("签字后原批次减少、新批次入账，不能修改。确认？")
    success = _("已复核签字，新批次已入账。")

    def initial(self) -> dict[str, Any]:
        return {"digest": packing_of(self.actor.organisation_id, self.kwargs["number"]).digest}

    def context(self) -> Mapping[str, Any]:
        row = packing_of(self.actor.organisation_id, self.kwargs["number"])
        found = packing_context(row, self.actor.person_id)
        return {**found, "back_url": reverse("warehouse-packing", args=[row.number])}

    def act(self, form: Any) -> Any:
        row = packing_of(self.actor.organisation_id, self.kwargs["number"])
        return packing.countersign_packing(
            self.actor, note_id=row.pk, digest=form.cleaned_data["digest"], at=self.at
        )

    def done_url(self, outcome: Any) -> str:
        return reverse("warehouse-packing", args=[self.kwargs["number"]])


@door("warehouse.receive")
class WithdrawPacking(ActPage):
    """Give up a packing that nobody has countersigned."""

    title = _("撤回组套与分装")
    intro = _("撤回后单号作废，可重新办理；账上没有变化。")
    frame = "focus"
    submit_label = _("撤回")
    danger = True
    success = _("已撤回。")

    def context(self) -> Mapping[str, Any]:
        row = packing_of(self.actor.organisation_id, self.kwargs["number"])
        found = packing_context(row, self.actor.person_id)
        facts = [
            (gettext("单号"), row.number),
            (gettext("类别"), found["kind"]),
            (gettext("物资"), found["note"].item_name),
            (gettext("数量"), f"{found['total']:,} {found['note'].unit}"),
        ]
        return {"facts": facts, "back_url": reverse("warehouse-packing", args=[row.number])}

    def act(self, form: Any) -> Any:
        row = packing_of(self.actor.organisation_id, self.kwargs["number"])
        packing.withdraw_packing(self.actor, note_id=row.pk, at=self.at)

    def done_url(self, outcome: Any) -> str:
        return reverse("warehouse-packings")
