"""Time. Services take ``at``; only doors ask the clock. Days are days in China."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

CHINA = ZoneInfo("Asia/Shanghai")


def now() -> datetime:
    """The present moment, aware, in China's time zone."""
    return datetime.now(UTC).astimezone(CHINA)


def day_of(at: datetime) -> date:
    """The calendar day in China on which an aware moment falls (A36: reporting day)."""
    if at.tzinfo is None:
        raise ValueError("a moment without a time zone")
    return at.astimezone(CHINA).date()


def start_of(day: date) -> datetime:
    """Midnight in China with which the day begins."""
    return datetime.combine(day, time.min, tzinfo=CHINA)
