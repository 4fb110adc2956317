"""Many keepers at the same moment on one PostgreSQL: exactly what arithmetic allows."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Barrier

import pytest
from django.db import connection

from boai.foundations.ledger.queries import lot_position
from boai.ground.core.actors import SYSTEM
from boai.ground.core.errors import Refusal
from boai.relief.dispatch import queries as dispatch
from boai.relief.dispatch.models import Delivery
from boai.relief.dispatch.services import delivering
from boai.relief.warehouse import queries
from boai.relief.warehouse.models import Lot
from boai.relief.warehouse.services import issuing, receiving
from tests.factories.books import _role_afterwards, storm  # noqa: F401
from tests.factories.goods import Stock, count, gloves, receive, send


def at_once(acts: list[Callable[[], object]]) -> list[object]:
    """Run acts at the same moment, each on its own connection; answers or names of refusals."""
    start = Barrier(len(acts))

    def run(act: Callable[[], object]) -> object:
        try:
            start.wait()
            return act()
        except Refusal as refusal:
            return refusal.code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


@pytest.fixture
def busy(storm: None, stock: Stock) -> Stock:  # noqa: F811
    """Stock in a database that threads may write to."""
    return stock


def test_eight_people_reserve_thirty_from_a_hundred(busy: Stock, at: datetime) -> None:
    lots = receive(busy, gloves(busy, 60), gloves(busy, 40), at=at)
    acts = [
        lambda n=n: issuing.reserve(
            SYSTEM,
            organisation_id=busy.city,
            item_id=busy.gloves,
            quantity=30,
            for_ref=f"allocation.request:{n}",
            at=at,
        )
        for n in range(8)
    ]
    answers = at_once(acts)
    assert answers.count("MoreThanIsThere") == 5
    places = lot_position(lots).values()
    assert sum(p.on_hand for p in places) == 10
    assert sum(p.reserved for p in places) == 90


def test_two_keepers_countersign_one_note_and_one_does(busy: Stock, at: datetime) -> None:
    cast = busy.world.cast
    note = count(busy, gloves(busy, 5), at=at)
    digest = queries.received_note(note).digest  # type: ignore[union-attr]
    answers = at_once(
        [
            lambda who=who: receiving.countersign_receipt(who, note_id=note, digest=digest, at=at)
            for who in (cast.second_keeper, cast.third_keeper) * 4
        ]
    )
    assert answers.count("NoteNotWaiting") == 7
    assert Lot.objects.count() == 1


def test_one_waybill_is_signed_for_once(busy: Stock, at: datetime) -> None:
    [lot] = receive(busy, gloves(busy, 50), at=at)
    waybill = send(busy, {lot: 40}, at=at)
    line = dispatch.waybill(waybill).lines[0].id  # type: ignore[union-attr]
    answers = at_once(
        [
            lambda n=n: delivering.sign(
                busy.world.cast.receiver, waybill_id=waybill, counted={line: 40 - n}, at=at
            )
            for n in range(6)
        ]
    )
    assert answers.count("WaybillNotWaiting") == 5
    assert Delivery.objects.count() == 1
    place = lot_position([lot])[lot]
    assert place.delivered + place.in_transit == 40
