"""Who signed a note and when is altered behind the program's back: a law names the note."""

from datetime import datetime

import pytest
from django.db import connection

from boai.relief.warehouse.models import IssueNote, ReceivedNote
from boai.relief.warehouse.services import auditing, receiving
from boai.relief.warehouse.values import NoteOrder
from tests.factories.books import drop_guards
from tests.factories.goods import Stock, gloves, make_stock, receive, send
from tests.factories.world import World

LATER = "'2020-02-03 04:05:06+00:00'"


@pytest.fixture
def shelf(world: World, at: datetime, altered_books: None) -> Stock:
    """Goods received and issued by two keepers each, and a list of two notes signed on paper."""
    stock = make_stock(world, at)
    [lot] = receive(stock, gloves(stock, 10), at=at)
    send(stock, {lot: 4}, at=at)
    orders = [
        NoteOrder(origin=f"warehouse.walk-in:{n}", donor_label="", lines=(gloves(stock, 5),), at=at)
        for n in range(2)
    ]
    receiving.receive_many(
        world.cast.keeper,
        world.cast.second_keeper,
        organisation_id=stock.city,
        store_id=stock.store_id,
        notes=orders,
        at=at,
    )
    return stock


def alter(table: str, change: str, number: str) -> None:
    drop_guards(f"warehouse_{table}")
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE warehouse_{table} SET {change} WHERE number = '{number}'")
        assert cursor.rowcount == 1


def named() -> list[str]:
    return [breach.subject for breach in auditing.signatures_are_those_of_the_trail().breaches]


def test_the_law_reads_every_note(shelf: Stock) -> None:
    found = auditing.signatures_are_those_of_the_trail()
    assert (found.checked, found.breaches) == (4, ())


@pytest.mark.parametrize("table", ["receivednote", "issuenote"])
@pytest.mark.parametrize(
    "change",
    [
        "{first}_by_id = {stranger}",
        "{first}_at = " + LATER,
        "{first}_on = '2020-02-03'",
        "countersigned_by_id = {stranger}",
        "countersigned_at = " + LATER,
        "countersigned_on = '2020-02-03'",
    ],
)
def test_another_signer_or_moment_is_named(shelf: Stock, table: str, change: str) -> None:
    first, name, rows = {
        "receivednote": ("counted", "received-note", ReceivedNote),
        "issuenote": ("picked", "issue-note", IssueNote),
    }[table]
    number = rows.objects.order_by("pk").values_list("number", flat=True)[0]
    alter(table, change.format(first=first, stranger=shelf.world.cast.driver.person_id), number)
    assert named() == [f"warehouse.{name}:{number}"]


@pytest.mark.parametrize("column", ["counted_by_id", "countersigned_by_id"])
def test_another_signer_of_a_whole_list_is_named_with_its_store(shelf: Stock, column: str) -> None:
    number = ReceivedNote.objects.order_by("-pk").values_list("number", flat=True)[0]
    alter("receivednote", f"{column} = {shelf.world.cast.driver.person_id}", number)
    assert named() == [f"warehouse.store:{shelf.store_id}"]
