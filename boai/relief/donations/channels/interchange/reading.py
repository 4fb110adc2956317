"""A file of these forms as sheets, and what its balances say."""

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from boai.ground.kit.spreadsheets.reading import Cell, Sheet, decoded
from boai.relief.donations.channels.interchange import camt, mt940
from boai.relief.donations.channels.interchange.values import Line, Statement
from boai.relief.donations.channels.statements.values import StatedTotal

LARGEST = 64 * 1024 * 1024
"""Bytes of a statement: banks send one a day and account."""
_START = 4096
HEADING: list[Cell] = [
    "入账日期", "时间", "收入", "支出", "币种", "对方户名", "附言", "交易流水号", "状态", "摘要",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Exchanged:
    """The sheets of a file, one a statement, and its closing balances against what they should be."""

    sheets: list[Sheet]
    totals: list[StatedTotal]
    """Closing balance as told beside opening balance and booked lines, in hundredths."""


def read_exchanged(path: Path) -> Exchanged | None:
    """A camt or MT940 file; ``None`` for any other. *Raises* ``StatementIsBroken``."""
    if path.stat().st_size > LARGEST:
        return None
    with path.open("rb") as file:
        start = file.read(_START)
    if camt.looks_like(start):
        return _sheets(camt.read(path))
    if b":20:" not in start:
        return None
    text = decoded(path.read_bytes())
    if text is None or not mt940.looks_like(text):
        return None
    return _sheets(mt940.read(text))


def _sheets(statements: list[Statement]) -> Exchanged:
    sheets, totals = [], []
    for place, statement in enumerate(statements, 1):
        name = f"第{place}份（账户 {statement.account}）"[:40]
        rows = [HEADING, *(_row(line) for line in statement.lines)]
        sheets.append(Sheet(name, rows, ()))
        if statement.opening is not None and statement.closing is not None:
            due = statement.opening + statement.booked()
            label = f"期末余额（{statement.currency}）"
            told, computed = _hundredths(statement.closing), _hundredths(due)
            totals.append(StatedTotal(name, len(rows), label, "fen", told, computed))
    return Exchanged(sheets, totals)


def _row(line: Line) -> list[Cell]:
    amount = f"{abs(line.amount):f}"
    came = line.amount >= 0
    return [
        line.day.isoformat() if line.day else "",
        line.at.isoformat() if line.at else "",
        amount if came else "",
        "" if came else amount,
        line.currency or "未注明",
        line.party,
        line.memo,
        line.reference,
        "成功" if line.is_booked else "待入账",
        "冲正" if line.is_reversal else "",
    ]


def _hundredths(amount: Decimal) -> int:
    return int((amount * 100).to_integral_value())
