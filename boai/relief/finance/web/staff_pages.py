"""Pages that show: funds, disbursements, one disbursement, what we were paid, the payment form."""

from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext

from boai.foundations.ledger import queries as ledger
from boai.foundations.ledger.values import RESTRICTION_LABELS, FundRow
from boai.ground.core.errors import NotFound
from boai.ground.core.text import gettext_noop as _
from boai.ground.kit.web.acts import actor_of
from boai.ground.kit.web.doors import door
from boai.ground.kit.web.downloads import file_response
from boai.ground.kit.web.lists import Column, Filter, ListPage
from boai.relief.finance import queries
from boai.relief.finance.models import Disbursement
from boai.relief.finance.values import KIND_LABELS, STATE_LABELS, STATE_TONES, State
from boai.relief.finance.web import papers
from boai.relief.finance.web.shown import detail_context, received_context

OPEN = [State.PROPOSED, State.DECIDED]


def _states() -> list[tuple[str, str]]:
    return [(state, gettext(label)) for state, label in STATE_LABELS.items()]


def _kinds() -> list[tuple[str, str]]:
    return [(kind, gettext(label)) for kind, label in KIND_LABELS.items()]


NUMBER = Column(
    "number",
    _("拨付编号"),
    kind="ref",
    link=lambda row: reverse("finance-disbursement", args=[row.number]),
)
STATE = Column(
    "state",
    _("状态"),
    kind="state",
    value=lambda row: gettext(STATE_LABELS[row.state]),
    tone=lambda row: STATE_TONES[row.state],
)


@door("finance.see")
class Funds(ListPage):
    """The society's funds: received, used, left, how much of it is used."""

    title = _("基金概览")
    template_name = "finance/funds.html"
    columns = (
        Column("name", _("基金"), link=lambda row: reverse("ledger-fund", args=[row.id])),
        Column(
            "restriction", _("限定"), value=lambda row: gettext(RESTRICTION_LABELS[row.restriction])
        ),
        Column("purpose", _("用途")),
        Column("received", _("收入"), kind="money", sort=True, total=True),
        Column("spent", _("支出"), kind="money", sort=True, total=True),
        Column("balance", _("结余"), kind="money", sort=True, total=True),
        Column(
            "rate",
            _("使用率"),
            value=lambda row: f"{row.spent * 100 / row.received:.1f}%" if row.received else "—",
        ),
    )
    order = "name"
    search_hint = _("名称或用途")
    file_name = "funds"
    empty_title = _("还没有基金")
    empty_text = _("开设募捐项目时自动设立。")

    def rows(self) -> list[FundRow]:
        """Funds with their sums."""
        return ledger.funds_of(self.actor.organisation_id or 0)

    def search(self, rows: list[FundRow], text: str) -> list[FundRow]:
        """By name or purpose."""
        return [row for row in rows if text in row.name or text in row.purpose]

    def context(self) -> dict[str, Any]:
        """Sums over all funds."""
        rows = self.rows()
        return {
            "received": sum(row.received for row in rows),
            "spent": sum(row.spent for row in rows),
            "left": sum(row.balance for row in rows),
        }


@door("finance.see")
class Disbursements(ListPage):
    """Everything that is to be paid, or was."""

    title = _("拨付")
    template_name = "finance/disbursements.html"
    columns = (
        NUMBER,
        Column("kind", _("方式"), value=lambda row: gettext(KIND_LABELS[row.kind])),
        Column("payee_organisation.name", _("收款单位")),
        Column("fund.name", _("基金")),
        Column("purpose", _("用途")),
        Column("amount_fen", _("金额"), kind="money", sort=True, total=True),
        Column("batch", _("批次号"), value=lambda row: str(row.batch or "")),
        STATE,
        Column("proposed_at", _("申请时间"), kind="moment", sort=True),
        Column("paid_at", _("付款时间"), kind="moment", sort=True, screen=False),
    )
    filters = (
        Filter("state", _("状态"), choices=_states),
        Filter("kind", _("方式"), choices=_kinds),
        Filter(
            "large",
            _("大额采购"),
            choices=lambda: [("1", gettext("只看大额采购"))],
            apply=lambda rows, value: rows.filter(is_large=True),
        ),
    )
    search_hint = _("编号、用途或收款单位")
    order = "-proposed_at"
    file_name = "disbursements"
    empty_title = _("还没有拨付")
    empty_text = _("项目负责人申请后出现在这里。")

    def rows(self) -> QuerySet[Disbursement]:
        """The society's own."""
        rows = Disbursement.objects.filter(organisation_id=self.actor.organisation_id or 0)
        return rows.select_related("payee_organisation", "fund")

    def search(self, rows: QuerySet[Disbursement], text: str) -> QuerySet[Disbursement]:
        """By number, purpose or payee."""
        return rows.filter(
            Q(number__icontains=text)
            | Q(purpose__icontains=text)
            | Q(payee_organisation__name__icontains=text)
        )


@door("finance.see")
class LargePurchases(Disbursements):
    """Large purchases before they are paid, for supervisors (H37)."""

    title = _("大额采购监督")
    intro = _("达到大额标准、尚未付款的采购。付款前须在此可见。")
    empty_title = _("没有待付款的大额采购")
    empty_text = _("达到大额标准的采购在申请时就出现在这里。")

    def rows(self) -> QuerySet[Disbursement]:
        """Not paid yet."""
        return super().rows().filter(is_large=True, state__in=OPEN)


@door("finance.see")
def disbursement(request: HttpRequest, number: str) -> HttpResponse:
    """One disbursement in full. *Refuses*: ``NotFound``, also for another society's."""
    actor = actor_of(request)
    row = queries.disbursement(number)
    if row is None or row.organisation_id != actor.organisation_id:
        raise NotFound
    return TemplateResponse(request, "finance/disbursement.html", detail_context(row, actor))


@door("finance.see")
def payment_form(request: HttpRequest, number: str) -> HttpResponse:
    """The payment form as PDF. *Refuses*: ``NotFound``, also for another society's."""
    row = queries.disbursement(number)
    if row is None or row.organisation_id != actor_of(request).organisation_id:
        raise NotFound
    return file_response(
        papers.payment_form(row), f"{row.number}.pdf", "application/pdf", inline=True
    )


@door("finance.confirm")
class Received(ListPage):
    """What societies have paid to the reader's organisation."""

    title = _("收到的拨付")
    columns = (
        Column(
            "number",
            _("拨付编号"),
            kind="ref",
            link=lambda row: reverse("finance-received-one", args=[row.number]),
        ),
        Column("kind", _("方式"), value=lambda row: gettext(KIND_LABELS[row.kind])),
        Column("organisation.name", _("付款单位")),
        Column("purpose", _("用途")),
        Column("amount_fen", _("金额"), kind="money", sort=True, total=True),
        Column("paid_at", _("付款时间"), kind="moment", sort=True),
        STATE,
    )
    filters = (
        Filter(
            "state",
            _("状态"),
            choices=lambda: [
                (State.PAID, gettext("待确认到账")),
                (State.CONFIRMED, gettext("已确认到账")),
            ],
        ),
        Filter("kind", _("方式"), choices=_kinds),
    )
    search_hint = _("编号、用途或付款单位")
    order = "-paid_at"
    file_name = "received"
    empty_title = _("还没有收到拨付")
    empty_text = _("红十字会付款后出现在这里，请核对到账后确认。")

    def rows(self) -> QuerySet[Disbursement]:
        """Paid to us."""
        rows = Disbursement.objects.filter(
            payee_organisation_id=self.actor.organisation_id or 0,
            state__in=[State.PAID, State.CONFIRMED],
        )
        return rows.select_related("organisation")

    def search(self, rows: QuerySet[Disbursement], text: str) -> QuerySet[Disbursement]:
        """By number, purpose or payer."""
        return rows.filter(
            Q(number__icontains=text)
            | Q(purpose__icontains=text)
            | Q(organisation__name__icontains=text)
        )


@door("finance.confirm")
def received(request: HttpRequest, number: str) -> HttpResponse:
    """One disbursement as its payee sees it. *Refuses*: ``NotFound`` until it is paid, and for
    everybody but the payee's people."""
    actor = actor_of(request)
    row = queries.disbursement(number)
    if (
        row is None
        or row.payee_organisation_id != actor.organisation_id
        or row.state not in (State.PAID, State.CONFIRMED)
    ):
        raise NotFound
    return TemplateResponse(request, "finance/received.html", received_context(row, actor))
