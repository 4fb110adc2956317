"""Forms of the room."""

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
