"""What keepers and receivers fill in."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

BIGGEST = 10**12


class LoadForm(forms.Form):
    """Who drives what."""

    vehicle = forms.CharField(label=_("车牌号"), max_length=40)
    carrier = forms.CharField(label=_("承运单位"), max_length=80, required=False)
    driver = forms.CharField(label=_("司机姓名"), max_length=40, required=False)
    picked = forms.BooleanField(
        label=_("已按单拣齐、装车"),
        error_messages={"required": _("请先按单拣齐，再勾选。")},
    )


class SignLoadingForm(forms.Form):
    """The second signature binds the digest of what was shown."""

    digest = forms.CharField(max_length=64, widget=forms.HiddenInput())
    seen = forms.BooleanField(
        label=_("我已逐项核对车上物资与运单"),
        error_messages={"required": _("请先逐项核对，再勾选。")},
    )


def _number(initial: int) -> forms.IntegerField:
    widget = forms.NumberInput(attrs={"inputmode": "numeric", "min": "0", "max": str(BIGGEST)})
    return forms.IntegerField(initial=initial, widget=widget)


class ReceiverForm(forms.Form):
    """The receiver counts each line; a photo and words are optional."""

    photo = forms.ImageField(
        label=_("拍照留证"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/*", "capture": "environment"}),
    )
    note = forms.CharField(
        label=_("差异说明"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, lines: dict[int, int], **kwargs: Any):
        super().__init__(*args, **kwargs)
        for line_id, sent in lines.items():
            self.fields[f"counted-{line_id}"] = _number(sent)
            self.fields[f"counted-{line_id}"].label = _("实收数量")
            damaged = _number(0)
            damaged.label, damaged.required = _("其中破损"), False
            self.fields[f"damaged-{line_id}"] = damaged

    def numbers(self, head: str) -> dict[int, int]:
        """The counts by line; an empty damaged count is none."""
        return {
            int(name.partition("-")[2]): value or 0
            for name, value in self.cleaned_data.items()
            if name.startswith(f"{head}-")
        }


class ProposeForm(forms.Form):
    """How a difference ended."""

    outcome = forms.ChoiceField(label=_("处理方式"), widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("原因"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, outcomes: list[tuple[str, str]], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["outcome"].choices = outcomes  # type: ignore[attr-defined]


class SettleForm(forms.Form):
    """The second person confirms the outcome that was shown."""

    outcome = forms.CharField(max_length=10, widget=forms.HiddenInput())


class SendBackForm(forms.Form):
    """How much of each line comes back, and why."""

    reason = forms.CharField(
        label=_("退回原因"),
        max_length=500,
        error_messages={"required": _("没有填写原因。请用一句话写明原因。")},
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, lines: list[int], **kwargs: Any):
        super().__init__(*args, **kwargs)
        for line_id in lines:
            field = _number(0)
            field.label, field.required = _("退回数量"), False
            self.fields[f"quantity-{line_id}"] = field

    def numbers(self) -> dict[int, int]:
        """The quantities by line; an empty field is none."""
        return {
            int(name.partition("-")[2]): value or 0
            for name, value in self.cleaned_data.items()
            if name.startswith("quantity-")
        }


class CheckedForm(forms.Form):
    """A keeper has compared the goods with the note."""

    seen = forms.BooleanField(
        label=_("我已逐项清点实物，与退货单相符"),
        error_messages={"required": _("请先逐项清点，再勾选；数量不符请退货单位撤回重填。")},
    )
