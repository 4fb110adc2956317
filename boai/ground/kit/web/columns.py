"""What a list shows: columns and filters, declared."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from boai.ground.kit.spreadsheets.writing import Column as SheetColumn
from boai.ground.kit.spreadsheets.writing import Kind as SheetKind
from boai.ground.kit.templatetags import kit as tags
from boai.ground.kit.web.doors import open_to

Kind = Literal["text", "money", "quantity", "number", "moment", "day", "state", "ref"]
NUMBERS = frozenset({"money", "quantity", "number"})


def reach(row: Any, path: str) -> Any:
    """Follow an attribute (or key) path; a missing link in the middle answers ``None``."""
    for step in path.split("."):
        if row is None:
            return None
        row = row.get(step) if isinstance(row, dict) else getattr(row, step)
    return row() if callable(row) else row


@dataclass(frozen=True)
class Column:
    """One column: how its value is found, shown, sorted, summed and exported."""

    name: str
    label: str
    kind: Kind = "text"
    value: Callable[[Any], Any] | str | None = None
    sort: str | bool = False
    total: str | bool = False
    link: Callable[[Any], str] | None = None
    unit: Callable[[Any], str] | str = ""
    tone: Callable[[Any], str] | None = None
    export: bool = True
    screen: bool = True
    blank: bool = False
    """An empty cell says that there is nothing here, not that it is unknown."""

    @property
    def heading(self) -> str:
        """The translated label."""
        return gettext(str(self.label))

    @property
    def numeric(self) -> bool:
        """Whether the column is set right."""
        return self.kind in NUMBERS

    @property
    def sort_field(self) -> str:
        """The field or attribute by which the column sorts, or empty."""
        return self.name if self.sort is True else str(self.sort or "")

    @property
    def total_field(self) -> str:
        """The field or attribute that is summed, or empty."""
        return self.name if self.total is True else str(self.total or "")

    def raw(self, row: Any) -> Any:
        """The value itself."""
        if callable(self.value):
            return self.value(row)
        return reach(row, self.value or self.name)

    def unit_of(self, row: Any) -> str:
        """The unit of a quantity."""
        return str(self.unit(row)) if callable(self.unit) else gettext(self.unit or "")

    def shown(self, row: Any, request: HttpRequest | None = None) -> SafeString | str:
        """The cell on the screen; no link to a page that is closed to whoever asks."""
        value = self.raw(row)
        cell = self.dressed(value, row)
        target = self.link(row) if self.link else ""
        offered = target and open_to(request, target)
        return format_html('<a href="{}">{}</a>', target, cell) if offered else cell

    def dressed(self, value: Any, row: Any = None) -> SafeString | str:
        """A value in the looks of this column."""
        if self.blank and value is None:
            return ""
        if self.kind == "money":
            return tags.money(value)
        if self.kind in ("quantity", "number"):
            return tags.quantity(value, self.unit_of(row) if row is not None else "")
        if self.kind == "moment":
            return tags.moment(value)
        if self.kind == "day":
            return tags.day(value)
        if self.kind == "state":
            return tags.state(str(value or ""), self.tone(row) if self.tone and row else "plain")
        if self.kind == "ref":
            return tags.ref(str(value or ""), copy=False)
        return "—" if value is None or value == "" else str(value)

    def exported(self, row: Any) -> Any:
        """The value in a file: whole fen for money, states in words, the rest as it is."""
        value = self.raw(row)
        if value is None or value == "":
            return None
        if self.numeric:
            return int(value)
        if self.kind == "state":
            return gettext(str(value))
        return value if isinstance(value, date) else str(value)

    @property
    def sheet_column(self) -> SheetColumn:
        """The column as the writer of files knows it."""
        kinds: dict[str, SheetKind] = {
            "money": "fen",
            "quantity": "number",
            "number": "number",
            "moment": "moment",
            "day": "date",
        }
        return SheetColumn(self.heading, kinds.get(self.kind, "text"))


Choices = Iterable[tuple[Any, Any]]


@dataclass(frozen=True)
class Filter:
    """One filter over a list: a choice, a day or a free text. ``apply`` is equality unless given."""

    name: str
    label: str
    choices: Choices | Callable[[], Choices] = ()
    kind: Literal["choice", "day", "text"] = "choice"
    apply: Callable[[Any, Any], Any] | None = None

    @property
    def heading(self) -> str:
        """The translated label."""
        return gettext(str(self.label))

    def options(self) -> Sequence[tuple[str, str]]:
        """The choices, as texts."""
        given = self.choices() if callable(self.choices) else self.choices
        return [(str(key), gettext(str(label))) for key, label in given if str(key) != ""]

    def read(self, text: str) -> Any:
        """The value that was asked for, or ``None`` where it is no possible one."""
        cleaned = text.replace("\x00", "").strip()[:200]
        if not cleaned:
            return None
        if self.kind == "day":
            try:
                return date.fromisoformat(cleaned)
            except ValueError:
                return None
        if self.kind == "choice":
            return cleaned if cleaned in {key for key, _label in self.options()} else None
        return cleaned

    def narrowed(self, rows: Any, value: Any) -> Any:
        """The rows that fit."""
        if self.apply is not None:
            return self.apply(rows, value)
        if hasattr(rows, "filter"):
            return rows.filter(**{self.name: value})
        return [row for row in rows if str(reach(row, self.name)) == str(value)]
