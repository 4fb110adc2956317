"""Whole-books check: after every test that touched the books, each of their laws must hold."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from django.db import connection

from boai.foundations.ledger.models import Entry, Fund
from boai.foundations.ledger.services import funds, numbering, posting
from boai.foundations.ledger.services.auditing import breaches_of_all
from boai.foundations.ledger.values import AccountKey, Leg, Posted
from boai.ground.core.actors import SYSTEM
from boai.ground.core.clock import CHINA

AT = datetime(2020, 1, 24, 10, 0, tzinfo=CHINA)
CITY, COUNTY = 7, 8


@pytest.fixture(autouse=True)
def whole_books(request: pytest.FixtureRequest) -> Iterator[None]:
    """Check every law of the books after a test with a database, unless it altered them on purpose."""
    uses = {"db", "transactional_db"} & set(request.fixturenames)
    marked = request.node.get_closest_marker("django_db")
    if "storm" in request.fixturenames or (not uses and not marked):
        yield
        return
    request.getfixturevalue("_django_db_helper")
    yield
    if "altered_books" not in request.fixturenames:
        check_books()


def check_books() -> None:
    """Number what waits and hold the books against their laws."""
    if Entry.objects.exists() or Fund.objects.exists():
        numbering.number_all()
        assert breaches_of_all() == []


@pytest.fixture
def altered_books(db: None) -> None:
    """Asked for by tests that alter stored books behind the program's back."""


@pytest.fixture
def _role_afterwards(django_db_blocker: Any) -> Iterator[None]:
    if connection.vendor != "postgresql":
        pytest.skip("threads write to one PostgreSQL here")
    yield
    with django_db_blocker.unblock():
        connection.cursor().execute("SET session_replication_role = origin")


@pytest.fixture
def storm(_role_afterwards: None, transactional_db: None) -> Iterator[None]:
    """A database that threads may write to, emptied afterwards past the append-only triggers."""
    yield
    try:
        check_books()
    finally:
        connection.cursor().execute("SET session_replication_role = replica")


def drop_trigger(table: str, name: str) -> None:
    """Take a guard away, as somebody with the database's password could."""
    on = f' ON "{table}"' if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(f'DROP TRIGGER "{name}"{on}')


def drop_guards(table: str) -> None:
    """Take every guard of a table away, as its owner could."""
    connection.check_constraints()
    if connection.vendor == "postgresql":
        wanted = "SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass AND NOT tgisinternal"
    else:
        wanted = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s"
    with connection.cursor() as cursor:
        cursor.execute(wanted, [table])
        names = [name for (name,) in cursor.fetchall()]
    for name in names:
        drop_trigger(table, name)


GUARDS_OF_ROOMS_ABOVE = ("names_a_disbursement", "names_a_refund")
LAWS_OF_ROOMS_ABOVE = ("finance-07", "donations-10", "donations-11")
"""What the rooms above refuse and ask of outflows: each must name what it is for (I-6)."""


def stand_alone() -> list[str]:
    """Let money leave a fund for anything, as if the books stood without the rooms above them.

    Answers the statements that put the guards back. For tests of the books themselves only.
    """
    connection.check_constraints()
    put_back = []
    for guard in GUARDS_OF_ROOMS_ABOVE:
        name = f"ledger_fundoutflow_{guard}"
        told = "SELECT sql FROM sqlite_master WHERE type = 'trigger' AND name = %s"
        if connection.vendor == "postgresql":
            told = "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE tgname = %s"
        with connection.cursor() as cursor:
            cursor.execute(told, [name])
            put_back.append(cursor.fetchone()[0])
        drop_trigger("ledger_fundoutflow", name)
    return put_back


@pytest.fixture(autouse=True)
def books_alone(request: pytest.FixtureRequest) -> Iterator[None]:
    """The books without the rooms above, in folders of tests that import this: they spend what no
    room has asked for."""
    uses = {"db", "transactional_db"} & set(request.fixturenames)
    if "storm" in request.fixturenames:
        # Its own way of emptying the database has to come after this.
        request.getfixturevalue("storm")
    elif uses or request.node.get_closest_marker("django_db"):
        request.getfixturevalue("_django_db_helper")
    else:
        yield
        return
    put_back = stand_alone()
    yield
    if not connection.in_atomic_block:
        with connection.cursor() as cursor:
            for statement in put_back:
                cursor.execute(statement)


def make_fund(name: str = "防疫专项", organisation_id: int = CITY) -> int:
    """A fund for one appeal."""
    return funds.open_fund(
        SYSTEM,
        organisation_id=organisation_id,
        name=name,
        restriction="appeal",
        purpose="疫情防控",
        appeal="donations.appeal:A1",
        at=AT,
    )


def gift(fund_id: int, number: str, amount: int, bank: str = "ICBC", at: datetime = AT) -> Posted:
    """One gift of money."""
    return funds.receive_into_fund(
        SYSTEM,
        fund_id=fund_id,
        source=f"donations.gift:{number}",
        amount=amount,
        bank=bank,
        key=f"gift-{number}",
        at=at,
        inputs={"number": number, "amount": amount},
    )


def spend(fund_id: int, number: str, amount: int, bank: str = "ICBC", at: datetime = AT) -> Posted:
    """One spending."""
    return funds.spend_from_fund(
        SYSTEM,
        fund_id=fund_id,
        amount=amount,
        bank=bank,
        subject=f"finance.disbursement:{number}",
        key=f"spend-{number}",
        at=at,
        inputs={"number": number, "amount": amount},
    )


def place(kind: str, lot: int = 5, ref: str = "store:1", organisation_id: int = CITY) -> AccountKey:
    """A place for goods of item 1."""
    return AccountKey(organisation_id, kind, ref, "item:1", lot)


def move(credit: AccountKey, debit: AccountKey, amount: int, key: str) -> Posted:
    """Move goods from one place to another."""
    return posting.post(
        SYSTEM,
        organisation_id=credit.organisation_id,
        kind="move",
        key=key,
        legs=[Leg(debit, credit, amount)],
        at=AT,
        inputs={"amount": amount},
    )
