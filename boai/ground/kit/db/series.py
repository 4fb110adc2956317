"""Gapless running numbers: taken inside the act's transaction, so a refused act leaves no gap."""

from datetime import date

from django.db import connection

from boai.ground.core.numbering import numbered_many
from boai.ground.kit.models import NumberSeries


def take_numbers(series: str, count: int = 1) -> range:
    """Take ``count`` consecutive running numbers (first 1); the row stays locked until commit."""
    if count < 1:
        raise ValueError("at least one number")
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO kit_numberseries (name, next_number) VALUES (%s, 1 + %s) "
            "ON CONFLICT (name) DO UPDATE "
            "SET next_number = kit_numberseries.next_number + %s RETURNING next_number",
            [series, count, count],
        )
        after = int(cursor.fetchone()[0])
    return range(after - count, after)


def hold_public_numbers(prefix: str, day: date) -> None:
    """Lock a day's series until commit without taking a number.

    For acts that look for what is there before they know how many numbers they need: of two at one
    moment the second waits here, and then sees what the first has written.
    """
    name = f"{prefix}{day:%Y%m%d}"
    NumberSeries.objects.bulk_create([NumberSeries(name=name)], ignore_conflicts=True)
    NumberSeries.objects.select_for_update().get(name=name)


def take_public_numbers(prefix: str, day: date, count: int = 1) -> list[str]:
    """Take public numbers with check character for a day, such as ``JZ20200129000123K``."""
    return numbered_many(prefix, day, take_numbers(f"{prefix}{day:%Y%m%d}", count))
