"""The database refuses by itself, whatever the Python does."""

from datetime import datetime

import pytest
from django.db import DatabaseError, transaction

from boai.relief.dispatch.models import (
    Delivery,
    DeliveryLine,
    Discrepancy,
    Waybill,
    WaybillLine,
)
from boai.relief.dispatch.services import delivering
from tests.factories.goods import Stock, gloves, order, receive, send


def refused(act: object) -> None:
    """The act ends in a refusal of the database."""
    with pytest.raises(DatabaseError), transaction.atomic():
        act()  # type: ignore[operator]


def test_a_waybill_departs_with_two_and_never_comes_back(stock: Stock, at: datetime) -> None:
    cast = stock.world.cast
    [lot] = receive(stock, gloves(stock, 20), at=at)
    waiting = Waybill.objects.filter(pk=order(stock, {lot: 5}, at=at))
    refused(lambda: waiting.update(state="in_transit"))
    refused(
        lambda: waiting.update(
            loaded_by_id=cast.keeper.person_id, countersigned_by_id=cast.keeper.person_id
        )
    )
    refused(lambda: waiting.update(receiver_id=stock.world.places.second_hospital))
    refused(lambda: waiting.update(route="store"))
    left = Waybill.objects.filter(pk=send(stock, {lot: 5}, at=at))
    refused(lambda: left.update(state="cancelled"))
    refused(lambda: left.update(state="ordered"))
    refused(lambda: WaybillLine.objects.update(quantity=1))
    refused(
        lambda: WaybillLine.objects.create(
            waybill=left.get(), lot_id=lot, item_id=stock.gloves, quantity=1
        )
    )


def test_deliveries_never_change(stock: Stock, at: datetime) -> None:
    cast = stock.world.cast
    [lot] = receive(stock, gloves(stock, 20), at=at)
    waybill = Waybill.objects.get(pk=send(stock, {lot: 5}, at=at))
    line = waybill.lines.get()
    for sender in (cast.keeper, cast.second_keeper):
        refused(
            lambda sender=sender: Delivery.objects.create(
                waybill=waybill,
                received_by_id=sender.person_id,
                delivered_at=at,
                delivered_on=at.date(),
            )
        )
    delivering.sign(cast.receiver, waybill_id=waybill.pk, counted={line.pk: 3}, at=at)
    refused(lambda: Delivery.objects.update(note="x"))
    refused(lambda: DeliveryLine.objects.update(accepted=1))
    refused(lambda: DeliveryLine.objects.all().delete())
    refused(lambda: Discrepancy.objects.update(quantity=1))
    refused(lambda: Discrepancy.objects.update(state="settled"))
    refused(
        lambda: Discrepancy.objects.update(
            proposed_by_id=cast.keeper.person_id, settled_by_id=cast.keeper.person_id
        )
    )


def test_no_more_is_delivered_than_was_sent(stock: Stock, at: datetime) -> None:
    [lot] = receive(stock, gloves(stock, 20), at=at)
    waybill = Waybill.objects.get(pk=send(stock, {lot: 5}, at=at))
    with transaction.atomic():
        signed = Delivery.objects.create(
            waybill=waybill,
            received_by_id=stock.world.cast.receiver.person_id,
            delivered_at=at,
            delivered_on=at.date(),
        )
        for counted, damaged, accepted in ((9, 0, 9), (5, 1, 5), (-1, 0, 0)):
            refused(
                lambda c=counted, d=damaged, a=accepted: DeliveryLine.objects.create(
                    delivery=signed, line=waybill.lines.get(), counted=c, damaged=d, accepted=a
                )
            )
        transaction.set_rollback(True)
