"""Gapless running numbers: taken inside the act's transaction, so a refused act leaves no gap."""

from datetime import date

from django.db import transaction
from django.db.models import F

from boai.ground.core.numbering import numbered
from boai.ground.kit.models import NumberSeries


def take_numbers(series: str, count: int = 1) -> range:
    """Take ``count`` consecutive running numbers (first 1); the row stays locked until commit."""
    if count < 1:
        raise ValueError("at least one number")
    with transaction.atomic():
        NumberSeries.objects.bulk_create([NumberSeries(name=series)], ignore_conflicts=True)
        NumberSeries.objects.filter(name=series).update(next_number=F("next_number") + count)
        after = NumberSeries.objects.values_list("next_number", flat=True).get(name=series)
    return range(after - count, after)


def take_public_numbers(prefix: str, day: date, count: int = 1) -> list[str]:
    """Take public numbers with check character for a day, such as ``JZ20200129000123K``."""
    running = take_numbers(f"{prefix}{day:%Y%m%d}", count)
    return [numbered(prefix, day, n) for n in running]
