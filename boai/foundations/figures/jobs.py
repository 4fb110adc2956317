"""Timed work of the figures."""

from datetime import datetime

from boai.foundations.figures.services.rolling import fold_all
from boai.ground.core.jobs import every


@every(5, "figures-folding")
def fold_additions(at: datetime) -> None:
    """Fold what acts have added into the totals of days."""
    fold_all()
