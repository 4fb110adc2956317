"""The register of to-do lines: the first screen of the staff desk is my tasks."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from boai.ground.core.actors import Actor


@dataclass(frozen=True, slots=True)
class Task:
    """One thing that waits for this person: what, where to do it, since when, until when."""

    title: str
    detail: str
    url: str
    since: datetime
    due: datetime | None = None
    urgent: bool = False


Source = Callable[[Actor], Iterable[Task]]

_sources: list[Source] = []


def offers_tasks(source: Source) -> Source:
    """Register a query that answers what waits for an actor (cheap, at most some 50 lines)."""
    if source not in _sources:
        _sources.append(source)
    return source


def tasks_of(actor: Actor) -> list[Task]:
    """Everything that waits for the actor: urgent first, then by due time, then by age."""
    found = [task for source in _sources for task in source(actor)]
    return sorted(found, key=lambda t: (not t.urgent, t.due or t.since, t.since))
