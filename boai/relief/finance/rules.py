"""What holds for money going out, pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import groupby

from django.utils.translation import gettext, ngettext

from boai.foundations.ledger.queries.vouching import MoneyMove
from boai.foundations.ledger.values import FundRow
from boai.ground.core.errors import Refusal
from boai.ground.core.money import LARGEST_FEN, AmountOutOfRange, yuan
from boai.relief.finance import errors
from boai.relief.finance.values import CodeRow, DisbursementRow, Kind, OrderedLine, VoucherLine


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


def voucher_lines(
    moves: Sequence[MoneyMove],
    *,
    funds: Mapping[str, FundRow],
    paid: Mapping[str, DisbursementRow],
    payees: Mapping[int, str],
    accounts: Mapping[str, CodeRow],
) -> list[VoucherLine]:
    """The vouchers of some money that moved, numbered from 1 in the order given.

    The gifts of a day into one bank account are one voucher; every other entry is one. What is
    taken back (a refund, a reversal) is carried in red: on the sides of what it takes back, below
    zero, so that the turnover of income and expense stays true. ``funds`` are by number as text,
    ``paid`` by reference, ``payees`` by number, ``accounts`` by use.
    """
    lines: list[VoucherLine] = []
    together = groupby(sorted(moves, key=_together), key=_together)
    for number, (_key, alike) in enumerate(together, start=1):
        meant = [_meant(move) for move in alike]
        for line, (side, move, sign, total) in enumerate(_sides(meant), start=1):
            use, about = _use(move, side, funds, paid)
            amount = sign * total
            lines.append(
                VoucherLine(
                    number=number,
                    day=move.day,
                    line=line,
                    summary=_summary(move, sign, funds, paid, payees),
                    code=accounts[use].code,
                    name=accounts[use].name,
                    about=about,
                    debit=amount if side == "debit" else None,
                    credit=amount if side == "credit" else None,
                    source=move.subject,
                )
            )
    return lines


def _together(move: MoneyMove) -> tuple[date, int, str]:
    """Moves that share a voucher: a day's gifts by bank account, anything else by its entry."""
    return (move.day, move.entry_id or 0, "" if move.entry_id else move.debit_ref)


def _meant(move: MoneyMove) -> tuple[MoneyMove, int]:
    """A move as what it does or takes back, and its sign."""
    sign = 1
    while move.kind in ("refund", "reversal"):
        undone = move.kind == "reversal"
        move = replace(
            move,
            kind=move.undoes or "other" if undone else "gift",
            undoes="",
            subject=move.undone_subject or move.subject if undone else move.subject,
            debit_kind=move.credit_kind,
            debit_ref=move.credit_ref,
            credit_kind=move.debit_kind,
            credit_ref=move.debit_ref,
        )
        sign = -sign
    return move, sign


def _sides(
    meant: Sequence[tuple[MoneyMove, int]],
) -> Iterator[tuple[str, MoneyMove, int, int]]:
    """The lines of one voucher: its debit once, then each credit (a day's gifts go into many
    funds); every other voucher has one of each."""
    first, sign = meant[0]
    total = sum(move.amount for move, _ in meant)
    several = replace(first, entries=sum(move.entries for move, _ in meant))
    yield "debit", several, sign, total
    for move, _ in meant:
        yield "credit", move, sign, move.amount


def _use(
    move: MoneyMove, side: str, funds: Mapping[str, FundRow], paid: Mapping[str, DisbursementRow]
) -> tuple[str, str]:
    """What one side of a move stands for, and what is kept apart under it."""
    kind, ref = getattr(move, f"{side}_kind"), getattr(move, f"{side}_ref")
    if kind == "bank":
        return "bank", ref
    fund = funds.get(ref) if kind == "fund" else None
    if fund is None:
        return "other", ref
    if move.debit_kind == move.credit_kind:
        free = fund.restriction == "unrestricted"
        return "net-unrestricted" if free else "net-restricted", fund.name
    if fund.restriction == "directed":
        return "entrusted", fund.name
    if move.kind == "gift":
        free = fund.restriction == "unrestricted"
        return "income-unrestricted" if free else "income-restricted", fund.name
    if move.kind == "spend" and move.subject in paid:
        return f"spent-{paid[move.subject].kind}", fund.name
    uses = {"transfer": "transferred-out", "transfer-in": "transferred-in"}
    return uses.get(move.kind, "other"), fund.name


def _summary(
    move: MoneyMove,
    sign: int,
    funds: Mapping[str, FundRow],
    paid: Mapping[str, DisbursementRow],
    payees: Mapping[int, str],
) -> str:
    """The words of a voucher line (摘要), without any giver's name."""
    order = paid.get(move.subject)
    if move.kind == "gift":
        text = (
            gettext("退还或冲销捐赠款")
            if sign < 0
            else ngettext("收到捐赠款 %(n)s 笔", "收到捐赠款 %(n)s 笔", move.entries)
            % {"n": f"{move.entries:,}"}
        )
    elif order is not None:
        payee = payees.get(order.payee_organisation_id, "")
        text = f"{order.number} {payee}：{order.purpose}"
        text = gettext("冲销 {what}").format(what=text) if sign < 0 else text
    elif move.kind == "transfer-in":
        text = gettext("收到其他红十字会划来的款项")
    else:
        text = gettext("基金之间调整") if move.kind == "transfer" else move.subject
    return text[:120]
