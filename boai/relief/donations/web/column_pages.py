"""Saying what the columns of an uploaded table mean; remembered for the next one."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy

from boai.ground.core.errors import Refusal
from boai.ground.core.text import gettext_noop as _
from boai.ground.kit.masks import masked_name
from boai.ground.kit.web.acts import ActPage
from boai.ground.kit.web.doors import door
from boai.relief.donations import permissions
from boai.relief.donations.channels.statements.cells import is_number
from boai.relief.donations.channels.statements.headers import (
    CHANNELS as LIST_CHANNELS,
)
from boai.relief.donations.channels.statements.headers import ROLE_LABELS, role_of
from boai.relief.donations.errors import ColumnIsTakenTwice
from boai.relief.donations.importing import looking
from boai.relief.donations.importing.looking import RawSheet
from boai.relief.donations.services.teaching import MEANINGS
from boai.relief.donations.values import CHANNELS

CURRENCIES = [
    ("", gettext_lazy("由表中币种列说明")),
    ("CNY", gettext_lazy("全部是人民币")),
    ("other", gettext_lazy("全部是外币（不入账，另行登记）")),
]
FACTORS = [("1", gettext_lazy("元")), ("10000", gettext_lazy("万元"))]


class ColumnsForm(forms.Form):
    """A meaning for each column, and what holds for the whole table."""

    name = forms.CharField(
        label=gettext_lazy("给这种格式起个名称"),
        max_length=200,
        help_text=gettext_lazy("例如“某某银行网银流水”；下次上传同样表头的文件会自动按此读取。"),
    )
    channel = forms.ChoiceField(label=gettext_lazy("渠道"), required=False)
    currency = forms.ChoiceField(label=gettext_lazy("币种"), required=False, choices=CURRENCIES)
    factor = forms.TypedChoiceField(label=gettext_lazy("金额单位"), coerce=int, choices=FACTORS)

    def __init__(self, *args: Any, columns: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        channels = [(each, gettext_lazy(CHANNELS[each])) for each in LIST_CHANNELS]
        self.fields["channel"].choices = [("", gettext_lazy("由表名和标题判断")), *channels]  # type: ignore[attr-defined]
        meanings = [
            ("", gettext_lazy("不使用")),
            *((each, gettext_lazy(ROLE_LABELS[each])) for each in MEANINGS),
        ]
        for place, words in enumerate(columns):
            self.fields[f"column_{place}"] = forms.ChoiceField(
                label=words, required=False, choices=meanings, initial=_guess(words)
            )


def _guess(words: str) -> str:
    role = role_of(words)
    return role if role in MEANINGS else ""


@door("donations.import")
class TeachColumns(ActPage):
    """What each column means: shown beside the first rows, remembered as a version."""

    title = _("指明各列含义")
    intro = _("对照下面的前几行，选出每一列的含义；合计、重复和错误的处理与其他文件相同。")
    template_name = "donations/columns.html"
    submit_label = _("记住并重新核对")
    success = _("已记住，请核对。")
    form_class = ColumnsForm

    _sheets: list[RawSheet] | None = None

    def sheets(self) -> list[RawSheet]:
        """How the file begins. *Raises* ``NotFound`` for another society's."""
        if self._sheets is None:
            row = looking.statement_of(self.actor, self.kwargs["file_id"])
            self._sheets = looking.raw_sheets(row)
        return self._sheets

    def chosen(self) -> tuple[int, int]:
        """Which sheet and row (from 0) are looked at; the likeliest where nothing sound is asked."""
        sheets = self.sheets()
        sheet = _whole(self.request.GET.get("sheet"), len(sheets), 0)
        if not sheets:
            return 0, 0
        return sheet, _whole(
            self.request.GET.get("heading"), len(sheets[sheet].rows), sheets[sheet].heading
        )

    def form_kwargs(self) -> dict[str, Any]:
        return {"columns": self.columns()}

    def columns(self) -> list[str]:
        """The words of the heading's cells, or the column's letter where it is empty."""
        sheet, heading = self.chosen()
        rows = self.sheets()[sheet].rows if self.sheets() else []
        cells = rows[heading] if rows else []
        return [words or f"{chr(65 + place % 26)}" for place, words in enumerate(cells)]

    def context(self) -> Mapping[str, Any]:
        sheets = self.sheets()
        sheet, heading = self.chosen()
        rows = sheets[sheet].rows if sheets else []
        masked = permissions.sees_masked(self.actor)
        shown = [
            (at + 1, [_covered(cell) if masked and at > heading else cell for cell in row])
            for at, row in enumerate(rows)
        ]
        return {
            "sheets": [(at, each.name) for at, each in enumerate(sheets)],
            "sheet": sheet,
            "heading": heading,
            "row_numbers": [(at, at + 1) for at in range(len(rows))],
            "shown": shown,
            "back_url": reverse("donations-statement", args=[self.kwargs["file_id"]]),
        }

    def act(self, form: Any) -> int:
        """One call."""
        given = form.cleaned_data
        sheet, heading = self.chosen()
        return looking.teach_columns(
            self.actor,
            file_id=self.kwargs["file_id"],
            sheet=sheet,
            heading=heading,
            name=given["name"],
            meanings=[given[f"column_{place}"] for place in range(len(self.columns()))],
            factor=given["factor"],
            channel=given["channel"],
            currency=given["currency"],
            at=self.at,
        )

    def put(self, refusal: Refusal, form: forms.Form) -> None:
        """A meaning is told in words, not by its code."""
        if isinstance(refusal, ColumnIsTakenTwice):
            refusal.context["meaning"] = gettext(ROLE_LABELS[refusal.context["meaning"]])
        super().put(refusal, form)

    def done_url(self, outcome: Any) -> str:
        return reverse("donations-statement", args=[self.kwargs["file_id"]])


def _whole(text: str | None, below: int, otherwise: int) -> int:
    """A number of the address, where it is one that exists."""
    plain = text is not None and text.isascii() and text.isdigit() and len(text) < 6
    return int(text) if plain and text is not None and int(text) < below else otherwise


def _covered(cell: str) -> str:
    """A cell for those who see names masked: numbers stay, words are covered."""
    return cell if not cell or is_number(cell) or cell[:4].isdigit() else masked_name(cell)
