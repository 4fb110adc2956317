"""Timed work of approvals."""

from datetime import datetime

from boai.foundations.approvals.services.escalating import escalate
from boai.ground.core.jobs import every


@every(30, "approvals-clock")
def run_the_clock(at: datetime) -> None:
    """Warn committees whose time runs out."""
    escalate(at)
