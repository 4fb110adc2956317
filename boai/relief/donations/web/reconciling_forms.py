"""Forms of the reconciliation. They read; the services decide."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from boai.relief.donations.services import reconciling
from boai.relief.donations.values import CHANNELS

LARGEST_BILL = 30 * 1024 * 1024


class NoteForm(forms.Form):
    """A sentence for the file."""

    note = forms.CharField(
        label=_("说明"),
        required=False,
        max_length=20000,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": 300}),
    )


class PairForm(NoteForm):
    """The gift that is the same money."""

    gift_number = forms.CharField(label=_("捐赠编号"), max_length=40)
    field_order = ("gift_number", "note")


class BillForm(forms.Form):
    """The bill and whose it is."""

    channel = forms.ChoiceField(label=_("渠道"))
    merchant = forms.CharField(label=_("账户（商户号）"), max_length=64)
    file = forms.FileField(
        label=_("账单文件"), help_text=_("商户平台下载的交易账单，CSV 或 Excel。")
    )

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        channel = self.fields["channel"]
        assert isinstance(channel, forms.ChoiceField)
        channel.choices = [
            (code, gettext(label))
            for code, label in CHANNELS.items()
            if code not in reconciling.BY_HAND
        ]

    def clean_file(self) -> Any:
        """*Raises* for a file that is larger than any bill."""
        file = self.cleaned_data["file"]
        if file.size > LARGEST_BILL:
            raise forms.ValidationError(gettext("文件超过 30 MB，请按天下载账单。"))
        return file
