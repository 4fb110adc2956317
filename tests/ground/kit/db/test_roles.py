"""The role that serves cannot touch history on PostgreSQL (I-3, I-48)."""

from collections.abc import Iterator
from datetime import datetime

import pytest
from django.db import ProgrammingError, connection, transaction

from boai.ground.kit.db.roles import (
    append_only_tables,
    grant_to,
    grants_for,
    history_within_reach,
    tables_without_delete,
)
from boai.site import health
from tests.factories.world import World, make_world
from tests.flows.test_behind_the_programs_back import audit, live_a_day

ROLE = "boai_serving_in_a_test"


@pytest.fixture
def serving(db: None) -> Iterator[str]:
    """The session goes on as the serving role; role and grants end with the test's transaction."""
    if connection.vendor != "postgresql":
        pytest.skip("an embedded database knows no roles")
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE ROLE {ROLE}")
        grant_to(connection, ROLE)
        cursor.execute(f"SET ROLE {ROLE}")
    yield ROLE
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")


def test_the_register_knows_the_tables_that_matter() -> None:
    known = {each.table: each.may_change for each in append_only_tables()}
    assert known["ledger_posting"] == ()
    assert known["ledger_entry"] == ("sequence", "chain")
    assert known["trail_act"] == ()
    assert known["translog_leaf"] == ("tree_index",)
    assert "donations_gift" in known
    assert "allocation_request" in tables_without_delete()


def test_grants_on_an_append_only_table_name_the_columns_that_may_change() -> None:
    given = grants_for("app", ["ledger_entry", "ledger_posting", "django_migrations", "axes_x"])
    assert 'GRANT SELECT, INSERT, UPDATE ("sequence", "chain") ON "ledger_entry" TO "app"' in given
    assert 'GRANT SELECT, INSERT ON "ledger_posting" TO "app"' in given
    assert 'GRANT SELECT ON "django_migrations" TO "app"' in given
    assert 'GRANT SELECT, INSERT, UPDATE, DELETE ON "axes_x" TO "app"' in given


def test_a_day_is_lived_by_the_serving_role(serving: str, at: datetime) -> None:
    """Gifts, a purchase, a decision, a delivery, a bulletin, the log: all of it without history."""
    assert history_within_reach(connection) == []
    world: World = make_world(at)
    live_a_day(world, at)
    assert audit() == (0, {})
    for each in append_only_tables():
        for statement in attempts_on(each.table, each.may_change):
            with (
                pytest.raises(ProgrammingError, match=r"permission denied|must be owner"),
                transaction.atomic(),
                connection.cursor() as cursor,
            ):
                cursor.execute(statement)


def attempts_on(table: str, may_change: tuple[str, ...]) -> list[str]:
    """What somebody with the serving password would try."""
    with connection.cursor() as cursor:
        columns = [c.name for c in connection.introspection.get_table_description(cursor, table)]
    frozen = next(c for c in reversed(columns) if c not in may_change)
    return [
        f'UPDATE "{table}" SET "{frozen}" = "{frozen}"',
        f'DELETE FROM "{table}"',
        f'TRUNCATE "{table}" CASCADE',
        f'ALTER TABLE "{table}" DISABLE TRIGGER ALL',
        f'DROP TRIGGER "{table}_append_only_update" ON "{table}"',
        f'ALTER TABLE "{table}" ADD COLUMN extra integer',
        f'DROP TABLE "{table}" CASCADE',
    ]


def test_nor_does_it_reach_history_by_another_way(serving: str) -> None:
    for statement in (
        "CREATE TABLE another (id integer)",
        "CREATE FUNCTION another() RETURNS integer LANGUAGE sql AS 'SELECT 1'",
        "SET session_replication_role = replica",
        "DROP FUNCTION ledger_posting_moves() CASCADE",
        "CREATE OR REPLACE FUNCTION ledger_balance_update() RETURNS trigger LANGUAGE plpgsql "
        "AS 'BEGIN RETURN NEW; END'",
        "ALTER ROLE CURRENT_USER SUPERUSER",
    ):
        with (
            pytest.raises(ProgrammingError, match=r"permission denied|must be"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)


def test_a_role_that_owns_the_tables_is_named(db: None) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("an embedded database knows no roles")
    assert history_within_reach(connection) == [each.table for each in append_only_tables()]


def test_one_grant_too_many_is_named(serving: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
        cursor.execute(f"GRANT UPDATE (amount) ON ledger_posting TO {ROLE}")
        cursor.execute(f"GRANT TRUNCATE ON trail_act TO {ROLE}")
        cursor.execute(f"SET ROLE {ROLE}")
    assert history_within_reach(connection) == ["ledger_posting", "trail_act"]
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
        assert grant_to(connection, ROLE) > len(append_only_tables())
        cursor.execute(f"SET ROLE {ROLE}")
    assert history_within_reach(connection) == []


def test_every_guarded_table_has_its_triggers_in_the_database(db: None) -> None:
    wanted = (
        "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled = 'O'"
        if connection.vendor == "postgresql"
        else "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    )
    with connection.cursor() as cursor:
        cursor.execute(wanted)
        there = {name for (name,) in cursor.fetchall()}
    moments = ["update", "delete"] + ["truncate"] * (connection.vendor == "postgresql")
    missing = [
        name
        for each in append_only_tables()
        for moment in moments
        if (name := f"{each.table}_append_only_{moment}") not in there
    ]
    assert missing == []


def test_the_health_page_says_what_the_role_could_do(serving: str, settings: object) -> None:
    assert health._role() == (True, health._role()[1])
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
    settings.BOAI_MODE = "production"  # type: ignore[attr-defined]
    assert health._role()[0] is False
