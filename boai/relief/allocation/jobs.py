"""Timed work of the room."""

from datetime import datetime

from boai.ground.core.jobs import daily, every
from boai.relief.allocation.rules import CUT_OFF
from boai.relief.allocation.services.deciding import watch_clock
from boai.relief.allocation.services.listing import freeze_due_lists


@daily(CUT_OFF, "allocation-freeze-lists")
def freeze(at: datetime) -> None:
    """List 1 of tomorrow for every society that keeps a store."""
    freeze_due_lists(at)


@every(20, "allocation-clock")
def clock(at: datetime) -> None:
    """Warn and flag; never decide."""
    watch_clock(at)
