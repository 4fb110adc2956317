"""What people fill in about receipts."""

from django import forms
from django.utils.translation import gettext_lazy as _

from boai.relief.receipts.values import LARGEST_BLOCK, MEDIUM_LABELS


class ApplyForm(forms.Form):
    """Numbers applied for."""

    medium = forms.ChoiceField(
        label=_("种类"), choices=[(k, _(v)) for k, v in MEDIUM_LABELS.items()]
    )
    wanted = forms.IntegerField(
        label=_("申领数量（份）"),
        min_value=1,
        max_value=LARGEST_BLOCK,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    purpose = forms.CharField(
        label=_("用途"), max_length=200, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )


class TakeForm(forms.Form):
    """What the finance department granted."""

    code = forms.CharField(label=_("票据代码"), max_length=12, help_text=_("6 至 12 位数字。"))
    first = forms.IntegerField(
        label=_("起号"), min_value=1, widget=forms.NumberInput(attrs={"inputmode": "numeric"})
    )
    last = forms.IntegerField(
        label=_("止号"), min_value=1, widget=forms.NumberInput(attrs={"inputmode": "numeric"})
    )
    document = forms.CharField(label=_("领购凭证号"), max_length=80, required=False)


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(
        label=_("原因"), max_length=300, widget=forms.Textarea(attrs={"rows": 3})
    )
