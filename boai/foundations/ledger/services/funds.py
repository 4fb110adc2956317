"""Money with a restriction: opening a fund, receiving, spending, refunding, transferring."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from boai.foundations.ledger import queries
from boai.foundations.ledger.errors import NotASource, NotFound, PostingIsMalformed
from boai.foundations.ledger.models import Fund, FundInflow, FundOutflow
from boai.foundations.ledger.services import spans
from boai.foundations.ledger.services.journal import write_entries
from boai.foundations.ledger.services.posting import answer
from boai.foundations.ledger.values import (
    AccountKey,
    EntryOrder,
    Inflow,
    Leg,
    Posted,
    Prepared,
    Restriction,
)
from boai.ground.core.actors import Actor
from boai.ground.kit.db.bulk import append_rows


def open_fund(
    actor: Actor,
    *,
    organisation_id: int,
    name: str,
    restriction: Restriction,
    purpose: str,
    appeal: str = "",
    beneficiary_organisation_id: int | None = None,
    at: datetime,
) -> int:
    """Open a fund: money with one restriction. Answers the fund's id.

    A name stands once in a society; opening it again with the same restriction answers the fund
    that is there. *Refuses*: ``PostingIsMalformed`` for another restriction under the same name.
    """
    wanted = {
        "restriction": restriction,
        "purpose": purpose,
        "appeal": appeal,
        "beneficiary_organisation_id": beneficiary_organisation_id,
    }
    with transaction.atomic():
        fund, fresh = Fund.objects.get_or_create(
            organisation_id=organisation_id, name=name, defaults={**wanted, "opened_at": at}
        )
        if not fresh and any(getattr(fund, k) != v for k, v in wanted.items()):
            raise PostingIsMalformed(why="已有同名而限定不同的基金")
    return fund.id


def receive_into_fund(
    actor: Actor,
    *,
    fund_id: int,
    source: str,
    amount: int,
    bank: str,
    key: str,
    at: datetime,
    inputs: Any,
) -> Posted:
    """Receive one gift into a fund; locks nothing that other gifts need.

    *Refuses*: ``SameKeyOtherInputs``, ``PostingIsMalformed``, ``NotFound``. *Posts*: bank to fund.
    """
    gift = Inflow(source, amount, key, at, inputs)
    return receive_many_into_fund(actor, fund_id=fund_id, bank=bank, gifts=[gift])[0]


def receive_many_into_fund(
    actor: Actor, *, fund_id: int, bank: str, gifts: Sequence[Inflow], kind: str = "gift"
) -> list[Posted]:
    """Receive many gifts into a fund in a handful of statements; known keys are answered again.

    *Refuses*: as ``receive_into_fund``; one refused gift refuses all. *Posts*: bank to fund.
    """
    fund = _fund(fund_id)
    debit = AccountKey(fund.organisation_id, "bank", bank)
    credit = _account(fund)
    orders = [
        EntryOrder(g.key, (Leg(debit, credit, g.amount),), g.at, g.inputs, g.source) for g in gifts
    ]
    with transaction.atomic():
        written = write_entries(
            actor, organisation_id=fund.organisation_id, kind=kind, orders=orders
        )
        _add_inflows(fund.id, written)
    return [answer(p) for p in written]


def _add_inflows(fund_id: int, written: Sequence[Prepared]) -> None:
    fresh = [p for p in written if not p.repeated]
    append_rows(
        FundInflow,
        len(fresh),
        {
            "fund_id": fund_id,
            "source": [p.order.subject for p in fresh],
            "posting_id": [p.posting_ids[0] for p in fresh],
            "amount": [p.order.legs[0].amount for p in fresh],
            "at": [p.order.at for p in fresh],
        },
        with_ids=False,
    )


def _fund(fund_id: int) -> Fund:
    fund = Fund.objects.filter(id=fund_id).first()
    if fund is None:
        raise NotFound(field="fund")
    return fund


def _account(fund: Fund) -> AccountKey:
    return AccountKey(fund.organisation_id, "fund", str(fund.id))


def spend_from_fund(
    actor: Actor,
    *,
    fund_id: int,
    amount: int,
    bank: str,
    subject: str,
    key: str,
    at: datetime,
    inputs: Any,
) -> Posted:
    """Spend from a fund, oldest unspent money first.

    *Refuses*: ``FundHasTooLittle``; ``NotEnough`` when the bank account holds less;
    ``SameKeyOtherInputs``. *Posts*: fund to bank.
    """
    fund = _fund(fund_id)
    leg = Leg(_account(fund), AccountKey(fund.organisation_id, "bank", bank), amount)
    with transaction.atomic():
        spans.settle(fund.organisation_id, [fund.id])
        _room_for(fund, amount, key)
        written = _write_one(actor, fund, "spend", EntryOrder(key, (leg,), at, inputs, subject))
        if not written.repeated:
            spans.take_oldest(
                fund.id,
                amount,
                kind="spend",
                subject=subject,
                posting_id=written.posting_ids[0],
                at=at,
            )
    return answer(written)


def refund(
    actor: Actor,
    *,
    fund_id: int,
    source: str,
    amount: int,
    bank: str,
    key: str,
    at: datetime,
    inputs: Any,
    subject: str = "",
) -> Posted:
    """Pay back to the giver what of a gift is unspent, out of the gift's own interval (I-12).

    *Refuses*: ``NotASource``; ``PartlySpent``; ``NotEnough``; ``SameKeyOtherInputs``. *Posts*:
    fund to bank.
    """
    fund = _fund(fund_id)
    leg = Leg(_account(fund), AccountKey(fund.organisation_id, "bank", bank), amount)
    about = subject or source
    with transaction.atomic():
        spans.settle(fund.organisation_id, [fund.id])
        inflows = FundInflow.objects.filter(fund_id=fund.id, source=source).order_by("id")
        inflow = inflows.first()
        if inflow is None:
            raise NotASource(field="source")
        if not queries.key_is_known(fund.organisation_id, key):
            spans.need_unspent(inflow, amount)
        written = _write_one(actor, fund, "refund", EntryOrder(key, (leg,), at, inputs, about))
        if not written.repeated:
            spans.take_back(
                inflow,
                amount,
                kind="refund",
                posting_id=written.posting_ids[0],
                at=at,
                subject=about,
            )
    return answer(written)


def transfer(
    actor: Actor,
    *,
    from_fund_id: int,
    to_fund_id: int,
    amount: int,
    bank: str,
    to_bank: str = "",
    key: str,
    at: datetime,
    inputs: Any,
    subject: str = "",
) -> Posted:
    """Move money from fund to fund; the trace goes on, piece for piece.

    Within one society the money stays in the bank. To another society it leaves one bank and
    arrives in the other, an entry in each journal under the same key. Answers the entry of the
    giving side. *Refuses*: ``FundHasTooLittle``, ``NotEnough``, ``SameKeyOtherInputs``. *Posts*:
    fund to fund, or fund to bank here and bank to fund there.
    """
    here, there = _fund(from_fund_id), _fund(to_fund_id)
    same = here.organisation_id == there.organisation_id
    out_to = _account(there) if same else AccountKey(here.organisation_id, "bank", bank)
    leg = Leg(_account(here), out_to, amount)
    about = subject or f"ledger.fund:{there.id}"
    with transaction.atomic():
        spans.settle(here.organisation_id, [here.id, there.id])
        _room_for(here, amount, key)
        left = _write_one(actor, here, "transfer", EntryOrder(key, (leg,), at, inputs, about))
        if left.repeated:
            return answer(left)
        posting_id = left.posting_ids[0]
        outflow = spans.take_oldest(
            here.id, amount, kind="transfer", subject=about, posting_id=posting_id, at=at
        )
        if not same:
            to = Leg(
                AccountKey(there.organisation_id, "bank", to_bank or bank), _account(there), amount
            )
            order = EntryOrder(key, (to,), at, inputs, f"ledger.outflow:{outflow.id}")
            posting_id = _write_one(actor, there, "transfer-in", order).posting_ids[0]
        _continue(outflow, there.id, posting_id)
    return answer(left)


def _continue(outflow: FundOutflow, fund_id: int, posting_id: int) -> None:
    FundInflow.objects.create(
        fund_id=fund_id,
        source=f"ledger.outflow:{outflow.id}",
        posting_id=posting_id,
        amount=outflow.amount,
        at=outflow.at,
        continues=outflow,
    )


def _write_one(actor: Actor, fund: Fund, kind: str, order: EntryOrder) -> Prepared:
    return write_entries(actor, organisation_id=fund.organisation_id, kind=kind, orders=[order])[0]


def _room_for(fund: Fund, amount: int, key: str) -> None:
    """Say no in the fund's own words before the bank's balance would."""
    row = queries.fund(fund.id)
    if row.balance < amount and not queries.key_is_known(fund.organisation_id, key):
        raise spans.too_little(fund, row.balance, amount)
