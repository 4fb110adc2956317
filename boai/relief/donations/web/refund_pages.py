"""Giving money back: what is due, asked for and paid, and the three acts."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy

from boai.foundations.identity import queries as identity
from boai.foundations.ledger import queries as ledger
from boai.ground.core.errors import NotFound
from boai.ground.core.money import yuan
from boai.ground.core.numbering import tidy
from boai.ground.core.text import gettext_noop as _
from boai.ground.kit.web.acts import ActPage
from boai.ground.kit.web.doors import door
from boai.ground.kit.web.lists import Column, Filter, ListPage
from boai.relief.donations import queries
from boai.relief.donations.models import PaymentOrder, Refund
from boai.relief.donations.services import refunding
from boai.relief.donations.values import REFUND_KINDS, REFUND_STATES, REFUND_TONES, GiftRow
from boai.relief.donations.web.staff_forms import YuanField


class RefundForm(forms.Form):
    """What is to go back, and why."""

    kind = forms.ChoiceField(
        label=gettext_lazy("办理方式"),
        choices=[
            ("refund", gettext_lazy("退还捐赠人")),
            ("reversal", gettext_lazy("冲销错记捐赠（全额）")),
        ],
        widget=forms.RadioSelect,
        initial="refund",
    )
    amount_fen = YuanField(
        label=gettext_lazy("退款金额（元）"),
        required=False,
        max_length=30,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
        help_text=gettext_lazy("冲销时不必填写。"),
    )
    reason = forms.CharField(
        label=gettext_lazy("原因"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )


class ReasonForm(forms.Form):
    """Why a payment goes back."""

    reason = forms.CharField(
        label=gettext_lazy("原因"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )


def _about(row: Refund) -> str:
    about = row.gift or row.order
    return about.number if about else ""


@door("donations.reverse")
class Refunds(ListPage):
    """Every refund of the reader's society, those that wait first."""

    title = _("退款")
    template_name = "donations/refunds.html"
    columns = [
        Column(
            "number",
            _("退款单号"),
            kind="ref",
            link=lambda row: reverse("donations-refund", args=[row.number]),
            sort=True,
        ),
        Column("kind", _("类别"), value=lambda row: gettext(REFUND_KINDS[row.kind])),
        Column("about", _("捐赠或订单"), kind="ref", value=_about),
        Column("amount_fen", _("金额"), kind="money", total=True, sort=True),
        Column("proposed_at", _("申请时间"), kind="moment", sort=True),
        Column(
            "state",
            _("状态"),
            kind="state",
            value=lambda row: gettext(REFUND_STATES[row.state]),
            tone=lambda row: REFUND_TONES[row.state],
        ),
    ]
    filters = [
        Filter("state", _("状态"), choices=list(REFUND_STATES.items())),
        Filter("kind", _("类别"), choices=list(REFUND_KINDS.items())),
    ]
    search_hint = _("退款单号、捐赠编号、订单号")
    order = "-proposed_at"
    file_name = "refunds"
    empty_title = _("没有退款")
    empty_text = _("从捐赠页面申请退款；项目暂停后到账的支付在上方列出。")
    empty_icon = "arrow-counterclockwise"

    def rows(self) -> QuerySet[Refund]:
        """The refunds of the reader's own society."""
        mine = self.actor.organisation_id or 0
        return Refund.objects.filter(organisation_id=mine).select_related("gift", "order")

    def search(self, rows: QuerySet[Refund], text: str) -> QuerySet[Refund]:
        """By the whole number of the refund, of the gift or of the order, however typed."""
        number = tidy(text)
        return rows.filter(Q(number=number) | Q(gift__number=number) | Q(order__number=number))

    def context(self) -> dict[str, Any]:
        """The payments that owe something and nobody has asked for yet."""
        live = Refund.objects.filter(order=OuterRef("pk")).exclude(state="withdrawn")
        due = PaymentOrder.objects.filter(
            ~Exists(live), organisation_id=self.actor.organisation_id or 0, state="refund-due"
        )
        return {"due": due.order_by("paid_at")[:20], "due_count": due.count()}


@door("donations.reverse")
class ProposeRefund(ActPage):
    """The first person asks that money of a gift goes back."""

    title = _("申请退款")
    frame = "focus"
    form_class = RefundForm
    submit_label = _("提交，待另一人复核付款")
    success = _("已提交，待另一人复核付款。")

    def gift(self) -> GiftRow:
        """The gift. *Raises* ``NotFound`` for another society's."""
        row = queries.gift(self.kwargs["number"])
        if row is None or row.organisation_id != self.actor.organisation_id:
            raise NotFound
        return row

    def context(self) -> Mapping[str, Any]:
        row = self.gift()
        free = ledger.unspent_at_home(row.ref) if row.kind == "cash" else 0
        facts = [
            (gettext("捐赠编号"), row.number),
            (gettext("捐赠金额"), f"¥{yuan(row.amount_fen or 0)}"),
            (gettext("尚可退还"), f"¥{yuan(free)}"),
            (gettext("项目"), row.appeal_title or gettext("不限定项目")),
        ]
        return {"facts": facts, "back_url": reverse("donations-gift", args=[row.number])}

    def act(self, form: Any) -> Any:
        number, reason = self.gift().number, form.cleaned_data["reason"]
        if form.cleaned_data["kind"] == "reversal":
            return refunding.propose_reversal(
                self.actor, gift_number=number, reason=reason, at=self.at
            )
        return refunding.propose_refund(
            self.actor,
            gift_number=number,
            amount_fen=form.cleaned_data["amount_fen"] or 0,
            reason=reason,
            at=self.at,
        )

    def done_url(self, outcome: Any) -> str:
        return reverse("donations-refund", args=[outcome])


@door("donations.reverse")
class ProposeOrderReturn(ActPage):
    """The first person asks that a payment which came too late goes back."""

    title = _("退回未入账支付")
    frame = "focus"
    form_class = ReasonForm
    submit_label = _("提交，待另一人复核付款")
    success = _("已提交，待另一人复核付款。")

    def context(self) -> Mapping[str, Any]:
        row = PaymentOrder.objects.filter(
            number=self.kwargs["number"], organisation_id=self.actor.organisation_id or 0
        ).first()
        if row is None:
            raise NotFound
        facts = [
            (gettext("订单号"), row.number),
            (gettext("金额"), f"¥{yuan(row.amount_fen)}"),
        ]
        return {"facts": facts, "back_url": reverse("donations-refunds")}

    def act(self, form: Any) -> Any:
        return refunding.propose_order_return(
            self.actor,
            order_number=self.kwargs["number"],
            reason=form.cleaned_data["reason"],
            at=self.at,
        )

    def done_url(self, outcome: Any) -> str:
        return reverse("donations-refund", args=[outcome])


class RefundAct(ActPage):
    """One refund with its facts; what may be done with it depends on who looks."""

    frame = "focus"

    def refund(self) -> Refund:
        """The refund. *Raises* ``NotFound`` for another society's."""
        rows = Refund.objects.select_related("gift", "order").filter(
            number=self.kwargs["number"], organisation_id=self.actor.organisation_id or 0
        )
        row = rows.first()
        if row is None:
            raise NotFound
        return row

    def context(self) -> Mapping[str, Any]:
        row = self.refund()
        wanted = [person for person in (row.proposed_by, row.paid_by) if person]
        names = identity.person_names(wanted)
        facts: Sequence[tuple[str, str]] = [
            (gettext("退款单号"), row.number),
            (gettext("类别"), gettext(REFUND_KINDS[row.kind])),
            (gettext("捐赠或订单"), _about(row)),
            (gettext("金额"), f"¥{yuan(row.amount_fen)}"),
            (gettext("原因"), row.reason),
            (gettext("申请人"), names.get(row.proposed_by, "")),
            (gettext("状态"), gettext(REFUND_STATES[row.state])),
        ]
        return {
            "facts": facts,
            "refund": row,
            "waiting": row.state == "proposed",
            "own": row.proposed_by == self.actor.person_id,
            "back_url": reverse("donations-refunds"),
        }

    def done_url(self, outcome: Any) -> str:
        return reverse("donations-refund", args=[self.kwargs["number"]])


@door("donations.reverse")
class PayRefund(RefundAct):
    """The second person pays."""

    title = _("复核付款")
    template_name = "donations/refund.html"
    submit_label = _("已核对，确认付款")
    confirm = _("确认后立即入账，证书随之更新，不能撤销。确认？")
    success = _("已入账，证书已更新。")

    def act(self, form: Any) -> Any:
        return refunding.pay_refund(self.actor, number=self.kwargs["number"], at=self.at)


@door("donations.reverse")
class WithdrawRefund(RefundAct):
    """Give a refund up."""

    title = _("撤回退款申请")
    submit_label = _("撤回")
    danger = True
    confirm = _("撤回后须重新申请。确认？")
    success = _("已撤回。")

    def act(self, form: Any) -> Any:
        return refunding.withdraw_refund(self.actor, number=self.kwargs["number"], at=self.at)
