"""What becomes of the rows of one part of a file: booked, duplicate, quarantined or refused.

For ``intake`` only. A row with a transaction number is known by it; any other by organisation, day,
time, donor, amount and how many equal rows stand before it in the file.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from boai.foundations.organisations import queries as organisations
from boai.ground.core.actors import Actor
from boai.ground.core.errors import NotFound
from boai.ground.kit.db.bulk import chunks, rows_among
from boai.relief.donations import rules
from boai.relief.donations.models import Gift, Intake, IntakeUndo, StagedGift
from boai.relief.donations.services.booking import book_gifts
from boai.relief.donations.values import GiftOrder

LOOKED_UP = 5000
LONGEST_REFERENCE = 128
_COLUMNS = (
    "position", "sheet", "line", "account", "amount_fen", "donor", "numbered", "set_by",
    "given_at", "memo", "purpose", "verdict", "occurrence", "rank", "times",
)  # fmt: skip


@dataclass(slots=True)
class Counts:
    """How the rows of one part ended."""

    accepted: int = 0
    duplicate: int = 0
    quarantined: int = 0
    refused: int = 0
    amount_fen: int = 0


class _Row(NamedTuple):
    position: int
    sheet: str
    line: int
    account: str
    amount_fen: int
    donor: str
    numbered: bool
    set_by: str
    given_at: datetime
    memo: str
    purpose: str
    verdict: str
    occurrence: int
    rank: int
    times: int

    @property
    def reference(self) -> str:
        """What the channel's number is for this row."""
        return self.set_by if self.numbered else f"row:{self.set_by}:{self.occurrence}"

    @property
    def over_all_accounts(self) -> bool:
        """A row of a list over all accounts: it may be of any account that has an equal one."""
        return not self.numbered and not self.account


class _Fresh(NamedTuple):
    """A row that is to be booked, under which merchant and reference."""

    row: _Row
    merchant: str
    reference: str


def settle(
    actor: Actor,
    intake: Intake,
    upto: int,
    *,
    channels: Sequence[str],
    at: datetime,
    dry_run: bool,
) -> Counts:
    """Settle the rows after the intake's position up to another; what is booked leaves the stage."""
    own = StagedGift.objects.filter(
        intake_id=intake.pk, position__gt=intake.position, position__lte=upto
    )
    counts = Counts()
    rows = [_Row(*found) for found in own.order_by("position").values_list(*_COLUMNS)]
    counts.quarantined = sum(1 for row in rows if row.verdict == "quarantined")
    counts.refused = sum(1 for row in rows if row.verdict in ("refused", "unfit"))
    gifts = [row for row in rows if row.verdict == "gift"]
    fresh, differing = _sorted_out(intake, gifts, channels, counts)
    _book(actor, intake, fresh, at, counts, dry_run)
    own.filter(verdict="gift").exclude(position__in=differing).delete()
    own.filter(position__in=differing).update(verdict="quarantined", code="AmountDiffersFromBooked")
    own.update(donor=None, memo="", purpose="")
    own.filter(verdict="unfit").update(verdict="refused")
    return counts


def _sorted_out(
    intake: Intake, gifts: Sequence[_Row], channels: Sequence[str], counts: Counts
) -> tuple[list[_Fresh], list[int]]:
    """The rows that are new, each with its merchant and reference, and the places of those whose number is booked
    with another amount; duplicates are counted.

    A list of one account is compared with what that account and the lists over all accounts
    brought; a list over all accounts with everything, as often as equal gifts are booked.
    """
    code = _code(intake.organisation_id)
    known, dead = _known(intake.organisation_id, code, gifts, channels)
    fresh: list[_Fresh] = []
    differing: list[int] = []
    for row in gifts:
        merchant = f"{code}/{row.account}"[:64] if row.account and not row.numbered else code
        booked = known[row.reference]
        amount = booked.get(merchant, booked.get(code))
        if amount is None and row.numbered:
            # A payment that came in online is booked under the merchant's number, not our code.
            amount = next(iter(booked.values()), None)
        if amount is not None and amount != row.amount_fen:
            differing.append(row.position)
            counts.quarantined += 1
            continue
        is_known = amount is not None or (row.numbered and row.rank > 1)
        if row.over_all_accounts:
            equal = (len(known[f"row:{row.set_by}:{n}"]) for n in range(1, row.times + 1))
            is_known = row.rank <= sum(equal)
        if is_known:
            counts.duplicate += 1
            counts.amount_fen += row.amount_fen
        else:
            reference = _again(row.reference, dead[row.reference, merchant])
            fresh.append(_Fresh(row, merchant, reference))
    return fresh, differing


def _book(
    actor: Actor,
    intake: Intake,
    fresh: Sequence[_Fresh],
    at: datetime,
    counts: Counts,
    dry_run: bool,
) -> None:
    counts.amount_fen += sum(row.amount_fen for row, _merchant, _reference in fresh)
    counts.accepted = len(fresh)
    if dry_run or not fresh:
        return
    orders = [
        GiftOrder(
            amount_fen=row.amount_fen,
            channel=intake.channel,
            channel_reference=reference,
            given_at=row.given_at,
            merchant=merchant,
            donor_name=row.donor or "",
            donor_kind="organisation" if rules.is_organisation(row.donor or "") else "person",
            message=row.memo,
            purpose=row.purpose,
            source=f"{row.sheet[:40]}!{row.line}",
        )
        for row, merchant, reference in fresh
    ]
    booked = book_gifts(
        actor,
        organisation_id=intake.organisation_id,
        appeal_id=None,
        orders=orders,
        at=at,
        intake_id=intake.pk,
    )
    # Somebody else may have booked the same in the moment between looking and booking.
    counts.accepted = len(booked.accepted)
    counts.duplicate += len(booked.duplicates)
    counts.quarantined += len(booked.conflicts)
    counts.amount_fen -= sum(orders[place].amount_fen for place in booked.conflicts)


def _code(organisation_id: int) -> str:
    row = organisations.row(organisation_id)
    if row is None:
        raise NotFound(field="org")
    return row.code


def _known(
    organisation_id: int, code: str, gifts: Sequence[_Row], channels: Sequence[str]
) -> tuple[dict[str, dict[str, int]], dict[tuple[str, str], int]]:
    """Reference -> merchant -> amount of what is booked already; and how often a reference was
    booked and taken back with its whole file, so that the right file may book it again.
    """
    references = {row.reference for row in gifts}
    for row in gifts:
        if row.over_all_accounts:
            references.update(f"row:{row.set_by}:{n}" for n in range(1, row.times + 1))
    known: dict[str, dict[str, int]] = defaultdict(dict)
    dead: dict[tuple[str, str], int] = defaultdict(int)
    if not references:
        return known, dead
    done = IntakeUndo.objects.filter(organisation_id=organisation_id, state="done")
    undone = set(done.values_list("intake_id", flat=True))
    base_of = {_again(ref, n): ref for ref in references for n in range(len(undone) + 1)}
    merchants = _merchants(organisation_id, code, channels)
    also = {
        "channel": list(channels),
        "merchant": merchants,
        "organisation_id": organisation_id,
    }
    wanted = ("channel_reference", "merchant", "amount_fen", "state", "intake_id")
    for part in chunks(sorted(base_of), LOOKED_UP):
        rows = rows_among(Gift._meta.db_table, wanted, "channel_reference", part, also)
        for reference, merchant, amount, state, intake_id in rows:
            base = base_of[reference]
            if state == "reversed" and intake_id in undone:
                dead[base, merchant] += 1
            else:
                known[base][merchant] = int(amount or 0)
    return known, dead


def _again(reference: str, times: int) -> str:
    """The reference under which a row is booked that was taken back so often with its file."""
    if times == 0:
        return reference
    mark = f"#again{times}"
    return reference[: LONGEST_REFERENCE - len(mark)] + mark


def _merchants(organisation_id: int, code: str, channels: Sequence[str]) -> list[str]:
    """Under which names the society's gifts came by these channels. A few: each is found by one
    step along the key of channel and merchant, so that millions of gifts are not read."""
    found = {code}
    for channel in channels:
        after = ""
        while True:
            own = Gift.objects.filter(
                channel=channel, merchant__gt=after, organisation_id=organisation_id
            )
            after = own.order_by("merchant").values_list("merchant", flat=True).first() or ""
            if not after:
                break
            found.add(after)
    return sorted(found)
