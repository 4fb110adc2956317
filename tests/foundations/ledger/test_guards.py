"""Round the Python: what the database itself refuses, on both engines."""

from collections.abc import Callable

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import DatabaseError

from boai.foundations.ledger.models import Account, Balance, Entry, Fund, FundInflow, Posting
from boai.foundations.ledger.services import numbering
from boai.foundations.ledger.values import AccountKey
from tests.factories.books import CITY, COUNTY, gift, make_fund, move, place, spend

pytestmark = pytest.mark.django_db


def run(sql: str, *values: object) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)


@pytest.fixture
def books() -> int:
    """A fund with two gifts and a spending, and a lot of which some moved on."""
    fund = make_fund()
    gift(fund, "A", 100)
    gift(fund, "B", 100)
    spend(fund, "1", 120)
    move(place("origin"), place("on_hand"), 100, "in")
    move(place("on_hand"), place("reserved"), 30, "reserve")
    return fund


TABLES = ["account", "entry", "posting", "fund", "fundinflow", "fundoutflow", "fundspan", "balance"]


@pytest.mark.parametrize("table", TABLES)
def test_rows_are_not_removed(books: int, table: str) -> None:
    with pytest.raises(IntegrityError):
        run(f"DELETE FROM ledger_{table}")


@pytest.mark.parametrize("table", TABLES)
def test_tables_are_not_emptied(books: int, table: str) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no TRUNCATE")
    with pytest.raises(DatabaseError):
        run(f"TRUNCATE ledger_{table} CASCADE")


@pytest.mark.parametrize(
    ("table", "change"),
    [
        ("account", "ref = 'elsewhere'"),
        ("entry", "subject = 'other'"),
        ("entry", "inputs_digest = 'other'"),
        ("entry", "sequence = NULL"),
        ("posting", "amount = amount + 1"),
        ("fund", "restriction = 'unrestricted'"),
        ("fund", "front = front - 1"),
        ("fund", "front = 201"),
        ("fundinflow", "amount = amount + 1"),
        ("fundinflow", "starts = NULL, ends = NULL"),
        ("fundoutflow", "subject = 'other'"),
        ("fundspan", "ends = ends + 1"),
        ("balance", "amount = amount + 1"),
        ("balance", "amount = amount - 1, posting_id = posting_id + 1"),
    ],
)
def test_rows_are_not_changed(books: int, table: str, change: str) -> None:
    numbering.number_all()
    with pytest.raises(IntegrityError):
        run(f"UPDATE ledger_{table} SET {change}")


def account(key: AccountKey) -> int:
    return Account.objects.get(code=key.code).id


def raw_posting(debit: int, credit: int, amount: int, *, lot: int | None = 5) -> None:
    entry = Entry.objects.create(
        organisation_id=CITY,
        kind="raw",
        key=f"raw-{Entry.objects.count()}",
        inputs_digest="",
        at=Entry.objects.earliest("id").at,
        actor="raw",
        digest="",
    )
    run(
        "INSERT INTO ledger_posting (entry_id, organisation_id, debit_id, credit_id, amount, lot,"
        " into_fund) VALUES (%s, %s, %s, %s, %s, %s, %s)",
        entry.id,
        CITY,
        debit,
        credit,
        amount,
        lot,
        False,
    )


def test_no_scarce_place_goes_below_zero(books: int) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        raw_posting(account(place("reserved")), account(place("on_hand")), 71)
    assert Balance.objects.get(account_id=account(place("on_hand"))).amount == 70


@pytest.mark.parametrize("amount", [0, -5])
def test_amounts_are_above_zero(books: int, amount: int) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        raw_posting(account(place("on_hand")), account(place("origin")), amount)


def test_both_sides_are_two_places(books: int) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        raw_posting(account(place("on_hand")), account(place("on_hand")), 1)


def other_society() -> int:
    move(place("origin", organisation_id=COUNTY), place("on_hand", organisation_id=COUNTY), 5, "in")
    return account(place("on_hand", organisation_id=COUNTY))


def other_lot() -> int:
    move(place("origin", 6), place("on_hand", 6), 5, "in-6")
    return account(place("on_hand", 6))


def money() -> int:
    return account(AccountKey(CITY, "bank", "ICBC"))


@pytest.mark.parametrize("other", [other_society, other_lot, money, lambda: 10**9])
def test_both_sides_are_alike(books: int, other: Callable[[], int]) -> None:
    debit = other()
    with pytest.raises(IntegrityError), transaction.atomic():
        raw_posting(debit, account(place("origin")), 1)


def test_lots_are_named_as_their_accounts_say(books: int) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        raw_posting(account(place("on_hand")), account(place("origin")), 1, lot=6)


def test_a_numbered_entry_takes_no_more_postings(books: int) -> None:
    numbering.number_all()
    entry = Entry.objects.filter(kind="move").earliest("id")
    with pytest.raises(IntegrityError):
        run(
            "INSERT INTO ledger_posting (entry_id, organisation_id, debit_id, credit_id, amount,"
            " lot, into_fund) VALUES (%s, %s, %s, %s, 1, 5, %s)",
            entry.id,
            CITY,
            account(place("on_hand")),
            account(place("origin")),
            False,
        )


def test_keys_and_reversals_stand_once(books: int, altered_books: None) -> None:
    entry = Entry.objects.earliest("id")
    columns = "organisation_id, kind, key, inputs_digest, subject, at, actor, digest, chain"
    copy = f"INSERT INTO ledger_entry ({columns}, reverses_id) SELECT {columns}, %s FROM ledger_entry WHERE id = %s"
    with pytest.raises(IntegrityError):
        run(copy, None, entry.id)
    change = copy.replace("SELECT organisation_id, kind, key", "SELECT organisation_id, kind, %s")
    run(change, "first", entry.id, entry.id)
    with pytest.raises(IntegrityError):
        run(change, "second", entry.id, entry.id)


def test_an_account_is_what_its_code_says(books: int) -> None:
    with pytest.raises(IntegrityError):
        run(
            "INSERT INTO ledger_account (organisation_id, kind, ref, commodity, lot, code)"
            " VALUES (7, 'bank', 'X', 'CNY', NULL, '7/bank/Y/CNY/')"
        )


def test_a_balance_does_not_begin_with_something(books: int) -> None:
    free = account(place("origin"))
    with pytest.raises(IntegrityError):
        run("INSERT INTO ledger_balance (account_id, amount) VALUES (%s, 5)", free)


@pytest.mark.parametrize(
    ("starts", "ends"),
    [(0, 10), (110, 130), (119, 121), (190, 201), (200, 210), (130, 130), (-5, 0), (130, 131)],
)
def test_spans_lie_apart_within_the_inflow_and_their_outflow(
    books: int, starts: int, ends: int
) -> None:
    with pytest.raises(IntegrityError):
        run(
            "INSERT INTO ledger_fundspan (fund_id, outflow_id, starts, ends)"
            " SELECT fund_id, id, %s, %s FROM ledger_fundoutflow",
            starts,
            ends,
        )


def test_inflows_and_outflows_have_their_own_posting(books: int) -> None:
    goods = Posting.objects.filter(lot=5).earliest("id")
    with pytest.raises(IntegrityError):
        run(
            "INSERT INTO ledger_fundinflow (fund_id, source, posting_id, amount, at)"
            " SELECT fund_id, 'x', %s, %s, at FROM ledger_fundinflow LIMIT 1",
            goods.id,
            goods.amount,
        )
    with pytest.raises(IntegrityError):
        run(
            "INSERT INTO ledger_fundoutflow (fund_id, kind, subject, posting_id, amount, at)"
            " SELECT fund_id, 'spend', 'x', %s, %s, at FROM ledger_fundinflow LIMIT 1",
            goods.id,
            goods.amount,
        )


@pytest.mark.parametrize(("starts", "ends"), [(150, 250), (0, 100), (200, 301), (5, 6)])
def test_inflow_intervals_do_not_overlap(books: int, starts: int, ends: int) -> None:
    gift(books, "C", 100)
    waiting = FundInflow.objects.get(starts__isnull=True)
    with pytest.raises(IntegrityError):
        run(
            "UPDATE ledger_fundinflow SET starts = %s, ends = %s WHERE id = %s",
            starts,
            ends,
            waiting.id,
        )


def test_a_directed_fund_names_its_receiver(books: int) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Fund.objects.create(
            organisation_id=CITY,
            name="定向",
            restriction="directed",
            opened_at=Entry.objects.earliest("id").at,
        )
