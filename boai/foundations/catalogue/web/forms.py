"""Forms of the room."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from boai.foundations.catalogue import queries


class ItemForm(forms.Form):
    """A new item."""

    name = forms.CharField(label=gettext_lazy("名称"), max_length=200)
    code = forms.CharField(label=gettext_lazy("编码"), max_length=40)
    category = forms.ChoiceField(label=gettext_lazy("类别"))
    unit = forms.CharField(label=gettext_lazy("最小计量单位"), max_length=10)
    standard = forms.CharField(
        label=gettext_lazy("执行标准"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("例如 YY 0469-2011"),
    )
    protective_class = forms.CharField(
        label=gettext_lazy("防护等级"),
        max_length=30,
        required=False,
        help_text=gettext_lazy("例如 KN95、surgical"),
    )
    pack_name = forms.CharField(label=gettext_lazy("包装单位"), max_length=10, required=False)
    pack_quantity = forms.IntegerField(
        label=gettext_lazy("每包装数量"), min_value=1, max_value=10**8, required=False
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["category"].choices = [  # type: ignore[attr-defined]
            (c.code, c.name) for c in queries.all_categories()
        ]


class AliasForm(forms.Form):
    """Another name."""

    name = forms.CharField(label=gettext_lazy("别名"), max_length=120)


class PartForm(forms.Form):
    """One part of a kit. Lines without an item are left out."""

    item = forms.TypedChoiceField(
        label=gettext_lazy("物资"), coerce=int, required=False, empty_value=None
    )
    quantity = forms.IntegerField(
        label=gettext_lazy("每套数量"),
        required=False,
        min_value=1,
        max_value=10**6,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )

    def __init__(self, *args: Any, items: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["item"].choices = [("", "—"), *items]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A line is whole or empty."""
        given = super().clean() or {}
        parts = [given.get("item"), given.get("quantity")]
        if any(parts) and not all(parts) and not self.errors:
            self.add_error("item", gettext_lazy("每行须有物资和每套数量。"))
        return given


PartFormSet = forms.formset_factory(PartForm, extra=6, max_num=40)
