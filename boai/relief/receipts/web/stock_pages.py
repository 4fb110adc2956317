"""The stock of numbers: bought, issued, voided, in hand; every number explained."""

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext

from boai.foundations.identity import queries as identity
from boai.ground.core.errors import NotFound
from boai.ground.core.text import gettext_noop as _
from boai.ground.kit.web.acts import ActPage
from boai.ground.kit.web.doors import door
from boai.ground.kit.web.lists import Column, Filter, ListPage
from boai.relief.receipts import permissions, queries
from boai.relief.receipts.models import Receipt
from boai.relief.receipts.services import stock
from boai.relief.receipts.values import (
    BLOCK_LABELS,
    BLOCK_TONES,
    KIND_LABELS,
    MEDIUM_LABELS,
    STATE_LABELS,
    STATE_TONES,
    BlockRow,
    BlockState,
)
from boai.relief.receipts.web.forms import ApplyForm, TakeForm


def _range(row: BlockRow) -> str:
    if row.first is None or row.last is None:
        return ""
    return f"{row.first:010d} – {row.last:010d}"


def _own_block(page: ActPage | ListPage) -> BlockRow:
    row = queries.block(page.kwargs["block_id"])
    if row is None or row.organisation_id != page.actor.organisation_id:
        raise NotFound
    return row


@door("receipts.see")
class Blocks(ListPage):
    """Every block of numbers of the society."""

    title = _("票据库存")
    template_name = "receipts/stock.html"
    columns = [
        Column(
            "applied_at",
            _("申领时间"),
            kind="moment",
            sort=True,
            link=lambda row: reverse("receipts-block", args=[row.id]),
        ),
        Column("medium", _("种类"), value=lambda row: gettext(MEDIUM_LABELS[row.medium])),
        Column("code", _("票据代码")),
        Column("range", _("号段"), value=_range),
        Column("wanted", _("申领"), kind="number", value=lambda row: row.wanted),
        Column("size", _("领购"), kind="number", total="size"),
        Column("issued", _("已开具"), kind="number", total="issued"),
        Column("voided", _("已作废"), kind="number", total="voided"),
        Column("in_hand", _("在库"), kind="number", total="in_hand"),
        Column(
            "state",
            _("状态"),
            kind="state",
            value=lambda row: gettext(BLOCK_LABELS[row.shown_state]),
            tone=lambda row: BLOCK_TONES[row.shown_state],
        ),
    ]
    order = "-applied_at"
    file_name = "receipt-stock"
    empty_title = _("还没有票据号段")
    empty_text = _("先向财政部门申领，领到后由另一人登记入库。")
    empty_icon = "collection"

    def rows(self) -> list[BlockRow]:
        """The society's own."""
        return queries.blocks(self.actor.organisation_id or 0)

    def context(self) -> Mapping[str, Any]:
        """Bought, less issued, less voided, is in hand."""
        rows = self.rows()
        return {
            "bought": sum(row.size for row in rows),
            "issued": sum(row.issued for row in rows),
            "voided": sum(row.voided for row in rows),
            "in_hand": sum(row.in_hand for row in rows),
        }


@door("receipts.see")
class Numbers(ListPage):
    """Each used number of a block, with what became of it, who and when; the rest is unused."""

    template_name = "receipts/block.html"
    columns = [
        Column(
            "number",
            _("号码"),
            kind="ref",
            value=lambda row: row.serial,
            link=lambda row: reverse("receipts-receipt", args=[row.serial]),
            sort=True,
        ),
        Column("kind", _("正红"), value=lambda row: gettext(KIND_LABELS[row.kind])),
        Column("amount_fen", _("金额"), kind="money"),
        Column("collector_name", _("收款人")),
        Column("reviewer_name", _("复核人")),
        Column("issued_at", _("开票时间"), kind="moment"),
        Column(
            "state",
            _("状态"),
            kind="state",
            value=lambda row: gettext(STATE_LABELS[row.state]),
            tone=lambda row: STATE_TONES[row.state],
        ),
    ]
    filters = [
        Filter(
            "state",
            _("状态"),
            choices=lambda: [(key, gettext(label)) for key, label in STATE_LABELS.items()],
        )
    ]
    order = "number"
    file_name = "receipt-numbers"
    empty_title = _("这个号段还没有使用")
    empty_icon = "collection"

    def rows(self) -> QuerySet[Receipt]:
        """The receipts under its numbers."""
        return Receipt.objects.filter(block_id=_own_block(self).id)

    def context(self) -> Mapping[str, Any]:
        """The block itself, and what this reader may do with it."""
        row = _own_block(self)
        people = [person for person in (row.applied_by, row.granted_by) if person]
        names = identity.person_names(people)
        other = row.applied_by != self.actor.person_id
        waits = row.state == BlockState.APPLIED
        return {
            "title": f"{row.code} {_range(row)}" if row.code else gettext("号段申领"),
            "numbers": row,
            "state_label": gettext(BLOCK_LABELS[row.shown_state]),
            "tone": BLOCK_TONES[row.shown_state],
            "unused": f"{row.next:010d} – {row.last:010d}" if row.next else "",
            "may_take": waits and other and permissions.may_here(self.actor, "receipts.grant"),
            "waits_for_another": waits and not other,
            "facts": [
                (gettext("种类"), gettext(MEDIUM_LABELS[row.medium])),
                (gettext("申领数量（份）"), row.wanted),
                (gettext("用途"), row.purpose),
                (gettext("申领人"), names.get(row.applied_by, "")),
                (gettext("入库登记人"), names.get(row.granted_by or 0, "")),
                (gettext("领购凭证号"), row.document),
            ],
        }


@door("receipts.apply")
class Apply(ActPage):
    """Write down that numbers were applied for."""

    title = _("申领票据号段")
    intro = _("登记向财政部门的申领；领到后由另一人登记入库。")
    frame = "focus"
    form_class = ApplyForm
    submit_label = _("登记申领")
    success = _("已登记，待领取后入库。")

    def context(self) -> Mapping[str, Any]:
        return {"back_url": reverse("receipts-stock")}

    def act(self, form: Any) -> Any:
        return stock.apply_for_block(
            self.actor,
            organisation_id=self.actor.organisation_id or 0,
            at=self.at,
            **form.cleaned_data,
        )

    def done_url(self, outcome: Any) -> str:
        return reverse("receipts-block", args=[outcome])


@door("receipts.grant")
class Take(ActPage):
    """Another person takes the granted numbers into stock."""

    title = _("号段入库")
    intro = _("对照财政部门的领购凭证填写；登记后不能修改。")
    frame = "focus"
    form_class = TakeForm
    submit_label = _("登记入库")
    confirm = _("登记后不能修改，确认与领购凭证一致？")
    success = _("号段已入库。")

    def context(self) -> Mapping[str, Any]:
        row = _own_block(self)
        return {
            "facts": [
                (gettext("种类"), gettext(MEDIUM_LABELS[row.medium])),
                (gettext("申领数量（份）"), row.wanted),
                (gettext("用途"), row.purpose),
            ],
            "back_url": reverse("receipts-block", args=[row.id]),
        }

    def act(self, form: Any) -> Any:
        given = form.cleaned_data
        return stock.take_into_stock(
            self.actor,
            block_id=_own_block(self).id,
            code=given["code"].strip(),
            first=given["first"],
            last=given["last"],
            document=given["document"],
            at=self.at,
        )

    def done_url(self, outcome: Any) -> str:
        return reverse("receipts-block", args=[self.kwargs["block_id"]])


@door("receipts.grant")
class CloseApplication(ActPage):
    """It was not granted."""

    title = _("申领未获批")
    frame = "focus"
    submit_label = _("登记未获批")
    danger = True
    success = _("已登记。")

    def context(self) -> Mapping[str, Any]:
        return {"back_url": reverse("receipts-block", args=[_own_block(self).id])}

    def act(self, form: Any) -> Any:
        return stock.close_application(self.actor, block_id=_own_block(self).id, at=self.at)

    def done_url(self, outcome: Any) -> str:
        return reverse("receipts-block", args=[self.kwargs["block_id"]])
