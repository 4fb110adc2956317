"""Eight threads on one SQLite file: run by ``test_storm_on_sqlite`` in a process of its own."""

import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import django
from django.core.management import call_command


def main() -> None:
    """Make the file, let eight take thirty from a hundred while gifts arrive, print what is left."""
    django.setup()
    from django.db import connection

    from boai.foundations.ledger import queries
    from boai.foundations.ledger.errors import NotEnough
    from boai.foundations.ledger.services import numbering
    from boai.foundations.ledger.services.auditing import breaches_of_all
    from tests.factories.books import gift, make_fund, move, place

    call_command("migrate", "ledger", verbosity=0)
    fund = make_fund()
    move(place("origin"), place("on_hand"), 100, "in")
    start = Barrier(8)

    def take(n: int) -> bool:
        start.wait()
        try:
            for i in range(5):
                gift(fund, f"{n}-{i}", 1)
            move(place("on_hand"), place("reserved", ref=f"r{n}"), 30, f"take-{n}")
        except NotEnough:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(8) as pool:
        taken = sum(pool.map(take, range(8)))
    numbering.number_all()
    left = queries.lot_position([5])[5].on_hand
    held = queries.fund(fund).balance
    sys.stdout.write(f"{taken} {left} {held} {len(breaches_of_all())}\n")


if __name__ == "__main__":
    main()
