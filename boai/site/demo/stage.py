"""What the chapters share: places, people, dice, the diary, and what has come about so far."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from boai.foundations.catalogue import queries as catalogue
from boai.ground.core.actors import Actor
from boai.site.demo.diary import Diary


@dataclass(slots=True)
class Stage:
    """The stage of the story. ``size`` scales the number of gifts of money."""

    places: dict[str, int]
    people: dict[str, Actor]
    diary: Diary
    dice: Random
    base: datetime
    size: float
    appeal_id: int = 0
    fund_id: int = 0
    store_id: int = 0
    notes: dict[str, int] = field(default_factory=dict)
    """Small counters and ids by name, for chapters that build on one another."""

    @property
    def society(self) -> int:
        """The city society."""
        return self.places["city"]

    @property
    def committee(self) -> Sequence[Actor]:
        """Its members, in the order in which they usually answer."""
        return [self.people[name] for name in ("app1", "app2", "app3", "app4", "app5")]

    def item(self, code: str) -> int:
        """The catalogue's id of an item."""
        key = f"item:{code}"
        if key not in self.notes:
            found = catalogue.item_by_code(code)
            if found is None:
                raise LookupError(code)
            self.notes[key] = found.id
        return self.notes[key]


def minutes(count: float) -> timedelta:
    """Short form."""
    return timedelta(minutes=count)
