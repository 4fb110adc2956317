"""Announcing facts upward, delivered at once in the announcer's transaction.

A fact is a frozen dataclass in some room's ``events.py``. Rooms above register listeners in
``receivers.py``. Listeners run in the order of registration (lowest room first, as the settings
list the rooms); a listener that fails makes the act fail.
"""

from collections import defaultdict
from collections.abc import Callable
from typing import Any, TypeVar

Fact = TypeVar("Fact")

_listeners: dict[type, list[Callable[[Any], None]]] = defaultdict(list)


def listens_to(kind: type[Fact]) -> Callable[[Callable[[Fact], None]], Callable[[Fact], None]]:
    """Register a function as a listener to one kind of fact; for use in ``receivers.py`` only."""

    def register(listener: Callable[[Fact], None]) -> Callable[[Fact], None]:
        if listener not in _listeners[kind]:
            _listeners[kind].append(listener)
        return listener

    return register


def announce(fact: object) -> None:
    """Tell every listener of this kind, now, in this transaction. Errors fly."""
    for listener in tuple(_listeners[type(fact)]):
        listener(fact)
