"""Inspection, stock count and what follows from it, stores."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext

from boai.ground.core.errors import NotFound
from boai.ground.core.text import gettext_noop as _
from boai.ground.kit.web.acts import ActPage
from boai.ground.kit.web.doors import door
from boai.ground.kit.web.lists import Column, Filter, ListPage
from boai.relief.warehouse.models import Adjustment, Lot, Store
from boai.relief.warehouse.services import adjusting, inspecting, repacking, stores
from boai.relief.warehouse.web import shown
from boai.relief.warehouse.web.forms import (
    AdjustForm,
    AgreeForm,
    InspectForm,
    RecallForm,
    SplitForm,
    StockCountForm,
    StoreForm,
)
from boai.relief.warehouse.web.stock_pages import Stock, lot_of


@door("warehouse.inspect")
class Inspections(Stock):
    """Lots that wait for an inspector."""

    title = _("待检批次")
    columns = [
        Column(
            "number",
            _("批次号"),
            kind="ref",
            link=lambda row: reverse("warehouse-inspect", args=[row.number]),
        ),
        Column("item_name", _("物资")),
        Column(
            "quarantine", _("待检"), "quantity", value="place.quarantine", unit=lambda r: r.unit
        ),
        Column("lot_number", _("厂家批号")),
        Column("expires_on", _("有效期至"), kind="day", sort="expires_on"),
        Column("bin", _("货位")),
        Column("donor_label", _("来源")),
        Column("received_at", _("入库时间"), kind="moment", sort="received_at"),
    ]
    filters = []
    order = "received_at"
    file_name = "to-inspect"
    empty_title = _("没有待检批次")
    empty_text = _("药品、器械和消杀用品入库后在这里等待检验。")
    empty_icon = "clipboard2-pulse"

    def rows(self) -> Any:
        return super().rows().filter(state="quarantine")


class LotAct(ActPage):
    """An act on one lot, with the lot's facts above the form."""

    frame = "focus"

    def lot(self) -> Lot:
        """The lot that the address names."""
        return lot_of(self.request, self.kwargs["number"])

    def context(self) -> Mapping[str, Any]:
        row: Any = self.lot()
        facts = [
            (gettext("批次号"), row.number),
            (gettext("物资"), row.item_name),
            (gettext("来源"), row.donor_label),
            (gettext("货位"), row.bin),
            (gettext("厂家批号"), row.lot_number),
            (gettext("有效期至"), row.expires_on),
            (gettext("在库"), f"{row.place.on_hand:,} {row.unit}"),
            (gettext("待检"), f"{row.place.quarantine:,} {row.unit}"),
            (gettext("预留"), f"{row.place.reserved:,} {row.unit}"),
        ]
        return {"facts": facts, "back_url": reverse("warehouse-lot", args=[row.number])}

    def done_url(self, outcome: Any) -> str:
        return reverse("warehouse-lot", args=[self.kwargs["number"]])


@door("warehouse.inspect")
class Inspect(LotAct):
    """A named inspector lets a lot go or stops it."""

    title = _("质量检验")
    form_class = InspectForm
    submit_label = _("签字，提交结论")
    confirm = _("检验结论签字后不能修改。确认？")
    success = _("检验结论已记录。")

    def act(self, form: Any) -> Any:
        inspecting.inspect_lot(
            self.actor,
            lot_id=self.lot().pk,
            passed=form.cleaned_data["passed"] == "yes",
            note=form.cleaned_data["note"],
            at=self.at,
        )


@door("warehouse.inspect")
class Recall(LotAct):
    """Stop a released lot."""

    title = _("召回批次")
    intro = _("召回后该批次不再出库，只能退回或销毁。")
    form_class = RecallForm
    submit_label = _("召回")
    danger = True
    success = _("批次已召回。")

    def act(self, form: Any) -> Any:
        inspecting.recall_lot(
            self.actor, lot_id=self.lot().pk, reason=form.cleaned_data["reason"], at=self.at
        )


@door("warehouse.count")
class CountLot(LotAct):
    """Count what stands on the shelf."""

    title = _("盘点")
    form_class = StockCountForm
    submit_label = _("提交盘点")

    def act(self, form: Any) -> Any:
        return adjusting.count_lot(
            self.actor,
            lot_id=self.lot().pk,
            counted=form.cleaned_data["counted"],
            reason=form.cleaned_data["reason"],
            at=self.at,
        )

    def message(self, outcome: Any) -> str:
        if outcome is None:
            return gettext("账实相符，已记录。")
        return gettext("账实不符，差异已提交，待另一人签字。")


@door("warehouse.count")
class Adjust(LotAct):
    """Propose to send back or destroy."""

    title = _("退回、销毁或报损")
    form_class = AdjustForm
    submit_label = _("提交，待另一人签字")
    success = _("已提交，待另一人签字。")

    def act(self, form: Any) -> Any:
        return adjusting.propose_adjustment(
            self.actor,
            lot_id=self.lot().pk,
            kind=form.cleaned_data["kind"],
            quantity=form.cleaned_data["quantity"],
            reason=form.cleaned_data["reason"],
            at=self.at,
        )


@door("warehouse.receive")
class Split(LotAct):
    """Put a part of a lot into another bin."""

    title = _("拆分移位")
    form_class = SplitForm
    submit_label = _("拆分")
    success = _("已拆分为新批次，请打印新垛卡。")

    def act(self, form: Any) -> Any:
        return repacking.split_lot(
            self.actor,
            lot_id=self.lot().pk,
            quantity=form.cleaned_data["quantity"],
            bin=form.cleaned_data["bin"],
            at=self.at,
        )

    def done_url(self, outcome: Any) -> str:
        return reverse("warehouse-lot", args=[Lot.objects.get(pk=outcome).number])


@door("warehouse.see")
class Adjustments(ListPage):
    """Differences found and what became of them."""

    title = _("盘点调整")
    columns = [
        Column(
            "lot",
            _("批次号"),
            kind="ref",
            value="lot.number",
            link=lambda row: (
                reverse("warehouse-adjustment", args=[row.pk])
                if row.state == "proposed"
                else reverse("warehouse-lot", args=[row.lot.number])
            ),
        ),
        Column("item_name", _("物资")),
        Column("kind", _("类别"), value=lambda row: gettext(shown.ADJUSTMENT_KINDS[row.kind])),
        Column("quantity", _("数量"), "quantity", unit=lambda row: row.unit),
        Column("reason", _("原因")),
        Column(
            "state",
            _("状态"),
            kind="state",
            value=lambda row: shown.word(shown.ADJUSTMENT_STATES, row.state),
            tone=lambda row: shown.tone(shown.ADJUSTMENT_STATES, row.state),
        ),
        Column("first", _("提出人")),
        Column("second", _("复核人")),
        Column("proposed_at", _("提出时间"), kind="moment", sort="proposed_at"),
    ]
    filters = [
        Filter(
            "state",
            _("状态"),
            choices=[(key, pair[0]) for key, pair in shown.ADJUSTMENT_STATES.items()],
        ),
        Filter("kind", _("类别"), choices=list(shown.ADJUSTMENT_KINDS.items())),
    ]
    order = "-proposed_at"
    file_name = "adjustments"
    empty_title = _("没有盘点差异")
    empty_text = _("盘点结果与账簿不符时，差异出现在这里。")
    empty_icon = "clipboard-check"

    def rows(self) -> Any:
        return Adjustment.objects.filter(
            organisation_id=self.actor.organisation_id or 0
        ).select_related("lot")

    def decorate(self, page: list[Any]) -> Sequence[Any]:
        shown.dress_lots([row.lot for row in page])
        names = shown.people([i for r in page for i in (r.proposed_by_id, r.countersigned_by_id)])
        for row in page:
            row.item_name, row.unit = row.lot.item_name, row.lot.unit
            row.first, row.second = names[row.proposed_by_id], names[row.countersigned_by_id]
        return page


@door("warehouse.count")
class SignAdjustment(ActPage):
    """The second person's answer."""

    title = _("复核盘点调整")
    frame = "focus"
    form_class = AgreeForm
    submit_label = _("签字")
    success = _("已签字。")

    def adjustment(self) -> Any:
        """The proposal. *Raises* ``NotFound`` for another organisation's."""
        row = (
            Adjustment.objects.filter(
                pk=self.kwargs["pk"], organisation_id=self.actor.organisation_id or 0
            )
            .select_related("lot")
            .first()
        )
        if row is None:
            raise NotFound
        return row

    def context(self) -> Mapping[str, Any]:
        row = self.adjustment()
        lot: Any = shown.dress_lots([row.lot])[0]
        facts = [
            (gettext("批次号"), lot.number),
            (gettext("物资"), lot.item_name),
            (gettext("类别"), gettext(shown.ADJUSTMENT_KINDS[row.kind])),
            (gettext("数量"), f"{row.quantity:,} {lot.unit}"),
            (gettext("原因"), row.reason),
            (gettext("提出人"), shown.people([row.proposed_by_id])[row.proposed_by_id]),
        ]
        return {"facts": facts, "back_url": reverse("warehouse-adjustments")}

    def act(self, form: Any) -> Any:
        adjusting.countersign_adjustment(
            self.actor,
            adjustment_id=self.adjustment().pk,
            agree=form.cleaned_data["agree"] == "yes",
            at=self.at,
        )

    def done_url(self, outcome: Any) -> str:
        return reverse("warehouse-adjustments")


@door("warehouse.see")
class Stores(ListPage):
    """The organisation's stores."""

    title = _("仓库")
    columns = [
        Column("name", _("名称"), sort="name"),
        Column(
            "kind",
            _("类型"),
            value=lambda row: gettext("直送交接点") if row.kind == "direct" else gettext("仓库"),
        ),
        Column("address", _("地址")),
    ]
    order = "name"
    template_name = "warehouse/stores.html"
    empty_title = _("还没有仓库")
    empty_icon = "house-door"

    def rows(self) -> Any:
        return Store.objects.filter(organisation_id=self.actor.organisation_id or 0)


@door("warehouse.stores")
class OpenStore(ActPage):
    """A new store."""

    title = _("新建仓库")
    form_class = StoreForm
    success = _("仓库已建立。")

    def act(self, form: Any) -> Any:
        return stores.open_store(
            self.actor,
            organisation_id=self.actor.organisation_id or 0,
            at=self.at,
            **form.cleaned_data,
        )

    def done_url(self, outcome: Any) -> str:
        return reverse("warehouse-stores")
