"""G4: kill -9 of a whole PostgreSQL, postmaster and backends (F-02); now and then of writers too.

The operating system lives on and writes what the server handed to it. So this says nothing about a
power cut.
"""

import os
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from tests.campaigns.frame import Closing, Plan, amount, campaign, prepare

WRITERS = 4


@campaign("G4", title="kill -9 of PostgreSQL, postmaster and backends", databases=("postgresql",))
def run(plan: Plan) -> Closing:
    """Kill the server under load, start it again, look; writers that lived on must go on by
    themselves. The address of the plan is not used: this server is the campaign's own."""
    from tests.campaigns.writers.cluster import Cluster, programs

    if programs() is None:
        return Closing(notes=["not run: the programs of a PostgreSQL server are not installed"])
    cluster = Cluster()
    try:
        return _run(replace(plan, address=cluster.address), cluster)
    finally:
        cluster.remove()


def _run(plan: Plan, cluster: "Cluster") -> Closing:  # type: ignore[name-defined]  # noqa: F821
    prepare(plan)
    from tests.campaigns.writers import killing, reading
    from tests.campaigns.writers.ground import draw, let_go, prepare_ground

    kills = amount(plan, probe=10, small=60, long=1000)
    every_file = amount(plan, probe=5, small=20, long=25)
    processes, lived_on = 0, 0

    def kill_server(child: int) -> None:
        cluster.kill()
        os.waitpid(child, 0)
        cluster.start()

    with tempfile.TemporaryDirectory(prefix="boai-g4-acks-") as folder:
        these = killing.Kills(plan, prepare_ground(), Path(folder))
        chance = draw(plan.seed, 0)
        for cycle in range(1, kills + 1):
            # Every third time the writers outlive the server and must find it again by themselves;
            # every fourth time they die with it.
            patient, die_too = cycle % 3 == 0, cycle % 4 == 0
            begun = these.begin(cycle, WRITERS, patient=patient)
            children = [child for child, _ in begun]
            time.sleep(chance.uniform(killing.EARLIEST, killing.LATEST))
            processes += cluster.kill()
            these.kills += 1
            if die_too or not patient:
                killing.kill_children(children)
            cluster.start()
            if patient and not die_too:
                lived_on += _go_on(these, [path for _, path in begun])
                killing.kill_children(children)
            these.judge([path for _, path in begun])
            if cycle % every_file == 0:
                these.take_in_a_file(cycle, kill_server)
            if cycle % 30 == 0:
                for wrong in reading.broken_laws():
                    these.closing.broke(f"after kill {cycle}: {wrong}")
            let_go()
            if these.closing.broken > 50:
                break
        closing = these.end()
    let_go()
    _check_pages(plan, cluster, closing)
    closing.notes.append(
        f"{processes} server processes killed; {lived_on} writers went on after their server"
    )
    return closing


def _go_on(these: "Kills", journals: list[Path]) -> int:  # type: ignore[name-defined]  # noqa: F821
    """Wait until every writer that lived on has had an answer from the new server."""
    before = [path.stat().st_size for path in journals]
    until = time.monotonic() + 30
    gone_on: set[int] = set()
    while len(gone_on) < len(journals) and time.monotonic() < until:
        time.sleep(0.01)
        gone_on |= {n for n, p in enumerate(journals) if p.stat().st_size > before[n]}
    if len(gone_on) < len(journals):
        these.closing.broke("a writer did not find the server again")
    return len(gone_on)


def _check_pages(plan: Plan, cluster: "Cluster", closing: Closing) -> None:  # type: ignore[name-defined]  # noqa: F821
    """Indexes against their tables (amcheck), then every page against its checksum."""
    import psycopg

    with psycopg.connect(plan.address, autocommit=True) as connection:
        try:
            connection.execute("CREATE EXTENSION IF NOT EXISTS amcheck")
        except psycopg.Error:
            closing.notes.append("amcheck is not installed: indexes were not checked")
        else:
            names = connection.execute(
                "SELECT c.oid, c.relname FROM pg_class c JOIN pg_am a ON a.oid = c.relam "
                "JOIN pg_namespace n ON n.oid = c.relnamespace "
                "WHERE a.amname = 'btree' AND c.relkind = 'i' AND n.nspname = 'public'"
            ).fetchall()
            for oid, name in names:
                try:
                    connection.execute("SELECT bt_index_check(%s, true)", [oid])
                except psycopg.Error as error:
                    closing.broke(f"index {name}: {error}")
            closing.notes.append(f"{len(names)} indexes checked against their tables")
    cluster.stop()
    for wrong in cluster.bad_checksums():
        closing.broke(f"checksums: {wrong}")
