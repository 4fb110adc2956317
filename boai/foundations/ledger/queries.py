"""Reads of the books; what is shown outside are frozen rows."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.db.models import Q, Sum
from django.db.models.functions import Coalesce

from boai.foundations.ledger.errors import NotFound
from boai.foundations.ledger.models import (
    Account,
    Balance,
    Entry,
    Fund,
    FundInflow,
    FundOutflow,
    Posting,
)
from boai.foundations.ledger.sets import in_chunks
from boai.foundations.ledger.tracing import sources_of, unspent_of, uses_of
from boai.foundations.ledger.values import (
    BALANCE_KINDS,
    GOODS_KINDS,
    AccountKey,
    BalanceRow,
    FundRow,
    LotPosition,
    Movement,
)

__all__ = [
    "balance",
    "balances",
    "fund",
    "funds_of",
    "inflows_of_many",
    "key_is_known",
    "lot_position",
    "movements",
    "sources_of",
    "unspent_of",
    "uses_of",
]


def fund(fund_id: int) -> FundRow:
    """One fund with what it received, spent and holds. *Raises* ``NotFound``."""
    row = Fund.objects.filter(id=fund_id).first()
    if row is None:
        raise NotFound(field="fund")
    return _fund_rows([row])[0]


def funds_of(organisation_id: int) -> list[FundRow]:
    """All funds of a society, oldest first."""
    return _fund_rows(list(Fund.objects.filter(organisation_id=organisation_id).order_by("id")))


def _fund_rows(funds: Sequence[Fund]) -> list[FundRow]:
    ids = [f.id for f in funds]
    received = dict(
        FundInflow.objects.filter(fund_id__in=ids)
        .values_list("fund_id")
        .annotate(total=Sum("amount"))
    )
    spent = dict(
        FundOutflow.objects.filter(fund_id__in=ids)
        .values_list("fund_id")
        .annotate(total=Sum("amount"))
    )
    return [
        FundRow(
            id=f.id,
            organisation_id=f.organisation_id,
            name=f.name,
            restriction=f.restriction,
            purpose=f.purpose,
            appeal=f.appeal,
            beneficiary_organisation_id=f.beneficiary_organisation_id,
            received=received.get(f.id, 0),
            spent=spent.get(f.id, 0),
        )
        for f in funds
    ]


def inflows_of_many(sources: Sequence[str]) -> dict[str, list[int]]:
    """The amounts with which each source came into funds, oldest first; set-based."""
    found: dict[str, list[int]] = {}
    for chunk in in_chunks(list(sources)):
        rows = FundInflow.objects.filter(source__in=chunk).order_by("id")
        for source, amount in rows.values_list("source", "amount"):
            found.setdefault(source, []).append(amount)
    return found


def key_is_known(organisation_id: int, key: str) -> bool:
    """Whether an idempotency key has been posted in a society's books."""
    return Entry.objects.filter(organisation_id=organisation_id, key=key).exists()


def balance(key: AccountKey) -> int:
    """What an account holds, counted on its natural side: funds and origins on the credit side,
    all others on the debit side. An account never posted to holds nothing."""
    account = Account.objects.filter(code=key.code).first()
    if account is None:
        return 0
    return amounts_of([account])[account.id]


def balances(
    organisation_id: int, *, kind: str | None = None, lot: int | None = None
) -> list[BalanceRow]:
    """The accounts of a society, with what they hold, by kind, place and lot."""
    rows = Account.objects.filter(organisation_id=organisation_id)
    if kind is not None:
        rows = rows.filter(kind=kind)
    if lot is not None:
        rows = rows.filter(lot=lot)
    accounts = list(rows.order_by("kind", "ref", "lot", "id"))
    amounts = amounts_of(accounts)
    return [BalanceRow(a.id, a.kind, a.ref, a.commodity, a.lot, amounts[a.id]) for a in accounts]


def amounts_of(accounts: Sequence[Account]) -> dict[int, int]:
    """What accounts hold, by account id: running balances where they are kept, sums of postings
    elsewhere."""
    amounts: dict[int, int] = {}
    kept = [a.id for a in accounts if a.kind in BALANCE_KINDS]
    for part in in_chunks(kept):
        rows = Balance.objects.filter(account_id__in=part)
        amounts.update(rows.values_list("account_id", "amount"))
    banks = {a.id for a in accounts if a.kind == "bank"}
    waiting = FundInflow.objects.filter(
        starts__isnull=True, posting__into_fund=True, posting__debit_id__in=banks
    ).values_list("posting__debit_id")
    for account_id, total in waiting.annotate(total=Sum("amount")) if banks else ():
        amounts[account_id] += total
    for part in in_chunks(a.id for a in accounts if a.kind not in BALANCE_KINDS):
        debit, credit = _turnover("debit_id", part), _turnover("credit_id", part)
        for account_id in part:
            amounts[account_id] = debit.get(account_id, 0) - credit.get(account_id, 0)
    for a in accounts:
        if a.kind in ("fund", "origin"):
            amounts[a.id] = -amounts[a.id]
    return amounts


def _turnover(side: str, account_ids: Sequence[int]) -> dict[int, int]:
    rows = Posting.objects.filter(**{f"{side}__in": account_ids}).values_list(side)
    return dict(rows.annotate(total=Coalesce(Sum("amount"), 0)))


def lot_position(lot_ids: Iterable[int]) -> dict[int, LotPosition]:
    """Where the goods of each lot are; lots never posted stand with nothing anywhere."""
    wanted = list(dict.fromkeys(lot_ids))
    found: dict[int, dict[str, int]] = {lot: defaultdict(int) for lot in wanted}
    for part in in_chunks(wanted):
        rows = Balance.objects.filter(account__lot__in=part, account__kind__in=GOODS_KINDS[1:])
        totals = rows.values_list("account__lot", "account__kind").annotate(total=Sum("amount"))
        for lot, kind, total in totals:
            if lot is not None:
                found[lot][kind] += total
    return {lot: LotPosition(**places) for lot, places in found.items()}


def movements(lot: int) -> list[Movement]:
    """Every posting that moved goods of a lot, in the order of the books."""
    rows = (
        Posting.objects.filter(Q(lot=lot)).select_related("entry", "debit", "credit").order_by("id")
    )
    return [
        Movement(
            posting_id=p.id,
            entry_id=p.entry_id,
            entry_kind=p.entry.kind,
            subject=p.entry.subject,
            at=p.entry.at,
            debit_kind=p.debit.kind,
            debit_ref=p.debit.ref,
            credit_kind=p.credit.kind,
            credit_ref=p.credit.ref,
            amount=p.amount,
        )
        for p in rows
    ]
