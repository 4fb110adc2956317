"""Sharing the value of goods over where they are, and over who paid for them. Pure.

Whole fen throughout: values by the largest remainder, givers by laying both along one axis. So the
shares of a place sum to its value and the shares of a giver to what the giver paid, always.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from boai.ground.core.money import largest_remainder

Place = tuple[int, str]
"""A lot and the word for where in the books its pieces are."""
NOT_HERE = "to_come"
"""Paid for, and not on any signed note yet."""


def values_of_places(
    values: Mapping[int, int],
    steps: Iterable[tuple[int, int, int]],
    places: Mapping[int, Mapping[str, int]],
) -> dict[Place, int]:
    """What the values of lots became, by place. ``steps`` are (parent, lot, pieces of the parent),
    ``places`` the pieces of each lot by place; a lot is made after its parents, so its number is
    the larger."""
    below: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for parent, lot, pieces in steps:
        below[parent].append((lot, pieces))
    worth: dict[int, int] = defaultdict(int, values)
    found: dict[Place, int] = {}
    waiting = sorted(values)
    done: set[int] = set()
    while waiting:
        lot = waiting.pop(0)
        if lot in done:
            continue
        done.add(lot)
        here = [(place, n) for place, n in places.get(lot, {}).items() if n]
        parts = largest_remainder(worth[lot], [n for _, n in here] + [n for _, n in below[lot]])
        for (place, _n), part in zip(here, parts, strict=False):
            if part:
                found[lot, place] = part
        for (child, _n), part in zip(below[lot], parts[len(here) :], strict=True):
            worth[child] += part
            waiting.append(child)
        waiting.sort()
    return found


def shares_of_places(
    places: Sequence[tuple[Place, int]], givers: Sequence[tuple[str, int]]
) -> dict[Place, dict[str, int]]:
    """Who paid for which place: both laid along the expense, in the order given."""
    found: dict[Place, dict[str, int]] = {place: {} for place, _value in places}
    queue = [(giver, amount) for giver, amount in givers if amount]
    for place, value in places:
        while value and queue:
            giver, amount = queue[0]
            part = min(value, amount)
            found[place][giver] = found[place].get(giver, 0) + part
            value -= part
            queue[0] = (giver, amount - part)
            if amount == part:
                queue.pop(0)
    return found
