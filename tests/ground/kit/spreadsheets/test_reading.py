"""Tables in every encoding, with merged cells, invisible characters and odd days."""

from datetime import date, datetime, time
from pathlib import Path

import pytest
import xlsxwriter

from boai.ground.kit.spreadsheets.days import Hints, day_in, list_day, time_in, with_year
from boai.ground.kit.spreadsheets.errors import FileIsNotATable
from boai.ground.kit.spreadsheets.reading import (
    Sheet,
    carry_merged_down,
    clean_text,
    code_text,
    day_from_serial,
    read_workbook,
    saved_on,
)

LINES = "姓名,金额\r\n张三,1.00\r\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le"])
def test_csv_in_any_encoding(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(LINES.encode(encoding))
    assert read_workbook(path)[0].rows == [["姓名", "金额"], ["张三", "1.00"]]


@pytest.mark.parametrize("mark", [",", "\t", ";", "|"])
def test_csv_with_any_separator(tmp_path: Path, mark: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(LINES.replace(",", mark))
    assert read_workbook(path)[0].rows[1] == ["张三", "1.00"]


def test_a_picture_is_no_table(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20)
    with pytest.raises(FileIsNotATable):
        read_workbook(path)
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 100)
    with pytest.raises(FileIsNotATable):
        read_workbook(path)


def test_rows_keep_their_numbers_and_merged_cells_are_carried(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    book = xlsxwriter.Workbook(path)
    page = book.add_worksheet("入库")
    page.write_row(2, 1, ["捐赠单位", "品名", "数量"])
    page.merge_range(3, 1, 5, 1, "甲公司")
    for at, (name, number) in enumerate([("口罩", 5), ("手套", 6), ("护目镜", 7)], start=3):
        page.write_row(at, 2, [name, number])
    book.close()
    [sheet] = read_workbook(path)
    assert sheet.rows[4][1] == ""
    carried = carry_merged_down(sheet)
    assert [row[1] for row in carried[3:]] == ["甲公司"] * 3
    assert sheet.rows[4][1] == ""
    assert carry_merged_down(sheet, columns=[2])[4][1] == ""
    assert saved_on(path) is not None


def test_clean_text() -> None:
    assert clean_text("\u200b") == ""
    assert clean_text(" 防护\xa0\xa0口罩\t") == "防护 口罩"
    assert clean_text(15.0) == "15"
    assert clean_text(0.5) == "0.5"
    assert clean_text(None) == ""
    assert clean_text(date(2020, 1, 29)) == "2020-01-29"
    assert code_text("０１02  34\xa0") == "010234"


def test_days_as_people_write_them() -> None:
    for cell in (
        "2020.01.29",
        "2020年1月29日",
        "2020-1-29 10:00",
        "20200129",
        20200129.0,
        43859.0,
        date(2020, 1, 29),
        datetime(2020, 1, 29, 8),
        "29/01/2020",
    ):
        assert day_in(cell) == date(2020, 1, 29), cell
    for cell in ("", "1月29日", "2020-13-45", 12.0, "明天"):
        assert day_in(cell) is None
    assert day_from_serial(43860) == date(2020, 1, 30)
    assert time_in("23:59:01") == time(23, 59, 1)
    assert time_in("2020-01-29 07:08") == time(7, 8)
    assert time_in("123456") == time(12, 34, 56)
    assert time_in("25:00") is None
    assert with_year(12, 31, date(2020, 1, 2)) == date(2019, 12, 31)
    assert with_year(2, 29, date(2019, 6, 1)) is None


@pytest.mark.parametrize(
    ("above", "hints", "expected"),
    [
        (["（1月22日—1月28日）"], Hints(saved_on=date(2020, 2, 3)), (date(2020, 1, 28), "")),
        (["名单（2020年02月11日）"], Hints(), (date(2020, 2, 11), "")),
        (
            ["名单"],
            Hints("名单2019年1月28日.xlsx", date(2020, 1, 30)),
            (date(2020, 1, 28), "YearFromSavedDay"),
        ),
        (["名单"], Hints("名单2020年1月28日.xls"), (date(2020, 1, 28), "DayFromFileName")),
        (["名单"], Hints("名单.xls"), (None, "DayIsUnknown")),
        (["2020年1月1日"], Hints(day=date(2020, 1, 5)), (date(2020, 1, 5), "")),
    ],
)
def test_the_day_of_a_list(
    above: list[str], hints: Hints, expected: tuple[date | None, str]
) -> None:
    sheet = Sheet("Sheet1", [list(above), ["姓名", "金额"], ["张三", 1.0]])
    assert list_day(sheet, 1, hints) == expected
