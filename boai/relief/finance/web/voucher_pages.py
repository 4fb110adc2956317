"""Vouchers of a month for the accounting software, and the accounts that they name."""

from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext

from boai.foundations.ledger.queries.vouching import days_with_money
from boai.ground.core.clock import day_of
from boai.ground.core.errors import NotFound
from boai.ground.core.text import gettext_noop as _
from boai.ground.kit.web.acts import ActPage
from boai.ground.kit.web.doors import door
from boai.ground.kit.web.lists import Column, Filter, ListPage
from boai.relief.finance import queries
from boai.relief.finance.services import coding
from boai.relief.finance.values import CodeRow, VoucherLine
from boai.relief.finance.web import forms


def first_of(month: str) -> date:
    """The first day of a month written ``2020-02``. *Refuses*: ``NotFound``."""
    year, dash, number = month.partition("-")
    plain = len(year) == 4 and len(number) == 2 and (year + number).isascii()
    if not (dash and plain and (year + number).isdigit()):
        raise NotFound
    if not (1900 <= int(year) <= 9998 and 1 <= int(number) <= 12):
        raise NotFound
    return date(int(year), int(number), 1)


def month_after(first: date) -> date:
    """The first day of the next month."""
    return date(first.year + first.month // 12, first.month % 12 + 1, 1)


def month_before(first: date) -> date:
    """The first day of the month before."""
    return date(first.year - (first.month == 1), (first.month - 2) % 12 + 1, 1)


@door("finance.see")
class Vouchers(ListPage):
    """The vouchers of a month, a line each, as accounting software takes them in; unless a month is
    named, of the one in which money last moved."""

    title = _("记账凭证")
    intro = _(
        "由账簿按会计科目生成：每天每个账户的捐赠款合为一张，其余每笔一张；退款和冲销为红字。"
    )
    template_name = "finance/vouchers.html"
    columns = (
        Column("day", _("日期"), kind="day"),
        Column("number", _("凭证号"), kind="number"),
        Column("line", _("分录号"), kind="number"),
        Column("summary", _("摘要")),
        Column("code", _("科目编码")),
        Column("name", _("科目名称")),
        Column("about", _("辅助核算")),
        Column("debit", _("借方金额"), kind="money", total=True, blank=True),
        Column("credit", _("贷方金额"), kind="money", total=True, blank=True),
        Column("source", _("来源"), screen=False),
    )
    filters = (
        Filter(
            "side",
            _("方向"),
            choices=lambda: [("debit", gettext("借方")), ("credit", gettext("贷方"))],
            apply=lambda rows, side: [row for row in rows if getattr(row, side) is not None],
        ),
    )
    search_hint = _("摘要、科目或基金")
    per_page = 60
    file_name = "vouchers"
    empty_title = _("这个月没有记账凭证")
    empty_text = _("这个月账簿中没有资金变动。")
    empty_icon = "journal-text"

    def first(self) -> date:
        """The first day of the month. *Refuses*: ``NotFound`` for what is not a month."""
        if "month" in self.kwargs:
            return first_of(self.kwargs["month"])
        days = days_with_money(self.actor.organisation_id or 0)
        return (days[1] if days else day_of(self.at)).replace(day=1)

    def rows(self) -> list[VoucherLine]:
        """The month's lines."""
        first = self.first()
        return queries.vouchers(self.actor.organisation_id or 0, first, month_after(first))

    def search(self, rows: list[VoucherLine], text: str) -> list[VoucherLine]:
        """By words of the summary, the account or the fund."""
        return [
            row
            for row in rows
            if any(text in word for word in (row.summary, row.code, row.name, row.about))
        ]

    def context(self) -> dict[str, Any]:
        """The months around this one."""
        first = self.first()
        days = days_with_money(self.actor.organisation_id or 0)
        before, after = month_before(first), month_after(first)
        return {
            "title": f"{gettext(self.title)} {first:%Y-%m}",
            "before": f"{before:%Y-%m}" if days and before >= days[0].replace(day=1) else "",
            "after": f"{after:%Y-%m}" if days and after <= days[1] else "",
        }


@door("finance.see")
class Accounts(ListPage):
    """Which account stands for what."""

    title = _("会计科目对照")
    intro = _("默认按民间非营利组织会计制度（财会〔2004〕7号）；本会另设明细科目的，在这里改。")
    columns = (
        Column("label", _("用于"), value=lambda row: gettext(row.label)),
        Column("code", _("科目编码")),
        Column("name", _("科目名称")),
        Column("set_at", _("改动时间"), kind="moment"),
        Column(
            "use",
            _("操作"),
            value=lambda row: gettext("修改"),
            link=lambda row: reverse("finance-account", args=[row.use]),
            export=False,
        ),
    )
    file_name = "accounts"

    def rows(self) -> list[CodeRow]:
        """Every use."""
        return list(queries.account_codes(self.actor.organisation_id or 0).values())


@door("finance.assign-codes")
class AssignAccount(ActPage):
    """Let another account stand for a use."""

    title = _("修改会计科目")
    intro = _("改动只影响此后生成的凭证文件；账簿本身不变，此前的对照留有记录。")
    form_class = forms.AccountForm
    submit_label = _("保存")
    success = _("已保存，新生成的凭证使用这个科目。")

    def row(self) -> CodeRow:
        """What stands for the use now. *Refuses*: ``NotFound``."""
        codes = queries.account_codes(self.actor.organisation_id or 0)
        if self.kwargs["use"] not in codes:
            raise NotFound
        return codes[self.kwargs["use"]]

    def context(self) -> dict[str, Any]:
        """What the account is for."""
        row = self.row()
        return {"facts": [(gettext("用于"), gettext(row.label))]}

    def initial(self) -> dict[str, Any]:
        """As it is."""
        row = self.row()
        return {"code": row.code, "name": row.name}

    def act(self, form: Any) -> None:
        """Assign."""
        coding.assign_account(
            self.actor,
            organisation_id=self.actor.organisation_id or 0,
            use=self.kwargs["use"],
            code=form.cleaned_data["code"],
            name=form.cleaned_data["name"],
            at=self.at,
        )

    def done_url(self, outcome: Any) -> str:
        """Back to the list."""
        return reverse("finance-accounts")
