"""What writers do: each act is decided by its order alone, so that it can be asked for again.

An order is a small dictionary: ``act``, ``key`` and what the act needs. Asking for the same order
again is the retry that a phone, a channel or a person at a desk would make.
"""

from collections.abc import Callable, Mapping
from typing import Any

from boai.ground.core.actors import SYSTEM
from tests.campaigns.writers.ground import BANK, ITEM, Ground

Order = Mapping[str, Any]
Act = Callable[[Ground, Order], Any]
ACTS: dict[str, Act] = {}
CHANNEL = "wechat"


class NotAnswered(Exception):
    """The other side got no success: as with a broken line, nobody knows what became of it."""


def act(run: Act) -> Act:
    """Register an act under its function's name."""
    ACTS[run.__name__] = run
    return run


def perform(ground: Ground, order: Order) -> Any:
    """Carry out one order and answer what the service said, after it committed."""
    return ACTS[order["act"]](ground, order)


def gift_order(ground: Ground, reference: str, amount: int) -> Any:
    """One gift that arrived over the test channel."""
    from boai.relief.donations.values import GiftOrder

    return GiftOrder(
        amount_fen=amount,
        channel=CHANNEL,
        channel_reference=reference,
        given_at=ground.at,
        donor_name="赵钱孙",
        phone=f"139{amount % 7:08d}",
    )


def references(order: Order) -> list[str]:
    """The channel references of a set of gifts."""
    return [f"{order['key']}.{n}" for n in range(order["count"])]


@act
def gift(ground: Ground, order: Order) -> Any:
    """One gift into the appeal."""
    return _book(ground, [order["key"]], order["amount"], ground.appeal)


@act
def gifts(ground: Ground, order: Order) -> Any:
    """A set of gifts in one act."""
    return _book(ground, references(order), order["amount"], ground.appeal)


def _book(ground: Ground, names: list[str], amount: int, appeal: int | None) -> Any:
    from boai.relief.donations.services.booking import book_gifts

    booked = book_gifts(
        SYSTEM,
        organisation_id=ground.city,
        appeal_id=appeal,
        orders=[gift_order(ground, name, amount) for name in names],
        at=ground.at,
    )
    return {"accepted": len(booked.accepted), "known": len(booked.duplicates)}


@act
def callback(ground: Ground, order: Order) -> Any:
    """A phone gift: the order is placed, the channel's signed word comes in over its door."""
    from boai.ground.core.actors import PUBLIC
    from boai.relief.donations.channels import checkout
    from boai.relief.donations.channels.sandbox import platform
    from boai.relief.donations.channels.wechatpay.receiving import take_notification

    placed = checkout.start_payment(
        PUBLIC,
        appeal_id=ground.appeal,
        amount_fen=order["amount"],
        form_key=order["key"],
        at=ground.at,
    )
    told = platform.notification(
        order_number=placed.number,
        amount_fen=order["amount"],
        at=ground.at,
        transaction=f"T{order['key']}",
        notification_id=f"N{order['key']}",
    )
    answer = take_notification(told.headers, told.body, at=ground.at)
    if answer.http != 204:
        raise NotAnswered(f"http {answer.http}")
    return placed.number


@act
def receive(ground: Ground, order: Order) -> Any:
    """Money into a fund, straight in the books."""
    from boai.foundations.ledger.services import funds

    return funds.receive_into_fund(
        SYSTEM,
        fund_id=ground.fund,
        source=f"campaign.gift:{order['key']}",
        amount=order["amount"],
        bank=BANK,
        key=order["key"],
        at=ground.at,
        inputs=dict(order),
    ).entry_id


@act
def spend(ground: Ground, order: Order) -> Any:
    """Money out of a fund."""
    from boai.foundations.ledger.services import funds

    return funds.spend_from_fund(
        SYSTEM,
        fund_id=ground.fund,
        amount=order["amount"],
        bank=BANK,
        subject=f"campaign.spend:{order['key']}",
        key=order["key"],
        at=ground.at,
        inputs=dict(order),
    ).entry_id


@act
def refund(ground: Ground, order: Order) -> Any:
    """A gift of this run goes back to its giver."""
    from boai.foundations.ledger.services import funds

    return funds.refund(
        SYSTEM,
        fund_id=ground.fund,
        source=f"campaign.gift:{order['of']}",
        amount=order["amount"],
        bank=BANK,
        key=order["key"],
        at=ground.at,
        inputs=dict(order),
    ).entry_id


@act
def transfer(ground: Ground, order: Order) -> Any:
    """Money from fund to fund, either way."""
    from boai.foundations.ledger.services import funds

    pair = (ground.fund, ground.other_fund)
    here, there = pair if order["amount"] % 2 else pair[::-1]
    return funds.transfer(
        SYSTEM,
        from_fund_id=here,
        to_fund_id=there,
        amount=order["amount"],
        bank=BANK,
        key=order["key"],
        at=ground.at,
        inputs=dict(order),
    ).entry_id


@act
def take(ground: Ground, order: Order) -> Any:
    """Goods out of the one lot that everybody takes from."""
    from boai.foundations.ledger.services import posting
    from boai.foundations.ledger.values import AccountKey, Leg

    return posting.post(
        SYSTEM,
        organisation_id=ground.books,
        kind="move",
        key=order["key"],
        legs=[
            Leg(
                AccountKey(
                    ground.books, "reserved", f"need:{order['amount'] % 5}", ITEM, ground.lot
                ),
                AccountKey(ground.books, "on_hand", "store:1", ITEM, ground.lot),
                order["amount"],
            )
        ],
        at=ground.at,
        inputs=dict(order),
    ).entry_id


@act
def reverse(ground: Ground, order: Order) -> Any:
    """An entry of this run is taken back."""
    from boai.foundations.ledger.services import posting

    return posting.reverse(
        SYSTEM, entry_id=order["of"], key=order["key"], at=ground.at, reason="误记"
    ).entry_id


@act
def reserve(ground: Ground, order: Order) -> Any:
    """The warehouse sets goods of one lot aside; whoever asks again looks first."""
    from boai.relief.warehouse.models import Reservation
    from boai.relief.warehouse.services import issuing

    ref = need_of(order)
    if Reservation.objects.filter(for_ref=ref).exists():
        return ref
    issuing.reserve(
        SYSTEM,
        organisation_id=ground.city,
        item_id=ground.stock.gloves,
        quantity=order["amount"],
        for_ref=ref,
        at=ground.at,
        lot_ids=[order["lot"]],
        receiver_id=ground.stock.world.places.hospital,
    )
    return ref


@act
def dispatch(ground: Ground, order: Order) -> Any:
    """What was set aside gets a waybill, is loaded by one keeper and countersigned by another:
    three acts, each by itself; whoever comes back goes on where the waybill stands."""
    from boai.relief.dispatch.models import Waybill
    from boai.relief.dispatch.services import loading, ordering
    from boai.relief.dispatch.values import OrderLine

    cast, ref = ground.stock.world.cast, need_of(order)
    waybill = Waybill.objects.filter(for_ref=ref).first()
    if waybill is None:
        ordering.order_delivery(
            SYSTEM,
            organisation_id=ground.city,
            receiver_id=ground.stock.world.places.hospital,
            for_ref=ref,
            lines=[OrderLine(order["lot"], order["amount"])],
            at=ground.at,
        )
        waybill = Waybill.objects.get(for_ref=ref)
    if waybill.state == "ordered":
        loading.load(cast.keeper, waybill_id=waybill.pk, driver="沈司机", at=ground.at)
        waybill.refresh_from_db()
    if waybill.state == "loading":
        loading.countersign(
            cast.second_keeper, waybill_id=waybill.pk, digest=waybill.loading_digest, at=ground.at
        )
    return waybill.number


def need_of(order: Order) -> str:
    """The need for which goods are set aside and sent."""
    return f"campaign.need:{order.get('of') or order['key']}"


@act
def paper(ground: Ground, order: Order) -> Any:
    """A thank-you letter of its own."""
    from boai.foundations.certificates import queries
    from boai.foundations.certificates.services import issuing
    from boai.foundations.certificates.values import THANK_YOU_LETTER

    known = queries.papers_of(paper_subject(order))
    if known:
        return known[0].number
    return issuing.issue(
        SYSTEM,
        kind=THANK_YOU_LETTER,
        organisation_id=ground.city,
        subject=paper_subject(order),
        holder_name="赵钱孙",
        facts={},
        at=ground.at,
    ).number


def paper_subject(order: Order) -> str:
    """What the paper is about."""
    return f"campaign.thanks:{order['key']}"


@act
def number(ground: Ground, order: Order) -> Any:
    """Number the waiting entries of one of the two journals."""
    from boai.foundations.ledger.services import numbering

    return numbering.number_entries(ground.books if order["amount"] % 2 else ground.city)


@act
def sequence(ground: Ground, order: Order) -> Any:
    """Take up the waiting leaves and sign the new head."""
    from boai.foundations.translog.services.sequencing import sequence as take_up

    head = take_up(ground.at)
    return [head.size, head.root]


@act
def take_in(ground: Ground, order: Order) -> Any:
    """A file of gifts through the importer that ``boai import gifts`` runs."""
    from pathlib import Path

    from boai.ground.core.imports import ImportOrder, importers

    report = importers()["gifts"](
        ImportOrder(
            actor=SYSTEM, path=Path(order["path"]), organisation_id=ground.city, at=ground.at
        )
    )
    return {"accepted": report.accepted, "known": report.duplicate, "rows": report.rows}
