"""Setting goods aside for an approved reason, first expiry first."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from boai.foundations.ledger.queries import lot_position
from boai.foundations.ledger.services.posting import post
from boai.foundations.trail.services.recording import record
from boai.ground.core.actors import Actor
from boai.ground.core.clock import day_of
from boai.relief.warehouse import errors, permissions, rules
from boai.relief.warehouse.models import Lot, Reservation
from boai.relief.warehouse.rules import StockLot
from boai.relief.warehouse.services import books
from boai.relief.warehouse.values import LotState, ReservationState, Reserved, ReserveLine


def reserve(
    actor: Actor,
    *,
    organisation_id: int,
    item_id: int,
    quantity: int,
    for_ref: str,
    at: datetime,
    lot_ids: Sequence[int] | None = None,
    receiver_id: int | None = None,
) -> list[Reserved]:
    """Set aside so much of one item; see ``reserve_lines``."""
    line = ReserveLine(item_id, quantity, tuple(lot_ids) if lot_ids is not None else None)
    return reserve_lines(
        actor,
        organisation_id=organisation_id,
        lines=[line],
        for_ref=for_ref,
        at=at,
        receiver_id=receiver_id,
    )


@transaction.atomic
def reserve_lines(
    actor: Actor,
    *,
    organisation_id: int,
    lines: Sequence[ReserveLine],
    for_ref: str,
    at: datetime,
    receiver_id: int | None = None,
) -> list[Reserved]:
    """Set aside all lines of one approved request, or none.

    Lots leave by first expiry; lots that a giver directed serve only their receiver. The lots'
    rows are locked in order of id, so that many at once leave exactly what arithmetic says.
    *Refuses*: ``NotPermitted``, ``NothingCounted``, ``QuantityIsNotWhole``, ``MoreThanIsThere``,
    ``LotNotFound``, ``DirectedElsewhere``, ``LotNotReleased``, ``LotHasExpired``. *Posts* on hand
    to reserved under ``for_ref``.
    """
    permissions.require_reserve(actor, organisation_id)
    if not lines:
        raise errors.NothingCounted
    lots = _locked(organisation_id, lines)
    free = {lot_id: place.on_hand for lot_id, place in lot_position(list(lots)).items()}
    taken: dict[int, int] = {}
    for line in lines:
        for lot_id, quantity in _choose(line, lots, free, at, receiver_id):
            taken[lot_id] = taken.get(lot_id, 0) + quantity
            free[lot_id] -= quantity
    rows = [
        Reservation(
            organisation_id=organisation_id,
            lot=lots[lot_id],
            for_ref=for_ref,
            quantity=quantity,
            reserved_at=at,
        )
        for lot_id, quantity in taken.items()
    ]
    Reservation.objects.bulk_create(rows)
    legs = [
        books.move(books.reserved(row.lot, for_ref), books.on_hand(row.lot), row.quantity)
        for row in rows
    ]
    post(
        actor,
        organisation_id=organisation_id,
        kind="goods-reserved",
        key=f"warehouse.reserve:{rows[0].pk}",
        legs=legs,
        at=at,
        inputs={"for": for_ref, "lots": [[row.lot_id, row.quantity] for row in rows]},
        subject=for_ref,
    )
    record(
        actor,
        "reserve-goods",
        subject=for_ref,
        at=at,
        organisation_id=organisation_id,
        detail={"lots": [[row.lot.number, row.quantity] for row in rows]},
    )
    return [Reserved(row.lot_id, row.quantity) for row in rows]


@transaction.atomic
def release_reservation(
    actor: Actor, *, organisation_id: int, for_ref: str, at: datetime
) -> list[Reserved]:
    """Give back everything still set aside for a reason; nothing set aside is no error.

    *Refuses*: ``NotPermitted``. *Posts* reserved to on hand.
    """
    permissions.require_reserve(actor, organisation_id)
    rows = list(
        Reservation.objects.select_for_update(of=("self",))
        .filter(organisation_id=organisation_id, for_ref=for_ref, state=ReservationState.HELD)
        .select_related("lot")
        .order_by("pk")
    )
    if not rows:
        return []
    Reservation.objects.filter(pk__in=[row.pk for row in rows]).update(
        state=ReservationState.RELEASED
    )
    post(
        actor,
        organisation_id=organisation_id,
        kind="reservation-released",
        key=f"warehouse.release:{rows[0].pk}",
        legs=[
            books.move(books.on_hand(row.lot), books.reserved(row.lot, for_ref), row.quantity)
            for row in rows
        ],
        at=at,
        inputs={"for": for_ref, "rows": [row.pk for row in rows]},
        subject=for_ref,
    )
    record(actor, "release-reservation", subject=for_ref, at=at, organisation_id=organisation_id)
    return [Reserved(row.lot_id, row.quantity) for row in rows]


def _locked(organisation_id: int, lines: Sequence[ReserveLine]) -> dict[int, Lot]:
    items = {line.item_id for line in lines}
    named = {lot_id for line in lines for lot_id in line.lot_ids or ()}
    mine = Lot.objects.filter(organisation_id=organisation_id)
    wanted = mine.filter(item_id__in=items) if any(line.lot_ids is None for line in lines) else None
    chosen = mine.filter(pk__in=named)
    query = chosen if wanted is None else (wanted.filter(state=LotState.RELEASED) | chosen)
    lots = {lot.pk: lot for lot in query.select_for_update().order_by("pk")}
    if named - lots.keys():
        raise errors.LotNotFound
    return lots


def _choose(
    line: ReserveLine,
    lots: dict[int, Lot],
    free: dict[int, int],
    at: datetime,
    receiver_id: int | None,
) -> list[tuple[int, int]]:
    on = day_of(at)
    if line.lot_ids is None:
        stock = [_stock(lot, free) for lot in lots.values() if lot.item_id == line.item_id]
    else:
        stock = [_stock(lots[lot_id], free) for lot_id in line.lot_ids]
        for lot in stock:
            if lots[lot.id].item_id != line.item_id:
                raise errors.LotNotFound
            reasons = rules.reasons_against_receiver(lot, receiver_id)
            for reason in reasons + rules.reasons_against_issuing(lot, 1, on):
                if not isinstance(reason, errors.MoreThanIsThere):
                    raise reason
    chosen = rules.take_by_first_expiry(stock, line.quantity, on, receiver_id)
    return [(lot.id, quantity) for lot, quantity in chosen]


def _stock(lot: Lot, free: dict[int, int]) -> StockLot:
    return StockLot(
        id=lot.pk,
        number=lot.number,
        state=lot.state,
        expires_on=lot.expires_on,
        directed_to=lot.directed_to_id,
        free=free.get(lot.pk, 0),
    )
