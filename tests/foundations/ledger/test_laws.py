"""Alter one stored value behind the program's back: a law names it."""

import pytest
from django.db import connection

from boai.foundations.ledger.models import Entry, Posting
from boai.foundations.ledger.services import numbering
from boai.foundations.ledger.services.auditing import breaches_of_all
from boai.ground.core.laws import all_laws
from tests.factories.books import drop_trigger, gift, make_fund, move, place, spend

CHANGE = "append_only_update"


@pytest.fixture
def books(altered_books: None) -> None:
    """Some of everything, numbered."""
    fund = make_fund()
    gift(fund, "A", 100)
    gift(fund, "B", 100)
    spend(fund, "1", 120)
    move(place("origin"), place("on_hand"), 100, "in")
    move(place("on_hand"), place("reserved"), 30, "reserve")
    numbering.number_all()
    assert breaches_of_all() == []


def alter(sql: str, *triggers: tuple[str, str]) -> list[str]:
    """Take triggers away, alter, and answer the numbers of the laws that were breached."""
    for table, name in triggers:
        drop_trigger(table, name)
    with connection.cursor() as cursor:
        cursor.execute(sql)
    return breaches_of_all()


def laws(found: list[str]) -> set[str]:
    return {line.split()[0] for line in found}


def test_an_altered_amount_is_named(books: None) -> None:
    posting = Posting.objects.filter(lot=5).earliest("id")
    found = alter(
        f"UPDATE ledger_posting SET amount = 101 WHERE id = {posting.id}",
        ("ledger_posting", f"ledger_posting_{CHANGE}"),
    )
    assert laws(found) == {"ledger-02", "ledger-05", "ledger-12"}
    assert any(f"ledger.entry:{posting.entry_id}:" in line for line in found)


def test_an_altered_amount_is_named_even_with_its_balances(books: None) -> None:
    drop_trigger("ledger_balance", "ledger_balance_update")
    drop_trigger("ledger_posting", f"ledger_posting_{CHANGE}")
    posting = Posting.objects.filter(lot=5).earliest("id")
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE ledger_posting SET amount = 101 WHERE id = {posting.id}")
        cursor.execute(
            f"UPDATE ledger_balance SET amount = 71 WHERE account_id = {posting.debit_id}"
        )
    assert laws(breaches_of_all()) == {"ledger-05"}


def test_an_altered_balance_is_named(books: None) -> None:
    found = alter(
        "UPDATE ledger_balance SET amount = amount + 1",
        ("ledger_balance", "ledger_balance_update"),
    )
    assert {"ledger-02", "ledger-12"} == laws(found)


def test_an_altered_account_is_named(books: None) -> None:
    found = alter(
        "UPDATE ledger_account SET code = code || 'x' WHERE kind = 'bank'",
        ("ledger_account", f"ledger_account_{CHANGE}"),
    )
    assert laws(found) == {"ledger-05"}


def test_an_altered_moment_is_named(books: None) -> None:
    found = alter(
        "UPDATE ledger_entry SET at = '2019-01-01 00:00:00+00:00'",
        ("ledger_entry", f"ledger_entry_{CHANGE}"),
        ("ledger_entry", "ledger_entry_number_is_final"),
    )
    assert laws(found) == {"ledger-05"}


def test_a_rewritten_digest_breaks_the_chain(books: None) -> None:
    found = alter(
        "UPDATE ledger_entry SET digest = 'f' WHERE sequence = 2",
        ("ledger_entry", f"ledger_entry_{CHANGE}"),
        ("ledger_entry", "ledger_entry_number_is_final"),
    )
    assert laws(found) == {"ledger-05", "ledger-06"}


def test_a_removed_entry_leaves_a_gap(books: None) -> None:
    last = Entry.objects.filter(kind="move").latest("id")
    drop_trigger("ledger_posting", "ledger_posting_append_only_delete")
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM ledger_posting WHERE entry_id = {last.id}")
    assert laws(breaches_of_all()) >= {"ledger-01", "ledger-02"}
    first = Entry.objects.earliest("id")
    found = alter(
        f"UPDATE ledger_entry SET sequence = 99 WHERE id = {first.id}",
        ("ledger_entry", f"ledger_entry_{CHANGE}"),
        ("ledger_entry", "ledger_entry_number_is_final"),
    )
    assert "ledger-06" in laws(found)


@pytest.mark.parametrize(
    ("change", "table", "named"),
    [
        ("ends = ends - 1", "fundspan", "ledger-07"),
        ("ends = ends + 500", "fundspan", "ledger-07"),
        ("starts = starts + 1, ends = ends + 1", "fundinflow", "ledger-08"),
        ("amount = amount + 1", "fundoutflow", "ledger-09"),
    ],
)
def test_altered_spans_are_named(books: None, change: str, table: str, named: str) -> None:
    triggers = [(f"ledger_{table}", f"ledger_{table}_{CHANGE}")]
    if table == "fundinflow":
        name = "interval_0" if connection.vendor == "sqlite" else "interval"
        triggers.append((f"ledger_{table}", f"ledger_{table}_{name}"))
        if connection.vendor == "sqlite":
            triggers.append((f"ledger_{table}", f"ledger_{table}_interval_1"))
    assert named in laws(alter(f"UPDATE ledger_{table} SET {change} WHERE id > 0", *triggers))


def test_an_altered_front_is_named(books: None) -> None:
    assert "ledger-10" in laws(
        alter("UPDATE ledger_fund SET front = 150", ("ledger_fund", "ledger_fund_front_moves_on"))
    )


def test_every_law_says_what_it_read(books: None) -> None:
    read = {law.id: law.check().checked for law in all_laws() if law.id.startswith("ledger-")}
    assert len(read) == 13
    assert [id for id, n in read.items() if not n] == ["ledger-04"]
