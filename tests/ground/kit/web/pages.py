"""Pages made for the tests of the frame, over tables that the kit owns."""

from typing import Any

from django import forms
from django.contrib.messages.storage.fallback import FallbackStorage
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.test import RequestFactory

from boai.ground.core.actors import Actor
from boai.ground.core.errors import NotFound, Refusal
from boai.ground.core.text import gettext_noop as _
from boai.ground.kit.models import NumberSeries
from boai.ground.kit.web.acts import ActPage
from boai.ground.kit.web.lists import Column, Filter, ListPage

KEEPER = Actor(kind="person", name="保管员", user_id=7, person_id=9, organisation_id=1)


def request(path: str = "/desk/x/", data: dict[str, Any] | None = None) -> HttpRequest:
    """A request as it arrives at a view."""
    made = RequestFactory().get(path) if data is None else RequestFactory().post(path, data)
    made.session = {}  # type: ignore[assignment]
    made._messages = FallbackStorage(made)  # type: ignore[attr-defined]
    made.actor = KEEPER  # type: ignore[attr-defined]
    return made


def shown(answer: Any) -> str:
    """The page as text."""
    if isinstance(answer, TemplateResponse):
        answer.render()
    return str(answer.content.decode())


class LotIsEmpty(Refusal):
    """A refusal for the tests."""

    text = _("批次“{lot}”已无库存。")
    mend = _("请换一批次。")


class TakeForm(forms.Form):
    """Two fields."""

    name = forms.CharField(label="名称")
    quantity = forms.IntegerField(label="数量", min_value=1)


class Take(ActPage):
    """An act that refuses on demand."""

    title = "领用"
    form_class = TakeForm
    confirm = "确认领用？"

    def act(self, form: Any) -> str:
        name = str(form.cleaned_data["name"])
        if name == "空批次":
            raise LotIsEmpty(field="quantity", lot="<b>L1</b>")
        if name == "别处":
            raise LotIsEmpty(field="elsewhere", lot="L1")
        if name == "没有":
            raise NotFound
        return name

    def done_url(self, outcome: str) -> str:
        return f"/done/{outcome}/"


class SeriesList(ListPage):
    """Number series: a name and a number."""

    title = "编号"
    columns = (
        Column("name", "名称", kind="ref", sort=True, link=lambda row: f"/s/{row.pk}/"),
        Column("next_number", "下一号", kind="quantity", sort=True, total=True, unit="号"),
        Column("fen", "金额", kind="money", value="next_number", total="next_number"),
        Column(
            "kind",
            "状态",
            kind="state",
            value=lambda row: "大" if row.next_number > 10 else "小",
            tone=lambda row: "good",
        ),
        Column("secret", "仅屏幕", value=lambda row: "screen-only", export=False),
    )
    filters = (
        Filter("name", "名称", choices=[("n001", "一号"), ("n002", "二号")]),
        Filter("day", "日期", kind="day", apply=lambda rows, day: rows.none()),
    )
    search_hint = "名称"
    order = "name"
    file_name = "series"

    def rows(self) -> Any:
        return NumberSeries.objects.all()

    def search(self, rows: Any, text: str) -> Any:
        return rows.filter(name__icontains=text)


def fill(count: int) -> None:
    """So many rows: n001 with 1, n002 with 2 ..."""
    NumberSeries.objects.bulk_create(
        NumberSeries(name=f"n{n:03d}", next_number=n) for n in range(1, count + 1)
    )
