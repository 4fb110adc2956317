"""Bought goods go to the store, with the value that was paid for them."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from boai.foundations.organisations import queries as organisations
from boai.foundations.trail.services.recording import record
from boai.ground.core.actors import Actor
from boai.relief.finance import errors, permissions
from boai.relief.finance.models import PurchaseLine
from boai.relief.finance.queries import received_of_lines
from boai.relief.finance.services.locking import locked
from boai.relief.finance.values import CountedPurchase, Kind, State
from boai.relief.warehouse.services import receiving
from boai.relief.warehouse.values import CountedLine


@transaction.atomic
def receive_purchase(
    actor: Actor,
    *,
    disbursement_id: int,
    store_id: int,
    counted: Sequence[CountedPurchase],
    at: datetime,
) -> int:
    """The keeper counts bought goods: a goods received note with the price paid as value.

    Answers the note's id; a second keeper countersigns it in the warehouse as any other.
    *Refuses*: ``NotPermitted``; ``NothingWasBought`` before payment; ``MoreThanBought``; and what
    the warehouse refuses.
    """
    row = locked(disbursement_id)
    permissions.require_receive_purchase(actor, row.organisation_id)
    if row.kind != Kind.PURCHASE or row.state not in (State.PAID, State.CONFIRMED):
        raise errors.NothingWasBought
    bought = {line.pk: line for line in row.lines.select_related("item")}
    _check_counted(bought, counted)
    origin = f"finance.disbursement:{row.number}"
    seller = organisations.row(row.payee_organisation_id)
    first = not any(received_of_lines(origin, list(bought)).values())
    note_id = receiving.open_note(
        actor,
        organisation_id=row.organisation_id,
        store_id=store_id,
        origin=origin,
        consignment_id=row.consignment_id if first else None,
        donor_label=seller.name if seller else "",
        lines=[
            CountedLine(
                item_id=bought[line.line_id].item_id,
                quantity=line.quantity,
                lot_number=line.lot_number,
                expires_on=line.expires_on,
                produced_on=line.produced_on,
                bin=line.bin,
                spec=bought[line.line_id].spec,
                origin_line=f"finance.purchase-line:{line.line_id}",
                value_fen=line.quantity * bought[line.line_id].unit_price_fen,
            )
            for line in counted
        ],
        at=at,
    )
    record(
        actor,
        "receive-purchase",
        subject=origin,
        at=at,
        organisation_id=row.organisation_id,
        detail={"note": note_id},
    )
    return note_id


def _check_counted(bought: dict[int, PurchaseLine], counted: Sequence[CountedPurchase]) -> None:
    """Every counted line was bought, and no more of it than was bought."""
    if any(line.line_id not in bought for line in counted):
        raise errors.NotFound
    number = next(iter(bought.values())).disbursement.number if bought else ""
    came = received_of_lines(f"finance.disbursement:{number}", list(bought))
    for id, line in bought.items():
        now = sum(each.quantity for each in counted if each.line_id == id)
        if now and came.get(id, 0) + now > line.quantity:
            raise errors.MoreThanBought(
                line=line.item.name, bought=line.quantity, received=came.get(id, 0), counted=now
            )
