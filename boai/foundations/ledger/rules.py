"""What holds in the books, pure: the shape of legs, digests, arithmetic of intervals."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import TypeVar

from boai.foundations.ledger.values import KINDS, Leg

T = TypeVar("T")
LARGEST_AMOUNT = 10**15


def reason_against_legs(organisation_id: int, legs: Sequence[Leg]) -> str:
    """Why the books cannot hold these legs, or nothing."""
    if not legs:
        return "没有任何借贷"
    for leg in legs:
        if isinstance(leg.amount, bool) or not isinstance(leg.amount, int):
            return "数额不是整数"
        if not 0 < leg.amount <= LARGEST_AMOUNT:
            return "数额须大于零且在可接受的范围内"
        if leg.debit == leg.credit:
            return "借贷为同一科目"
        if leg.debit.commodity != leg.credit.commodity:
            return "借贷品种不同"
        if {leg.debit.organisation_id, leg.credit.organisation_id} != {organisation_id}:
            return "科目不属于本机构"
        if leg.debit.kind not in KINDS or leg.credit.kind not in KINDS:
            return "没有这种科目"
        lots = {leg.debit.lot, leg.credit.lot} - {None}
        if len(lots) > 1:
            return "借贷批次不同"
    return ""


def posting_line(debit_code: str, credit_code: str, amount: int) -> str:
    """One posting as a line of the entry's digest."""
    return f"{debit_code}\t{credit_code}\t{amount}"


def entry_digest(head: Iterable[object], at: datetime, lines: Iterable[str]) -> str:
    """SHA-256 over an entry's own columns, its moment in UTC and all its postings in order."""
    text = "\n".join([*map(str, head), _in_utc(at), *lines])
    return hashlib.sha256(text.encode()).hexdigest()


@lru_cache(maxsize=64)
def _in_utc(at: datetime) -> str:
    """A set of entries has few moments: each is turned once."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def next_chain(before: str, digest: str) -> str:
    """The chain value of an entry from the one before: SHA-256 over both, as text."""
    return hashlib.sha256((before + digest).encode()).hexdigest()


def free_pieces(low: int, high: int, taken: Iterable[tuple[int, int]]) -> Iterable[tuple[int, int]]:
    """What of the interval [low, high) is outside ``taken`` (ordered, not overlapping)."""
    at = low
    for starts, ends in taken:
        if starts >= high:
            break
        if starts > at:
            yield at, min(starts, high)
        at = max(at, ends)
    if at < high:
        yield at, high


def first_of(pieces: Iterable[tuple[int, int]], amount: int) -> tuple[list[tuple[int, int]], int]:
    """Take an amount from the front of the pieces: what was taken, and what is still wanting."""
    taken: list[tuple[int, int]] = []
    for starts, ends in pieces:
        if amount <= 0:
            break
        part = min(amount, ends - starts)
        taken.append((starts, starts + part))
        amount -= part
    return taken, amount


def chunks(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """Cut a sequence into pieces of at most ``size``."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


def in_chunks(values: Iterable[T], size: int = 10_000) -> Iterator[list[T]]:
    """Distinct values in pieces small enough for one ``IN``."""
    distinct = list(dict.fromkeys(values))
    for part in chunks(distinct, size):
        yield list(part)
