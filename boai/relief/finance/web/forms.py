"""What people fill in about money going out."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from boai.foundations.organisations import queries as organisations
from boai.ground.core.errors import Refusal
from boai.ground.core.money import fen_from_yuan
from boai.ground.kit.web.refusals import explain
from boai.relief.finance.values import KIND_LABELS

Choices = Sequence[tuple[Any, str]]
LARGEST_FILE = 10 * 1024 * 1024


class DayInput(forms.DateInput):
    """The browser's own calendar."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class YuanField(forms.CharField):
    """An amount in yuan, as people write it; cleaned to whole fen."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"inputmode": "decimal", "autocomplete": "off", **kwargs.pop("attrs", {})}
        super().__init__(max_length=40, widget=forms.TextInput(attrs=attrs), **kwargs)

    def clean(self, value: Any) -> Any:
        """Whole fen, or the refusal in words."""
        text = super().clean(value)
        if not text:
            return None
        try:
            return fen_from_yuan(text)
        except Refusal as refusal:
            told = explain(refusal)
            raise forms.ValidationError(f"{told.reason}{told.mend}") from None


class ProposeForm(forms.Form):
    """Money from a fund, for whom, what for."""

    fund = forms.TypedChoiceField(label=_("基金"), coerce=int)
    kind = forms.ChoiceField(
        label=_("方式"),
        choices=[(k, _(label)) for k, label in KIND_LABELS.items()],
        help_text=_(
            "给其他红十字会的款项选“划转红十字会”：进入对方同一限定用途的基金，由对方确认到账。"
        ),
    )
    payee = forms.CharField(
        label=_("收款单位"), max_length=200, help_text=_("填写名录中的全称或编码。")
    )
    amount = YuanField(label=_("金额（元）"), attrs={"data-amount-words": "#id_amount_words"})
    serves = forms.ChoiceField(label=_("用于"))
    purpose = forms.CharField(
        label=_("用途说明"), max_length=400, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, funds: Choices, serves: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["fund"].choices = funds  # type: ignore[attr-defined]
        self.fields["serves"].choices = serves  # type: ignore[attr-defined]

    def clean_payee(self) -> int:
        """The payee's organisation."""
        found = organisations.by_code_or_name(self.cleaned_data["payee"])
        if found is None:
            raise forms.ValidationError(_("名录中没有这个单位，请先登记或核对名称。"))
        return found.id


class LineForm(forms.Form):
    """One item of a purchase. Lines without an item are left out."""

    item = forms.TypedChoiceField(label=_("物资"), coerce=int, required=False, empty_value=None)
    spec = forms.CharField(label=_("规格"), max_length=200, required=False)
    quantity = forms.IntegerField(
        label=_("数量"),
        required=False,
        min_value=1,
        max_value=10**12,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    price = YuanField(label=_("单价（元）"), required=False)

    def __init__(self, *args: Any, items: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["item"].choices = items  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A line is whole or empty."""
        given = super().clean() or {}
        parts = [given.get("item"), given.get("quantity"), given.get("price")]
        if any(parts) and not all(parts) and not self.errors:
            self.add_error("item", _("每行须有物资、数量和单价。"))
        return given


LineFormSet = forms.formset_factory(LineForm, extra=6, max_num=60)


class DecideForm(forms.Form):
    """What the meeting decided, and who was there."""

    meeting = forms.CharField(label=_("会议名称"), max_length=120)
    held_on = forms.DateField(label=_("会议日期"), widget=DayInput())
    attendees = forms.TypedMultipleChoiceField(
        label=_("参会人员"), coerce=int, widget=forms.CheckboxSelectMultiple
    )
    also = forms.TypedMultipleChoiceField(
        label=_("同一次会议还决定"),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    approved = forms.TypedChoiceField(
        label=_("决议"),
        choices=[("yes", _("同意")), ("no", _("不同意"))],
        coerce=lambda text: text == "yes",
        widget=forms.RadioSelect,
    )
    minutes = forms.CharField(
        label=_("决议内容"), max_length=4000, widget=forms.Textarea(attrs={"rows": 4})
    )
    evidence = forms.FileField(
        label=_("会议纪要（图片或 PDF）"), required=False, help_text=_("不超过 10 MB。")
    )

    def __init__(self, *args: Any, people: Choices, others: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["attendees"].choices = people  # type: ignore[attr-defined]
        if others:
            self.fields["also"].choices = others  # type: ignore[attr-defined]
        else:
            del self.fields["also"]

    def clean_evidence(self) -> Any:
        """Not larger than the desk takes."""
        given = self.cleaned_data.get("evidence")
        if given is not None and given.size > LARGEST_FILE:
            raise forms.ValidationError(_("文件超过 10 MB，请压缩后再传。"))
        return given


class PayForm(forms.Form):
    """From which bank account."""

    bank = forms.ChoiceField(label=_("付款账户"))

    def __init__(self, *args: Any, banks: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["bank"].choices = banks  # type: ignore[attr-defined]


class ReasonForm(forms.Form):
    """Why it is given up."""

    reason = forms.CharField(
        label=_("原因"), max_length=400, widget=forms.Textarea(attrs={"rows": 3})
    )


class StoreForm(forms.Form):
    """Where the bought goods stand."""

    store = forms.TypedChoiceField(label=_("仓库"), coerce=int)

    def __init__(self, *args: Any, stores: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["store"].choices = stores  # type: ignore[attr-defined]


class CountedForm(forms.Form):
    """What was counted of one purchase line. Lines without a quantity are left out."""

    line = forms.TypedChoiceField(label=_("采购明细"), coerce=int)
    quantity = forms.IntegerField(
        label=_("实收数量"), required=False, min_value=0, max_value=10**12
    )
    lot_number = forms.CharField(label=_("厂家批号"), max_length=80, required=False)
    produced_on = forms.DateField(label=_("生产日期"), required=False, widget=DayInput())
    expires_on = forms.DateField(label=_("有效期至"), required=False, widget=DayInput())
    bin = forms.CharField(label=_("货位"), max_length=30, required=False)

    def __init__(self, *args: Any, bought: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["line"].choices = bought  # type: ignore[attr-defined]


CountedFormSet = forms.formset_factory(CountedForm, extra=1, max_num=60)


class AccountForm(forms.Form):
    """An account of the accounting rules."""

    code = forms.CharField(
        label=_("科目编码"),
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    name = forms.CharField(label=_("科目名称"), max_length=80)
