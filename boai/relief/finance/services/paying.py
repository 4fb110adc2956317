"""Paying out, and the payee's word that it came."""

from datetime import datetime

from django.db import transaction

from boai.foundations.ledger import queries as ledger
from boai.foundations.ledger.services import funds
from boai.foundations.organisations import queries as organisations
from boai.foundations.trail.services.recording import record
from boai.ground.core.actors import SYSTEM, Actor
from boai.ground.core.clock import day_of
from boai.ground.core.events import announce
from boai.ground.kit.db.series import take_numbers
from boai.relief.finance import errors, permissions
from boai.relief.finance.events import DisbursementConfirmed, DisbursementPaid
from boai.relief.finance.models import Disbursement
from boai.relief.finance.services.locking import locked, need_state
from boai.relief.finance.values import Basis, Kind, State
from boai.relief.warehouse.services import receiving
from boai.relief.warehouse.values import ExpectedLine

# The role that serves may write these columns of a disbursement and no others (I-3).
PAYING = (
    "state",
    "paid_by",
    "paid_at",
    "paid_on",
    "bank",
    "batch",
    "entry_id",
    "consignment_id",
)


@transaction.atomic
def pay(actor: Actor, *, disbursement_id: int, bank: str, at: datetime) -> str:
    """Pay a decided disbursement from a bank account. Answers its number.

    Bought goods are announced to the store at once. *Refuses*: ``NotPermitted``;
    ``NotWaitingForThis``; ``NoCollectiveDecision``; ``PayerMustBeAnother`` (asking, deciding and
    paying are three persons, I-22); ``DecisionIsInTheFuture`` (the clock was set back, I-45);
    ``BankIsMissing``; ``FundHasTooLittle``, ``NotEnough``.
    *Posts* fund to bank, for a transfer also bank to fund in the other society's books.
    *Announces* ``DisbursementPaid``.
    """
    row = locked(disbursement_id)
    person = permissions.require_pay(actor, row.organisation_id)
    if row.state == State.PROPOSED:
        raise errors.NoCollectiveDecision
    need_state(row, State.DECIDED)
    if row.decision_id is None and row.basis != Basis.DIRECTION:
        raise errors.NoCollectiveDecision
    if person in (row.proposed_by_id, row.decided_by_id):
        raise errors.PayerMustBeAnother
    if row.decision is not None and row.decision.held_on > day_of(at):
        # The clock has been set back since: the database would refuse it in words of its own.
        raise errors.DecisionIsInTheFuture
    if not bank.strip():
        raise errors.BankIsMissing(field="bank")
    entry_id = _post(actor, row, bank.strip(), at)
    series = f"FK-batch:{row.organisation_id}:{row.serves}"[:80]
    row.state = State.PAID
    row.paid_by_id = person
    row.paid_at = at
    row.paid_on = day_of(at)
    row.bank = bank.strip()[:80]
    row.batch = take_numbers(series)[0]
    row.entry_id = entry_id
    row.consignment_id = _announce_goods(row, at) if row.kind == Kind.PURCHASE else None
    row.save(update_fields=PAYING)
    record(
        actor,
        "pay-disbursement",
        subject=f"finance.disbursement:{row.number}",
        at=at,
        organisation_id=row.organisation_id,
        detail={"amount_fen": row.amount_fen, "batch": row.batch, "entry": entry_id},
    )
    announce(
        DisbursementPaid(
            disbursement_id=row.pk,
            number=row.number,
            organisation_id=row.organisation_id,
            fund_id=row.fund_id,
            kind=row.kind,
            payee_organisation_id=row.payee_organisation_id,
            amount_fen=row.amount_fen,
            at=at,
        )
    )
    return row.number


def _post(actor: Actor, row: Disbursement, bank: str, at: datetime) -> int:
    subject = f"finance.disbursement:{row.number}"
    inputs = {
        "amount": row.amount_fen,
        "fund": row.fund_id,
        "payee": row.payee_organisation_id,
        "bank": bank,
    }
    if row.kind == Kind.TRANSFER:
        return funds.transfer(
            actor,
            from_fund_id=row.fund_id,
            to_fund_id=_fund_of_payee(actor, row, at),
            amount=row.amount_fen,
            bank=bank,
            subject=subject,
            key=subject,
            at=at,
            inputs=inputs,
        ).entry_id
    return funds.spend_from_fund(
        actor,
        fund_id=row.fund_id,
        amount=row.amount_fen,
        bank=bank,
        subject=subject,
        key=subject,
        at=at,
        inputs=inputs,
    ).entry_id


def _fund_of_payee(actor: Actor, row: Disbursement, at: datetime) -> int:
    """The other society's fund under the same restriction, opened where it is not there yet."""
    fund = ledger.fund(row.fund_id)
    giver = organisations.row(row.organisation_id)
    name = f"{giver.name if giver else ''}划入：{fund.name}"[:120]
    return funds.open_fund(
        actor,
        organisation_id=row.payee_organisation_id,
        name=name,
        restriction="appeal" if fund.restriction == "appeal" else "unrestricted",
        purpose=fund.purpose,
        appeal=fund.appeal,
        at=at,
    )


def _announce_goods(row: Disbursement, at: datetime) -> int:
    """Tell the store what was bought; the cashier pays, the system passes the news on."""
    seller = organisations.row(row.payee_organisation_id)
    return receiving.expect_goods(
        SYSTEM,
        organisation_id=row.organisation_id,
        origin=f"finance.disbursement:{row.number}",
        donor_label=seller.name if seller else "",
        lines=[
            ExpectedLine(
                item_id=line.item_id,
                quantity=line.quantity,
                spec=line.spec,
                origin_line=f"finance.purchase-line:{line.pk}",
            )
            for line in row.lines.order_by("pk")
        ],
        at=at,
    )


@transaction.atomic
def confirm_receipt(actor: Actor, *, disbursement_id: int, at: datetime) -> None:
    """The payee says that the money has arrived.

    *Refuses*: ``NotPermitted`` for anybody but the payee's own people; ``NotWaitingForThis``.
    *Announces* ``DisbursementConfirmed``.
    """
    row = locked(disbursement_id)
    person = permissions.require_confirm(actor, row.payee_organisation_id)
    need_state(row, State.PAID)
    row.state = State.CONFIRMED
    row.confirmed_by_id = person
    row.confirmed_at = at
    row.save(update_fields=["state", "confirmed_by", "confirmed_at"])
    record(
        actor,
        "confirm-disbursement",
        subject=f"finance.disbursement:{row.number}",
        at=at,
        organisation_id=row.organisation_id,
    )
    announce(
        DisbursementConfirmed(
            disbursement_id=row.pk,
            number=row.number,
            organisation_id=row.organisation_id,
            payee_organisation_id=row.payee_organisation_id,
            at=at,
        )
    )
