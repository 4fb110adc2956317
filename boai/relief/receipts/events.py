"""What this room announces: serials, subjects, digests and amounts, no names and no codes."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class IssuedReceipt:
    """One receipt of an announced set; ``original`` is named by red ones."""

    serial: str
    kind: str
    subject: str
    amount_fen: int
    digest: str
    original: str = ""


@dataclass(frozen=True, slots=True)
class ReceiptsIssued:
    """Receipts count from now on, red ones too."""

    organisation_id: int
    receipts: tuple[IssuedReceipt, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class ReceiptVoided:
    """A receipt that nobody had taken yet counts no more; its number stays used."""

    organisation_id: int
    serial: str
    subject: str
    at: datetime
