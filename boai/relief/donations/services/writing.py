"""Writing confirmed gifts of money as a set: donors, postings, gifts, consents, papers, trail, news.

For ``booking`` only, which has checked the orders. Each step is a handful of statements over all
gifts of the set, whether it is one gift or five thousand; nothing here makes an object of a table.
"""

import secrets
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from boai.foundations.certificates.services import issuing
from boai.foundations.certificates.values import (
    DONATION_CERTIFICATE,
    THANK_YOU_LETTER,
    PaperOrder,
)
from boai.foundations.ledger.services import funds
from boai.foundations.ledger.values import Inflow
from boai.foundations.trail.services import recording
from boai.ground.core.actors import SYSTEM, Actor
from boai.ground.core.clock import day_of
from boai.ground.core.events import announce
from boai.ground.kit.db.bulk import append_rows
from boai.ground.kit.db.sealed import blind_index
from boai.ground.kit.db.series import take_public_numbers
from boai.relief.donations import events, rules
from boai.relief.donations.models import Appeal, Gift, NamingConsent
from boai.relief.donations.services import directing, donors, funding
from boai.relief.donations.services.naming import tokens_of
from boai.relief.donations.values import ANONYMOUS, BookedMoney, GiftOrder, gift_ref

LONGEST_HOLDER = 100


def write_money(
    actor: Actor,
    organisation_id: int,
    appeal: Appeal | None,
    orders: Sequence[GiftOrder],
    at: datetime,
    *,
    intake_id: int | None = None,
) -> list[BookedMoney]:
    """Write the gifts, their postings and all that follows from them; in the orders' order."""
    if not orders:
        return []
    fund_of = {
        unit: funding.fund_for(
            organisation_id=organisation_id, appeal=appeal, directed_to=unit, at=at
        )
        for unit in {order.directed_to for order in orders}
    }
    numbers = take_public_numbers("JZ", day_of(at), len(orders))
    fund_ids = [fund_of[order.directed_to] for order in orders]
    entry_ids = _post(actor, organisation_id, orders, numbers, fund_ids, at)
    donor_ids = donors.find_or_register(organisation_id, orders, at)
    shown = [rules.shown_name(order.named, order.display_name) for order in orders]
    gift_ids = append_rows(
        Gift,
        len(orders),
        {
            **_same(actor, organisation_id, appeal, at),
            "intake_id": intake_id,
            "number": numbers,
            "fund_id": fund_ids,
            "donor_id": donor_ids,
            "entry_id": entry_ids,
            "display_name": shown,
            "search_tokens": [tokens_of(name) for name in shown],
            **_own(orders),
        },
    )
    _note_consents(gift_ids, orders, at)
    gifts = [
        BookedMoney(gift_id, number, order.amount_fen, fund_id, name)
        for gift_id, number, order, fund_id, name in zip(
            gift_ids, numbers, orders, fund_ids, shown, strict=True
        )
    ]
    _finish(actor, organisation_id, appeal, gifts, orders, at)
    return gifts


def new_query_codes(count: int) -> list[str]:
    """Six random digits for each gift, which the giver gets with the number."""
    return [f"{secrets.randbelow(10**6):06d}" for _gift in range(count)]


def _same(
    actor: Actor, organisation_id: int, appeal: Appeal | None, at: datetime
) -> dict[str, object]:
    """What all gifts of one set have in common."""
    return {
        "kind": "cash",
        "organisation_id": organisation_id,
        "appeal_id": appeal.pk if appeal is not None else None,
        "overseas": False,
        "registered_at": at,
        "registered_by": actor.person_id,
        "late_reason": "",
        "state": "confirmed",
        "confirmed_at": at,
        "directed_order": "",
    }


def _own(orders: Sequence[GiftOrder]) -> dict[str, list[object]]:
    """What each order says of its gift."""
    phones = [rules.neat_phone(order.phone) if order.phone else "" for order in orders]
    codes = new_query_codes(len(orders))
    return {
        "amount_fen": [order.amount_fen for order in orders],
        "channel": [order.channel for order in orders],
        "merchant": [order.merchant for order in orders],
        "channel_reference": [order.channel_reference for order in orders],
        "purpose": [order.purpose for order in orders],
        "directed_to_id": [order.directed_to for order in orders],
        "message": [
            rules.cleaned(order.message, label="留言", limit=200, field="message")
            for order in orders
        ],
        "source": [order.source for order in orders],
        "given_at": [order.given_at for order in orders],
        "query_code": [order.query_code or code for order, code in zip(orders, codes, strict=True)],
        "phone_index": [blind_index("phone", phone) if phone else "" for phone in phones],
        "named": [order.named for order in orders],
    }


def _post(
    actor: Actor,
    organisation_id: int,
    orders: Sequence[GiftOrder],
    numbers: Sequence[str],
    fund_ids: Sequence[int],
    at: datetime,
) -> list[int]:
    """Post the inflow of each gift into its fund; the entries in the gifts' order."""
    banks = {
        channel: funding.bank_for(organisation_id, channel)
        for channel in {order.channel for order in orders}
    }
    groups: dict[tuple[int, str], list[int]] = defaultdict(list)
    for place, order in enumerate(orders):
        groups[fund_ids[place], banks[order.channel]].append(place)
    entry_ids = [0] * len(orders)
    for (fund_id, bank), places in groups.items():
        inflows = []
        for place in places:
            number, amount = numbers[place], orders[place].amount_fen
            ref, inputs = gift_ref(number), {"gift": number, "amount_fen": amount}
            inflows.append(Inflow(ref, amount, ref, at, inputs))
        posted = funds.receive_many_into_fund(actor, fund_id=fund_id, bank=bank, gifts=inflows)
        for place, entry in zip(places, posted, strict=True):
            entry_ids[place] = entry.entry_id
    return entry_ids


def _note_consents(gift_ids: Sequence[int], orders: Sequence[GiftOrder], at: datetime) -> None:
    named = [gift_id for gift_id, order in zip(gift_ids, orders, strict=True) if order.named]
    append_rows(
        NamingConsent,
        len(named),
        {"gift_id": named, "named": True, "by": "giver", "at": at},
        with_ids=False,
    )


def _finish(
    actor: Actor,
    organisation_id: int,
    appeal: Appeal | None,
    gifts: Sequence[BookedMoney],
    orders: Sequence[GiftOrder],
    at: datetime,
) -> None:
    """Papers (H17), payment orders of directed money (H10), the line in the trail, the news."""
    issuing.issue_sets(
        SYSTEM,
        kinds=(DONATION_CERTIFICATE, THANK_YOU_LETTER),
        organisation_id=organisation_id,
        orders=[_paper(gift, order, appeal) for gift, order in zip(gifts, orders, strict=True)],
        at=at,
    )
    directed = [g.id for g, order in zip(gifts, orders, strict=True) if order.directed_to]
    if directed:
        directing.order_payments(list(Gift.objects.filter(pk__in=directed).order_by("pk")), at)
    first, last = gifts[0].number, gifts[-1].number
    recording.record(
        actor,
        "confirm-gifts",
        subject=gift_ref(first) if len(gifts) == 1 else f"donations.gifts:{first}",
        at=at,
        organisation_id=organisation_id,
        detail={
            "gifts": len(gifts),
            "amount_fen": sum(gift.amount_fen for gift in gifts),
            "first": first,
            "last": last,
        },
    )
    announce(
        events.GiftsConfirmed(
            organisation_id=organisation_id,
            gift_ids=tuple([gift.id for gift in gifts]),
            kind="cash",
            at=at,
            money=tuple(gifts),
            appeal_slug=appeal.slug if appeal is not None else "",
        )
    )


def _paper(gift: BookedMoney, order: GiftOrder, appeal: Appeal | None) -> PaperOrder:
    holder = order.donor_name or order.display_name or ANONYMOUS
    facts: dict[str, object] = {
        "gift_number": gift.number,
        "given_on": day_of(order.given_at).isoformat(),
        "amount_fen": gift.amount_fen,
    }
    if appeal is not None:
        facts["appeal"] = appeal.title
    if order.purpose:
        facts["purpose"] = order.purpose
    return PaperOrder(gift_ref(gift.number), holder[:LONGEST_HOLDER], facts)
