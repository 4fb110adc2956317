"""Time. Services take ``at``; only doors ask the clock. Days are days in China.

Whether the machine's clock itself can be believed is judged here, purely, from readings; the kit's
``sane_time`` takes the readings and stops what must not happen on a wrong clock (I-45).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from boai.ground.core.errors import Refusal
from boai.ground.core.text import gettext_noop as _

CHINA = ZoneInfo("Asia/Shanghai")

STEP = timedelta(seconds=120)
"""A clock may be put right by so much without anybody asking why."""
LEAP_IN_PROCESS = timedelta(hours=1)
"""A running process sees no greater leap forward: even a machine that slept counts its sleep."""
LONGEST_REST = timedelta(days=1)
"""A house that was shut for longer, or a clock that jumped: the two look the same, so people say."""

STEPPED_BACK, LEAPT, BEHIND, AHEAD, DATABASE_DIFFERS = (
    "stepped-back",
    "leapt",
    "behind-the-records",
    "ahead-of-the-records",
    "database-differs",
)
REASONS = {
    STEPPED_BACK: _("运行期间系统时钟被往回拨了"),
    LEAPT: _("运行期间系统时钟突然跳到了未来"),
    BEHIND: _("系统时钟早于最近一次登记的时间"),
    AHEAD: _("系统时钟比最近一次登记的时间晚得太多（停机过久，或时钟被拨快）"),
    DATABASE_DIFFERS: _("系统时钟与数据库服务器的时钟不一致"),
}


class ClockIsNotSane(Refusal):
    """The machine's clock cannot be believed; what depends on the moment waits (I-45)."""

    text = _("系统时钟不可信：{reason}。凡须写明时间的事项暂停办理，其余照常。")
    mend = _("请管理员核对服务器时间；确认无误后运行 boai clock confirm。")


@dataclass(frozen=True, slots=True)
class Readings:
    """What is known about time at one moment.

    ``wall`` is what the clock says now. ``began_wall`` and ``steady`` tell what it said when the
    process began to watch and how long that is by a counter nobody can set. ``seen`` is the latest
    moment at which this house believed its clock, ``recorded`` the latest that its records bear,
    ``database`` the clock of another machine that keeps them. ``rest`` is how long the house may
    have been shut without anybody asking.
    """

    wall: datetime
    began_wall: datetime
    steady: timedelta
    seen: datetime | None = None
    recorded: datetime | None = None
    database: datetime | None = None
    rest: timedelta = LONGEST_REST


def reason_against(read: Readings) -> str:
    """Why these readings cannot be believed, as one of ``REASONS``; empty where they can."""
    drift = read.wall - (read.began_wall + read.steady)
    if drift < -STEP:
        return STEPPED_BACK
    if drift > LEAP_IN_PROCESS:
        return LEAPT
    if read.database is not None and abs(read.wall - read.database) > STEP:
        return DATABASE_DIFFERS
    known = [moment for moment in (read.seen, read.recorded) if moment is not None]
    if known and read.wall < max(known) - STEP:
        return BEHIND
    if read.seen is not None and read.wall > read.seen + read.rest:
        return AHEAD
    return ""


LastTime = Callable[[], datetime | None]
_records: dict[str, LastTime] = {}


def bears_time(name: str) -> Callable[[LastTime], LastTime]:
    """Register a function that answers the latest moment which a kind of record bears."""

    def register(last: LastTime) -> LastTime:
        _records[name] = last
        return last

    return register


def last_recorded() -> datetime | None:
    """The latest moment that any registered kind of record bears."""
    found = [moment for last in _records.values() if (moment := last()) is not None]
    return max(found, default=None)


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
