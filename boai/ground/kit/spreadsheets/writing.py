"""Writing tables for Excel and for machines, safe to open.

Text that a spreadsheet would run as a formula stays text: in xlsx by the cell's type, in CSV by a
leading apostrophe (the reader's protection, not the writer's taste: a donor may be called
``=HYPERLINK(...)``).
"""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

import xlsxwriter

from boai.ground.core.clock import CHINA

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"

Kind = Literal["text", "fen", "number", "date", "moment"]
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table: heading, kind of value, width in characters.

    ``fen`` takes whole fen and is shown in yuan. ``total`` asks for a total in the last line.
    """

    label: str
    kind: Kind = "text"
    width: int = 16
    total: bool = False


def as_columns(columns: Sequence["Column | str"]) -> list[Column]:
    """Plain headings become text columns."""
    return [Column(str(c)) if not isinstance(c, Column) else c for c in columns]


def write_xlsx(
    columns: Sequence[Column | str], rows: Iterable[Sequence[Any]], *, sheet: str = "数据"
) -> bytes:
    """An xlsx of one sheet: heading frozen and filterable, memory flat while rows are written."""
    heads = as_columns(columns)
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(
        buffer, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    page = book.add_worksheet(_sheet_name(sheet))
    bold = book.add_format({"bold": True, "bottom": 1, "text_wrap": True})
    shapes = {
        "fen": book.add_format({"num_format": "#,##0.00"}),
        "number": book.add_format({"num_format": "#,##0"}),
        "date": book.add_format({"num_format": "yyyy-mm-dd"}),
        "moment": book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
    }
    for at, head in enumerate(heads):
        page.set_column(at, at, head.width)
        page.write_string(0, at, head.label, bold)
    page.freeze_panes(1, 0)
    line, sums = 0, [0] * len(heads)
    for line, row in enumerate(rows, start=1):
        for at, (head, value) in enumerate(zip(heads, row, strict=True)):
            _write_cell(page, line, at, head, value, shapes.get(head.kind))
            if head.total and isinstance(value, int):
                sums[at] += value
    if heads:
        page.autofilter(0, 0, line, len(heads) - 1)
    if any(head.total for head in heads):
        _write_totals(page, line + 1, heads, sums, book)
    book.close()
    return buffer.getvalue()


def _write_cell(page: Any, line: int, at: int, head: Column, value: Any, shape: Any) -> None:
    if value is None or value == "":
        return
    if head.kind == "fen" and isinstance(value, int):
        page.write_number(line, at, value / 100, shape)
    elif head.kind == "number" and isinstance(value, int):
        page.write_number(line, at, value, shape)
    elif isinstance(value, datetime):
        page.write_datetime(line, at, value.astimezone(CHINA).replace(tzinfo=None), shape)
    elif isinstance(value, date):
        page.write_datetime(line, at, datetime(value.year, value.month, value.day), shape)  # noqa: DTZ001
    else:
        page.write_string(line, at, str(value)[:32767])


def _write_totals(page: Any, line: int, heads: list[Column], sums: list[int], book: Any) -> None:
    for at, head in enumerate(heads):
        money = head.kind == "fen"
        shape = book.add_format(
            {"bold": True, "top": 1, "num_format": "#,##0.00" if money else "#,##0"}
        )
        if head.total:
            page.write_number(line, at, sums[at] / 100 if money else sums[at], shape)
        else:
            page.write_string(line, at, "合计" if at == 0 else "", shape)


def _sheet_name(text: str) -> str:
    plain = "".join(" " if c in "[]:*?/\\" else c for c in text).strip("' ")
    return plain[:31] or "Sheet1"


def write_csv(columns: Sequence[Column | str], rows: Iterable[Sequence[Any]]) -> bytes:
    """CSV as RFC 4180 in UTF-8 with a byte order mark, so that Excel in China reads it right."""
    heads = as_columns(columns)
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow([safe_text(head.label) for head in heads])
    for row in rows:
        writer.writerow(
            [csv_cell(value, head.kind) for head, value in zip(heads, row, strict=True)]
        )
    return b"\xef\xbb\xbf" + buffer.getvalue().encode()


def csv_cell(value: Any, kind: Kind = "text") -> str:
    """One value as CSV text: yuan with two decimals, moments in China's time, formulas inert."""
    if value is None:
        return ""
    if kind == "fen" and isinstance(value, int):
        sign = "-" if value < 0 else ""
        return f"{sign}{abs(value) // 100}.{abs(value) % 100:02d}"
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, datetime):
        return value.astimezone(CHINA).isoformat(timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    return safe_text(str(value))


def safe_text(text: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    return "'" + text if text.startswith(_DANGEROUS) else text
