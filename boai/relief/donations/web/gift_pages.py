"""The desk: the gift list, a gift, payments."""

from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext

from boai.foundations.ledger import queries as ledger
from boai.foundations.organisations import queries as organisations
from boai.foundations.trail import queries as trail
from boai.ground.core.clock import start_of
from boai.ground.core.errors import NotFound
from boai.ground.core.numbering import tidy
from boai.ground.core.text import gettext_noop as _
from boai.ground.kit.db.sealed import blind_index
from boai.ground.kit.masks import masked_name, masked_phone
from boai.ground.kit.search import search_filter
from boai.ground.kit.web.acts import actor_of
from boai.ground.kit.web.doors import door
from boai.ground.kit.web.lists import Column, Filter, ListPage
from boai.relief.donations import permissions, queries, rules
from boai.relief.donations.errors import PhoneIsNotReadable
from boai.relief.donations.models import CallbackAlarm, Gift, PaymentOrder
from boai.relief.donations.values import (
    CHANNELS,
    DEEDS,
    GIFT_KINDS,
    GIFT_STATES,
    PAYMENT_STATES,
    PAYMENT_TONES,
    STATE_TONES,
)
from boai.relief.donations.web.receipt_pages import receipts_of_gift
from boai.relief.donations.web.shown import gift_page as facts_of_gift


def _since(rows: QuerySet[Gift], day: Any) -> QuerySet[Gift]:
    return rows.filter(given_at__gte=start_of(day))


@door("donations.see")
class Gifts(ListPage):
    """Every gift of the reader's society, names masked by role."""

    title = _("捐赠记录")
    template_name = "donations/gifts.html"
    columns = [
        Column(
            "number",
            _("编号"),
            kind="ref",
            link=lambda row: reverse("donations-gift", args=[row.number]),
            sort=True,
        ),
        Column("kind", _("类别"), value=lambda row: gettext(GIFT_KINDS[row.kind]), screen=False),
        Column("donor_shown", _("捐赠人"), value=lambda row: row.donor_shown),
        Column("amount_fen", _("金额"), kind="money", total=True, sort=True),
        Column("appeal", _("项目"), value=lambda row: row.appeal.title if row.appeal else ""),
        Column(
            "channel",
            _("渠道"),
            value=lambda row: gettext(CHANNELS.get(row.channel, row.channel)),
        ),
        Column("given_at", _("捐赠时间"), kind="moment", sort=True),
        Column(
            "state",
            _("状态"),
            kind="state",
            value=lambda row: gettext(GIFT_STATES[row.state]),
            tone=lambda row: STATE_TONES[row.state],
        ),
    ]
    filters = [
        Filter("state", _("状态"), choices=list(GIFT_STATES.items())),
        Filter("kind", _("类别"), choices=list(GIFT_KINDS.items())),
        Filter("channel", _("渠道"), choices=list(CHANNELS.items())),
        Filter("since", _("起始日期"), kind="day", apply=_since),
    ]
    search_hint = _("编号、署名、捐赠人全名、手机号")
    order = "-given_at"
    file_name = "gifts"
    empty_title = _("还没有捐赠")
    empty_text = _("网上捐款、现金、物资和导入的账单都会出现在这里。")
    empty_icon = "heart"

    def rows(self) -> QuerySet[Gift]:
        """The gifts of the reader's own society."""
        return Gift.objects.filter(organisation_id=self.actor.organisation_id or 0).select_related(
            "appeal", "donor"
        )

    def search(self, rows: QuerySet[Gift], text: str) -> QuerySet[Gift]:
        """By number, public name, whole name or telephone of the donor."""
        found = Q(number=tidy(text)) | (Q(named=True) & search_filter("search_tokens", text))
        found |= Q(donor__name_index=blind_index("donor-name", text.strip()))
        try:
            phone = rules.neat_phone(text)
        except PhoneIsNotReadable:
            phone = ""
        if phone:
            found |= Q(phone_index=blind_index("phone", phone))
        return rows.filter(found)

    def decorate(self, page: list[Any]) -> list[Any]:
        """The donor's name, whole or masked."""
        masked = permissions.sees_masked(self.actor)
        for row in page:
            name = row.donor.name if row.donor and row.donor.name else ""
            row.donor_shown = masked_name(name) if masked and name else name
        return page

    def context(self) -> dict[str, Any]:
        """What this reader may begin."""
        may = self.request.may  # type: ignore[attr-defined]
        return {
            "may_cash": may("donations.cash"),
            "may_goods": may("donations.register"),
            "may_overseas": may("donations.register-overseas"),
        }


@door("donations.see")
def gift_page(request: HttpRequest, number: str) -> HttpResponse:
    """One gift of the reader's society, with what came of it."""
    actor = actor_of(request)
    row = queries.gift(number)
    if row is None or row.organisation_id != actor.organisation_id:
        raise NotFound
    gift = Gift.objects.select_related("donor").get(pk=row.id)
    masked = permissions.sees_masked(actor)
    name = gift.donor.name if gift.donor and gift.donor.name else ""
    phone = gift.donor.phone if gift.donor and gift.donor.phone else ""
    unit = organisations.row(row.directed_to) if row.directed_to is not None else None
    context = {
        **facts_of_gift(row),
        "donor_name": masked_name(name) if masked and name else name,
        "donor_phone": masked_phone(phone) if phone else "",
        "directed_name": unit.name if unit else "",
        "directed_order": gift.directed_order,
        "late_reason": row.late_reason,
        "uses": ledger.uses_of(row.ref) if row.kind == "cash" else [],
        "unspent": ledger.unspent_of(row.ref) if row.kind == "cash" else None,
        "may_refund": row.kind == "cash"
        and row.state == "confirmed"
        and request.may("donations.reverse"),  # type: ignore[attr-defined]
        **receipts_of_gift(request, row, queries.net_of_many([gift]).get(gift.pk)),
        "evidence": trail.evidence_of(row.ref),
        "acts": [
            {"deed": gettext(DEEDS[act.verb]) if act.verb in DEEDS else act.verb, "at": act.at}
            for act in trail.acts_on(row.ref)
        ],
        "waits_for_me": row.state == "announced"
        and row.channel == "counter"
        and gift.registered_by != actor.person_id
        and request.may("donations.cash"),  # type: ignore[attr-defined]
        # The clerk who takes the gift hands the code over, and nobody else on the desk sees it.
        "code_for_giver": gift.query_code if gift.registered_by == actor.person_id else "",
    }
    return render(request, "donations/gift.html", context)


@door("donations.confirm")
class Payments(ListPage):
    """Payment orders, those to be refunded first, and how many callbacks were refused."""

    title = _("网上支付")
    template_name = "donations/payments.html"
    columns = [
        Column("number", _("订单号"), kind="ref"),
        Column("appeal", _("项目"), value=lambda row: row.appeal.title),
        Column("amount_fen", _("金额"), kind="money", total=True, sort=True),
        Column(
            "channel",
            _("渠道"),
            value=lambda row: gettext(CHANNELS.get(row.channel, row.channel)),
        ),
        Column("placed_at", _("下单时间"), kind="moment", sort=True),
        Column("gift", _("捐赠编号"), value=lambda row: row.gift.number if row.gift else ""),
        Column(
            "state",
            _("状态"),
            kind="state",
            value=lambda row: gettext(PAYMENT_STATES[row.state]),
            tone=lambda row: PAYMENT_TONES[row.state],
        ),
    ]
    filters = [Filter("state", _("状态"), choices=list(PAYMENT_STATES.items()))]
    search_hint = _("订单号")
    order = "-placed_at"
    file_name = "payments"
    empty_title = _("还没有网上支付")
    empty_icon = "phone"

    def rows(self) -> QuerySet[PaymentOrder]:
        """The orders of the reader's own society."""
        return PaymentOrder.objects.filter(
            organisation_id=self.actor.organisation_id or 0
        ).select_related("appeal", "gift")

    def search(self, rows: QuerySet[PaymentOrder], text: str) -> QuerySet[PaymentOrder]:
        """By number."""
        return rows.filter(number=tidy(text))

    def context(self) -> dict[str, Any]:
        """The refused callbacks of the last day."""
        day = start_of(self.at.date())
        mine = self.rows()
        return {
            "refused_today": CallbackAlarm.objects.filter(at__gte=day).count(),
            "refund_due": mine.filter(state="refund-due").exclude(refunds__state="paid").count(),
            "paid": mine.filter(state="paid").count(),
        }
