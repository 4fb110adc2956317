"""Taking turns at a thing whose own rows never change, so that they cannot be locked.

Locking a row asks the database for the right to change it, which the role that serves does not have
on append-only tables. A row of its own, named after the thing, is locked instead.
"""

import fcntl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256

from django.conf import settings
from django.db import DatabaseError, connection

from boai.ground.kit.models import NumberSeries


def take_turn(name: str) -> None:
    """Wait until nobody else has the turn; it is held until the transaction ends."""
    NumberSeries.objects.bulk_create([NumberSeries(name=name)], ignore_conflicts=True)
    NumberSeries.objects.select_for_update().get(name=name)


@contextmanager
def turn_if_free(name: str) -> Iterator[bool]:
    """Whether the turn was free and is ours until the block ends; it is never waited for.

    Over all threads and processes, transactions may begin and end inside the block, and a process
    that dies gives it up. Whoever is turned away relies on the one who has it: that one must look
    for work once more after the block. PostgreSQL keeps it with the connection (so not behind a
    pooler that hands a connection on after each transaction), SQLite beside its file.
    """
    mine_here = _here.setdefault(name, threading.Lock())
    # Within a process the database need not be asked, and none of its connections is waited for.
    if not mine_here.acquire(blocking=False):
        yield False
        return
    try:
        on_postgres = connection.vendor == "postgresql"
        with _held_in_database(name) if on_postgres else _held_beside_file(name) as mine:
            yield mine
    finally:
        mine_here.release()


_here: dict[str, threading.Lock] = {}


@contextmanager
def _held_in_database(name: str) -> Iterator[bool]:
    key = int.from_bytes(sha256(name.encode()).digest()[:8], signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [key])
        mine = bool(cursor.fetchone()[0])
    try:
        yield mine
    finally:
        if mine:
            _give_up(key)


def _give_up(key: int) -> None:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [key])
    except DatabaseError:
        # A connection that is gone has given the turn up by going, so one in trouble has to go.
        if not connection.in_atomic_block:
            connection.close()


@contextmanager
def _held_beside_file(name: str) -> Iterator[bool]:
    folder = settings.BOAI_HOME / "turns"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / name).open("ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True
