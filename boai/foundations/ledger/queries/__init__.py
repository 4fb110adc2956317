"""Reads of the books; what is shown outside are frozen rows."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet, Sum
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
from boai.foundations.ledger.queries.tracing import (
    sources_of,
    unspent_at_home,
    unspent_of,
    uses_of,
)
from boai.foundations.ledger.rules import in_chunks
from boai.foundations.ledger.values import (
    BALANCE_KINDS,
    GOODS_KINDS,
    AccountKey,
    BalanceRow,
    FundFlows,
    FundRow,
    LotPosition,
    Movement,
    Outflow,
)
from boai.ground.core.clock import start_of

__all__ = [
    "balance",
    "balances",
    "fund",
    "fund_flows",
    "funds_of",
    "inflows_of_many",
    "kept_of_gifts",
    "key_is_known",
    "lot_position",
    "movements",
    "movements_of_entries",
    "outflows",
    "sources_of",
    "unspent_at_home",
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


def outflows(kinds: Sequence[str]) -> Iterator[Outflow]:
    """Every outflow of these kinds, in the order in which they were posted; read in chunks."""
    rows = FundOutflow.objects.filter(kind__in=kinds).order_by("id")
    columns = ("id", "kind", "subject", "fund_id", "amount", "posting__entry__key")
    for row in rows.values_list(*columns).iterator(chunk_size=2000):
        yield Outflow(*row)


def fund_flows(
    organisation_ids: Sequence[int], first: date | None, last: date, fund_id: int | None = None
) -> FundFlows:
    """What moved in the funds of these societies from ``first`` (empty: from ever) to ``last``.

    A gift taken back lessens what was received, a spending taken back lessens what was spent, a
    transfer taken back lessens what was transferred: each counted on the day it was taken back.
    """
    until = start_of(last + timedelta(days=1))
    when = Q(at__lt=until) & (Q() if first is None else Q(at__gte=start_of(first)))
    where = Q(fund__organisation_id__in=organisation_ids)
    if fund_id is not None:
        where &= Q(fund_id=fund_id)
    came: dict[str | None, int] = dict(
        FundInflow.objects.filter(where & when)
        .values_list("continues__kind")
        .annotate(total=Sum("amount"))
        .order_by()
    )
    outflows = FundOutflow.objects.filter(where & when).annotate(
        goes_on=Exists(FundInflow.objects.filter(continues=OuterRef("pk")))
    )
    went: dict[tuple[str, bool], int] = {
        (kind, goes_on): total
        for kind, goes_on, total in outflows.values_list("kind", "goes_on")
        .annotate(total=Sum("amount"))
        .order_by()
    }

    def out(kind: str) -> int:
        return went.get((kind, True), 0) + went.get((kind, False), 0)

    returned = went.get(("reversal", True), 0)
    return FundFlows(
        received=came.get(None, 0) - went.get(("reversal", False), 0),
        refunded=out("refund") - came.get("refund", 0),
        spent=out("spend") - came.get("spend", 0),
        transferred_in=came.get("transfer", 0) - returned,
        transferred_out=out("transfer") - came.get("reversal", 0),
    )


def kept_of_gifts(fund_ids: Iterable[int]) -> dict[int, int]:
    """By society, what came into these funds from outside less what went back there (refunded, or
    booked by mistake), in fen; transfers are not counted. Two statements."""
    kept: dict[int, int] = defaultdict(int)
    funds = list(fund_ids)
    came = FundInflow.objects.filter(continues__isnull=True, fund_id__in=funds)
    goes_on = FundInflow.objects.filter(continues=OuterRef("pk"))
    back = FundOutflow.objects.filter(kind__in=["refund", "reversal"], fund_id__in=funds)
    went = back.exclude(Exists(goes_on))
    for sign, rows in ((1, came), (-1, went)):
        sums = rows.values_list("fund__organisation_id").annotate(total=Sum("amount")).order_by()
        for organisation_id, total in sums:
            kept[organisation_id] += sign * total
    return dict(kept)


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
    return [_movement(p) for p in _postings().filter(lot=lot)]


def movements_of_entries(entry_ids: Sequence[int]) -> dict[int, list[Movement]]:
    """The postings of several entries, by entry."""
    found: dict[int, list[Movement]] = defaultdict(list)
    for part in in_chunks(entry_ids):
        for p in _postings().filter(entry_id__in=part):
            found[p.entry_id].append(_movement(p))
    return dict(found)


def _postings() -> QuerySet[Posting]:
    return Posting.objects.select_related("entry", "debit", "credit").order_by("id")


def _movement(p: Posting) -> Movement:
    return Movement(
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
