"""Timed work of the kit."""

from datetime import datetime

from boai.ground.core.jobs import every
from boai.ground.kit.db import sane_time


@every(30, "kit.clock")
def note_that_the_clock_is_believed(at: datetime) -> None:
    """Keep the mark of the clock young, so that a leap after it shows."""
    sane_time.keep_mark()
