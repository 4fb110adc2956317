"""The axis of a fund: giving inflows their intervals, letting outflows consume spans of it.

All of it runs inside the caller's transaction with the fund's row locked; the triggers of the
tables hold the same rules for whoever goes round this file.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime

from django.db import connection
from django.db.models import Max

from boai.foundations.ledger.errors import FundHasTooLittle, PartlySpent
from boai.foundations.ledger.models import Fund, FundInflow, FundOutflow, FundSpan
from boai.foundations.ledger.queries.tracing import axis_end
from boai.foundations.ledger.rules import first_of, free_pieces
from boai.ground.core.money import yuan

ASSIGN = """
UPDATE ledger_fundinflow SET starts = pending.starts, ends = pending.starts + amount
FROM (SELECT id, CAST(%s + SUM(amount) OVER (ORDER BY id) - amount AS bigint) AS starts
      FROM ledger_fundinflow WHERE fund_id = %s AND starts IS NULL) AS pending
WHERE ledger_fundinflow.id = pending.id
"""


def settle(organisation_id: int, fund_ids: Iterable[int] = ()) -> None:
    """Lock these funds and give every inflow of the society that waits its interval.

    Inflows are appended without a lock; this one step per fund puts them in sequence and counts
    them into the bank's running balance. Funds are locked by ascending id, and without excluding
    new inflows (``no_key``), so gifts keep arriving meanwhile.
    """
    waiting = FundInflow.objects.filter(
        fund__organisation_id=organisation_id, starts__isnull=True
    ).values_list("fund_id", flat=True)
    wanted = set(fund_ids) | set(waiting.distinct())
    locked = Fund.objects.select_for_update(no_key=True).filter(id__in=wanted).order_by("id")
    for fund in locked:
        assign(fund.id)


def assign(fund_id: int) -> None:
    """Put the waiting inflows of one locked fund at the end of its axis, in one statement."""
    with connection.cursor() as cursor:
        cursor.execute(ASSIGN, [axis_end(fund_id), fund_id])


def _taken(fund_id: int, low: int, high: int) -> Iterator[tuple[int, int]]:
    """The consumed pieces that meet [low, high), in order."""
    spans = FundSpan.objects.filter(fund_id=fund_id)
    before = spans.filter(starts__lte=low).aggregate(at=Max("starts"))["at"]
    rows = spans.filter(starts__gte=low if before is None else before, starts__lt=high)
    return rows.order_by("starts").values_list("starts", "ends").iterator(chunk_size=500)


def unspent_pieces(fund_id: int, low: int, high: int) -> Iterable[tuple[int, int]]:
    """What of [low, high) on the fund's axis nobody has consumed yet."""
    return free_pieces(low, high, _taken(fund_id, low, high))


def take_oldest(
    fund_id: int, amount: int, *, kind: str, subject: str, posting_id: int, at: datetime
) -> FundOutflow:
    """Consume the oldest unspent money of a locked, settled fund.

    *Refuses*: ``FundHasTooLittle``.
    """
    fund = Fund.objects.get(id=fund_id)
    end = axis_end(fund_id)
    pieces, wanting = first_of(unspent_pieces(fund_id, fund.front, end), amount)
    if wanting:
        raise too_little(fund, amount - wanting, amount)
    outflow = _consume(fund_id, pieces, kind, subject, posting_id, amount, at)
    reached = next((low for low, _ in unspent_pieces(fund_id, pieces[-1][1], end)), end)
    Fund.objects.filter(id=fund_id, front__lt=reached).update(front=reached)
    return outflow


def need_unspent(inflow: FundInflow, amount: int) -> None:
    """Refuse in the fund's own words what ``take_back`` would refuse. *Refuses*: ``PartlySpent``."""
    inflow.refresh_from_db()
    assert inflow.starts is not None and inflow.ends is not None
    pieces = unspent_pieces(inflow.fund_id, inflow.starts, inflow.ends)
    have = sum(ends - starts for starts, ends in pieces)
    if have < amount:
        raise PartlySpent(have=yuan(have), wanted=yuan(amount), field="amount")


def take_back(
    inflow: FundInflow, amount: int, *, kind: str, posting_id: int, at: datetime, subject: str = ""
) -> FundOutflow:
    """Consume unspent money of one inflow's own interval (refund, reversal).

    *Refuses*: ``PartlySpent``.
    """
    inflow.refresh_from_db()
    assert inflow.starts is not None and inflow.ends is not None
    free = list(unspent_pieces(inflow.fund_id, inflow.starts, inflow.ends))
    pieces, wanting = first_of(free, amount)
    if wanting:
        raise PartlySpent(have=yuan(amount - wanting), wanted=yuan(amount))
    return _consume(inflow.fund_id, pieces, kind, subject or inflow.source, posting_id, amount, at)


def too_little(fund: Fund, have: int, wanted: int) -> FundHasTooLittle:
    """The refusal, with the amounts in yuan."""
    return FundHasTooLittle(fund=fund.name, have=yuan(have), wanted=yuan(wanted), field="amount")


def _consume(
    fund_id: int,
    pieces: Iterable[tuple[int, int]],
    kind: str,
    subject: str,
    posting_id: int,
    amount: int,
    at: datetime,
) -> FundOutflow:
    outflow = FundOutflow.objects.create(
        fund_id=fund_id, kind=kind, subject=subject, posting_id=posting_id, amount=amount, at=at
    )
    FundSpan.objects.bulk_create(
        [FundSpan(fund_id=fund_id, outflow=outflow, starts=a, ends=b) for a, b in pieces]
    )
    return outflow
