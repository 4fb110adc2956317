"""Asking for money from a fund: a payment, a purchase, a transfer to another society."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from boai.foundations.catalogue import queries as catalogue
from boai.foundations.ledger import queries as ledger
from boai.foundations.ledger.values import FundRow
from boai.foundations.organisations import queries as organisations
from boai.foundations.trail.services.recording import record
from boai.ground.core.actors import Actor
from boai.ground.core.clock import day_of
from boai.ground.kit.db.series import take_public_numbers
from boai.relief.finance import errors, permissions, rules
from boai.relief.finance.models import Disbursement, PurchaseLine
from boai.relief.finance.values import LARGE_PURCHASE_FEN, Basis, Kind, OrderedLine, State


@transaction.atomic
def propose_disbursement(
    actor: Actor,
    *,
    organisation_id: int,
    fund_id: int,
    kind: str,
    payee_organisation_id: int,
    amount: int,
    purpose: str,
    at: datetime,
    lines: Sequence[OrderedLine] = (),
    serves: str | None = None,
) -> int:
    """Ask for money from a fund; it waits for a collective decision. Answers the id.

    ``serves`` is the appeal that it is spent for; not given, the fund's own. *Refuses*:
    ``NotPermitted``; ``FundIsNotYours``; ``AmountIsNotAboveZero``, ``AmountOutOfRange``,
    ``PurposeIsMissing``; ``RestrictedToAnotherPurpose``, ``GiverDirectedElsewhere`` (H11);
    ``PayeeIsUnknown``, ``TransferGoesToSocieties``; ``PurchaseNeedsLines``, ``LinesDoNotSum``,
    ``UnknownItem``; ``FundHasTooLittle`` comes when it is paid.
    """
    permissions.require_propose(actor, organisation_id)
    return _propose(
        actor,
        fund=_own_fund(organisation_id, fund_id),
        kind=kind,
        payee_organisation_id=payee_organisation_id,
        amount=amount,
        purpose=purpose,
        serves=serves,
        lines=lines,
        basis=Basis.COLLECTIVE,
        source="",
        at=at,
    )


@transaction.atomic
def order_directed_payment(
    actor: Actor,
    *,
    fund_id: int,
    amount: int,
    source: str,
    purpose: str,
    at: datetime,
) -> int:
    """Order at once the payment of a directed gift to the unit its giver named (H10, A10).

    The giver's direction takes the place of the collective decision; an accountant countersigns
    it and a cashier pays. The same source again answers the same order. *Refuses*:
    ``NotPermitted``, ``FundIsNotYours`` for a fund that is not directed. Answers the id.
    """
    fund = ledger.fund(fund_id)
    permissions.require_order_directed(actor, fund.organisation_id)
    if fund.restriction != "directed" or fund.beneficiary_organisation_id is None:
        raise errors.FundIsNotYours(field="fund")
    known = Disbursement.objects.filter(source=source).exclude(state=State.CANCELLED).first()
    if known is not None:
        return int(known.pk)
    return _propose(
        actor,
        fund=fund,
        kind=Kind.PAYMENT,
        payee_organisation_id=fund.beneficiary_organisation_id,
        amount=amount,
        purpose=purpose,
        serves=None,
        lines=(),
        basis=Basis.DIRECTION,
        source=source,
        at=at,
    )


def _propose(
    actor: Actor,
    *,
    fund: FundRow,
    kind: str,
    payee_organisation_id: int,
    amount: int,
    purpose: str,
    serves: str | None,
    lines: Sequence[OrderedLine],
    basis: str,
    source: str,
    at: datetime,
) -> int:
    serves = fund.appeal if serves is None else serves
    reason = rules.reason_against_proposing(
        fund,
        kind=kind,
        payee_organisation_id=payee_organisation_id,
        amount=amount,
        purpose=purpose,
        serves=serves,
        lines=lines,
    )
    if reason is not None:
        raise reason
    _check_payee(fund.organisation_id, payee_organisation_id, kind)
    _check_items(lines)
    large_from = organisations.setting(
        fund.organisation_id, "finance.large-purchase-fen", LARGE_PURCHASE_FEN
    )
    row = Disbursement.objects.create(
        number=take_public_numbers("FK", day_of(at))[0],
        organisation_id=fund.organisation_id,
        fund_id=fund.id,
        kind=kind,
        basis=basis,
        payee_organisation_id=payee_organisation_id,
        amount_fen=amount,
        purpose=purpose.strip()[:400],
        serves=serves,
        source=source,
        is_large=kind == Kind.PURCHASE and amount >= int(large_from),
        proposed_by_id=actor.person_id,
        proposed_at=at,
    )
    PurchaseLine.objects.bulk_create(
        [
            PurchaseLine(
                disbursement=row,
                item_id=line.item_id,
                quantity=line.quantity,
                unit_price_fen=line.unit_price_fen,
                spec=line.spec.strip()[:200],
            )
            for line in lines
        ]
    )
    record(
        actor,
        "order-directed-payment" if basis == Basis.DIRECTION else "propose-disbursement",
        subject=f"finance.disbursement:{row.number}",
        at=at,
        organisation_id=fund.organisation_id,
        detail={"amount_fen": amount, "fund": fund.id, "kind": kind, "large": row.is_large},
    )
    return int(row.pk)


def _own_fund(organisation_id: int, fund_id: int) -> FundRow:
    try:
        fund = ledger.fund(fund_id)
    except errors.NotFound:
        raise errors.FundIsNotYours(field="fund") from None
    if fund.organisation_id != organisation_id:
        raise errors.FundIsNotYours(field="fund")
    return fund


def _check_payee(organisation_id: int, payee_id: int, kind: str) -> None:
    payee = organisations.row(payee_id)
    if payee is None or payee_id == organisation_id:
        raise errors.PayeeIsUnknown(field="payee")
    if kind == Kind.TRANSFER and payee.kind != "society":
        raise errors.TransferGoesToSocieties(field="payee")


def _check_items(lines: Sequence[OrderedLine]) -> None:
    known = catalogue.items_by_ids([line.item_id for line in lines]) if lines else {}
    for number, line in enumerate(lines):
        if line.item_id not in known:
            raise errors.UnknownItem(field=f"lines-{number}")
