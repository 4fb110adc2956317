"""What holds for goods on the way: pure, without database and clock."""

from collections.abc import Iterable
from dataclasses import dataclass

from boai.ground.core.errors import Refusal
from boai.relief.dispatch import errors
from boai.relief.dispatch.values import Difference, Outcome, Route

LARGEST_COUNT = 10**12


@dataclass(frozen=True, slots=True)
class Found:
    """What a receiver's count of one line means. ``accepted + short + damaged`` is what was sent."""

    accepted: int
    short: int
    damaged: int
    over: int

    def differences(self) -> list[tuple[Difference, int]]:
        """The differences with their quantities, none where all is well."""
        pairs = (
            (Difference.SHORT, self.short),
            (Difference.DAMAGED, self.damaged),
            (Difference.OVER, self.over),
        )
        return [(kind, quantity) for kind, quantity in pairs if quantity > 0]


def route_for(*, destination_known: bool, needed: bool) -> Route:
    """H09, S3-10: known destination straight there; needed, but where is not known yet, by relay;
    not needed now, into store."""
    if destination_known:
        return Route.DIRECT
    return Route.RELAY if needed else Route.STORE


def route_of_order(directed_to: Iterable[int | None], receiver_id: int) -> Route:
    """The route of an order: straight when every lot was meant for this receiver from the start,
    else by relay, because the goods first went to the relief centre."""
    known = all(unit == receiver_id for unit in directed_to)
    return route_for(destination_known=known, needed=True)


def reasons_against_count(counted: int, damaged: int, *, field: str) -> list[Refusal]:
    """Counts are whole and not negative; damaged pieces are part of what was counted."""
    for given in (counted, damaged):
        if not isinstance(given, int) or isinstance(given, bool) or not 0 <= given <= LARGEST_COUNT:
            return [errors.CountIsNotWhole(field=field, given=str(given)[:20])]
    if damaged > counted:
        return [errors.MoreDamagedThanCounted(field=field)]
    return []


def compare(sent: int, counted: int, damaged: int) -> Found:
    """What was sent against what the receiver counted, damaged pieces among them.

    Sound pieces are accepted up to what was sent. What is neither accepted nor missing arrived
    damaged and stays in transit until two people settle it.
    """
    accepted = min(counted - damaged, sent)
    short = max(sent - counted, 0)
    return Found(
        accepted=accepted,
        short=short,
        damaged=sent - accepted - short,
        over=max(counted - sent, 0),
    )


def outcome_fits(kind: str, outcome: str) -> bool:
    """More than was sent can only be explained; all else is delivered, returned or lost."""
    return (kind == Difference.OVER) == (outcome == Outcome.EXPLAINED)
