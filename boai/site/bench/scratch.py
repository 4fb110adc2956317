"""Databases that are made for one run and dropped after it."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

TRIES = (
    "postgresql:///postgres",
    "postgresql://root@127.0.0.1:5432/postgres",
    "postgresql://postgres@127.0.0.1:5432/postgres",
)


def postgres() -> str | None:
    """The address of a PostgreSQL in which databases may be made, or ``None``.

    ``BOAI_TEST_DATABASE_URL`` names one; without it the usual local places are tried.
    """
    try:
        import psycopg
    except ImportError:
        return None
    named = os.environ.get("BOAI_TEST_DATABASE_URL")
    for address in [named] if named else TRIES:
        try:
            with psycopg.connect(address, connect_timeout=3) as connection:
                row = connection.execute(
                    "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"
                ).fetchone()
                if row and row[0]:
                    return address
        except psycopg.Error:
            continue
    return None


@contextmanager
def database(server: str, name: str, like: str = "template1") -> Iterator[str]:
    """A new database, empty or a copy of another; its address. Dropped afterwards, whoever is
    still connected."""
    import psycopg
    from psycopg import sql

    made = f"{name}_{os.getpid()}_{secrets.token_hex(3)}"
    with psycopg.connect(server, autocommit=True) as connection:
        make = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        connection.execute(make.format(sql.Identifier(made), sql.Identifier(like)))
    try:
        parts = urlsplit(server)
        # Put together by hand: a local server has no host, and its slashes must stay.
        yield f"{parts.scheme}://{parts.netloc}/{made}" + (f"?{parts.query}" if parts.query else "")
    finally:
        with psycopg.connect(server, autocommit=True) as connection:
            drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(made))
            connection.execute(drop)
