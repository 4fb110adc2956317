"""Timed work of the room."""

from datetime import datetime

from boai.ground.core.jobs import every
from boai.relief.receipts.channels.fiscal.client import client
from boai.relief.receipts.services.reporting import deliver_due


@every(15, "receipts-fiscal")
def tell_the_platform(at: datetime) -> None:
    """Send what is due, where a platform is switched on."""
    platform = client()
    if platform is not None:
        deliver_due(at, platform)
