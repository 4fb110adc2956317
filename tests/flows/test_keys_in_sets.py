"""Keys that PostgreSQL looks for as a set refuse what declared keys refuse, with raw statements."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Event
from time import monotonic, sleep

import pytest
from django.db import IntegrityError, connection, transaction

from boai.ground.core.actors import SYSTEM
from boai.relief.donations.models import Donor, Gift
from boai.relief.donations.services import booking
from boai.relief.donations.values import GiftOrder
from tests.factories.books import _role_afterwards, storm  # noqa: F401
from tests.factories.world import World, make_world
from tests.flows.test_behind_the_programs_back import Past, past
from tests.flows.test_guards_listed import NOTHING, POSTGRES, refusal_of, row, statement_of

__all__ = ["past"]

NOBODY = "-7"
OWN = {
    "ledger_entry": {"key": "'k'", "sequence": "NULL", "chain": "''"},
    "ledger_posting": {},
    "ledger_fundinflow": {"starts": "NULL", "ends": "NULL"},
    "donations_donor": {"identity_index": "NULL"},
    "donations_gift": {"number": "'k'", "channel_reference": "'k'"},
    "certificates_paper": {"number": "'k'", "subject": "'k'"},
}
"""What a copy of a row needs, so that nothing but its key can be wrong."""
KEYS = {
    "ledger_entry": ["reverses_id"],
    "ledger_posting": ["entry_id", "debit_id", "credit_id"],
    "ledger_fundinflow": ["fund_id", "posting_id", "continues_id"],
    "donations_donor": ["organisation_id"],
    "donations_gift": ["organisation_id", "donor_id", "appeal_id", "directed_to_id"],
    "certificates_paper": ["organisation_id", "replaces_id"],
}
SAYS = ("is not there", "fit", "FOREIGN KEY", "foreign key", "H29")


def free_posting() -> str:
    """A posting into a fund that no inflow has yet."""
    newest = "id = (SELECT MAX(id) FROM ledger_entry)"
    inflow = "id = (SELECT MAX(posting_id) FROM ledger_fundinflow)"
    with connection.cursor() as cursor:
        cursor.execute(
            statement_of("ledger_entry", newest, {**OWN["ledger_entry"], "key": "'free'"})
        )
        entry = row("SELECT MAX(id) FROM ledger_entry")
        cursor.execute(statement_of("ledger_posting", inflow, {"entry_id": str(entry)}))
    return str(row("SELECT MAX(id) FROM ledger_posting"))


def test_no_row_names_a_parent_that_is_not_there(past: Past) -> None:
    own = OWN | {"ledger_fundinflow": OWN["ledger_fundinflow"] | {"posting_id": free_posting()}}
    inflow = "posting_id = (SELECT MAX(posting_id) FROM ledger_fundinflow)"
    wrong = []
    for table, columns in KEYS.items():
        where = inflow if table == "ledger_fundinflow" else "1 = 1 ORDER BY id DESC LIMIT 1"
        for column in columns:
            copy = statement_of(table, where, {**own[table], column: NOBODY})
            told = refusal_of(copy)
            if told is None or told == NOTHING or not any(word in told for word in SAYS):
                wrong.append(f"{table}.{column}: {told}")
    assert not wrong, "\n".join(wrong)


def test_a_copy_with_its_own_parents_is_taken(past: Past) -> None:
    """So that what the test above sees is the key's refusal and no other."""
    for table in ("donations_donor", "donations_gift", "certificates_paper"):
        copy = statement_of(table, "1 = 1 ORDER BY id DESC LIMIT 1", OWN[table])
        assert refusal_of(copy) is None, table


def test_no_parent_goes_before_its_rows(past: Past) -> None:
    donor = row("SELECT donor_id FROM donations_gift WHERE donor_id IS NOT NULL LIMIT 1")
    society = row("SELECT organisation_id FROM donations_gift LIMIT 1")
    attempts = [
        f"DELETE FROM donations_donor WHERE id = {donor}",
        f"UPDATE donations_donor SET id = {NOBODY} WHERE id = {donor}",
        f"UPDATE donations_donor SET organisation_id = {NOBODY} WHERE id = {donor}",
        f"DELETE FROM organisations_organisation WHERE id = {society}",
        f"UPDATE organisations_organisation SET id = {NOBODY} WHERE id = {society}",
        "DELETE FROM donations_appeal",
    ] + ["TRUNCATE donations_donor"] * POSTGRES
    for sql in attempts:
        assert refusal_of(sql) not in (None, NOTHING), sql


@pytest.mark.django_db
def test_a_donor_without_gifts_may_go(world: World, at: datetime) -> None:
    donor = Donor.objects.create(organisation_id=world.places.city, since=at)
    assert refusal_of(f"DELETE FROM donations_donor WHERE id = {donor.pk}") is None


@pytest.fixture
def donor_of_one(storm: None, at: datetime) -> int:  # noqa: F811
    """The donor of one gift, in a database that threads may write to."""
    world = make_world(at)
    order = GiftOrder(amount_fen=100, channel="bank", channel_reference="1", given_at=at,
                      donor_name="张三")  # fmt: skip
    booking.book_gifts(
        SYSTEM, organisation_id=world.places.city, appeal_id=None, orders=[order], at=at
    )
    return Donor.objects.create(organisation_id=world.places.city, since=at).pk


@pytest.mark.skipif(not POSTGRES, reason="SQLite has one writer at a time")
def test_a_donor_does_not_go_while_a_gift_of_theirs_is_written(donor_of_one: int) -> None:
    written, waiting = Event(), Event()
    gift = statement_of(
        "donations_gift", "1 = 1 LIMIT 1", {**OWN["donations_gift"], "donor_id": str(donor_of_one)}
    )

    def write() -> str:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(gift)
            written.set()
            assert waiting.wait(20)
        return "written"

    def delete() -> str:
        assert written.wait(20)
        try:
            Donor.objects.filter(pk=donor_of_one)._raw_delete("default")
        except IntegrityError:
            return "refused"
        return "deleted"

    with ThreadPoolExecutor(2) as pool:
        answers = [pool.submit(closing(act)) for act in (write, delete)]
        assert written.wait(20)
        until = monotonic() + 20
        while not waiting.is_set() and monotonic() < until:
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT COUNT(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' "
                    "AND datname = current_database() AND query LIKE 'DELETE%'"
                )
                if cursor.fetchone()[0]:
                    waiting.set()
            sleep(0.05)
        waiting.set()
        assert [answer.result() for answer in answers] == ["written", "refused"]
    assert Gift.objects.filter(donor_id=donor_of_one).count() == 1


def closing(act: Callable[[], str]) -> Callable[[], str]:
    """The act on a connection of its own, which is closed after it."""

    def run() -> str:
        try:
            return act()
        finally:
            connection.close()

    return run
