"""Timed work of the books."""

from datetime import datetime

from boai.foundations.ledger.services.numbering import number_all
from boai.ground.core.jobs import every


@every(2, "ledger-numbering")
def number_waiting_entries(at: datetime) -> None:
    """Give waiting entries their numbers and their place in the chain."""
    number_all()
