"""Timed work of the warehouse."""

from datetime import datetime, time

from boai.ground.core.jobs import daily
from boai.relief.warehouse.services.closing import close_day


@daily(time(20, 0), "warehouse-close-day")
def end_of_day(at: datetime) -> None:
    """Look at the day's goods in and out."""
    close_day(at)
