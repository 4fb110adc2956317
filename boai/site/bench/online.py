"""Payments accepted one by one, each durable before its answer, beside bare one-statement postings.

What is counted as ours is what the door for notifications does once a signature has been verified and
somebody else is booking: ``accepting.accept``, one committed row for each payment. HTTP and the
signature are not in it. That a payment is accepted does not make it a gift: a booker runs beside, as
the worker does, and the note says how many it booked a second and how long it went on afterwards.
"""

import multiprocessing
import os
import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from boai.site.bench.frame import POSTGRES, SQLITE, Measured, Plan, bench, set_up

SECONDS = 5.0
A_SECOND = {SQLITE: 3000, POSTGRES: 9000}
"""Orders made ready for each second of accepting: more than will be paid."""
HOT = 4000
"""Payments of one run of ``online-hot``."""
RAW = (
    "CREATE TABLE bench_posting (id integer PRIMARY KEY, key text UNIQUE, debit bigint,"
    " credit bigint, amount bigint, at text)",
    "INSERT INTO bench_posting (key, debit, credit, amount, at) VALUES (?, 1, 2, 2000, '2020')",
)


@dataclass(frozen=True, slots=True)
class Run:
    """One run: the name of its orders, how many there are, how long is accepted at most."""

    plan: Plan
    name: str
    orders: int
    seconds: float
    connections: int


@dataclass(frozen=True, slots=True)
class Done:
    """How many a second were accepted in all; booked meanwhile and in all; how long it took from
    the first acceptance to the last booking."""

    accepted: float
    meanwhile: float
    booked: int
    seconds: float
    afterwards: float


def _online(connections: int, goal: float, databases: tuple[str, ...]) -> None:
    @bench(
        f"online-{connections}",
        f"payments accepted one by one over {connections} connections / raw one-statement postings",
        goal=goal,
        sizes=(connections, connections),
        databases=databases,
    )
    def run(plan: Plan) -> Measured:
        """Each process accepts as fast as it can while one more books; the limit has the machine
        for itself, before and after, and the better of the two counts."""
        from boai.site.bench import payments

        set_up(plan)
        places = payments.open_places(1)
        orders = int(SECONDS * A_SECOND[plan.database])
        for name in ("alone", "beside"):
            payments.place_orders(name, places, orders)
        _let_go(plan)
        limits = [_limit(plan, connections)]
        found = _beside_a_booker(Run(plan, "beside", orders, SECONDS, connections))
        limits.append(_limit(plan, connections))
        alone = _accepted(Run(plan, "alone", orders, SECONDS, connections))
        raw = max(limits)
        return Measured(found.accepted, raw, "payments/s", _words(found, alone / raw))


def _words(found: Done, alone: float) -> str:
    return (
        f"{found.meanwhile:,.0f} booked/s meanwhile, {found.booked:,} booked in all, the last "
        f"{found.afterwards:.1f} s after the last was accepted; ratio without a booker {alone:.3f}"
    )


_online(1, 0.5, (SQLITE, POSTGRES))
_online(4, 0.6, (POSTGRES,))
_online(16, 0.8, (POSTGRES,))


@bench(
    "online-hot",
    "payments of one fund / of 16 funds, told over 16 connections, until all are booked",
    goal=0.95,
    sizes=(16, 16),
    databases=(POSTGRES,),
)
def hot(plan: Plan) -> Measured:
    """No row may be locked by every gift of a fund. Counted are gifts, from the first acceptance to
    the last booking; the better of two runs each, in turn."""
    from boai.site.bench import payments

    set_up(plan)
    places = payments.open_places(17)
    runs = {"one0": places[:1], "many0": places[1:], "one1": places[:1], "many1": places[1:]}
    for name, among in runs.items():
        payments.place_orders(name, among, HOT)
    _let_go(plan)
    rates = {}
    for name in runs:
        found = _beside_a_booker(Run(plan, name, HOT, SECONDS * 20, 16))
        rates[name] = found.booked / found.seconds
    one, many = (max(rates[f"{kind}{n}"] for n in range(2)) for kind in ("one", "many"))
    return Measured(one, many, "gifts/s", f"{HOT:,} payments a run, all booked")


def _let_go(plan: Plan) -> None:
    """Make the table of the limit, and close the connection: children must not inherit one."""
    from django.db import connections

    if plan.database == POSTGRES:
        import psycopg

        with psycopg.connect(plan.address, autocommit=True) as made:
            made.execute(RAW[0].replace("integer PRIMARY", "bigserial PRIMARY"))
            made.execute("ANALYZE")
    else:
        sqlite3.connect(plan.home / "raw.sqlite3").execute(RAW[0])
    connections.close_all()


Counted = tuple[int, float]
"""How many a child did and in how many seconds."""
Work = Callable[[Run, int, float], int]
_context = multiprocessing.get_context("fork")


def _together(run: Run, work: Work) -> list[Counted]:
    """So many processes at once, each with its own connection."""
    start, done = _context.Barrier(run.connections), _context.Queue()
    children = [
        _context.Process(target=_child, args=(work, run, n, start, done))
        for n in range(run.connections)
    ]
    for child in children:
        child.start()
    counts: list[Counted] = [done.get(timeout=run.seconds * 20) for _ in children]
    for child in children:
        child.join()
    return counts


def _child(work: Work, run: Run, number: int, start: Any, done: Any) -> None:
    start.wait()
    began = time.perf_counter()
    count = work(run, number, began + run.seconds)
    done.put((count, time.perf_counter() - began))


def _rate(counts: list[Counted]) -> float:
    return sum(count / seconds for count, seconds in counts)


def _accepted(run: Run) -> float:
    return _rate(_together(run, _accept))


def _accept(run: Run, number: int, until: float) -> int:
    from boai.ground.core.clock import now
    from boai.relief.donations.services.accepting import accept
    from boai.site.bench import payments

    count = 0
    for one in payments.news(run.name, number, run.connections, run.orders, now()):
        if time.perf_counter() > until:
            break
        accept(one, at=now())
        count += 1
    return count


def _beside_a_booker(run: Run) -> Done:
    """Accept while another process books, then wait until it has booked all."""
    over, told = _context.Event(), _context.Queue()
    booker = _context.Process(target=_book, args=(over, told))
    booker.start()
    began = time.perf_counter()
    counts = _together(run, _accept)
    accepted_by = time.perf_counter()
    over.set()
    booked: list[tuple[float, int]] = told.get(timeout=3600)
    booker.join()
    meanwhile = sum(count for at, count in booked if at <= accepted_by)
    # Both ends of a run are read off one clock that all processes of a machine share.
    ended = booked[-1][0] if booked else accepted_by
    return Done(
        _rate(counts),
        meanwhile / (accepted_by - began),
        sum(count for _at, count in booked),
        ended - began,
        max(0.0, ended - accepted_by),
    )


def _book(over: Any, told: Any) -> None:
    """Book as the worker does, until everything is accepted and nothing waits."""
    from boai.ground.core.clock import now
    from boai.relief.donations.services.draining import drain

    booked = []
    while True:
        last = over.is_set()
        count = len(drain(now(), patience=0.0))
        if count:
            booked.append((time.perf_counter(), count))
        elif last:
            break
        else:
            time.sleep(0.02)
    told.put(booked)


def _limit(plan: Plan, connections: int) -> float:
    return _rate(_together(Run(plan, "", 0, SECONDS, connections), _raw))


def _raw(run: Run, number: int, until: float) -> int:
    count = 0
    if run.plan.database == POSTGRES:
        import psycopg

        statement = RAW[1].replace("?", "%s")
        with psycopg.connect(run.plan.address, autocommit=True) as connection:
            while time.perf_counter() < until:
                connection.execute(statement, [f"{os.getpid()}-{number}-{count}"])
                count += 1
        return count
    file = sqlite3.connect(run.plan.home / "raw.sqlite3", isolation_level=None)
    file.execute("PRAGMA synchronous=FULL")
    while time.perf_counter() < until:
        file.execute(RAW[1], [f"{os.getpid()}-{number}-{count}"])
        count += 1
    return count
