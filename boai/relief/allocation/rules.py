"""What holds for lists and requests; pure."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from boai.ground.core.clock import CHINA, day_of
from boai.ground.core.money import largest_remainder
from boai.relief.allocation.values import ProposeLine, Stock, Wish

CUT_OFF = time(16, 0)
ON_TIME = timedelta(minutes=15)


def cut_off_of(text: object) -> time:
    """The cut-off that a setting holds (``16:00``), or the usual one."""
    try:
        return time.fromisoformat(str(text))
    except ValueError:
        return CUT_OFF


def arrived_since(at: datetime, cut_off: time) -> datetime:
    """From when on goods count as newly arrived in a list frozen now (A05).

    A list frozen at the cut-off looks back to yesterday's cut-off, so that each arrival is new in
    exactly one list; a list frozen later in the day holds to the letter: arrived after 16:00.
    """
    today = datetime.combine(day_of(at), cut_off, tzinfo=CHINA)
    return today if at >= today + ON_TIME else today - timedelta(days=1)


def list_day(at: datetime, cut_off: time) -> date:
    """The day for which a list frozen now is meant: tomorrow once the cut-off has come."""
    today = day_of(at)
    return today + timedelta(days=1) if at.astimezone(CHINA).time() >= cut_off else today


def mark_of(arrived_at: datetime, since: datetime) -> str:
    """Carried over or newly arrived."""
    return "arrived" if arrived_at >= since else "carried"


def may_follow(state: str, next_state: str) -> bool:
    """The order of H07: nobody decides what was not proposed, nobody proposes what was decided."""
    return next_state in {
        "submitted": ("proposed", "returned", "withdrawn"),
        "proposed": ("approved", "refused", "proposed", "returned"),
        "returned": ("submitted", "withdrawn"),
    }.get(state, ())


def warning_stage(seconds: int, warn_first: int, warn_second: int, flag_after: int) -> int:
    """0 in time, 1 and 2 warned, 3 past the limit. Time alone never decides anything."""
    if seconds > flag_after * 60:
        return 3
    if seconds >= warn_second * 60:
        return 2
    return 1 if seconds >= warn_first * 60 else 0


def shares(free: int, wishes: Sequence[Wish]) -> dict[int, int]:
    """How much each asker gets: all that is asked while it lasts, else in proportion.

    Largest remainder, so the shares sum to what is there exactly; ties go to the earlier asker.
    """
    if sum(w.quantity for w in wishes) <= free:
        return {w.key: w.quantity for w in wishes}
    parts = largest_remainder(free, [w.quantity for w in wishes])
    return {w.key: part for w, part in zip(wishes, parts, strict=True)}


def by_first_expiry(stock: Sequence[Stock], wanted: int, receiver_id: int) -> list[ProposeLine]:
    """Lots for one receiver: directed to it first, then by last day; others' directed never (I-6)."""
    fit = [s for s in stock if s.directed_to in (None, receiver_id) and s.free > 0]
    fit.sort(key=lambda s: (s.directed_to is None, s.expires_on or date.max, s.lot_id))
    found: list[ProposeLine] = []
    for one in fit:
        if wanted <= 0:
            break
        taken = min(one.free, wanted)
        wanted -= taken
        found.append(ProposeLine(one.list_line_id, one.lot_id, taken))
    return found
