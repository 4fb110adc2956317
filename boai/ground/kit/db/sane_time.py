"""The gate of sane time: what depends on the moment stops while the clock cannot be believed (I-45).

``require_sane_clock()`` is asked before a head is signed, a paper dated, a payment notification
taken, an expiry judged. It watches the machine's clock, never the ``at`` that an act is given, and
it decides no order: order is by sequence. The last moment at which the house believed its clock
is kept in one row, written outside the acts' transactions so that no act waits for another there.
"""

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext

from boai.ground.core import clock
from boai.ground.core.clock import ClockIsNotSane, Readings
from boai.ground.kit.models import ClockMark

BELIEVED_FOR = 5.0
"""Seconds for which the records need not be read again; the process's own readings always are."""
MARK_EVERY = timedelta(seconds=30)


def _steady() -> float:
    """Seconds on a counter that cannot be set and counts a machine's sleep, where there is one."""
    counter = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
    return time.clock_gettime(counter)


@dataclass(slots=True)
class _Watch:
    """What this process remembers: where it began, and when it last read the records."""

    began_wall: datetime
    began_steady: float
    read_at: float = float("-inf")
    confirmations: int | None = None


def _begin() -> _Watch:
    return _Watch(clock.now(), _steady())


_watch = _begin()


def watch_anew() -> None:
    """Begin to watch again from this moment, as a process that has just started."""
    global _watch
    _watch = _begin()


def state() -> str:
    """Why the clock cannot be believed now, as one of ``clock.REASONS``; empty where it can.

    Reads the records at most once in five seconds while all is well.
    """
    if not settings.BOAI_WATCHES_CLOCK:
        return ""
    own = clock.reason_against(_own())
    if own and not _confirmed_since():
        return own
    if _steady() - _watch.read_at < BELIEVED_FOR:
        return ""
    return _state_by_records()


def require_sane_clock() -> None:
    """*Refuses* ``ClockIsNotSane`` where the machine's clock cannot be believed."""
    found = state()
    if found:
        raise ClockIsNotSane(reason=gettext(clock.REASONS[found]))


def keep_mark() -> None:
    """Note that the clock is believed now; nothing where it is not, or inside a transaction."""
    if _inside_an_act() or state():
        return
    _write_mark(clock.now())


def confirm(at: datetime) -> datetime | None:
    """People have looked and say that the clock is right: go on from here, in every process.

    Answers the moment believed before. *Refuses* ``ClockIsNotSane`` where the database's own
    clock says otherwise: then one of the two is wrong, whoever confirms it.
    """
    with transaction.atomic():
        mark = ClockMark.objects.select_for_update().filter(pk=1).first()
        there = _database_clock()
        if there is not None and abs(at - there) > clock.STEP:
            raise ClockIsNotSane(reason=gettext(clock.REASONS[clock.DATABASE_DIFFERS]))
        before = mark.seen_at if mark else None
        ClockMark.objects.update_or_create(
            pk=1,
            defaults={
                "seen_at": at,
                "confirmed_at": at,
                "confirmations": (mark.confirmations if mark else 0) + 1,
            },
        )
    watch_anew()
    return before


def _own() -> Readings:
    passed = timedelta(seconds=_steady() - _watch.began_steady)
    return Readings(clock.now(), _watch.began_wall, passed)


def _confirmed_since() -> bool:
    """Whether people have confirmed the clock since this process last read the records."""
    mark = ClockMark.objects.filter(pk=1).first()
    count = mark.confirmations if mark else 0
    if _watch.confirmations is None:
        _watch.confirmations = count
    if count <= _watch.confirmations:
        return False
    watch_anew()
    return True


def _state_by_records() -> str:
    mark = ClockMark.objects.filter(pk=1).first()
    own = _own()
    # What was recorded before people confirmed the clock is older than their word.
    recorded = None if mark and mark.confirmed_at else clock.last_recorded()
    found = clock.reason_against(
        Readings(
            own.wall,
            own.began_wall,
            own.steady,
            seen=mark.seen_at if mark else None,
            recorded=recorded,
            database=_database_clock(),
            rest=settings.BOAI_LONGEST_REST,
        )
    )
    _watch.confirmations = mark.confirmations if mark else 0
    if found:
        return found
    _watch.read_at = _steady()
    if not _inside_an_act() and (mark is None or own.wall - mark.seen_at > MARK_EVERY):
        _write_mark(own.wall)
    return ""


def _inside_an_act() -> bool:
    return bool(connection.in_atomic_block)


def _write_mark(wall: datetime) -> None:
    """The mark moves forward only; a confirmation alone puts it back."""
    if not ClockMark.objects.filter(pk=1, seen_at__lt=wall).update(seen_at=wall):
        ClockMark.objects.bulk_create([ClockMark(pk=1, seen_at=wall)], ignore_conflicts=True)


def _database_clock() -> datetime | None:
    """The clock of the database's machine; an embedded database has none of its own."""
    if connection.vendor != "postgresql":
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        found: datetime = cursor.fetchone()[0]
    return found if found.tzinfo else found.replace(tzinfo=UTC)
