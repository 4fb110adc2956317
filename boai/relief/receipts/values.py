"""Words and shapes of receipts that others may see."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from boai.ground.core.text import gettext_noop as _


class BlockState(StrEnum):
    """How far a block of numbers is."""

    APPLIED = "applied"
    HELD = "held"
    REFUSED = "refused"


class Kind(StrEnum):
    """What a receipt says: money came (blue), or the receipt it names counts no more (red)."""

    BLUE = "blue"
    RED = "red"


class State(StrEnum):
    """What has become of a receipt."""

    ISSUED = "issued"
    VOIDED = "voided"
    REVERSED = "reversed"


class SlipKind(StrEnum):
    """What the first person asks for."""

    ISSUE = "issue"
    VOID = "void"
    REVERSE = "reverse"


class SlipState(StrEnum):
    """What the second person answered."""

    WAITING = "waiting"
    DONE = "done"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"


class Medium(StrEnum):
    """On what a receipt stands."""

    ELECTRONIC = "electronic"
    PAPER = "paper"


class FiscalState(StrEnum):
    """How far the fiscal e-receipt of an electronic receipt is."""

    WAITING = "waiting"
    SENT = "sent"
    ISSUED = "issued"
    REFUSED = "refused"
    CALLED_OFF = "called-off"


BLOCK_LABELS = {
    "applied": _("待领取"),
    "held": _("在库"),
    "refused": _("未获批"),
    "used": _("已用完"),
}
BLOCK_TONES = {"applied": "wait", "held": "good", "refused": "bad", "used": "plain"}
KIND_LABELS = {"blue": _("正票"), "red": _("红票")}
STATE_LABELS = {"issued": _("有效"), "voided": _("已作废"), "reversed": _("已红冲")}
STATE_TONES = {"issued": "good", "voided": "plain", "reversed": "bad"}
SLIP_LABELS = {"issue": _("开具"), "void": _("作废"), "reverse": _("红冲")}
SLIP_STATE_LABELS = {
    "waiting": _("待复核"),
    "done": _("已办结"),
    "returned": _("已退回"),
    "withdrawn": _("已撤回"),
}
SLIP_STATE_TONES = {"waiting": "wait", "done": "good", "returned": "bad", "withdrawn": "plain"}
MEDIUM_LABELS = {"electronic": _("电子票据"), "paper": _("纸质票据")}
FISCAL_LABELS = {
    "waiting": _("待上传财政平台"),
    "sent": _("已上传，待回复"),
    "issued": _("财政平台已开具"),
    "refused": _("财政平台拒收"),
    "called-off": _("作废，未上传"),
}
FISCAL_TONES = {
    "waiting": "wait",
    "sent": "info",
    "issued": "good",
    "refused": "bad",
    "called-off": "plain",
}
REASON_LABELS = {
    "gift": _("捐赠确认"),
    "valuation": _("估价确定"),
    "refund": _("退款"),
    "reversal": _("捐赠冲销"),
}
DEEDS = {
    "issue-receipt": _("开具票据"),
    "void-receipt": _("作废票据"),
    "reverse-receipt": _("红冲票据"),
    "hand-over-receipt": _("票据交付捐赠人"),
    "ask-receipt": _("填开票据"),
}
"""Verbs of the trail about a receipt, in words."""

DIGITS = 10
"""How many digits the number of a receipt has."""
LARGEST_BLOCK = 1_000_000
PROJECT = "公益事业捐赠"
PROJECT_SETTING = "receipts.project-code"
"""The society's setting with the finance department's code of the item (项目编码)."""


def serial_of(code: str, number: int) -> str:
    """Code and number as they are printed and read aloud: ``99010126-0000000123``."""
    return f"{code}-{number:0{DIGITS}d}"


def receipt_ref(serial: str) -> str:
    """The reference under which others know a receipt."""
    return f"receipts.receipt:{serial}"


@dataclass(frozen=True, slots=True)
class SlipOrder:
    """What one receipt is to say; ``subject`` is the thing that the allowance belongs to."""

    subject: str
    amount_fen: int
    payer: str
    payer_uscc: str = ""
    note: str = ""
    medium: str = Medium.ELECTRONIC
    unit: str = "元"


@dataclass(frozen=True, slots=True)
class EntitlementOrder:
    """So much of a thing may be receipted, because of this."""

    subject: str
    amount_fen: int
    reason: str
    cause: str


@dataclass(frozen=True, slots=True)
class FiscalAnswer:
    """What the fiscal platform says of one receipt, its signature found good."""

    issued: bool
    check_code: str
    reason: str
    signature: str


@dataclass(frozen=True, slots=True)
class BlockRow:
    """A block of numbers with what has become of its numbers."""

    id: int
    organisation_id: int
    state: str
    medium: str
    wanted: int
    purpose: str
    applied_by: int
    applied_at: datetime
    code: str
    first: int | None
    last: int | None
    granted_by: int | None
    granted_at: datetime | None
    document: str
    used: int
    voided: int

    @property
    def size(self) -> int:
        """How many numbers were bought."""
        if self.first is None or self.last is None:
            return 0
        return self.last - self.first + 1

    @property
    def in_hand(self) -> int:
        """Bought, less issued, less voided."""
        return self.size - self.used

    @property
    def issued(self) -> int:
        """Numbers that stand on receipts which were not voided."""
        return self.used - self.voided

    @property
    def shown_state(self) -> str:
        """The state for people: a block without a number left is used up."""
        return "used" if self.state == BlockState.HELD and not self.in_hand else self.state

    @property
    def next(self) -> int | None:
        """The number that is taken next."""
        return None if self.first is None or not self.in_hand else self.first + self.used


@dataclass(frozen=True, slots=True)
class AllowanceRow:
    """How much may be receipted for one thing, and how much is."""

    subject: str
    organisation_id: int
    entitled_fen: int
    receipted_fen: int
    waiting_fen: int

    @property
    def free_fen(self) -> int:
        """What may still be asked for."""
        return self.entitled_fen - self.receipted_fen - self.waiting_fen


@dataclass(frozen=True, slots=True)
class ReceiptRow:
    """A receipt without its payer's name."""

    id: int
    serial: str
    kind: str
    state: str
    medium: str
    organisation_id: int
    subject: str
    amount_fen: int
    original: str
    reversed_by: str
    collector: str
    reviewer: str
    issued_at: datetime
    handed_at: datetime | None
    check_code: str
    digest: str
    fiscal_state: str
    fiscal_code: str

    @property
    def ref(self) -> str:
        """How the trail and others name it."""
        return receipt_ref(self.serial)


@dataclass(frozen=True, slots=True)
class CheckedReceipt:
    """What whoever holds serial and check code may see, and whether the record is untouched."""

    row: ReceiptRow
    payer: str
    payer_uscc: str
    payee: str
    project_code: str
    project: str
    unit: str
    note: str
    untouched: bool
