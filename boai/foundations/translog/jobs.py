"""Timed work of the log."""

from datetime import datetime

from boai.foundations.translog.services.sequencing import sequence
from boai.ground.core.jobs import every


@every(5, "translog.sequence")
def take_up_waiting_leaves(at: datetime) -> None:
    """Give waiting leaves their indexes and sign the new head."""
    sequence(at)
