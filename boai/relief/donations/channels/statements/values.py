"""What reading a list gives."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from datetime import time as time_of_day
from typing import Literal

from boai.ground.core.text import gettext_noop as _

Verdict = Literal["gift", "quarantined", "refused"]


@dataclass(slots=True)
class ParsedRow:
    """One row of a list that is meant as a payment: a gift, or why it is none."""

    sheet: str
    row: int
    account: str = ""
    """The account whose list this is; empty for a list over all accounts."""
    amount_fen: int = 0
    donor: str = ""
    number: str = ""
    day: date | None = None
    time: time_of_day | None = None
    memo: str = ""
    purpose: str = ""
    verdict: Verdict = "gift"
    column: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class StatedTotal:
    """A total that the list itself states, in fen or in people."""

    sheet: str
    row: int
    label: str
    unit: Literal["fen", "row"]
    stated: int
    computed: int


@dataclass(slots=True)
class ParsedList:
    """A whole file: profile, channel, its rows, totals and remarks (code, sheet)."""

    profile: str
    channel: str
    rows: list[ParsedRow] = field(default_factory=list)
    totals: list[StatedTotal] = field(default_factory=list)
    remarks: list[tuple[str, str]] = field(default_factory=list)
    taught: list[str] = field(default_factory=list)
    """By which sayings of the society its columns are known: the name and version of each."""
    balances: list[tuple[str, bool]] = field(default_factory=list)
    """Sheets with a running balance, and whether each row's follows from its neighbour's."""


MESSAGES: Mapping[str, str] = {
    "AmountIsNotReadable": _("金额不是能识别的数字，请核对原表。"),
    "AmountHasTooManyDecimals": _("金额小于一分的部分无法入账，请核对原表。"),
    "AmountIsNotPositive": _("金额不大于零，请核对原表。"),
    "AmountIsMissing": _("这一行没有金额，请补填后再导入。"),
    "AmountOutOfRange": _("金额超出可接受的范围，请核对原表。"),
    "DayIsNotReadable": _("日期不能识别，请改为 2020-01-29 的写法。"),
    "RowIsAnOutflow": _("这是一笔支出，不是捐赠收入。"),
    "IncomeMayNotBeAGift": _("这笔收入像是利息、退款、提现或内部转账，须经人工核对。"),
    "PaymentIsNotComplete": _("交易状态不是成功，须经人工核对。"),
    "RowNamesNobody": _("这一行只有金额，没有捐赠人或单号，可能是合计，须经人工核对。"),
    "CurrencyIsNotYuan": _("币种不是人民币，须按外币捐赠另行登记。"),
    "CurrencyIsUnknown": _("表中没有写明币种，须先核对是否为人民币。"),
    "NumberWasRounded": _("交易单号被表格软件按数字舍入，已不可靠；请按文本格式重新导出。"),
    "ReferenceIsRepeated": _("同一单号在表中出现多次而内容不同，须经人工核对。"),
    "AmountDiffersFromBooked": _("同一单号已按另一金额入账，须经人工核对。"),
    "DayFromFileName": _("表内没有日期，按文件名取了日期；如不对，请指明数据所属日期（--day）。"),
    "YearFromSavedDay": _("日期没有年份或年份与文件保存日期矛盾，已按保存日期推定年份。"),
    "DayIsUnknown": _("表内和文件名都没有日期，按导入当天记；请指明数据所属日期（--day）。"),
    "SheetIsNotAList": _("这一工作表没有能识别的表头，未导入。"),
    "BalanceDoesNotContinue": _("余额与收支不连续，表中可能缺行或重行。"),
    "TextIsTooLong": _("姓名、附言或用途过长，请缩短后再导入。"),
    "GiftIsInTheFuture": _("捐赠时间在将来，请核对日期。"),
}
"""Code of a problem -> what the person who made the file reads."""
