"""What the books are made of, as values that other rooms may hold."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, NamedTuple

from boai.ground.core.money import CNY
from boai.ground.core.text import gettext_noop as _

MONEY_KINDS = ("outside", "bank", "fund", "expense")
GOODS_KINDS = (
    "origin",
    "quarantine",
    "on_hand",
    "reserved",
    "in_transit",
    "delivered",
    "returned",
    "written_off",
)
KINDS = MONEY_KINDS + GOODS_KINDS
BALANCE_KINDS = ("bank", *GOODS_KINDS[1:])
"""Scarce places with a running balance that the database keeps and never lets go below zero. They
all grow on the debit side. A fund is scarce too; its spans guard it instead of a running balance,
so that thousands of gifts a second need not wait for one row."""

KIND_LABELS = {
    "outside": _("外部往来"),
    "bank": _("银行存款"),
    "fund": _("基金"),
    "expense": _("支出"),
    "origin": _("物资来源"),
    "quarantine": _("待检"),
    "on_hand": _("在库"),
    "reserved": _("预留"),
    "in_transit": _("在途"),
    "delivered": _("已送达"),
    "returned": _("退回"),
    "written_off": _("报损"),
}

Restriction = Literal["unrestricted", "appeal", "directed"]
RESTRICTION_LABELS: dict[str, str] = {
    "unrestricted": _("非限定性"),
    "appeal": _("限定于募捐项目"),
    "directed": _("定向"),
}


def item_commodity(item_id: int) -> str:
    """The commodity of a catalogue item: ``item:<id>``."""
    return f"item:{item_id}"


@dataclass(frozen=True, slots=True)
class AccountKey:
    """Names an account: a place value can be. It is made when something is first posted to it."""

    organisation_id: int
    kind: str
    ref: str
    commodity: str = CNY
    lot: int | None = None
    code: str = field(init=False, compare=False)
    """The one text form, unique in the books, for example ``7/bank/ICBC/CNY/``."""

    def __post_init__(self) -> None:
        lot = "" if self.lot is None else self.lot
        code = f"{self.organisation_id}/{self.kind}/{self.ref}/{self.commodity}/{lot}"
        object.__setattr__(self, "code", code)


class Leg(NamedTuple):
    """One posting to be made: the same amount on both sides."""

    debit: AccountKey
    credit: AccountKey
    amount: int


class EntryOrder(NamedTuple):
    """One journal entry to be made, for the set-based form."""

    key: str
    legs: Sequence[Leg]
    at: datetime
    inputs: Any
    subject: str = ""


class Posted(NamedTuple):
    """The answer: the entry, its number in the society's journal (empty until the numbering step
    has passed, a matter of seconds), and whether the key had been posted before."""

    entry_id: int
    sequence: int | None
    repeated: bool


class Inflow(NamedTuple):
    """One receipt of money into a fund, for the set-based form."""

    source: str
    amount: int
    key: str
    at: datetime
    inputs: Any


@dataclass(frozen=True, slots=True)
class FundRow:
    """A fund and what it holds, in fen."""

    id: int
    organisation_id: int
    name: str
    restriction: str
    purpose: str
    appeal: str
    beneficiary_organisation_id: int | None
    received: int
    spent: int

    @property
    def balance(self) -> int:
        """Received less spent."""
        return self.received - self.spent


@dataclass(frozen=True, slots=True)
class FundFlows:
    """What moved in the funds of some societies over a time, in fen; reversals are taken off."""

    received: int
    refunded: int
    spent: int
    transferred_in: int
    transferred_out: int

    @property
    def net(self) -> int:
        """By how much the funds grew."""
        came = self.received + self.transferred_in
        return came - self.refunded - self.spent - self.transferred_out


@dataclass(frozen=True, slots=True)
class Use:
    """What a part of a gift was used for. ``fund_id`` is the fund it was spent from; ``kind`` is
    ``spend``, ``refund`` or ``reversal``."""

    subject: str
    amount: int
    at: datetime
    entry_id: int
    fund_id: int
    kind: str


@dataclass(frozen=True, slots=True)
class Outflow:
    """Money that left a fund, in fen; ``kind`` is ``spend``, ``refund``, ``transfer`` or
    ``reversal``, ``entry_key`` the key of the entry that posted it."""

    id: int
    kind: str
    subject: str
    fund_id: int
    amount: int
    entry_key: str


@dataclass(frozen=True, slots=True)
class Share:
    """How much of an expense one gift paid."""

    source: str
    amount: int


@dataclass(frozen=True, slots=True)
class LotPosition:
    """Where the goods of a lot are; the seven sum to what was received."""

    quarantine: int = 0
    on_hand: int = 0
    reserved: int = 0
    in_transit: int = 0
    delivered: int = 0
    returned: int = 0
    written_off: int = 0

    @property
    def received(self) -> int:
        """All of it."""
        return (
            self.quarantine
            + self.on_hand
            + self.reserved
            + self.in_transit
            + self.delivered
            + self.returned
            + self.written_off
        )


@dataclass(frozen=True, slots=True)
class BalanceRow:
    """An account and what it holds."""

    account_id: int
    kind: str
    ref: str
    commodity: str
    lot: int | None
    amount: int


@dataclass(frozen=True, slots=True)
class Movement:
    """One posting, as a line of a lot's or an account's history."""

    posting_id: int
    entry_id: int
    entry_kind: str
    subject: str
    at: datetime
    debit_kind: str
    debit_ref: str
    credit_kind: str
    credit_ref: str
    amount: int


@dataclass(slots=True)
class Prepared:
    """An entry order after the checks: its digests, its place in the batch, the id it was given."""

    order: EntryOrder
    inputs_digest: str
    digest: str
    entry_id: int | None = None
    repeated: bool = False
    sequence: int | None = None
    posting_ids: list[int] = field(default_factory=list)
