"""Pages for staff."""

from __future__ import annotations  # Django's formsets take no type argument at run time

from collections.abc import Mapping
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.forms.formsets import BaseFormSet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext

from boai.foundations.catalogue import queries
from boai.foundations.catalogue.errors import KitListIsNotWellDescribed, PartIsNamedTwice
from boai.foundations.catalogue.models import Item, ItemAlias
from boai.foundations.catalogue.rules import normal_name, standards_in
from boai.foundations.catalogue.services import kits, listing
from boai.foundations.catalogue.values import ItemRow
from boai.foundations.catalogue.web.forms import AliasForm, ItemForm, PartFormSet
from boai.ground.core.errors import NotFound
from boai.ground.core.text import gettext_noop as _
from boai.ground.kit.web.acts import ActPage
from boai.ground.kit.web.doors import door
from boai.ground.kit.web.lists import Column, Filter, ListPage

REGULATION_WORDS = {
    "": "",
    "drug": _("药品"),
    "device": _("医疗器械"),
    "disinfectant": _("消毒产品"),
}


@door("catalogue.see")
class Items(ListPage):
    """Search the catalogue."""

    title = _("物资目录")
    template_name = "catalogue/list.html"
    columns = (
        Column(
            "name",
            _("名称"),
            link=lambda row: reverse("catalogue-item", args=[row.pk]),
            sort="normal_name",
        ),
        Column("code", _("编码"), kind="ref", sort=True),
        Column("category", _("类别"), value="category.name"),
        Column("base_unit", _("计量单位")),
        Column("standard", _("执行标准"), sort=True),
        Column("protective_class", _("防护等级")),
        Column(
            "regulated",
            _("监管"),
            kind="state",
            value=lambda row: REGULATION_WORDS[row.category.regulated],
            tone=lambda row: "warn" if row.category.regulated else "plain",
        ),
    )
    filters = (
        Filter(
            "category__code",
            _("类别"),
            choices=lambda: [(c.code, c.name) for c in queries.all_categories()],
        ),
        Filter(
            "epidemic",
            _("防疫物资"),
            choices=(("yes", _("七大类")), ("no", _("其他"))),
            apply=lambda rows, value: rows.filter(category__epidemic_class=value == "yes"),
        ),
    )
    search_hint = _("名称、别名、编码、标准")
    order = "code"
    file_name = "catalogue"

    def rows(self) -> QuerySet[Item]:
        """The items in use."""
        return Item.objects.filter(is_active=True).select_related("category")

    def search(self, rows: QuerySet[Item], text: str) -> QuerySet[Item]:
        """By part of a name, the beginning of the code, or a standard however spelled."""
        normal = normal_name(text)
        found = Q(code__istartswith=text)
        if normal:
            other = ItemAlias.objects.filter(normal_name__contains=normal).values("item_id")
            found |= Q(normal_name__contains=normal) | Q(pk__in=other)
        families = [row.current for row in standards_in(text)]
        return rows.filter(found | Q(standard__in=families))

    def context(self) -> Mapping[str, Any]:
        """The button for a new one."""
        may = getattr(self.request, "may", None)
        return (
            {"new_url": reverse("catalogue-new")}
            if callable(may) and may("catalogue.list-item")
            else {}
        )


@door("catalogue.see")
def one_item(request: HttpRequest, item_id: int) -> HttpResponse:
    """One item with its packs and other names. *Refuses*: ``NotFound``."""
    item = queries.item(item_id)
    if item is None:
        raise NotFound
    category = next(c for c in queries.all_categories() if c.code == item.category_code)
    packs = [f"1 {name} = {size:,} {item.unit}" for name, size in queries.packs(item_id).items()]
    facts = [
        (gettext("编码"), item.code),
        (gettext("类别"), category.name),
        (gettext("七大类防疫物资"), gettext("是") if item.epidemic_class else gettext("否")),
        (gettext("监管类别"), gettext(REGULATION_WORDS[item.regulated]) if item.regulated else "—"),
        (gettext("最小计量单位"), item.unit),
        (gettext("包装"), "；".join(packs) or "—"),
        (gettext("执行标准"), item.standard or "—"),
        (gettext("防护等级"), item.protective_class or "—"),
        (gettext("别名"), "、".join(queries.aliases(item_id)) or "—"),
    ]
    parts = queries.kit_parts(item_id)
    known = queries.items_by_ids(parts)
    listed = [
        (known[part].name, f"{each:,} {known[part].unit}", reverse("catalogue-item", args=[part]))
        for part, each in parts.items()
    ]
    return TemplateResponse(
        request, "catalogue/item.html", {"item": item, "facts": facts, "parts": listed}
    )


@door("catalogue.list-item")
class ListItem(ActPage):
    """Add an item to the catalogue."""

    title = _("新增物资")
    form_class = ItemForm
    submit_label = _("列入目录")
    success = _("已列入物资目录。")

    def act(self, form: Any) -> int:
        """List it."""
        given = form.cleaned_data
        packs = {given["pack_name"]: given["pack_quantity"] or 0} if given["pack_name"] else {}
        return listing.list_item(
            self.actor,
            code=given["code"],
            name=given["name"],
            category_code=given["category"],
            unit=given["unit"],
            standard=given["standard"],
            protective_class=given["protective_class"],
            packs=packs,
            aliases=(given["name"],) if len(given["name"]) <= 120 else (),
            at=self.at,
        )

    def done_url(self, outcome: Any) -> str:
        """The new item's page."""
        return reverse("catalogue-item", args=[outcome])


@door("catalogue.list-item")
class AddAlias(ActPage):
    """Let an item be found by another name."""

    title = _("添加别名")
    form_class = AliasForm
    submit_label = _("添加")
    success = _("别名已添加。")

    def context(self) -> Mapping[str, Any]:
        """Whose name it is. *Refuses*: ``NotFound``."""
        item = queries.item(self.kwargs["item_id"])
        if item is None:
            raise NotFound
        return {"facts": [(gettext("物资"), item.name)]}

    def act(self, form: Any) -> None:
        """Add it."""
        listing.add_alias(
            self.actor,
            item_id=self.kwargs["item_id"],
            name=form.cleaned_data["name"],
            at=self.at,
        )

    def done_url(self, outcome: Any) -> str:
        """Back to the item."""
        return reverse("catalogue-item", args=[self.kwargs["item_id"]])


@door("catalogue.list-item")
class ListKit(ActPage):
    """Say what goes into one kit; once, because packed kits are checked against it."""

    title = _("登记套装清单")
    form_class = forms.Form
    lines_class = PartFormSet
    submit_label = _("登记清单")
    success = _("套装清单已登记，仓库可以按它组套。")
    confirm = _("清单登记后不能修改；清单不同的套装请另立品种。确认登记？")

    def context(self) -> Mapping[str, Any]:
        """Which item it is. *Refuses*: ``NotFound``."""
        return {"facts": [(gettext("套装"), f"{self._kit.name}（{self._kit.unit}）")]}

    def make_lines(self, data: Any = None, files: Any = None) -> BaseFormSet[Any]:
        """Any other item may be a part."""
        items = [
            (row.id, f"{row.name}（{row.unit}）")
            for row in queries.all_items()
            if row.id != self._kit.id
        ]
        return PartFormSet(data, files, prefix="lines", form_kwargs={"items": items})

    def act(self, form: Any) -> None:
        """List it. *Refuses*: ``PartIsNamedTwice``, and what ``kits.list_kit`` refuses."""
        assert self.lines is not None
        given = [line.cleaned_data for line in self.lines if line.cleaned_data.get("item")]
        if not given:
            raise KitListIsNotWellDescribed
        parts = {line["item"]: line["quantity"] for line in given}
        if len(parts) != len(given):
            raise PartIsNamedTwice
        kits.list_kit(self.actor, kit_id=self._kit.id, parts=parts, at=self.at)

    def done_url(self, outcome: Any) -> str:
        """Back to the item."""
        return reverse("catalogue-item", args=[self._kit.id])

    @property
    def _kit(self) -> ItemRow:
        item = queries.item(self.kwargs["item_id"])
        if item is None:
            raise NotFound
        return item
