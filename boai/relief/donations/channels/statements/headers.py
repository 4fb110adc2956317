"""Finding the heading of a list and what each column means, by the words, never by the place."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from boai.ground.core.text import gettext_noop as _
from boai.ground.kit.spreadsheets.reading import Row, clean_text

SEARCHED_ROWS = 60
_UNIT_WORDS = re.compile(r"[(\[]\s*(单位:?)?(人民币)?\s*(万?元|¥|rmb|cny)\s*[)\]]", re.IGNORECASE)
_TEN_THOUSAND = re.compile(r"万元")
_DIGITS = re.compile(r"[0-9.,+-]+")
_PUNCTUATION = re.compile(r"[\s()\[\]:、,./·_-]+")

# The first pattern that matches names the role; order matters.
ROLES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (role, re.compile(pattern, re.IGNORECASE))
    for role, pattern in (
        ("running", r"^(当日|累计|本年|本月)"),
        ("goods", r"^(数量|品名|物资|规格|计量单位)"),
        ("serial", r"^(序号|编号|no)$"),
        ("balance", r"余额|^balance$"),
        ("income", r"^(交易金额|记账金额)?(收入|贷方)(金额|发生额)?$|^credit(amount)?$"),
        ("expense", r"^(交易金额|记账金额)?(支出|借方)(金额|发生额)?$|^debit(amount)?$"),
        ("direction", r"^(收支|借贷|借贷标志|收付|收支类型)$"),
        ("currency", r"币(种|别)|^currency$"),
        ("amount", r"(金额|捐赠额|捐款额|善款)(元)?$|^(捐款|捐赠)(数|数额|金额)(元)?$|^amount$"),
        ("number", r"^(交易|支付|银行)?(单号|流水号|订单号|流水)$|^交易(单|订单|流水)号"
                   r"|^(日志号|凭证号|业务编号|参考号|referencenumber|transactionid)$"),
        ("state", r"^(当前|交易|支付)?状态$"),
        ("kind", r"^交易(类型|分类|名称|摘要)$|^摘要$|^业务类型$"),
        ("moment", r"^(交易|捐赠|支付|到账)时间$"),
        ("day", r"^(捐赠|捐款|交易|到账|入账|记账)?(日期|日)$|^date$"),
        ("time", r"^(记账)?时间$|^time$"),
        ("donor", r"^(爱心)?(捐赠|捐款|付款|汇款|缴款|捐)(单位|个人|人|者|方|企业|姓名|名称|户名)+"
                  r"|^(姓名|户名|单位名称|名称)|^对方(户名|账户名|名称|信息)$|^交易对方$|^对手信息$"),
        ("memo", r"附言|留言|祝福|^transactiondetails$"),
        ("purpose", r"备注|用途|意向|定向"),
    )
)  # fmt: skip

ROLE_LABELS: Mapping[str, str] = {
    "day": _("日期"),
    "moment": _("日期和时间"),
    "time": _("时间"),
    "amount": _("金额"),
    "income": _("收入金额"),
    "expense": _("支出金额"),
    "direction": _("收支方向"),
    "balance": _("余额"),
    "currency": _("币种"),
    "donor": _("捐赠人"),
    "number": _("交易单号"),
    "memo": _("附言"),
    "purpose": _("用途或备注"),
    "kind": _("交易类型"),
    "state": _("交易状态"),
    "serial": _("序号"),
    "running": _("累计数"),
    "goods": _("物资"),
}
"""What a column is taken for, in words."""


@dataclass(frozen=True, slots=True)
class Taught:
    """What a society has said about lists with one heading: the column of each role, the unit of
    amounts, the channel and the currency (each empty where the list is to say so itself)."""

    name: str
    version: int
    columns: Mapping[str, int]
    factor: int = 1
    channel: str = ""
    currency: str = ""


@dataclass(frozen=True, slots=True)
class Heading:
    """Where the heading stands (row from 0), the column of each role, the unit of amounts."""

    row: int
    columns: dict[str, int]
    width: int
    factor: int = 1
    taught: Taught | None = None

    def column(self, role: str) -> int | None:
        """The column of a role."""
        return self.columns.get(role)

    def has(self, *roles: str) -> bool:
        """Whether all of these columns are there."""
        return all(role in self.columns for role in roles)


def plain(cell: object) -> str:
    """A heading without units, brackets and spaces."""
    text = unicodedata.normalize("NFKC", clean_text(cell)).lower()
    return _PUNCTUATION.sub("", _UNIT_WORDS.sub("", text))


def role_of(cell: object) -> str:
    """What a heading cell names; empty for none."""
    words = plain(cell)
    if not words or len(words) > 24:
        return ""
    return next((role for role, pattern in ROLES if pattern.search(words)), "")


def names_amount(cell: object) -> bool:
    """Whether a cell is the heading of amounts once more, below the heading; digits are none."""
    if isinstance(cell, str) and _DIGITS.fullmatch(cell):
        return False
    return role_of(cell) == "amount"


def fingerprint(row: Row) -> str:
    """What tables with the same heading share: its words in their order."""
    words = [plain(cell) for cell in row]
    while words and not words[-1]:
        words.pop()
    return sha256("\x1f".join(words).encode()).hexdigest() if words else ""


def find_heading(rows: Sequence[Row], taught: Mapping[str, Taught] | None = None) -> Heading | None:
    """The first row whose meaning was taught, else the first that names an amount and at least one
    more thing about a payment. ``taught`` is by fingerprint.

    Tables of goods and tables of running daily sums are no lists of gifts.
    """
    for at, row in enumerate(rows[:SEARCHED_ROWS]) if taught else ():
        known = taught.get(fingerprint(row)) if taught else None
        if known is not None:
            places = dict(known.columns)
            return Heading(at, places, max(places.values()) + 1, known.factor, known)
    for at, row in enumerate(rows[:SEARCHED_ROWS]):
        columns: dict[str, int] = {}
        for place, cell in enumerate(row):
            role = role_of(cell)
            if role and (role not in columns or plain(cell).startswith("记账金额")):
                columns[role] = place  # the booked amount is the one in the account's currency
        if "running" in columns or "goods" in columns:
            continue
        money = columns.keys() & {"amount", "income"}
        identity = columns.keys() & {"donor", "number", "moment", "day", "memo", "kind"}
        if money and identity:
            place = columns.get("amount", columns.get("income", 0))
            factor = 10_000 if _TEN_THOUSAND.search(clean_text(row[place])) else 1
            return Heading(at, columns, max(columns.values()) + 1, factor)
    return None


def profile_of(heading: Heading) -> str:
    """The family a list belongs to, by its columns."""
    if heading.columns.keys() & {"direction", "income", "balance", "state"}:
        return "statement"
    if heading.has("number"):
        return "transactions"
    if heading.has("time") or heading.has("moment"):
        return "timed-list"
    return "dated-list" if heading.has("day") else "donor-list"


PROFILES = ("statement", "transactions", "timed-list", "dated-list", "donor-list")
_CHANNEL_WORDS = (
    ("unionpay", re.compile(r"云闪付|银联")),
    ("alipay", re.compile(r"支付宝|alipay", re.IGNORECASE)),
    ("wechatpay", re.compile(r"微信|财付通|wechat", re.IGNORECASE)),
    ("qr", re.compile(r"二维码|扫码|pos机", re.IGNORECASE)),
    ("bank", re.compile(r"银行|账户|对公")),
)

CHANNELS = (*(channel for channel, _pattern in _CHANNEL_WORDS), "other")
"""Every channel that a list can be of."""

_ACCOUNT = re.compile(r"[(（]([^()（）]*(?:账户|银行)[^()（）]*)[)）]|([\u4e00-\u9fff]{2,8}银行)")


def account_of(channel: str, words: str) -> str:
    """The account whose list this is, by its title; empty for a list over all accounts.

    The same name with the same amount in the lists of two accounts is two gifts; in the list of
    an account and in a list over all accounts it is one gift published twice.
    """
    found = _ACCOUNT.search(words)
    if found is not None:
        return str(found.group(1) or found.group(2))[:30]
    return "" if channel in ("other", "qr") else channel


def channel_of(profile: str, words: str, taught: Taught | None = None) -> str:
    """The channel that was taught, else that the title, the sheet's name or the columns tell."""
    if taught is not None and taught.channel:
        return taught.channel
    for channel, pattern in _CHANNEL_WORDS:
        if pattern.search(words):
            return channel
    if profile == "transactions":
        return "qr"
    return "bank" if profile == "statement" else "other"
