"""Pages about needs."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy

from boai.foundations.catalogue import queries as catalogue
from boai.foundations.organisations import queries as organisations
from boai.ground.core.errors import NotFound
from boai.ground.core.text import gettext_noop as _
from boai.ground.kit.web.acts import ActPage
from boai.ground.kit.web.doors import door
from boai.ground.kit.web.lists import Column, Filter, ListPage
from boai.relief.allocation import queries
from boai.relief.allocation.models import Need
from boai.relief.allocation.services import needing
from boai.relief.allocation.values import NEED_STATES, URGENCIES
from boai.relief.allocation.web.seats import home_of, society_of


def _state_choices() -> list[tuple[str, str]]:
    return [(key, words) for key, (words, _tone) in NEED_STATES.items()]


def _urgency_choices() -> list[tuple[str, str]]:
    return [(key, words) for key, (words, _tone) in URGENCIES.items()]


def _items() -> list[tuple[str, str]]:
    return [(str(item.id), item.name) for item in catalogue.all_items() if item.epidemic_class]


def _number(need: Need) -> str:
    """The number asked for in its unit, or the words for none given."""
    if need.quantity is None:
        return gettext("需要（未报数量）")
    return f"{need.quantity:,} {need.item.base_unit if need.item else ''}".strip()


_COLUMNS = (
    Column("organisation", _("单位"), value="organisation.name"),
    Column("goods", _("物资"), sort=True),
    Column(
        "item",
        _("目录物资"),
        value=lambda need: need.item.name if need.item else "",
        screen=False,
    ),
    Column("standard", _("标准")),
    Column("quantity", _("数量"), value=_number, sort="quantity", export=False),
    Column("number", _("数量（个数）"), kind="number", value="quantity", screen=False),
    Column("allotted", _("已送达"), kind="number", sort=True),
    Column(
        "urgency",
        _("紧急程度"),
        kind="state",
        value=lambda need: gettext(URGENCIES[need.urgency][0]),
        tone=lambda need: URGENCIES[need.urgency][1],
    ),
    Column(
        "state",
        _("状态"),
        kind="state",
        value=lambda need: gettext(NEED_STATES[need.state][0]),
        tone=lambda need: NEED_STATES[need.state][1],
    ),
    Column("posted_at", _("发布时间"), kind="moment", sort=True),
)


@door("allocation.see")
class Board(ListPage):
    """All needs that the reader may see."""

    title = _("需求")
    intro = _("“未报数量”表示需要但没有给出数字，不计入合计。")
    template_name = "allocation/needs.html"
    columns = _COLUMNS
    filters = (
        Filter("state", _("状态"), choices=_state_choices),
        Filter("urgency", _("紧急程度"), choices=_urgency_choices),
        Filter("item_id", _("物资"), choices=_items),
        Filter(
            "counted",
            _("数量"),
            choices=(("yes", _("已报数量")), ("no", _("未报数量"))),
            apply=lambda rows, value: rows.filter(quantity__isnull=value == "no"),
        ),
    )
    search_hint = _("单位、物资、标准")
    order = "-posted_at"
    file_name = "needs"
    empty_title = _("还没有需求")
    empty_text = _("医院发布需求，或由专班导入需求表后，出现在这里。")

    def rows(self) -> QuerySet[Need]:
        """Those the reader may see."""
        return queries.visible_needs(self.actor).select_related("organisation", "item")

    def search(self, rows: QuerySet[Need], text: str) -> QuerySet[Need]:
        """By unit, goods or standard."""
        return rows.filter(
            Q(organisation__name__icontains=text)
            | Q(goods__icontains=text)
            | Q(item__name__icontains=text)
            | Q(standard__icontains=text)
        )


@door("allocation.need")
class Mine(ListPage):
    """The needs of the reader's own unit, on a phone."""

    title = _("本单位需求")
    frame = "focus"
    template_name = "allocation/mine.html"
    columns = (
        *_COLUMNS[1:2],
        *_COLUMNS[4:5],
        *_COLUMNS[6:],
        Column(
            "end",
            _("操作"),
            value=lambda need: gettext("结束") if need.state == "open" else "",
            link=lambda need: (
                reverse("allocation-end", args=[need.pk]) if need.state == "open" else ""
            ),
            export=False,
        ),
    )
    filters = (Filter("state", _("状态"), choices=_state_choices),)
    order = "-posted_at"
    file_name = "my-needs"
    empty_title = _("还没有发布需求")
    empty_text = _("点击下方按钮，告诉红十字会缺什么。")

    def rows(self) -> QuerySet[Need]:
        """The unit's own."""
        own = Need.objects.filter(organisation_id=self.actor.organisation_id or 0)
        return own.select_related("organisation", "item")


class NeedForm(forms.Form):
    """What is needed."""

    unit = forms.CharField(
        label=gettext_lazy("单位"),
        max_length=120,
        help_text=gettext_lazy("医院的代码或全称"),
    )
    item = forms.ChoiceField(label=gettext_lazy("常用物资"), required=False)
    goods = forms.CharField(
        label=gettext_lazy("其他物资"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("上面没有的，在这里写名称"),
    )
    standard = forms.CharField(
        label=gettext_lazy("标准或规格"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("例如 GB 19083-2010"),
    )
    quantity = forms.IntegerField(
        label=gettext_lazy("数量"),
        required=False,
        min_value=1,
        max_value=needing.LARGEST,
        help_text=gettext_lazy("按最小单位填写；不确定数量请留空"),
    )
    urgency = forms.ChoiceField(label=gettext_lazy("紧急程度"))

    def __init__(self, *args: Any, with_unit: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not with_unit:
            del self.fields["unit"]
        self.fields["item"].choices = [("", "—"), *_items()]  # type: ignore[attr-defined]
        self.fields["urgency"].choices = [  # type: ignore[attr-defined]
            (key, gettext(words)) for key, words in _urgency_choices()
        ]

    def clean_unit(self) -> int:
        """The unit's id."""
        found = organisations.by_code_or_name(self.cleaned_data["unit"])
        if found is None:
            raise forms.ValidationError(gettext("没有找到这个单位，请填写代码或全称。"))
        return found.id

    def clean(self) -> dict[str, Any]:
        """One of the two ways to name goods."""
        given = super().clean() or {}
        if not given.get("item") and not given.get("goods"):
            self.add_error("goods", gettext("请选择常用物资，或写明其他物资。"))
        return given


@door("allocation.need")
class Post(ActPage):
    """Say what is needed: the unit for itself, the society for a unit."""

    title = _("发布需求")
    frame = "focus"
    form_class = NeedForm
    submit_label = _("发布")
    success = _("需求已发布。")
    draft = True

    def form_kwargs(self) -> dict[str, Any]:
        """A society's people name the unit; a unit speaks for itself."""
        return {"with_unit": home_of(self.actor).kind == "society"}

    def initial(self) -> dict[str, Any]:
        """Urgent is what most are."""
        return {"urgency": "urgent"}

    def act(self, form: Any) -> int:
        """Post it."""
        given = form.cleaned_data
        return needing.post_need(
            self.actor,
            organisation_id=given.get("unit") or home_of(self.actor).id,
            society_id=society_of(self.actor).id,
            item_id=int(given["item"]) if given["item"] else None,
            goods=given["goods"],
            standard=given["standard"],
            quantity=given["quantity"],
            urgency=given["urgency"],
            at=self.at,
        )

    def done_url(self, outcome: Any) -> str:
        """Back to where needs are listed."""
        own = home_of(self.actor).kind != "society"
        return reverse("allocation-mine" if own else "allocation-needs")


@door("allocation.need")
class End(ActPage):
    """End a need that no longer is one."""

    title = _("结束需求")
    frame = "focus"
    submit_label = _("结束")
    success = _("需求已结束。")
    confirm = _("确认不再需要？")

    def context(self) -> Mapping[str, Any]:
        """Which need. *Refuses*: ``NotFound``."""
        need = queries.visible_needs(self.actor).filter(pk=self.kwargs["need_id"]).first()
        if need is None:
            raise NotFound
        return {"facts": [(gettext("物资"), need.goods), (gettext("数量"), _number(need))]}

    def act(self, form: Any) -> None:
        """The unit withdraws, the society closes."""
        state = "closed" if home_of(self.actor).kind == "society" else "withdrawn"
        needing.end_need(self.actor, need_id=self.kwargs["need_id"], state=state, at=self.at)

    def done_url(self, outcome: Any) -> str:
        """Back to where needs are listed."""
        own = home_of(self.actor).kind != "society"
        return reverse("allocation-mine" if own else "allocation-needs")
