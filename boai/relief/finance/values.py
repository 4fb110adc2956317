"""Words and shapes of finance that others may see."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from boai.ground.core.text import gettext_noop as _


class Kind(StrEnum):
    """What a disbursement is for."""

    PAYMENT = "payment"
    PURCHASE = "purchase"
    TRANSFER = "transfer"


class State(StrEnum):
    """How far a disbursement is."""

    PROPOSED = "proposed"
    DECIDED = "decided"
    PAID = "paid"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    CANCELLED = "cancelled"


class Basis(StrEnum):
    """On what a disbursement rests: a meeting's decision, or the giver's own direction (A10)."""

    COLLECTIVE = "collective"
    DIRECTION = "direction"


KIND_LABELS = {
    "payment": _("拨付单位"),
    "purchase": _("采购物资"),
    "transfer": _("划转红十字会"),
}
STATE_LABELS = {
    "proposed": _("待决策"),
    "decided": _("待付款"),
    "paid": _("已付款"),
    "confirmed": _("收款方已确认"),
    "refused": _("未通过"),
    "cancelled": _("已撤销"),
}
STATE_TONES = {
    "proposed": "wait",
    "decided": "info",
    "paid": "good",
    "confirmed": "good",
    "refused": "bad",
    "cancelled": "plain",
}
BASIS_LABELS = {"collective": _("集体决策"), "direction": _("捐赠人定向")}

FEWEST_ATTENDEES = 3
LARGE_PURCHASE_FEN = 50_000_000
"""From 500,000 yuan a purchase is large, unless the society's setting says otherwise (H37)."""


@dataclass(frozen=True, slots=True)
class OrderedLine:
    """One line of a purchase to be proposed."""

    item_id: int
    quantity: int
    unit_price_fen: int
    spec: str = ""


@dataclass(frozen=True, slots=True)
class CountedPurchase:
    """What the keeper counted of one purchase line, one maker's lot, one bin."""

    line_id: int
    quantity: int
    lot_number: str = ""
    expires_on: date | None = None
    produced_on: date | None = None
    bin: str = ""


@dataclass(frozen=True, slots=True)
class PurchaseLineRow:
    """One line of a purchase."""

    id: int
    item_id: int
    quantity: int
    unit_price_fen: int
    spec: str

    @property
    def ref(self) -> str:
        """The reference that lots remember as their origin line."""
        return f"finance.purchase-line:{self.id}"

    @property
    def amount_fen(self) -> int:
        """Quantity times price."""
        return self.quantity * self.unit_price_fen


@dataclass(frozen=True, slots=True)
class DisbursementRow:
    """A disbursement as others may see it."""

    id: int
    number: str
    organisation_id: int
    fund_id: int
    kind: str
    basis: str
    payee_organisation_id: int
    amount_fen: int
    purpose: str
    serves: str
    state: str
    is_large: bool
    batch: int | None
    decision_id: int | None
    decided_on: date | None
    proposed_at: datetime
    decided_at: datetime | None
    paid_at: datetime | None
    confirmed_at: datetime | None
    bank: str
    entry_id: int | None
    source: str
    lines: tuple[PurchaseLineRow, ...]

    @property
    def ref(self) -> str:
        """The reference under which the books know it."""
        return f"finance.disbursement:{self.number}"


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """A collective decision as the pages show it: persons by number."""

    id: int
    organisation_id: int
    meeting: str
    held_on: date
    approved: bool
    minutes: str
    evidence_key: str
    attendees: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class AccountUse:
    """What a society's books move money for, and the account that stands for it unless the society
    names another. ``code`` and ``name`` are those of 民间非营利组织会计制度, 财会〔2004〕7号."""

    use: str
    label: str
    code: str
    name: str


ACCOUNT_USES = {
    row.use: row
    for row in (
        AccountUse("bank", _("捐赠账户中的钱"), "1002", "银行存款"),
        AccountUse("income-restricted", _("限定用途的捐赠"), "410101", "捐赠收入—限定性收入"),
        AccountUse("income-unrestricted", _("未限定用途的捐赠"), "410102", "捐赠收入—非限定性收入"),
        AccountUse("entrusted", _("定向给指定单位的捐赠（受托代理）"), "2601", "受托代理负债"),
        AccountUse("spent-payment", _("拨付给单位"), "5101", "业务活动成本"),
        AccountUse("spent-purchase", _("采购救助物资"), "5101", "业务活动成本"),
        AccountUse("transferred-out", _("划转给其他红十字会"), "5101", "业务活动成本"),
        AccountUse("transferred-in", _("其他红十字会划来"), "4901", "其他收入"),
        AccountUse("net-restricted", _("基金之间调整（限定性）"), "3102", "限定性净资产"),
        AccountUse("net-unrestricted", _("基金之间调整（非限定性）"), "3101", "非限定性净资产"),
        AccountUse("other", _("以上之外"), "2209", "其他应付款"),
    )
}


@dataclass(frozen=True, slots=True)
class CodeRow:
    """The account that stands for a use in a society; ``set_at`` is empty for the default."""

    use: str
    label: str
    code: str
    name: str
    set_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class VoucherLine:
    """One line of a voucher (记账凭证分录), amounts in fen; a red line is below zero.

    ``debit`` or ``credit`` is empty, never zero. ``about`` is what the society keeps apart under the
    account: the bank account or the fund. ``source`` names what the entry was about.
    """

    number: int
    day: date
    line: int
    summary: str
    code: str
    name: str
    about: str
    debit: int | None
    credit: int | None
    source: str
