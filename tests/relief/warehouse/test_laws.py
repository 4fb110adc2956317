"""What was signed and counted is altered behind the program's back: a law names the row."""

from datetime import date, datetime

import pytest
from django.db import connection

from boai.ground.core.laws import all_laws
from boai.relief.warehouse import queries
from boai.relief.warehouse.services.repacking import split_lot
from tests.factories.books import drop_trigger
from tests.factories.goods import Stock, gloves, make_stock, receive, send
from tests.factories.world import World

LAWS = ("warehouse-06", "warehouse-07")


@pytest.fixture
def shelf(world: World, at: datetime, altered_books: None) -> Stock:
    """A store whose books this test alters."""
    return make_stock(world, at)


def breaches() -> dict[str, list[str]]:
    seen = {law.id: law.check().breaches for law in all_laws() if law.id in LAWS}
    return {id: [breach.subject for breach in found] for id, found in seen.items() if found}


def alter(table: str, change: str, where: str = "id > 0") -> None:
    drop_trigger(f"warehouse_{table}", f"warehouse_{table}_append_only_update")
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE warehouse_{table} SET {change} WHERE {where}")


def test_a_later_expiry_is_named_on_the_lot(shelf: Stock, at: datetime) -> None:
    [lot] = receive(shelf, gloves(shelf, 10, expires_on=date(2020, 6, 1)), at=at)
    part = split_lot(shelf.world.cast.keeper, lot_id=lot, quantity=4, bin="B-01", at=at)
    assert breaches() == {}
    alter("lot", "expires_on = '2025-06-01'", f"id = {part}")
    [row] = queries.lots(lot_ids=[part])
    assert breaches() == {"warehouse-07": [f"warehouse.lot:{row.number}"]}


def test_a_changed_count_is_named_on_the_note(shelf: Stock, at: datetime) -> None:
    [lot] = receive(shelf, gloves(shelf, 10), at=at)
    note = queries.lots(lot_ids=[lot])[0].note_number
    alter("receivedline", "spec = '别的规格'")
    assert breaches() == {
        "warehouse-06": [f"warehouse.received-note:{note}"],
        "warehouse-07": [f"warehouse.lot:{queries.lots(lot_ids=[lot])[0].number}"],
    }


def test_a_changed_pick_is_named_on_the_note(shelf: Stock, at: datetime) -> None:
    [lot] = receive(shelf, gloves(shelf, 10), at=at)
    send(shelf, {lot: 4}, at=at)
    assert breaches() == {}
    alter("issueline", "quantity = 5")
    [found] = breaches()["warehouse-06"]
    assert found.startswith("warehouse.issue-note:CK")
