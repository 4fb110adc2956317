"""Lists of gifts are read by their words: any column order, totals told from gifts."""

from collections import Counter
from datetime import date, time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boai.ground.kit.spreadsheets.days import Hints
from boai.ground.kit.spreadsheets.reading import Sheet, read_workbook, saved_on
from boai.relief.donations.channels.statements.cells import Unreadable, fen, moment_in_number
from boai.relief.donations.channels.statements.headers import names_amount, role_of
from boai.relief.donations.channels.statements.parsing import parse
from boai.relief.donations.channels.statements.values import ParsedList
from tests.factories.published import shared_data

NUMBERS = [f"0102202001{day:02d}23594000817531{day:02d}" for day in range(10, 16)]


def parsed(*rows: list[object], name: str = "Sheet1", hints: Hints | None = None) -> ParsedList:
    found = parse([Sheet(name, [list(row) for row in rows])], hints or Hints())  # type: ignore[arg-type]
    assert found is not None
    return found


def verdicts(found: ParsedList) -> list[tuple[int, str, str]]:
    return [(row.row, row.verdict, row.code) for row in found.rows]


def test_amounts() -> None:
    assert fen("20,000,000.00\xa0") == 2_000_000_000
    assert fen("¥ 28.50") == 2850 and fen("＋１００".replace("＋", "")) == 10_000
    assert fen(4761028.68000006) == 476102868
    assert fen(3482232.1100000003) == 348223211
    assert fen("855.011", 10_000) == 855_011_000
    assert fen(12.5, 10_000) == 12_500_000
    assert fen("-3") == -300
    for cell, code in (
        (0.001, "AmountHasTooManyDecimals"),
        ("0.001", "AmountHasTooManyDecimals"),
        ("1e12", "AmountIsNotReadable"),
        ("一百", "AmountIsNotReadable"),
        (float("nan"), "AmountOutOfRange"),
        (1e20, "AmountOutOfRange"),
        ("9" * 30, "AmountOutOfRange"),
        (True, "AmountIsNotReadable"),
        (date(2020, 1, 1), "AmountIsNotReadable"),
    ):
        with pytest.raises(Unreadable, match=code):
            fen(cell)


@given(st.from_regex(r"[0-9]{1,17}(\.[0-9]{1,3})?", fullmatch=True))
def test_a_plain_amount_is_read_as_any_other(text: str) -> None:
    def read(cell: str) -> int | str:
        try:
            return fen(cell)
        except Unreadable as reason:
            return str(reason)

    assert read(text) == read(f"+{text}")


@pytest.mark.parametrize("cell", ["1,000.00", "12.5", "-3", "+7.0", "", "2020-01-29"])
def test_digits_are_no_heading(cell: str) -> None:
    assert role_of(cell) == "" and not names_amount(cell)
    assert names_amount("捐赠金额（元）")


def test_headings_by_words() -> None:
    for words, role in {
        "捐赠额（单位：元）": "amount",
        "金额(元）": "amount",
        " 交易金额 ": "amount",
        "捐赠(单位/姓名）个人 ": "donor",
        "捐赠单位及个人": "donor",
        "姓名（姓氏隐去)": "donor",
        "捐款人": "donor",
        "交易单号": "number",
        "日 志 号": "number",
        "捐赠日期": "day",
        "付款附言": "memo",
        "备注": "purpose",
        "收/支": "direction",
        "累计捐款 万元": "running",
        "数量总计": "goods",
        "交易金额(收入)": "income",
        "CreditAmount": "income",
    }.items():
        assert role_of(words) == role, words


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_any_column_order(order: tuple[int, ...]) -> None:
    table = [["交易单号", "金额（元）", "附言"], [NUMBERS[0], 15.5, "加油"], [NUMBERS[1], "3", ""]]
    found = parsed(["某会名单"], *[[row[i] for i in order] for row in table])
    assert [r.amount_fen for r in found.rows] == [1550, 300]
    assert found.profile == "transactions" and found.channel == "qr"
    assert found.rows[0].memo == "加油" and found.rows[0].day == date(2020, 1, 10)
    assert found.rows[0].time == time(23, 59, 40)


def test_an_unlabelled_total_is_no_gift_wherever_it_stands() -> None:
    gifts = [[NUMBERS[0], "", 10.0, ""], [NUMBERS[1], "", 20.5, ""]]
    heading = ["交易单号", "", "交易金额", ""]
    for last in (["", "", 30.5, ""], ["", "", "", 30.5]):
        found = parsed(heading, *gifts, last)
        assert len(found.rows) == 2
        assert [(t.stated, t.computed) for t in found.totals] == [(3050, 3050)]
    beside = parsed(heading, gifts[0], [*gifts[1][:3], 30.5])
    assert len(beside.rows) == 2 and beside.totals[0].stated == 3050


def test_a_lonely_amount_that_is_not_the_sum_waits_for_a_person() -> None:
    found = parsed(["姓名", "金额"], ["甲", 10.0], ["乙", 20.0], ["", 31.0])
    assert verdicts(found)[-1] == (4, "quarantined", "RowNamesNobody")


def test_stated_totals_in_words() -> None:
    found = parsed(
        ["1月29日，某会累计收到社会捐款8550.11万元。"],
        ["捐赠人", "金额"],
        ["甲", 1.0],
        ["共计2人次", "总金额1.00"],
    )
    assert [(t.label, t.unit, t.stated, t.computed) for t in found.totals] == [
        ("某会累计收到社会捐款8550.11万元", "fen", 8_550_110_000, 100),
        ("总金额1.00", "fen", 100, 100),
        ("共计2人次", "row", 2, 1),
    ]


@pytest.mark.parametrize("place", [0, 1, 2, 3])
def test_the_total_line_in_any_column(place: int) -> None:
    line: list[object] = ["", "", "", "", 30.0, ""]
    line[place] = "合　计"
    found = parsed(
        ["序号", "捐赠日期", "捐赠单位", "经手", "捐赠金额（元）", "备注"],
        [1.0, "2020.01.22", "甲", "", 10.0, "共计三人"],
        [2.0, 43853.0, "乙\t", "", 20.0, ""],
        line,
    )
    assert [r.day for r in found.rows] == [date(2020, 1, 22), date(2020, 1, 23)]
    assert found.rows[1].donor == "乙" and found.rows[0].purpose == "共计三人"
    assert [(t.stated, t.computed) for t in found.totals] == [(3000, 3000)]


def test_subtotals_count_from_the_last_one() -> None:
    found = parsed(
        ["姓名", "金额"], ["甲", 10.0], ["小计", 10.0], ["乙", 5.0], ["小计", 5.0], ["合计", 15.0]
    )
    assert all(t.stated == t.computed for t in found.totals) and len(found.totals) == 3


def test_notes_are_no_rows_but_a_forgotten_amount_is_refused() -> None:
    found = parsed(
        ["捐赠人", "金额"],
        ["甲", 10.0],
        ["乙", ""],
        ["丙", "壹佰"],
        ["丁", 0.0],
        ["", ""],
        ["注：以上为大额捐赠", ""],
        ["某市红十字会", ""],
        ["2020年1月29日", ""],
    )
    assert verdicts(found) == [
        (2, "gift", ""),
        (3, "refused", "AmountIsMissing"),
        (4, "refused", "AmountIsNotReadable"),
        (5, "refused", "AmountIsNotPositive"),
    ]


def test_a_merged_donor_names_the_whole_block() -> None:
    rows = [["捐赠人", "金额"], ["甲公司", 10.0], ["", 20.0], ["乙", 5.0]]
    found = parse([Sheet("s", rows, (((1, 0), (2, 0)),))], Hints())  # type: ignore[arg-type]
    assert found is not None
    assert [r.donor for r in found.rows] == ["甲公司", "甲公司", "乙"]


def test_statements_tell_gifts_from_everything_else() -> None:
    heading = [
        "交易时间",
        "交易类型",
        "交易对方",
        "收/支",
        "金额(元)",
        "当前状态",
        "交易单号",
        "备注",
    ]
    found = parsed(
        ["微信支付账单明细"],
        ["共43笔记录"],
        heading,
        ["2020-01-29 10:00:00", "二维码收款", "甲", "收入", "¥23.00", "已收钱", "1\t", "/"],
        ["2020-01-29 10:00:01", "商户消费", "店", "支出", "¥1.00", "支付成功", "2\t", "/"],
        ["2020-01-29 10:00:02", "零钱提现", "行", "/", "¥1.00", "提现已到账", "3\t", "/"],
        ["2020-01-29 10:00:03", "转账", "乙", "收入", "¥5.00", "对方已退还", "4\t", "/"],
        ["2020-01-29 10:00:04", "转账", "丙", "收入", "¥5.00", "已收钱", "1\t", "/"],
    )
    assert found.channel == "wechatpay" and found.profile == "statement"
    assert [code for _row, _verdict, code in verdicts(found)] == [
        "",
        "RowIsAnOutflow",
        "IncomeMayNotBeAGift",
        "PaymentIsNotComplete",
        "ReferenceIsRepeated",
    ]


def test_two_columns_of_movements_and_a_balance() -> None:
    heading = ["交易日期", "收入", "支出", "余额", "对方户名", "币种"]
    rows = [
        ["20200129", 10.0, "", 110.0, "甲", "人民币"],
        ["20200129", "-", 5.0, 105.0, "乙", "人民币"],
        ["20200130", 7.0, 0.0, 112.0, "丙", "美元"],
    ]
    found = parsed(heading, *rows)
    assert [r.code for r in found.rows] == ["", "RowIsAnOutflow", "CurrencyIsNotYuan"]
    assert found.remarks == []
    assert parsed(heading, rows[0], rows[2]).remarks == [("BalanceDoesNotContinue", "Sheet1")]


def test_ten_thousands_and_rounded_numbers() -> None:
    assert parsed(["捐赠人", "金额（万元）"], ["甲", 12.5]).rows[0].amount_fen == 12_500_000
    rounded = parsed(["交易单号", "金额"], [1.0202e27, 1.0])
    assert rounded.rows[0].code == "NumberWasRounded"


def test_what_is_no_list_of_gifts() -> None:
    for heading in (
        ["日期", "当日捐款 万元", "累计捐款 万元"],
        ["捐赠单位", "品名", "数量"],
        ["a", "b"],
    ):
        assert parse([Sheet("s", [heading, ["x", 1.0, 2.0]])], Hints()) is None  # type: ignore[list-item]


def test_a_moment_in_a_transaction_number() -> None:
    assert str(moment_in_number("0102202001242359400081753152")) == "2020-01-24 23:59:40"
    assert moment_in_number("0102202013242359400081753152") is None
    assert moment_in_number("3985734") is None


REAL = {
    "二维码及pos机）2020年1月24日.xlsx": (1207, 21_078_319),
    "二维码及pos机）2020年1月24日的副本.xlsx": (1207, 21_078_319),
    "二维码及pos机）2020年1月25日.xlsx": (49_691, 476_102_868),
    "二维码及pos机）2020年2月1日.xlsx": (3775, 42_192_147),
    "二维码及pos机）2020年2月11日.xlsx": (1688, 57_693_642),
    "二维码及pos机）2020年2月12日.xlsx": (1585, 56_704_053),
    "云闪付用户捐赠明细（2月1日）.xlsx": (2151, 10_553_382),
    "云闪付用户捐赠明细（2月11日）.xlsx": (568, 3_945_856),
    "交通银行账户）2019年1月28日.xlsx": (2855, 31_454_075_569),
    "农业银行账户）2019年1月28日.xlsx": (745, 6_160_958_505),
    "支付宝账户）2019年1月28日.xlsx": (48_740, 1_027_281_033),
    "第6期—1.xlsx": (100, 36_263_887_300),
    "公示7-1.xlsx": (100, 7_731_931_901),
}


@pytest.mark.parametrize("name", sorted(REAL))
def test_the_published_lists_of_wuhan(name: str) -> None:
    [path] = [p for p in shared_data("wuhan-redcross-2020").glob("c*/*") if p.name.endswith(name)]
    found = parse(read_workbook(path), Hints(path.name, saved_on(path)))
    assert found is not None
    assert {row.verdict for row in found.rows} == {"gift"}
    assert (len(found.rows), sum(row.amount_fen for row in found.rows)) == REAL[name]
    assert all(row.day is not None and row.day.year == 2020 for row in found.rows)
    for total in found.totals:
        if total.unit == "fen" and "收到" not in total.label:
            assert total.stated == total.computed


def test_the_published_lists_of_hubei() -> None:
    sums = [348_223_211, 3_842_232_224, 15_396_731_614, 15_396_731_614, 8_051_659_300]
    for number, amount in enumerate(sums, 1):
        path: Path = shared_data("hubei-redcross-2020") / f"donate0{number}.xls"
        found = parse(read_workbook(path), Hints(path.name))
        assert found is not None and Counter(r.verdict for r in found.rows).keys() == {"gift"}
        assert [(t.stated, t.computed) for t in found.totals] == [(amount, amount)]
        assert not any("\t" in row.donor for row in found.rows)
