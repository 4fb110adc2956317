"""Timed work of the room."""

from datetime import datetime

from boai.foundations.notices.channels import CHANNELS
from boai.foundations.notices.services.delivering import deliver_waiting
from boai.ground.core.jobs import every


@every(15, "notices-deliver")
def deliver(at: datetime) -> None:
    """Send what is due."""
    deliver_waiting(at, CHANNELS)
