"""Pages about list 1."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext

from boai.ground.core.errors import NotFound
from boai.ground.core.text import gettext_noop as _
from boai.ground.kit.web.acts import ActPage
from boai.ground.kit.web.doors import door
from boai.ground.kit.web.lists import Column, Filter, ListPage
from boai.relief.allocation import queries
from boai.relief.allocation.models import AvailableList, ListLine
from boai.relief.allocation.services import listing
from boai.relief.allocation.values import MARKS
from boai.relief.allocation.web.seats import society_of


def _may(page: ListPage, action: str) -> bool:
    ask = getattr(page.request, "may", None)
    return bool(ask(action)) if callable(ask) else False


@door("allocation.see")
class Lists(ListPage):
    """The frozen lists of the society, newest first."""

    title = _("可供调拨清单")
    intro = _("每日 16:00 生成次日清单：结转、截止后新到、预到，逐行标注，生成后不再改动。")
    template_name = "allocation/lists.html"
    columns = (
        Column(
            "for_day",
            _("清单日期"),
            kind="day",
            link=lambda row: reverse("allocation-list", args=[row.pk]),
            sort=True,
        ),
        Column("frozen_at", _("生成时间"), kind="moment", sort=True),
        Column("line_count", _("行数"), kind="number"),
        Column("digest", _("摘要"), value=lambda row: row.digest[:12]),
    )
    order = "-for_day"
    file_name = "available-lists"
    empty_title = _("还没有清单")
    empty_text = _("到每日截止时间自动生成，专班也可以立即生成。")

    def rows(self) -> QuerySet[AvailableList]:
        """The society's own."""
        own = AvailableList.objects.filter(society_id=society_of(self.actor).id)
        return own.annotate(line_count=Count("lines"))

    def context(self) -> Mapping[str, Any]:
        """The button to freeze."""
        return {"may_freeze": _may(self, "allocation.freeze")}


@door("allocation.see")
class OneList(ListPage):
    """One list with its three marks; prints."""

    template_name = "allocation/list.html"
    columns = (
        Column("position", _("序号"), kind="number", sort=True),
        Column("item", _("物资"), value="item.name", sort="item__name"),
        Column("spec", _("规格")),
        Column(
            "quantity",
            _("数量"),
            kind="quantity",
            unit=lambda line: line.item.base_unit,
            sort=True,
        ),
        Column("left", _("剩余可配"), kind="quantity", unit=lambda line: line.item.base_unit),
        Column(
            "mark",
            _("标注"),
            kind="state",
            value=lambda line: gettext(MARKS[line.mark][0]),
            tone=lambda line: MARKS[line.mark][1],
        ),
        Column("expires_on", _("有效期至"), kind="day", sort=True),
        Column(
            "directed_to",
            _("定向单位"),
            value=lambda line: line.directed_to.name if line.directed_to else "",
        ),
    )
    filters = (
        Filter(
            "mark",
            _("标注"),
            choices=lambda: [(key, words) for key, (words, _tone) in MARKS.items()],
        ),
    )
    search_hint = _("物资或规格")
    order = "position"
    file_name = "available-list"
    empty_title = _("清单没有内容")
    empty_text = _("生成时没有可供调拨或预到的物资。")

    def own(self) -> AvailableList:
        """The list, of the reader's society. *Refuses*: ``NotFound``."""
        found = AvailableList.objects.filter(
            pk=self.kwargs["list_id"], society_id=society_of(self.actor).id
        ).first()
        if found is None:
            raise NotFound
        return found

    def rows(self) -> QuerySet[ListLine]:
        """Its lines."""
        return ListLine.objects.filter(list=self.own()).select_related("item", "directed_to")

    def search(self, rows: QuerySet[ListLine], text: str) -> QuerySet[ListLine]:
        """By item or specification."""
        return rows.filter(Q(item__name__icontains=text) | Q(spec__icontains=text))

    def decorate(self, page: list[Any]) -> list[Any]:
        """What is left of each line."""
        taken = queries.taken_of_list(self.kwargs["list_id"])
        for line in page:
            line.left = line.quantity - taken.get(line.pk, 0)
        return page

    def context(self) -> Mapping[str, Any]:
        """The head of the list."""
        own = self.own()
        title = gettext("%(day)s 可供调拨清单") % {"day": own.for_day.isoformat()}
        return {"own": own, "title": title, "may_request": _may(self, "allocation.request")}


@door("allocation.freeze")
class Freeze(ActPage):
    """Freeze the list now."""

    title = _("生成可供调拨清单")
    intro = _("截止时间之后生成次日清单，之前生成当日清单。生成后不能改动。")
    submit_label = _("立即生成")
    success = _("清单已生成。")

    def act(self, form: Any) -> int:
        """Freeze it."""
        return listing.freeze_list(
            self.actor, organisation_id=society_of(self.actor).id, at=self.at
        )

    def done_url(self, outcome: Any) -> str:
        """The list."""
        return reverse("allocation-list", args=[outcome])
