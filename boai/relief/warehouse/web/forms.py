"""What keepers fill in."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from boai.relief.warehouse.values import IssueOrderLine

BIGGEST = 10**12


class DayInput(forms.DateInput):
    """The browser's own calendar."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class CountForm(forms.Form):
    """Where the goods stand, and who brought them when nobody announced them."""

    store = forms.TypedChoiceField(label=_("仓库"), coerce=int)
    donor_label = forms.CharField(label=_("来源（单位或个人，按公示名称填写）"), max_length=200)

    def __init__(self, *args: Any, stores: list[tuple[int, str]], known: bool, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["store"].choices = stores  # type: ignore[attr-defined]
        if len(stores) == 1:
            self.fields["store"].widget = forms.HiddenInput()
            self.fields["store"].initial = stores[0][0]
        if known:
            del self.fields["donor_label"]


class CountLineForm(forms.Form):
    """One item, one maker's lot, one bin. Lines without a quantity are left out."""

    item = forms.TypedChoiceField(label=_("物资"), coerce=int, required=False, empty_value=None)
    quantity = forms.IntegerField(
        label=_("实收数量"),
        required=False,
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "min": "0", "max": str(BIGGEST)}),
    )
    lot_number = forms.CharField(label=_("厂家批号"), max_length=80, required=False)
    bin = forms.CharField(label=_("货位"), max_length=30, required=False)
    produced_on = forms.DateField(label=_("生产日期"), required=False, widget=DayInput())
    expires_on = forms.DateField(label=_("有效期至"), required=False, widget=DayInput())
    spec = forms.CharField(label=_("规格"), max_length=200, required=False)
    origin_line = forms.CharField(max_length=120, required=False, widget=forms.HiddenInput())

    def __init__(self, *args: Any, items: list[tuple[int | str, str]], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["item"].choices = items  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A quantity needs an item."""
        given = super().clean() or {}
        if given.get("quantity") and not given.get("item"):
            self.add_error("item", _("请选择物资。"))
        return given


class SignForm(forms.Form):
    """The second signature binds the digest of what was shown."""

    digest = forms.CharField(max_length=64, widget=forms.HiddenInput())
    seen = forms.BooleanField(
        label=_("我已逐项核对实物与单据"),
        error_messages={"required": _("请先逐项核对，再勾选。")},
    )


class InspectForm(forms.Form):
    """The inspector's judgement."""

    passed = forms.ChoiceField(
        label=_("检验结论"),
        choices=[("yes", _("合格，放行")), ("no", _("不合格，停用"))],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label=_("检验说明（不合格必填）"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class StockCountForm(forms.Form):
    """What stands on the shelf."""

    counted = forms.IntegerField(
        label=_("实点数量"),
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "min": "0", "max": str(BIGGEST)}),
    )
    reason = forms.CharField(
        label=_("差异原因（有差异时必填）"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class AdjustForm(forms.Form):
    """Goods that are sent back or destroyed."""

    kind = forms.ChoiceField(
        label=_("处理方式"),
        choices=[
            ("sent_back", _("退回来源方")),
            ("destroyed", _("销毁")),
            ("loss", _("短缺报损")),
        ],
        widget=forms.RadioSelect,
    )
    quantity = forms.IntegerField(
        label=_("数量"), widget=forms.NumberInput(attrs={"inputmode": "numeric", "min": "1"})
    )
    reason = forms.CharField(
        label=_("原因"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


class AgreeForm(forms.Form):
    """The second person's answer to an adjustment."""

    agree = forms.ChoiceField(
        label=_("复核意见"),
        choices=[("yes", _("属实，同意入账")), ("no", _("不同意，退回"))],
        widget=forms.RadioSelect,
    )


class SplitForm(forms.Form):
    """A part of a lot goes to another bin."""

    quantity = forms.IntegerField(
        label=_("移出数量"), widget=forms.NumberInput(attrs={"inputmode": "numeric", "min": "1"})
    )
    bin = forms.CharField(label=_("新货位"), max_length=30)


class RecallForm(forms.Form):
    """Why a lot is stopped."""

    reason = forms.CharField(
        label=_("召回原因"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class StoreForm(forms.Form):
    """A new store."""

    name = forms.CharField(label=_("仓库名称"), max_length=80)
    kind = forms.ChoiceField(
        label=_("类型"),
        choices=[("store", _("仓库")), ("direct", _("直送交接点（物资不入库，账上照记）"))],
        widget=forms.RadioSelect,
        initial="store",
    )
    address = forms.CharField(label=_("地址"), max_length=200, required=False)


def _number(label: Any, *, required: bool) -> forms.IntegerField:
    widget = forms.NumberInput(attrs={"inputmode": "numeric", "min": "0", "max": str(BIGGEST)})
    return forms.IntegerField(label=label, required=required, widget=widget)


class KitForm(forms.Form):
    """How many kits, and where they go."""

    count = _number(_("套数"), required=True)
    bin = forms.CharField(label=_("成品货位"), max_length=30, required=False)


class PartForm(forms.Form):
    """One lot that a divided lot becomes. Rows without a quantity are left out."""

    quantity = _number(_("数量"), required=False)
    bin = forms.CharField(label=_("货位"), max_length=30, required=False)
    spec = forms.CharField(label=_("包装规格"), max_length=200, required=False)


class MergeForm(forms.Form):
    """How much of each lot is put together."""

    bin = forms.CharField(label=_("合并后货位"), max_length=30, required=False)

    def __init__(self, *args: Any, lots: list[int], **kwargs: Any):
        super().__init__(*args, **kwargs)
        for lot_id in lots:
            self.fields[f"lot-{lot_id}"] = _number(_("取用数量"), required=False)

    def used(self) -> list[IssueOrderLine]:
        """The lots with a quantity; empty fields and zero are left out."""
        return [
            IssueOrderLine(int(name.partition("-")[2]), value)
            for name, value in self.cleaned_data.items()
            if name.startswith("lot-") and value
        ]
