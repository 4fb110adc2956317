"""Forms of the public pages. They read; the services decide."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from boai.ground.core.errors import Refusal
from boai.ground.kit.web.refusals import explain
from boai.relief.donations import rules
from boai.relief.donations.values import CHANNELS


class AmountField(forms.CharField):
    """An amount in yuan as people type it, read into whole fen."""

    def clean(self, value: Any) -> Any:
        """*Raises* the refusal's words beside the field."""
        text = super().clean(value)
        try:
            return rules.online_amount(text) if text else None
        except Refusal as refusal:
            raise forms.ValidationError(explain(refusal).sentence) from None


class GiveForm(forms.Form):
    """What the phone page asks."""

    amount = AmountField(
        label=_("捐款金额（元）"),
        max_length=60,
        error_messages={"required": _("请选择或填写捐款金额。")},
        widget=forms.TextInput(
            attrs={
                "inputmode": "decimal",
                "autocomplete": "off",
                "data-amount-words": "#amount-words",
                "placeholder": _("其他金额"),
                "aria-describedby": "amount-words",
            }
        ),
    )
    display_name = forms.CharField(
        label=_("姓名或单位名称"),
        required=False,
        max_length=20000,
        help_text=_("写在捐赠证书上。不填则写“爱心人士”。"),
        widget=forms.TextInput(attrs={"autocomplete": "name", "maxlength": 60}),
    )
    named = forms.BooleanField(
        label=_("同意在爱心榜上公开这个名字"),
        required=False,
        help_text=_("不勾选即匿名。以后可用查询码随时更改。"),
    )
    phone = forms.CharField(
        label=_("手机号"),
        required=False,
        max_length=40,
        help_text=_("加密保存，只用于您查询这笔捐赠。"),
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
    )
    message = forms.CharField(
        label=_("给一线的话"),
        required=False,
        max_length=20000,
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": 200}),
    )
    channel = forms.ChoiceField(label=_("支付方式"), required=False, widget=forms.RadioSelect)

    def __init__(self, *given: Any, channels: Sequence[str] = (), **more: Any) -> None:
        """``channels`` are those that collect now; one alone is not asked about."""
        super().__init__(*given, **more)
        if len(channels) < 2:
            del self.fields["channel"]
            return
        asked = self.fields["channel"]
        assert isinstance(asked, forms.ChoiceField)
        asked.choices = [(code, gettext(CHANNELS.get(code, code))) for code in channels]
        asked.initial = channels[0]


class LookUpForm(forms.Form):
    """Number and one secret."""

    number = forms.CharField(
        label=_("捐赠编号"),
        max_length=80,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "off",
                "autocapitalize": "characters",
                "placeholder": "JZ20200129000123K",
            }
        ),
    )
    query_code = forms.CharField(
        label=_("查询码"),
        required=False,
        max_length=20,
        help_text=_("捐赠成功时给您的 6 位数字。"),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    phone = forms.CharField(
        label=_("或捐赠时填写的手机号"),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )


class NamingForm(forms.Form):
    """The giver's change of mind about being named."""

    named = forms.BooleanField(label=_("同意在爱心榜上公开署名"), required=False)
    display_name = forms.CharField(label=_("公开的署名"), required=False, max_length=20000)
