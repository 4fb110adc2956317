"""Posting entries and taking them back.

The books ask for no permission of their own: they are called inside an act that has been
permitted, and that act leaves its line in the trail.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from boai.foundations.ledger.errors import FundIsClosedToPostings
from boai.foundations.ledger.services import reversing
from boai.foundations.ledger.services.journal import write_entries
from boai.foundations.ledger.values import EntryOrder, Leg, Posted, Prepared
from boai.ground.core.actors import Actor


def post(
    actor: Actor,
    *,
    organisation_id: int,
    kind: str,
    key: str,
    legs: Sequence[Leg],
    at: datetime,
    inputs: Any,
    subject: str = "",
) -> Posted:
    """Post one entry. The same key with the same inputs answers the first entry again.

    *Refuses*: ``SameKeyOtherInputs``; ``NotEnough`` when a scarce place would go below zero;
    ``PostingIsMalformed``; ``FundIsClosedToPostings`` (money moves through ``services.funds``).
    *Posts*: the legs.
    """
    order = EntryOrder(key, tuple(legs), at, inputs, subject)
    return post_many(actor, organisation_id=organisation_id, kind=kind, entries=[order])[0]


def post_many(
    actor: Actor, *, organisation_id: int, kind: str, entries: Sequence[EntryOrder]
) -> list[Posted]:
    """Post many entries of one kind in a handful of statements, answers in the same order.

    *Refuses*: as ``post``; one refused entry refuses all. *Posts*: all legs.
    """
    for order in entries:
        for leg in order.legs:
            if "fund" in (leg.debit.kind, leg.credit.kind):
                raise FundIsClosedToPostings()
    written = write_entries(actor, organisation_id=organisation_id, kind=kind, orders=entries)
    return [answer(p) for p in written]


def answer(p: Prepared) -> Posted:
    """What the caller is told about one written entry."""
    assert p.entry_id is not None
    return Posted(p.entry_id, p.sequence, p.repeated)


def reverse(actor: Actor, *, entry_id: int, key: str, at: datetime, reason: str) -> Posted:
    """Take an entry back by an entry with the sides exchanged; the two stay linked for ever.

    Money that came into a fund is taken from its own interval; money that was spent comes back as
    an inflow that continues it. *Refuses*: ``NotFound``; ``AlreadyReversed``; ``PartlySpent`` when
    the money has been used meanwhile; ``NotEnough`` when the goods have moved on;
    ``TransferIsReturnedByTransfer``. *Posts*: every leg of the entry, exchanged.
    """
    return answer(reversing.write_reversal(actor, entry_id=entry_id, key=key, at=at, reason=reason))
