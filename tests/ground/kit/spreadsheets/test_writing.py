"""What is written opens right and runs nothing."""

import io
from datetime import UTC, date, datetime

import python_calamine

from boai.ground.kit.spreadsheets.writing import Column, write_csv, write_xlsx

COLUMNS = [
    "编号",
    Column("金额", "fen", total=True),
    Column("日期", "date"),
    Column("时刻", "moment"),
]
ROWS = [
    ["=HYPERLINK(1)", 123456, date(2020, 1, 29), datetime(2020, 1, 29, 2, tzinfo=UTC)],
    ["@x", None, None, None],
]


def test_xlsx_has_text_not_formulas_and_a_total() -> None:
    content = write_xlsx(COLUMNS, ROWS, sheet="捐赠[1]/明细")
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
    rows = book.get_sheet_by_index(0).to_python()
    assert rows[1] == ["=HYPERLINK(1)", 1234.56, date(2020, 1, 29), datetime(2020, 1, 29, 10)]
    assert rows[2][0] == "@x"
    assert rows[3][:2] == ["合计", 1234.56]


def test_csv_has_a_mark_and_no_formulas() -> None:
    content = write_csv(COLUMNS, ROWS)
    assert content.startswith(b"\xef\xbb\xbf")
    lines = content.decode("utf-8-sig").split("\r\n")
    assert lines[1] == "'=HYPERLINK(1),1234.56,2020-01-29,2020-01-29T10:00:00+08:00"
    assert lines[2] == "'@x,,,"
