"""Money that has arrived becomes gifts: any number at once, each exactly once."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction

from boai.foundations.ledger.services import funds
from boai.foundations.ledger.values import Inflow
from boai.foundations.trail.services import recording
from boai.ground.core.actors import Actor
from boai.ground.core.clock import day_of
from boai.ground.core.errors import NotFound
from boai.ground.core.events import announce
from boai.ground.kit.db.bulk import chunks, rows_among
from boai.ground.kit.db.series import hold_public_numbers
from boai.relief.donations import events, permissions, rules
from boai.relief.donations.models import Appeal, Gift
from boai.relief.donations.services import directing, funding, papers
from boai.relief.donations.services.writing import new_query_codes, write_money
from boai.relief.donations.values import BookingResult, GiftOrder, gift_ref

CHUNK = 5000
"""Rows of one statement: below the limits of parameters of both databases."""


def book_gifts(
    actor: Actor,
    *,
    organisation_id: int,
    appeal_id: int | None,
    orders: Sequence[GiftOrder],
    at: datetime,
    intake_id: int | None = None,
) -> BookingResult:
    """Book money that has arrived as confirmed gifts, with certificate and thank-you letter each.

    A channel reference that is known already is a duplicate (same amount) or a conflict (another
    amount): nothing changes for it. Without an appeal the money is unrestricted. All or nothing:
    one order that cannot be a gift refuses the set; ask ``rules.reason_against`` beforehand.
    ``intake_id`` is the file that told of them.

    *Refuses*: ``NotPermitted``, ``NotFound`` (appeal), ``GiftOrderIsNotReadable``,
    ``AppealIsNotOpen`` (H29), ``DirectedToIsUnknown``, ``PhoneIsNotReadable``.
    *Posts*: outside → bank, into the fund of the appeal, the directed or the unrestricted fund.
    *Announces* ``GiftsConfirmed`` once.
    """
    permissions.require_book(actor, organisation_id)
    rules.refuse_unreadable(tuple(orders), at)
    with transaction.atomic():
        appeal = locked_appeal(organisation_id, appeal_id)
        # Two files may bring the same line at one moment: the second must see it as known.
        hold_public_numbers("JZ", day_of(at))
        accepted, duplicates, conflicts = _sorted_out(orders)
        if appeal is not None and accepted:
            latest = max(orders[i].given_at for i in accepted)
            rules.refuse_closed_appeal(
                title=appeal.title,
                state=appeal.state,
                suspended_at=appeal.suspended_at,
                given_at=latest,
            )
        if conflicts:
            _alarm(actor, organisation_id, [orders[i] for i in conflicts], at)
        fresh = [orders[i] for i in accepted]
        gifts = write_money(actor, organisation_id, appeal, fresh, at, intake_id=intake_id)
    return BookingResult(
        accepted=tuple(accepted),
        numbers=tuple(gift.number for gift in gifts),
        gift_ids=tuple(gift.id for gift in gifts),
        duplicates=tuple(duplicates),
        conflicts=tuple(conflicts),
    )


def locked_appeal(organisation_id: int, appeal_id: int | None) -> Appeal | None:
    """The appeal under a lock, so that a suspension waits for a booking and the other way round."""
    if appeal_id is None:
        return None
    appeal = (
        Appeal.objects.select_for_update()
        .filter(pk=appeal_id, organisation_id=organisation_id)
        .first()
    )
    if appeal is None:
        raise NotFound
    return appeal


def finish(actor: Actor, gifts: Sequence[Gift], holders: Sequence[str], at: datetime) -> None:
    """What every confirmed gift gets at once: papers (H17), the payment order of directed money
    (H10), a line in the trail, the announcement. For the services of this room."""
    first = gifts[0]
    papers.issue_for(gifts, holders, at)
    directing.order_payments(gifts, at)
    recording.record(
        actor,
        "confirm-gifts",
        subject=gift_ref(first.number) if len(gifts) == 1 else f"donations.gifts:{first.number}",
        at=at,
        organisation_id=first.organisation_id,
        detail={
            "gifts": len(gifts),
            "amount_fen": sum(gift.amount_fen or 0 for gift in gifts),
            "first": first.number,
            "last": gifts[-1].number,
        },
    )
    announce(
        events.GiftsConfirmed(
            organisation_id=first.organisation_id,
            gift_ids=tuple(gift.pk for gift in gifts),
            kind=first.kind,
            at=at,
        )
    )


def post_money(actor: Actor, gifts: Sequence[Gift], at: datetime) -> None:
    """Post the inflow of each gift into its fund and note the entry on it (not yet saved)."""
    groups: dict[tuple[int, str], list[Gift]] = defaultdict(list)
    banks: dict[str, str] = {}
    for gift in gifts:
        if gift.channel not in banks:
            banks[gift.channel] = funding.bank_for(gift.organisation_id, gift.channel)
        groups[gift.fund_id or 0, banks[gift.channel]].append(gift)
    for (fund_id, bank), members in groups.items():
        inflows = [
            Inflow(
                source=gift_ref(gift.number),
                amount=gift.amount_fen or 0,
                key=gift_ref(gift.number),
                at=at,
                inputs={"gift": gift.number, "amount_fen": gift.amount_fen},
            )
            for gift in members
        ]
        posted = funds.receive_many_into_fund(actor, fund_id=fund_id, bank=bank, gifts=inflows)
        for gift, entry in zip(members, posted, strict=True):
            gift.entry_id = entry.entry_id


def new_query_code() -> str:
    """Six random digits that the giver gets with the number."""
    return new_query_codes(1)[0]


def _key(channel: str, merchant: str, reference: str) -> tuple[str, str, str]:
    return channel, merchant, reference


def _sorted_out(orders: Sequence[GiftOrder]) -> tuple[list[int], list[int], list[int]]:
    known = dict(_known(orders))
    accepted: list[int] = []
    duplicates: list[int] = []
    conflicts: list[int] = []
    for position, order in enumerate(orders):
        key = _key(order.channel, order.merchant, order.channel_reference)
        if key not in known:
            known[key] = order.amount_fen
            accepted.append(position)
        elif known[key] == order.amount_fen:
            duplicates.append(position)
        else:
            conflicts.append(position)
    return accepted, duplicates, conflicts


def _known(orders: Sequence[GiftOrder]) -> Iterable[tuple[tuple[str, str, str], int | None]]:
    groups: dict[tuple[str, str], list[str]] = defaultdict(list)
    for order in orders:
        groups[order.channel, order.merchant].append(order.channel_reference)
    for (channel, merchant), references in groups.items():
        also = {"channel": channel, "merchant": merchant}
        for part in chunks(references, CHUNK):
            found = rows_among(
                Gift._meta.db_table,
                ("channel_reference", "amount_fen"),
                "channel_reference",
                part,
                also,
            )
            for reference, amount in found:
                yield _key(channel, merchant, reference), amount


def _alarm(actor: Actor, organisation_id: int, orders: Sequence[GiftOrder], at: datetime) -> None:
    recording.record(
        actor,
        "refuse-contradicting-payments",
        subject=f"donations.channel:{orders[0].channel}",
        at=at,
        organisation_id=organisation_id,
        detail={"count": len(orders), "references": [o.channel_reference for o in orders[:20]]},
    )
