"""Timed work of the log."""

from datetime import datetime

from boai.foundations.translog.services.cosigning import ask_witnesses
from boai.foundations.translog.services.sequencing import sequence
from boai.ground.core.jobs import every


@every(5, "translog.sequence")
def take_up_waiting_leaves(at: datetime) -> None:
    """Give waiting leaves their indexes and sign the new head."""
    sequence(at)


@every(5, "translog.cosign")
def ask_the_witnesses(at: datetime) -> None:
    """Carry the newest signed head to the witnesses and publish what enough have cosigned."""
    ask_witnesses(at)
