"""Folding what acts have added into the totals of days, set by set."""

from django.db import connection, transaction

from boai.foundations.organisations.queries import ANCESTRY

AT_ONCE = 50_000
"""Additions of one transaction: few enough that nobody waits long."""
SWEPT_FROM = 5_000
"""Additions folded by one run, from which on their room in the queue is given back at once."""

_KEYS = "measure, node_id, own, day, dimension"

_SUMS = f"""
SELECT measure, organisation_id AS node_id, TRUE AS own, day, dimension,
       CAST(SUM(number) AS bigint) AS number, CAST(SUM(amount) AS bigint) AS amount
FROM {{source}} GROUP BY measure, organisation_id, day, dimension
UNION ALL
SELECT q.measure, a.ancestor_id, FALSE, q.day, q.dimension,
       CAST(SUM(q.number) AS bigint), CAST(SUM(q.amount) AS bigint)
FROM {{source}} AS q JOIN ({ANCESTRY}) AS a ON a.descendant_id = q.organisation_id
GROUP BY q.measure, a.ancestor_id, q.day, q.dimension
"""  # noqa: S608 (the house's own names only)

_ADD = f"""
INSERT INTO figures_daytotal ({_KEYS}, number, amount)
SELECT {_KEYS}, number, amount FROM ({_SUMS}) AS sums WHERE TRUE
ORDER BY {_KEYS}
ON CONFLICT ({_KEYS}) DO UPDATE
SET number = figures_daytotal.number + excluded.number,
    amount = figures_daytotal.amount + excluded.amount
"""  # noqa: S608


def fold_all() -> int:
    """Fold every addition that waits. Answers how many were folded."""
    done = 0
    while True:
        folded = fold()
        done += folded
        if folded < AT_ONCE:
            break
    if done >= SWEPT_FROM:
        _sweep()
    return done


def _sweep() -> None:
    """On PostgreSQL give back the room of what was folded, through which every reader would walk.

    Only the owner of the table may, and only outside a transaction; for a role that serves, the
    database's own sweeping comes within a minute (migration 0002 of this room).
    """
    if connection.vendor != "postgresql" or connection.in_atomic_block:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_has_role(relowner, 'USAGE') FROM pg_class"
            " WHERE oid = 'figures_addition'::regclass"
        )
        if cursor.fetchone()[0]:
            cursor.execute("VACUUM (ANALYZE, SKIP_LOCKED) figures_addition")


def fold() -> int:
    """Fold the oldest waiting additions into the totals of their organisation and of all above it.

    Additions are removed by the same transaction that counts them, so each counts once however
    often a worker is stopped. On PostgreSQL two workers never fold the same rows, nor wait for each
    other in a circle: one lock holds them apart.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('boai.figures.fold'))")
            cursor.execute(
                "WITH taken AS (DELETE FROM figures_addition WHERE id IN "  # noqa: S608
                "(SELECT id FROM figures_addition ORDER BY id LIMIT %s) RETURNING *), counted AS "
                f"({_ADD.format(source='taken')} RETURNING 1) SELECT COUNT(*) FROM taken",
                [AT_ONCE],
            )
            return int(cursor.fetchone()[0])
        cursor.execute(
            "SELECT MAX(id), COUNT(*) FROM "
            "(SELECT id FROM figures_addition ORDER BY id LIMIT %s) AS first",
            [AT_ONCE],
        )
        last, waiting = cursor.fetchone()
        if waiting:
            source = f"(SELECT * FROM figures_addition WHERE id <= {int(last)})"  # noqa: S608
            cursor.execute(_ADD.format(source=source))
            cursor.execute("DELETE FROM figures_addition WHERE id <= %s", [last])
        return int(waiting)
