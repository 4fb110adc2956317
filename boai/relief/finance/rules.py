"""What holds for money going out, pure."""

from collections.abc import Sequence

from boai.foundations.ledger.values import FundRow
from boai.ground.core.errors import Refusal
from boai.ground.core.money import LARGEST_FEN, AmountOutOfRange, yuan
from boai.relief.finance import errors
from boai.relief.finance.values import Kind, OrderedLine


def reason_against_proposing(
    fund: FundRow,
    *,
    kind: str,
    payee_organisation_id: int,
    amount: int,
    purpose: str,
    serves: str,
    lines: Sequence[OrderedLine],
) -> Refusal | None:
    """Why this may not be proposed out of the fund, or nothing."""
    if amount <= 0:
        return errors.AmountIsNotAboveZero(field="amount")
    if amount > LARGEST_FEN:
        return AmountOutOfRange(field="amount", given=yuan(amount), largest=yuan(LARGEST_FEN))
    if not purpose.strip():
        return errors.PurposeIsMissing(field="purpose")
    if fund.restriction == "appeal" and serves != fund.appeal:
        return errors.RestrictedToAnotherPurpose(
            field="serves", fund=fund.name, purpose=fund.purpose or fund.appeal
        )
    if fund.restriction == "directed" and payee_organisation_id != fund.beneficiary_organisation_id:
        return errors.GiverDirectedElsewhere(field="payee", fund=fund.name)
    return reason_against_lines(kind, amount, lines)


def reason_against_lines(kind: str, amount: int, lines: Sequence[OrderedLine]) -> Refusal | None:
    """A purchase says what is bought, to the fen; nothing else has lines."""
    if kind != Kind.PURCHASE:
        return errors.PurchaseNeedsLines(field="lines") if lines else None
    if not lines or any(line.quantity <= 0 or line.unit_price_fen <= 0 for line in lines):
        return errors.PurchaseNeedsLines(field="lines")
    total = sum(line.quantity * line.unit_price_fen for line in lines)
    if total != amount:
        return errors.LinesDoNotSum(field="amount", sum=yuan(total), amount=yuan(amount))
    return None
