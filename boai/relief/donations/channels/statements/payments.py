"""Which rows of an account statement are gifts."""

import re

from boai.ground.kit.spreadsheets.reading import Cell, Row, clean_text, place_name
from boai.relief.donations.channels.statements.cells import Unreadable, fen
from boai.relief.donations.channels.statements.headers import Heading
from boai.relief.donations.channels.statements.values import ParsedRow

_IN = re.compile(r"收|贷|入|cr", re.IGNORECASE)
_OUT = re.compile(r"支|借|付|dr", re.IGNORECASE)
_NO_GIFT = re.compile(r"利息|结息|退款|退回|提现|理财|转入零钱|工资|冲正|手续费|内部")
_INTEREST = re.compile(r"(存款|活期|协定|批量)*(利息|结息)(收入)?")
_DONE = re.compile(r"成功|已收|已存入|已转账|已到账|完成|已入账")
_YUAN = re.compile(r"人民币|cny|rmb|¥|^元$", re.IGNORECASE)
_DOUBTED = frozenset(("currency", "income", "direction", "kind", "state"))
_CHINESE = re.compile(r"[\u4e00-\u9fff]")


def judge(found: ParsedRow, row: Row, heading: Heading, amount_column: int) -> None:
    """Set amount and verdict of a row with an amount. A verdict set before stays."""
    try:
        amount, outflow = _amount(row, heading, amount_column)
    except Unreadable as reason:
        _set(found, "refused", str(reason.args[0]))
        found.column = _letters(amount_column)
        return
    found.amount_fen = abs(amount) if outflow else amount
    if outflow:
        _set(found, "refused", "RowIsAnOutflow")
    elif amount <= 0:
        _set(found, "refused", "AmountIsNotPositive")
        found.column = _letters(amount_column)
    else:
        _doubts(found, row, heading)


def _amount(row: Row, heading: Heading, amount_column: int) -> tuple[int, bool]:
    """The amount and whether it went out."""
    if "amount" not in heading.columns and heading.columns.keys() & {"income", "expense"}:
        income, expense = _filled(row, heading, "income"), _filled(row, heading, "expense")
        received = fen(income, heading.factor) if income != "" else 0
        spent = fen(expense, heading.factor) if expense != "" else 0
        if received == 0 and spent > 0:
            return spent, True
        return received, False
    amount = fen(row[amount_column], heading.factor)
    direction = clean_text(_cell(row, heading, "direction"))
    if direction and _OUT.search(direction) and not _IN.search(direction):
        return amount, True
    return amount, amount < 0 and bool(heading.columns.keys() & {"balance", "direction"})


def _doubts(found: ParsedRow, row: Row, heading: Heading) -> None:
    told = heading.taught.currency if heading.taught is not None else ""
    if told == "other":
        _set(found, "refused", "CurrencyIsNotYuan")
        return
    if _DOUBTED.isdisjoint(heading.columns):
        return
    currency = clean_text(_cell(row, heading, "currency"))
    if currency and not _YUAN.search(currency):
        _set(found, "refused", "CurrencyIsNotYuan")
        return
    if not told and _is_foreign(heading, row) and not currency:
        _set(found, "quarantined", "CurrencyIsUnknown")
        return
    if heading.has("direction"):
        direction = clean_text(_cell(row, heading, "direction"))
        if not _IN.search(direction):
            _set(found, "quarantined", "IncomeMayNotBeAGift")
            return
    kind = clean_text(_cell(row, heading, "kind"))
    if kind and _NO_GIFT.search(kind):
        _set(found, "quarantined", "IncomeMayNotBeAGift")
        return
    if not kind and any(_INTEREST.fullmatch(said) for said in (found.donor, found.memo)):
        _set(found, "quarantined", "IncomeMayNotBeAGift")
        return
    state = clean_text(_cell(row, heading, "state"))
    if state and not _DONE.search(state):
        _set(found, "quarantined", "PaymentIsNotComplete")


class Balances:
    """Whether the balances, read downwards or upwards, follow from the movements."""

    def __init__(self, heading: Heading, amount_column: int) -> None:
        self._heading, self._amount_column = heading, amount_column
        both = heading.has("income", "expense") or heading.has("amount")
        self._asked = heading.has("balance") and both
        self._before: tuple[int, int] | None = None
        self._downwards = self._upwards = True
        self.checked = 0
        """Rows that were held against the row before."""

    def add(self, row: Row) -> None:
        """The next row; one without a balance is passed over."""
        if not self._asked or not (self._downwards or self._upwards):
            return
        heading = self._heading
        if _filled(row, heading, "balance") == "" or len(row) <= self._amount_column:
            return
        try:
            balance = fen(_cell(row, heading, "balance"), heading.factor)
            amount, outflow = _amount(row, heading, self._amount_column)
        except Unreadable:
            return
        moved = -abs(amount) if outflow else amount
        if self._before is not None:
            self.checked += 1
            before, moved_before = self._before
            self._downwards = self._downwards and balance == before + moved
            self._upwards = self._upwards and before == balance + moved_before
        self._before = (balance, moved)

    def break_off(self) -> bool:
        """Whether they follow in neither direction."""
        return not (self._downwards or self._upwards)


def _is_foreign(heading: Heading, row: Row) -> bool:
    return (
        heading.has("income")
        and heading.has("memo")
        and not any(_CHINESE.search(clean_text(cell)) for cell in row)
    )


def _set(found: ParsedRow, verdict: str, code: str) -> None:
    if found.verdict == "gift":
        found.verdict, found.code = verdict, code  # type: ignore[assignment]


def _cell(row: Row, heading: Heading, role: str) -> Cell:
    place = heading.columns.get(role)
    return row[place] if place is not None and place < len(row) else ""


def _filled(row: Row, heading: Heading, role: str) -> Cell:
    cell = _cell(row, heading, role)
    return "" if clean_text(cell) in ("", "-", "--", "/") else cell


def _letters(column: int) -> str:
    return place_name(column)
