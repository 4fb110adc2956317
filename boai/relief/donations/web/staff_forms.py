"""Forms of the desk."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from boai.foundations.catalogue import queries as catalogue
from boai.foundations.organisations import queries as organisations
from boai.ground.core.errors import Refusal
from boai.ground.core.money import fen_from_yuan
from boai.ground.kit.web.refusals import explain
from boai.relief.donations import documents, queries
from boai.relief.donations.values import AnnouncedLine

LINES = 5


class YuanField(forms.CharField):
    """An amount in yuan, read into whole fen; empty stays unknown."""

    def clean(self, value: Any) -> Any:
        """*Raises* the refusal's words beside the field."""
        text = super().clean(value)
        if not text:
            return None
        try:
            return fen_from_yuan(text)
        except Refusal as refusal:
            raise forms.ValidationError(explain(refusal).sentence) from None


class UnitField(forms.CharField):
    """An organisation by its full name, alias or code, answered as its id."""

    def clean(self, value: Any) -> Any:
        """*Raises* where no organisation, or more than one, bears the name."""
        text = super().clean(value)
        if not text:
            return None
        row = organisations.by_code_or_name(text) or organisations.match_name(text)
        if row is None:
            raise forms.ValidationError(_("没有找到所指定的受益单位。请从单位名录中核对全称。"))
        return row.id


class ItemField(forms.CharField):
    """An item of the catalogue by its name, alias or code, answered as its id."""

    def clean(self, value: Any) -> Any:
        """*Raises* where the catalogue does not know the name."""
        text = super().clean(value)
        if not text:
            return None
        row = catalogue.item_by_code(text) or catalogue.match_item(text)
        if row is None:
            raise forms.ValidationError(
                _("物资目录中没有这一物资。请从目录中选择，或先请管理员添加。")
            )
        return row.id


def appeal_choices(organisation_id: int | None, *, late: bool = False) -> list[tuple[str, str]]:
    """Open appeals (and, for goods under way, suspended ones), and no appeal at all."""
    rows = queries.appeals_of(organisation_id) if organisation_id is not None else []
    rows.sort(key=lambda row: (row.state != "open", not row.emergency))
    states = ("open", "suspended", "closed") if late else ("open",)
    found = [
        (str(row.id), row.title if row.state == "open" else f"{row.title}（{_('已暂停')}）")
        for row in rows
        if row.state in states
    ]
    return [*found, ("", str(_("不限定项目")))]


class GiverForm(forms.Form):
    """What both kinds of gifts ask about the giver."""

    donor_name = forms.CharField(label=_("捐赠人"), required=False, max_length=2000)
    phone = forms.CharField(
        label=_("手机号"),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "tel"}),
    )
    named = forms.BooleanField(label=_("捐赠人同意公开署名"), required=False)
    display_name = forms.CharField(label=_("公开的署名"), required=False, max_length=2000)
    message = forms.CharField(
        label=_("给一线的话"), required=False, max_length=5000, widget=forms.Textarea({"rows": 2})
    )


class CashForm(GiverForm):
    """Cash that was counted at the counter."""

    appeal = forms.ChoiceField(label=_("项目"), required=False)
    amount = YuanField(
        label=_("金额（元）"),
        max_length=60,
        widget=forms.TextInput(
            attrs={
                "inputmode": "decimal",
                "data-amount-words": "#cash-words",
                "autocomplete": "off",
            }
        ),
    )
    directed_to = UnitField(
        label=_("指定受益单位"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"list": "unit-names", "autocomplete": "off"}),
    )
    purpose = forms.CharField(label=_("指定用途"), required=False, max_length=2000)
    field_order = ("appeal", "amount", "donor_name", "phone", "named", "display_name")

    def __init__(self, *args: Any, appeals: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["appeal"].choices = appeals  # type: ignore[attr-defined]


class GoodsForm(GiverForm):
    """An announced gift of goods."""

    appeal = forms.ChoiceField(label=_("项目"), required=False)
    donor_kind = forms.ChoiceField(
        label=_("捐赠人类型"), choices=[("organisation", _("单位")), ("person", _("个人"))]
    )
    uscc = forms.CharField(label=_("统一社会信用代码"), required=False, max_length=18)
    directed_to = UnitField(
        label=_("指定受益单位"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"list": "unit-names", "autocomplete": "off"}),
    )
    purpose = forms.CharField(label=_("捐赠意愿"), required=False, max_length=2000)
    late_reason = forms.CharField(
        label=_("在途补登原因"),
        required=False,
        max_length=2000,
        help_text=_("只在项目已暂停、物资在暂停前已发运时填写。"),
    )
    quality_paper = forms.FileField(label=_("质量证明（照片或 PDF）"), required=False)
    price_paper = forms.FileField(label=_("价格凭据（照片或 PDF）"), required=False)
    field_order = ("appeal", "donor_kind", "donor_name", "phone", "uscc", "named", "display_name")

    def __init__(self, *args: Any, appeals: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["appeal"].choices = appeals  # type: ignore[attr-defined]


class GoodsLineForm(forms.Form):
    """One item."""

    item = ItemField(
        label=_("物资"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"list": "item-names", "autocomplete": "off"}),
    )
    quantity = forms.IntegerField(
        label=_("数量（最小单位）"),
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    spec = forms.CharField(label=_("规格"), required=False, max_length=2000)
    expected_on = forms.DateField(
        label=_("预计到达"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    value = YuanField(
        label=_("捐赠人声明价值（元）"),
        required=False,
        max_length=60,
        help_text=_("不清楚请留空，不要填 0。"),
    )

    def clean(self) -> dict[str, Any]:
        """A line needs item and quantity, or neither."""
        given = super().clean() or {}
        if self.errors:
            return given
        if (given.get("item") is None) != (given.get("quantity") is None):
            raise forms.ValidationError(_("物资和数量要一起填写。"))
        return given

    def line(self) -> AnnouncedLine | None:
        """The line, or nothing for an empty one."""
        given = self.cleaned_data
        if given.get("item") is None:
            return None
        return AnnouncedLine(
            item_id=given["item"],
            quantity=given["quantity"],
            spec=given["spec"],
            expected_on=given["expected_on"],
            stated_value_fen=given["value"],
        )


GoodsLines = forms.formset_factory(GoodsLineForm, extra=LINES, max_num=40, absolute_max=60)


class AppealForm(forms.Form):
    """A draft."""

    title = forms.CharField(label=_("名称"), max_length=2000)
    slug = forms.CharField(
        label=_("网址代号"),
        max_length=200,
        help_text=_("小写字母、数字和短横线，例如 kangyi-2020。"),
    )
    summary = forms.CharField(label=_("一句话简介"), required=False, max_length=2000)
    purpose = forms.CharField(
        label=_("募捐用途"), max_length=20000, widget=forms.Textarea({"rows": 6})
    )
    emergency = forms.BooleanField(label=_("紧急募捐"), required=False)
    target = YuanField(label=_("目标金额（元）"), required=False, max_length=60)
    rule_version_id = forms.TypedChoiceField(label=_("适用的捐赠须知"), coerce=int)

    def __init__(self, *args: Any, rules: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["rule_version_id"].choices = rules  # type: ignore[attr-defined]


class RuleForm(forms.Form):
    """A version of the rule text."""

    version = forms.CharField(label=_("版本号"), max_length=200)
    title = forms.CharField(label=_("名称"), max_length=2000)
    text = forms.CharField(
        label=_("规则正文"), max_length=30000, widget=forms.Textarea({"rows": 10})
    )


class ApprovalForm(forms.Form):
    """The command's decision."""

    basis = forms.CharField(
        label=_("批准依据"), max_length=2000, help_text=_("批准文件的名称和文号。")
    )
    document = forms.FileField(label=_("批准文件（照片或 PDF）"), required=False)


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(label=_("暂停原因"), max_length=2000)


class PosterForm(forms.Form):
    """Which paper a poster is for, and whose wall."""

    paper = forms.ChoiceField(label=_("纸张"), choices=[("a4", "A4"), ("a3", "A3")])
    place = forms.CharField(
        label=_("柜台或团队"),
        max_length=documents.LONGEST_PLACE,
        required=False,
        help_text=_("印在二维码下方，例如“江汉路柜台”。"),
    )
