"""Reads for whoever carries the books over into an accountant's vouchers."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Max, Min, QuerySet, Sum
from django.db.models.functions import TruncDate

from boai.foundations.ledger.models import Entry, Posting
from boai.ground.core.clock import CHINA, day_of
from boai.ground.core.money import CNY

IN_SETS = ("gift",)
"""Kinds of entries of which a day may have a hundred thousand: they come as one sum a day, bank
account and fund. Everything else comes entry by entry."""


@dataclass(frozen=True, slots=True)
class MoneyMove:
    """Money that moved between two places, in fen. ``entries`` is how many entries it sums;
    ``entry_id`` and ``subject`` are empty where it sums a day's. ``undoes`` is the kind of the entry
    that it reverses, ``undone_subject`` what that one was about."""

    day: date
    kind: str
    debit_kind: str
    debit_ref: str
    credit_kind: str
    credit_ref: str
    amount: int
    entries: int
    entry_id: int | None
    subject: str
    undoes: str
    undone_subject: str


_PLACES = ("debit__kind", "debit__ref", "credit__kind", "credit__ref")


def money_moves(organisation_id: int, since: datetime, until: datetime) -> list[MoneyMove]:
    """All money that moved in a society's books from ``since`` until before ``until``, by day (of
    China) and in the order in which it was written. Two statements, whatever the number of gifts."""
    rows = Posting.objects.filter(
        organisation_id=organisation_id,
        entry__organisation_id=organisation_id,
        entry__at__gte=since,
        entry__at__lt=until,
        debit__commodity=CNY,
    ).annotate(day=TruncDate("entry__at", tzinfo=CHINA))
    return sorted(
        [*_in_sets(rows), *_alone(rows)], key=lambda m: (m.day, m.entry_id or 0, m.credit_ref)
    )


def _in_sets(rows: "QuerySet[Posting, Posting]") -> Iterator[MoneyMove]:
    sums = (
        rows.filter(entry__kind__in=IN_SETS)
        .values("day", "entry__kind", *_PLACES)
        .annotate(total=Sum("amount"), entries=Count("entry_id"))
        .order_by()
    )
    for row in sums:
        yield _move(row, amount=row["total"], entries=row["entries"], entry_id=None)


def _alone(rows: "QuerySet[Posting, Posting]") -> Iterator[MoneyMove]:
    found = (
        rows.exclude(entry__kind__in=IN_SETS)
        .order_by("entry_id", "id")
        .values(
            "day", "entry__kind", "entry_id", "entry__subject", "amount", *_PLACES,
            "entry__reverses__kind", "entry__reverses__subject",
        )
    )  # fmt: skip
    for row in found:
        yield _move(row, amount=row["amount"], entries=1, entry_id=row["entry_id"])


def _move(row: dict[str, Any], *, amount: int, entries: int, entry_id: int | None) -> MoneyMove:
    return MoneyMove(
        day=row["day"],
        kind=row["entry__kind"],
        debit_kind=row["debit__kind"],
        debit_ref=row["debit__ref"],
        credit_kind=row["credit__kind"],
        credit_ref=row["credit__ref"],
        amount=amount,
        entries=entries,
        entry_id=entry_id,
        subject=row.get("entry__subject") or "",
        undoes=row.get("entry__reverses__kind") or "",
        undone_subject=row.get("entry__reverses__subject") or "",
    )


def days_with_money(organisation_id: int) -> tuple[date, date] | None:
    """The first and the last day (of China) of a society's entries; none where it has none."""
    found = Entry.objects.filter(organisation_id=organisation_id).aggregate(
        first=Min("at"), last=Max("at")
    )
    if found["first"] is None:
        return None
    return day_of(found["first"]), day_of(found["last"])
