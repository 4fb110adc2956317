"""The acts of the reconciliation: bills taken in, counterparts named, days closed and opened again.

Nothing here moves money; history is added to and never edited.
"""

from collections.abc import Sequence
from datetime import date, datetime
from difflib import SequenceMatcher
from typing import NamedTuple

from django.db import transaction

from boai.foundations.trail.services import recording
from boai.ground.core.actors import Actor
from boai.ground.core.errors import NotFound
from boai.ground.core.money import yuan
from boai.ground.kit.db.turns import take_turn
from boai.relief.donations import permissions, rules
from boai.relief.donations.models import ChannelLine, DayClosing, Gift, Pairing
from boai.relief.donations.models.reconciling import FollowedItem
from boai.relief.donations.services import reconciling
from boai.relief.donations.services import reconciling_refusals as refusals
from boai.relief.donations.services.reconciling import AccountDay, LeftOver

CHUNK = 500


class BillLine(NamedTuple):
    """One payment as a channel's bill has it."""

    reference: str
    amount_fen: int
    day: date
    name: str


class Proposal(NamedTuple):
    """A gift that may be the same money as a line: same amount; how alike the names are."""

    gift_number: str
    alike: int


@transaction.atomic
def take_in_bill(
    actor: Actor,
    *,
    organisation_id: int,
    channel: str,
    merchant: str,
    file: str,
    lines: Sequence[BillLine],
    at: datetime,
) -> tuple[int, int]:
    """Keep the lines of a channel's bill; the same bill again adds nothing. Answers how many were
    new and how many were known.

    *Refuses* (the whole file): ``NotPermitted``, ``BillIsNotReadable``, ``BillContradictsItself``,
    ``DayIsClosed`` where a new line falls on a closed day.
    """
    person = permissions.require_reconcile(actor, organisation_id)
    if not lines:
        raise refusals.BillIsNotReadable(name=file[:80])
    take_turn(f"donations.bill:{channel}:{merchant}"[:80])
    fresh, known = _sorted_out(channel, merchant, lines)
    closed = _closed_days(organisation_id, channel, merchant)
    for line in fresh:
        if line.day in closed:
            raise refusals.DayIsClosed(day=line.day.isoformat())
    ChannelLine.objects.bulk_create(
        [
            ChannelLine(
                organisation_id=organisation_id,
                channel=channel,
                merchant=merchant,
                day=line.day,
                reference=line.reference,
                amount_fen=line.amount_fen,
                name=line.name[:60],
                file=file[:120],
                taken_by=person,
                taken_at=at,
            )
            for line in fresh
        ],
        batch_size=CHUNK,
    )
    recording.record(
        actor,
        "take-in-bill",
        subject=f"donations.channel:{channel}",
        at=at,
        organisation_id=organisation_id,
        detail={"merchant": merchant, "new": len(fresh), "known": known},
    )
    return len(fresh), known


def _sorted_out(
    channel: str, merchant: str, lines: Sequence[BillLine]
) -> tuple[list[BillLine], int]:
    known: dict[str, int] = {}
    wanted = list({line.reference for line in lines})
    own = ChannelLine.objects.filter(channel=channel, merchant=merchant)
    for start in range(0, len(wanted), CHUNK):
        part = own.filter(reference__in=wanted[start : start + CHUNK])
        known |= dict(part.values_list("reference", "amount_fen"))
    fresh = []
    for line in lines:
        before = known.get(line.reference)
        if before is None:
            fresh.append(line)
            known[line.reference] = line.amount_fen
        elif before != line.amount_fen:
            raise refusals.BillContradictsItself(
                reference=line.reference, before=yuan(before), now=yuan(line.amount_fen)
            )
    return fresh, len(lines) - len(fresh)


def _closed_days(organisation_id: int, channel: str, merchant: str) -> set[date]:
    rows = DayClosing.objects.filter(
        organisation_id=organisation_id, channel=channel, merchant=merchant
    )
    last = dict(rows.order_by("turn").values_list("day", "deed"))
    return {day for day, deed in last.items() if deed == "closed"}


@transaction.atomic
def pair(
    actor: Actor, *, organisation_id: int, line_id: int, gift_number: str, note: str, at: datetime
) -> None:
    """Say that a line of a bill and a gift under another number are the same money.

    *Refuses*: ``NotPermitted``, ``NotFound``, ``TextIsMissing``, ``DayIsClosed``,
    ``PairDoesNotFit`` (other amount, paired already, or matched by its own number).
    """
    person = permissions.require_reconcile(actor, organisation_id)
    why = rules.cleaned(note, label="说明", limit=300, field="note", required=True)
    line = ChannelLine.objects.filter(pk=line_id, organisation_id=organisation_id).first()
    gift = Gift.objects.select_for_update().filter(number=gift_number).first()
    if line is None or gift is None or gift.organisation_id != organisation_id:
        raise NotFound(field="gift_number")
    if line.day in _closed_days(organisation_id, line.channel, line.merchant):
        raise refusals.DayIsClosed(day=line.day.isoformat())
    taken = Pairing.objects.filter(line=line).exists() or Pairing.objects.filter(gift=gift).exists()
    own = ChannelLine.objects.filter(
        channel=gift.channel, merchant=gift.merchant, reference=gift.channel_reference
    )
    fits = gift.amount_fen == line.amount_fen and gift.state == "confirmed"
    if taken or not fits or own.exists():
        raise refusals.PairDoesNotFit(
            field="gift_number", reference=line.reference, gift=gift.number
        )
    Pairing.objects.create(line=line, gift=gift, note=why, by=person, at=at)
    recording.record(
        actor,
        "pair-line",
        subject=f"donations.gift:{gift.number}",
        at=at,
        organisation_id=organisation_id,
        detail={"reference": line.reference, "amount_fen": line.amount_fen},
    )


@transaction.atomic
def follow(
    actor: Actor, *, organisation_id: int, item: str, owner: int, note: str, at: datetime
) -> None:
    """Say who looks after something left over, and what is known of it. *Refuses*:
    ``NotPermitted``, ``TextIsTooLong``."""
    person = permissions.require_reconcile(actor, organisation_id)
    said = rules.cleaned(note, label="说明", limit=300, field="note")
    FollowedItem.objects.create(
        organisation_id=organisation_id, item=item[:200], owner=owner, note=said, by=person, at=at
    )


@transaction.atomic
def close_day(
    actor: Actor,
    *,
    organisation_id: int,
    channel: str,
    merchant: str,
    day: date,
    note: str = "",
    at: datetime,
) -> AccountDay:
    """Close a day of one account at what both sides come to now.

    *Refuses*: ``NotPermitted``, ``DayIsClosed``, ``DifferenceNeedsNote``, ``TextIsTooLong``.
    """
    person = permissions.require_reconcile(actor, organisation_id)
    said = rules.cleaned(note, label="说明", limit=300, field="note")
    _take_turn(organisation_id, channel, merchant, day)
    now = reconciling.account_day(organisation_id, channel, merchant, day)
    if now.closed:
        raise refusals.DayIsClosed(day=day.isoformat())
    if not said and (now.difference_fen or now.left_over):
        raise refusals.DifferenceNeedsNote(
            field="note", difference=yuan(now.difference_fen), count=now.left_over
        )
    _write(actor, organisation_id, now, "closed", said, person, at)
    return now


@transaction.atomic
def reopen_day(
    actor: Actor,
    *,
    organisation_id: int,
    channel: str,
    merchant: str,
    day: date,
    note: str,
    at: datetime,
) -> None:
    """Open a closed day again, with the reason; the closing stays as it was.

    *Refuses*: ``NotPermitted``, ``DayIsNotClosed``, ``TextIsMissing``, ``TextIsTooLong``.
    """
    person = permissions.require_reconcile(actor, organisation_id)
    said = rules.cleaned(note, label="说明", limit=300, field="note", required=True)
    _take_turn(organisation_id, channel, merchant, day)
    now = reconciling.account_day(organisation_id, channel, merchant, day)
    if not now.closed:
        raise refusals.DayIsNotClosed(day=day.isoformat())
    _write(actor, organisation_id, now, "reopened", said, person, at)


def _take_turn(organisation_id: int, channel: str, merchant: str, day: date) -> None:
    take_turn(f"donations.day:{organisation_id}:{day}:{channel}:{merchant}"[:80])


def _write(
    actor: Actor,
    organisation_id: int,
    now: AccountDay,
    deed: str,
    note: str,
    person: int,
    at: datetime,
) -> None:
    DayClosing.objects.create(
        organisation_id=organisation_id,
        channel=now.channel,
        merchant=now.merchant,
        day=now.day,
        turn=now.turn + 1,
        deed=deed,
        channel_fen=now.channel_fen,
        books_fen=now.books_fen,
        difference_fen=now.difference_fen,
        left_over=now.left_over,
        note=note,
        by=person,
        at=at,
    )
    recording.record(
        actor,
        "close-day" if deed == "closed" else "reopen-day",
        subject=f"donations.channel:{now.channel}",
        at=at,
        organisation_id=organisation_id,
        detail={"day": now.day.isoformat(), "difference_fen": now.difference_fen},
    )


def proposals(rows: Sequence[LeftOver]) -> dict[str, Proposal]:
    """For what only the channel has, a gift that only the books have: same amount, at most a day
    apart, the name most alike; nothing where two are equally good. By the item's name."""
    books = [row for row in rows if row.side == "books"]
    found: dict[str, Proposal] = {}
    for row in rows:
        if row.side != "channel":
            continue
        near = [
            (_alike(row.name, other.name), other.gift_number)
            for other in books
            if other.books_fen == row.channel_fen
            and abs((other.at.date() - row.at.date()).days) <= 1
        ]
        best = sorted(near, reverse=True)[:2]
        if best and (len(best) == 1 or best[0][0] > best[1][0]):
            found[row.item] = Proposal(best[0][1], best[0][0])
    return found


def _alike(one: str, other: str) -> int:
    """How alike two names are, in hundredths."""
    if not one or not other:
        return 0
    return round(100 * SequenceMatcher(None, one, other).ratio())
