"""What a statement of these forms says."""

from dataclasses import dataclass, field
from datetime import date, time
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Line:
    """One movement. ``amount`` is in the currency's main unit, negative for money that left."""

    day: date | None
    amount: Decimal
    currency: str
    party: str = ""
    memo: str = ""
    reference: str = ""
    at: time | None = None
    is_reversal: bool = False
    is_booked: bool = True


@dataclass(slots=True)
class Statement:
    """One statement of one account: number, account, balances (``None`` where not told), lines."""

    number: str = ""
    account: str = ""
    currency: str = ""
    opening: Decimal | None = None
    closing: Decimal | None = None
    lines: list[Line] = field(default_factory=list)

    def booked(self) -> Decimal:
        """The sum of what is booked: what lies between the two balances."""
        return sum((line.amount for line in self.lines if line.is_booked), Decimal(0))


class StatementIsBroken(ValueError):
    """The file begins like a statement and cannot be read on; the argument says where."""
