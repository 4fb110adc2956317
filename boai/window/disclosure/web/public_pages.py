"""Traces and the love list: no sign-in, no personal data."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy

from boai.ground.core.numbering import tidy
from boai.ground.core.text import gettext_noop as _
from boai.ground.kit.web.doors import door
from boai.ground.kit.web.lists import Column, Filter, ListPage
from boai.relief.donations import queries as donations
from boai.relief.donations.values import ANONYMOUS, GIFT_KINDS
from boai.window.disclosure.errors import NumberIsUnknown
from boai.window.disclosure.queries.tracing import POSITIONS, trace
from boai.window.disclosure.web import storytelling

POSITION_LABELS = {
    "quarantine": gettext_lazy("待检"),
    "on_hand": gettext_lazy("在库"),
    "reserved": gettext_lazy("已分配待发"),
    "in_transit": gettext_lazy("在途"),
    "delivered": gettext_lazy("已送达"),
    "returned": gettext_lazy("已退回"),
    "written_off": gettext_lazy("报损"),
}
KIND_LABELS = {
    "cash": gettext_lazy("捐款"),
    "in-kind": gettext_lazy("捐物"),
    "refund": gettext_lazy("退款"),
    "expense": gettext_lazy("支出"),
    "lot": gettext_lazy("物资批次"),
    "waybill": gettext_lazy("运单"),
}


@door("public")
def ask(request: HttpRequest) -> HttpResponse:
    """The field for a number."""
    number = tidy(request.GET.get("number", ""))
    if number:
        return redirect("disclosure-trace", number=number)
    return render(request, "disclosure/ask.html", {})


@door("public")
def follow(request: HttpRequest, number: str) -> HttpResponse:
    """The way of whatever has this number."""
    try:
        document = trace(number)
    except NumberIsUnknown:
        return render(request, "disclosure/ask.html", {"unknown": tidy(number)[:40]}, status=404)
    places = document.get("lines", []) if document["kind"] == "in-kind" else []
    if document["kind"] == "lot":
        places = [document]
    return render(
        request,
        "disclosure/trace.html",
        {
            "trace": document,
            "kind_label": KIND_LABELS[document["kind"]],
            "events": storytelling.steps(document),
            "places": [(line, _places(line)) for line in places],
            "spent_fen": _sum_of(document, "spend"),
            "given_back_fen": _sum_of(document, "refund", "reversal"),
        },
    )


def _sum_of(document: dict[str, Any], *kinds: str) -> int:
    """Fen of a gift of money that went these ways."""
    return sum(use["amount_fen"] for use in document.get("uses", []) if use["kind"] in kinds)


def _places(line: dict[str, Any]) -> list[tuple[Any, int]]:
    """The places where some of a line is."""
    return [(POSITION_LABELS[place], line[place]) for place in POSITIONS if line[place]]


def _appeals() -> list[tuple[str, str]]:
    return [(str(row.id), row.title) for row in donations.public_appeals()]


def _of_appeal(rows: QuerySet[Any], value: str) -> QuerySet[Any]:
    return rows.filter(appeal_id=int(value))


def _of_day(rows: QuerySet[Any], day: date) -> QuerySet[Any]:
    return rows.filter(given_at__date=day)


@door("public")
class LoveList(ListPage):
    """Everybody who gave, as they wish to be named; every amount, however small."""

    title = _("爱心榜")
    intro = _("每一份心意都在这里，不论多少。姓名按捐赠人的意愿显示。")
    frame = "public"
    template_name = "disclosure/lovelist.html"
    columns = [
        Column(
            "name",
            _("捐赠人"),
            value=lambda row: row.display_name if row.named else gettext(ANONYMOUS),
        ),
        Column("kind", _("类别"), kind="state", value=lambda row: gettext(GIFT_KINDS[row.kind])),
        Column("amount_fen", _("金额"), kind="money", total=True, value=lambda row: row.amount_fen),
        Column("goods", _("物资"), value=lambda row: row.goods_text),
        Column("given_at", _("时间"), kind="moment", sort="given_at"),
        Column("appeal", _("项目"), value="appeal.title"),
        Column(
            "number",
            _("捐赠编号"),
            kind="ref",
            link=lambda row: reverse("disclosure-trace", args=[row.number]),
        ),
    ]
    search_hint = _("姓名或捐赠编号")
    file_name = "lovelist"
    empty_title = _("还没有捐赠")
    empty_text = _("第一份捐赠确认后，几秒内就会出现在这里。")
    empty_icon = "heart"

    filters = [
        Filter("appeal", _("项目"), choices=_appeals, apply=_of_appeal),
        Filter("kind", _("类别"), choices=list(GIFT_KINDS.items())),
        Filter("day", _("日期"), kind="day", apply=_of_day),
    ]

    def rows(self) -> Any:
        """Confirmed gifts, newest first."""
        return donations.love_list_rows()

    def search(self, rows: Any, text: str) -> Any:
        """By shown name, or by number."""
        return rows & donations.love_list_rows(search=text)

    def decorate(self, page: list[Any]) -> list[Any]:
        """Say in words what goods were given."""
        told = donations.gifts_by_ids([row.pk for row in page if row.kind == "in-kind"])
        words = {
            row.id: "、".join(f"{x.item_name} {x.quantity:,} {x.unit}" for x in row.lines)
            for row in told
        }
        for row in page:
            row.goods_text = words.get(row.pk, "")
        return page

    def context(self) -> Mapping[str, Any]:
        """Totals of everything, whatever is searched."""
        return {"totals": donations.totals()}
