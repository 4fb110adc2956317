"""Forms of the room."""

from django import forms
from django.utils.translation import gettext, gettext_lazy

from boai.foundations.organisations import queries
from boai.foundations.organisations.web.words import KINDS, LEVELS


class RegisterForm(forms.Form):
    """A new organisation."""

    name = forms.CharField(label=gettext_lazy("名称"), max_length=120, min_length=2)
    code = forms.CharField(label=gettext_lazy("代码"), max_length=40)
    kind = forms.ChoiceField(label=gettext_lazy("类别"))
    level = forms.ChoiceField(label=gettext_lazy("级别"), required=False)
    parent = forms.CharField(
        label=gettext_lazy("上级单位"),
        required=False,
        max_length=120,
        help_text=gettext_lazy("代码或全称，没有上级可不填"),
    )
    division_code = forms.RegexField(
        label=gettext_lazy("区划代码"), required=False, regex=r"^\d{6}(\d{3})?$"
    )
    uscc = forms.CharField(label=gettext_lazy("统一社会信用代码"), required=False, max_length=18)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["kind"].choices = [(k, gettext(w)) for k, w in KINDS]  # type: ignore[attr-defined]
        self.fields["level"].choices = [  # type: ignore[attr-defined]
            ("", "—"),
            *((k, gettext(w)) for k, w in LEVELS),
        ]

    def clean_parent(self) -> int | None:
        """The parent's id."""
        text = str(self.cleaned_data["parent"]).strip()
        if not text:
            return None
        found = queries.by_code_or_name(text)
        if found is None:
            raise forms.ValidationError(gettext("没有找到这个单位，请填写代码或全称。"))
        return found.id


class AliasForm(forms.Form):
    """Another name."""

    name = forms.CharField(label=gettext_lazy("别名"), max_length=120, min_length=2)
