"""How an entry is taken back, with the spans of the funds it touched."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from boai.foundations.ledger.errors import (
    AlreadyReversed,
    NotFound,
    TransferIsReturnedByTransfer,
)
from boai.foundations.ledger.models import Account, Entry, FundInflow, FundOutflow, Posting
from boai.foundations.ledger.services import spans
from boai.foundations.ledger.services.journal import write_entries
from boai.foundations.ledger.values import AccountKey, EntryOrder, Leg, Prepared
from boai.ground.core.actors import Actor


def write_reversal(actor: Actor, *, entry_id: int, key: str, at: datetime, reason: str) -> Prepared:
    """Write the reversing entry and, where funds were touched, its outflows and inflows."""
    original = Entry.objects.filter(id=entry_id).first()
    if original is None:
        raise NotFound()
    postings = list(
        Posting.objects.filter(entry_id=entry_id).select_related("debit", "credit").order_by("id")
    )
    legs = [Leg(_key(p.credit), _key(p.debit), p.amount) for p in postings]
    order = EntryOrder(key, legs, at, {"reverses": entry_id, "reason": reason}, original.subject)
    with transaction.atomic():
        # A key that comes back is answered before anything is asked of the funds: what this very
        # reversal has moved would speak against it.
        inflows, outflows = ({}, {}) if _known(entry_id, key) else _fund_sides(postings)
        spans.settle(
            original.organisation_id,
            {i.fund_id for i in inflows.values()} | {o.fund_id for o in outflows.values()},
        )
        if not _known(entry_id, key):
            for came in inflows.values():
                spans.need_unspent(came, came.amount)
        written = write_entries(
            actor,
            organisation_id=original.organisation_id,
            kind="reversal",
            orders=[order],
            reverses_id=entry_id,
        )[0]
        if not written.repeated:
            _reverse_fund_sides(postings, written, inflows, outflows, at)
    return written


def _known(entry_id: int, key: str) -> bool:
    """Whether the entry was reversed under this key. *Refuses*: ``AlreadyReversed`` (another)."""
    known = Entry.objects.filter(reverses_id=entry_id).values_list("key", flat=True).first()
    if known is not None and known != key:
        raise AlreadyReversed()
    return known is not None


def _key(account: Account) -> AccountKey:
    return AccountKey(
        account.organisation_id, account.kind, account.ref, account.commodity, account.lot
    )


def _fund_sides(
    postings: Sequence[Posting],
) -> tuple[dict[int, FundInflow], dict[int, FundOutflow]]:
    """What came into and went out of funds with these postings; *refuses* half a transfer."""
    ids = [p.id for p in postings]
    inflows = {i.posting_id: i for i in FundInflow.objects.filter(posting_id__in=ids)}
    outflows = {o.posting_id: o for o in FundOutflow.objects.filter(posting_id__in=ids)}
    if not outflows and not inflows:
        return inflows, outflows
    own = {o.id for o in outflows.values()}
    elsewhere = FundInflow.objects.filter(continues_id__in=own).exclude(posting_id__in=ids)
    from_elsewhere = any(i.continues_id and i.continues_id not in own for i in inflows.values())
    if elsewhere.exists() or from_elsewhere:
        raise TransferIsReturnedByTransfer()
    return inflows, outflows


def _reverse_fund_sides(
    postings: Sequence[Posting],
    written: Prepared,
    inflows: dict[int, FundInflow],
    outflows: dict[int, FundOutflow],
    at: datetime,
) -> None:
    for posting, new_posting_id in zip(postings, written.posting_ids, strict=True):
        came, went = inflows.get(posting.id), outflows.get(posting.id)
        taken_back: FundOutflow | None = None
        if came is not None:
            taken_back = spans.take_back(
                came, came.amount, kind="reversal", posting_id=new_posting_id, at=at
            )
        if went is not None:
            back = taken_back or went
            FundInflow.objects.create(
                fund_id=went.fund_id,
                source=f"ledger.outflow:{back.id}",
                posting_id=new_posting_id,
                amount=posting.amount,
                at=at,
                continues=back,
            )
