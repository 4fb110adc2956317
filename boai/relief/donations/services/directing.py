"""Money that the giver directed to a unit goes there at once (H10)."""

from collections.abc import Sequence
from datetime import datetime

from boai.relief.donations.models import Gift


def order_payments(gifts: Sequence[Gift], at: datetime) -> None:
    """Ask finance for a payment order for each directed gift of money."""
