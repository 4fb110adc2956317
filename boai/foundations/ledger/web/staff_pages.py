"""Pages for staff: the journal, accounts, funds, the trial balance. They read; nobody posts here."""

from dataclasses import replace
from typing import Any

from django.db.models import BigIntegerField, OuterRef, Q, QuerySet, Subquery, Sum
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from boai.foundations.catalogue import queries as catalogue
from boai.foundations.ledger import queries
from boai.foundations.ledger.models import Account, Entry, FundOutflow, Posting
from boai.foundations.ledger.queries import overviews
from boai.foundations.ledger.values import BALANCE_KINDS, KIND_LABELS, RESTRICTION_LABELS
from boai.ground.core.errors import NotFound
from boai.ground.core.money import CNY, yuan
from boai.ground.core.text import gettext_noop as _
from boai.ground.kit.web.acts import actor_of
from boai.ground.kit.web.doors import door
from boai.ground.kit.web.lists import Column, Filter, ListPage


class Sparse(Column):
    """A column that stays empty where it does not apply (which is not the same as unknown)."""

    def dressed(self, value: Any, row: Any = None) -> SafeString | str:
        """As the column's kind, or nothing."""
        return "" if value is None else super().dressed(value, row)


def _in_units(row: overviews.TrialRow, amount: int) -> str:
    return yuan(amount) if row.commodity == CNY else f"{amount:,}"


def _entry_kinds() -> list[tuple[str, str]]:
    return [(kind, gettext(label)) for kind, label in overviews.ENTRY_KIND_LABELS.items()]


def _account_kinds() -> list[tuple[str, str]]:
    return [(kind, gettext(label)) for kind, label in KIND_LABELS.items()]


def _entry_kind(kind: str) -> str:
    return gettext(overviews.ENTRY_KIND_LABELS.get(kind, kind))


@door("ledger.see")
class Journal(ListPage):
    """All entries of the society, newest first."""

    title = _("分录簿")
    intro = _("本机构全部分录，只增不改；更正以冲销办理。")
    columns = (
        Column(
            "sequence",
            _("序号"),
            sort=True,
            link=lambda row: reverse("ledger-entry", args=[row.pk]),
            value=lambda row: str(row.sequence) if row.sequence is not None else f"#{row.pk}",
        ),
        Column("at", _("时间"), kind="moment", sort=True),
        Column("kind", _("类别"), value=lambda row: _entry_kind(row.kind)),
        Column("subject", _("事由"), kind="ref"),
        Sparse("fen", _("金额"), kind="money", sort="fen", total="fen"),
        Sparse("goods", _("物资数"), kind="number", sort="goods"),
        Column(
            "state",
            _("状态"),
            kind="state",
            value=lambda row: gettext("已冲销") if row.is_reversed else gettext("有效"),
            tone=lambda row: "warn" if row.is_reversed else "good",
        ),
    )
    filters = (
        Filter("kind", _("类别"), choices=_entry_kinds),
        Filter("day", _("日期"), kind="day", apply=lambda rows, day: rows.filter(at__date=day)),
    )
    search_hint = _("事由或请求号")
    order = "-at"
    file_name = "journal"
    empty_title = _("还没有分录")
    empty_text = _("收款、收货和支出办理后自动记账。")

    def rows(self) -> QuerySet[Entry]:
        """Entries with their amounts."""
        own = Posting.objects.filter(entry_id=OuterRef("pk")).order_by().values("entry_id")
        money = own.filter(debit__commodity=CNY).annotate(n=Sum("amount")).values("n")
        goods = own.exclude(debit__commodity=CNY).annotate(n=Sum("amount")).values("n")
        return Entry.objects.filter(organisation_id=self.actor.organisation_id or 0).annotate(
            fen=Subquery(money, output_field=BigIntegerField()),
            goods=Subquery(goods, output_field=BigIntegerField()),
        )

    def search(self, rows: QuerySet[Entry], text: str) -> QuerySet[Entry]:
        """By subject, key or number."""
        found = Q(subject__icontains=text) | Q(key__icontains=text)
        if text.isascii() and text.isdigit() and len(text) < 16:
            found |= Q(sequence=int(text))
        return rows.filter(found)

    def decorate(self, page: list[Any]) -> list[Any]:
        """Mark the entries that were taken back."""
        reversed_ids = overviews.reversed_among(row.pk for row in page)
        for row in page:
            row.is_reversed = row.pk in reversed_ids
        return page


@door("ledger.see")
def entry(request: HttpRequest, entry_id: int) -> HttpResponse:
    """One entry with its postings. *Refuses*: ``NotFound``, also for another society's entry."""
    actor = actor_of(request)
    found = overviews.entry(entry_id)
    if found is None or found.organisation_id != actor.organisation_id:
        raise NotFound
    facts = [
        (gettext("类别"), _entry_kind(found.kind)),
        (gettext("事由"), found.subject),
        (gettext("请求号"), found.key),
        (gettext("经办"), found.actor),
        (gettext("摘要"), found.digest),
        (gettext("链值"), found.chain or gettext("待编号")),
    ]
    return TemplateResponse(request, "ledger/entry.html", {"entry": found, "facts": facts})


@door("ledger.see")
class Accounts(ListPage):
    """What stands where."""

    title = _("科目余额")
    columns = (
        Column("kind", _("科目"), value=lambda row: gettext(KIND_LABELS[row.kind])),
        Column("ref", _("明细"), sort=True),
        Column("commodity", _("品种"), sort=True),
        Sparse("lot", _("批次"), kind="number", sort=True),
        Sparse(
            "fen",
            _("金额"),
            kind="money",
            value=lambda row: row.amount if row.commodity == CNY else None,
        ),
        Sparse(
            "pieces",
            _("数量"),
            kind="number",
            value=lambda row: row.amount if row.commodity != CNY else None,
        ),
        Column(
            "guard",
            _("防透支"),
            kind="state",
            value=lambda row: (
                gettext("数据库守护") if row.kind in (*BALANCE_KINDS, "fund") else gettext("不限")
            ),
            tone=lambda row: "good" if row.kind in (*BALANCE_KINDS, "fund") else "plain",
        ),
    )
    filters = (Filter("kind", _("科目"), choices=_account_kinds),)
    search_hint = _("明细或品种")
    order = "code"
    file_name = "accounts"
    empty_title = _("还没有科目")
    empty_text = _("第一次记账时自动开立。")

    def rows(self) -> QuerySet[Account]:
        """The society's accounts."""
        return Account.objects.filter(organisation_id=self.actor.organisation_id or 0)

    def search(self, rows: QuerySet[Account], text: str) -> QuerySet[Account]:
        """By place or commodity."""
        return rows.filter(Q(ref__icontains=text) | Q(commodity__icontains=text))

    def decorate(self, page: list[Any]) -> list[Any]:
        """Look up what the accounts of this page hold."""
        amounts = queries.amounts_of(page)
        for row in page:
            row.amount = amounts[row.pk]
        return page


@door("ledger.see")
class Funds(ListPage):
    """The society's funds."""

    title = _("基金")
    intro = _("一笔基金只有一种限定；每笔收入占一段区间，支出从最早未用的区间支取。")
    columns = (
        Column("name", _("基金"), link=lambda row: reverse("ledger-fund", args=[row.id])),
        Column(
            "restriction", _("限定"), value=lambda row: gettext(RESTRICTION_LABELS[row.restriction])
        ),
        Column("purpose", _("用途")),
        Column("received", _("收入"), kind="money", sort=True, total=True),
        Column("spent", _("支出"), kind="money", sort=True, total=True),
        Column("balance", _("结余"), kind="money", sort=True, total=True),
    )
    order = "name"
    search_hint = _("名称或用途")
    file_name = "funds"
    empty_title = _("还没有基金")
    empty_text = _("开设募捐项目时自动设立。")

    def rows(self) -> list[Any]:
        """Funds with their sums."""
        return queries.funds_of(self.actor.organisation_id or 0)

    def search(self, rows: list[Any], text: str) -> list[Any]:
        """By name or purpose."""
        return [row for row in rows if text in row.name or text in row.purpose]


@door("ledger.see")
class FundPage(ListPage):
    """One fund: its axis drawn, and what left it."""

    template_name = "ledger/fund.html"
    columns = (
        Column("at", _("时间"), kind="moment", sort=True),
        Column("kind", _("类别"), value=lambda row: gettext(overviews.OUTFLOW_LABELS[row.kind])),
        Column("subject", _("事由"), kind="ref"),
        Column("amount", _("金额"), kind="money", sort=True, total=True),
    )
    search_hint = _("事由")
    order = "-at"
    file_name = "fund"
    empty_title = _("还没有支出")

    def rows(self) -> QuerySet[FundOutflow]:
        """What left the fund. *Refuses*: ``NotFound``, also for another society's fund."""
        self.fund = queries.fund(self.kwargs["fund_id"])
        if self.fund.organisation_id != self.actor.organisation_id:
            raise NotFound
        return FundOutflow.objects.filter(fund_id=self.fund.id)

    def search(self, rows: QuerySet[FundOutflow], text: str) -> QuerySet[FundOutflow]:
        """By subject."""
        return rows.filter(subject__icontains=text)

    def context(self) -> dict[str, Any]:
        """The fund, its facts and its axis."""
        fund = self.fund
        return {
            "title": fund.name,
            "fund": fund,
            "bar": overviews.axis_bar(fund.id),
            "facts": [
                (gettext("限定"), gettext(RESTRICTION_LABELS[fund.restriction])),
                (gettext("用途"), fund.purpose),
                (gettext("募捐项目"), fund.appeal),
            ],
        }


@door("ledger.see")
class TrialBalance(ListPage):
    """Turnover and balance of each kind of account and commodity; both sides sum alike."""

    title = _("试算平衡")
    intro = _("每个品种的借方发生额合计等于贷方发生额合计。人民币以元计，物资以最小单位计。")
    columns = (
        Column("commodity", _("品种"), value="label", sort=True),
        Column("kind", _("科目"), value=lambda row: gettext(KIND_LABELS[row.kind])),
        Column("accounts", _("科目数"), kind="number"),
        Column("debit", _("借方发生"), value=lambda row: _in_units(row, row.debit)),
        Column("credit", _("贷方发生"), value=lambda row: _in_units(row, row.credit)),
        Column("net", _("借方余额"), value=lambda row: _in_units(row, row.net)),
    )
    filters = (
        Filter(
            "commodity",
            _("品种"),
            choices=lambda: [(CNY, gettext("人民币"))],
            apply=lambda rows, commodity: [r for r in rows if r.commodity == commodity],
        ),
    )
    order = "commodity"
    file_name = "trial-balance"

    def rows(self) -> list[overviews.TrialRow]:
        """One row for each kind of account and commodity, and a sum row for each commodity."""
        rows = overviews.trial_balance(self.actor.organisation_id or 0)
        goods = {int(r.commodity.removeprefix("item:")) for r in rows if r.commodity != CNY}
        names = {f"item:{id}": item.name for id, item in catalogue.items_by_ids(goods).items()}
        names[CNY] = gettext("人民币")
        return [replace(row, label=names.get(row.commodity, row.commodity)) for row in rows]
