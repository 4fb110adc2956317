"""Races: eight processes meet at one moment over one scarce thing, round after round.

A race says how to set the scene, what each of the eight does, and what must be true afterwards:
exactly so many succeed, every other is refused in the house's own words.
"""

import multiprocessing
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

from django.db import connections

from boai.ground.core.errors import Refusal
from tests.campaigns.writers import session
from tests.campaigns.writers.ground import Ground

SESSIONS = 8
PATIENCE = 120
Setting = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """What one session was told: ``done`` with a value, ``refused`` with the refusal's name, or
    ``escaped``: an error that no door knows how to put."""

    how: str
    what: Any


@dataclass(frozen=True, slots=True)
class Race:
    """One kind. ``first``: one of the twelve; the others are further places where people meet."""

    name: str
    first: bool
    arrange: Callable[[Ground, str], dict[str, Any]]
    act: Callable[[Ground, Setting, int], Any]
    judge: Callable[[Ground, Setting, list[Answer]], Iterable[str]]


RACES: dict[str, Race] = {}


def race(name: str, *, first: bool = True) -> Callable[[type], type]:
    """Register a class of three static functions as a race."""

    def register(kind: Any) -> Any:
        RACES[name] = Race(name, first, kind.arrange, kind.act, kind.judge)
        return kind

    return register


def exactly(answers: Sequence[Answer], allowed: int, *refusals: str) -> Iterator[str]:
    """Exactly so many succeed and the rest is refused by one of these names."""
    done = sum(answer.how == "done" for answer in answers)
    if done != allowed:
        yield f"{done} succeeded, {allowed} are allowed"
    others = Counter(a.what for a in answers if a.how == "refused" and a.what not in refusals)
    if others:
        yield f"refused as {dict(others)}"


def same(found: Any, wanted: Any, what: str) -> Iterator[str]:
    """A figure afterwards."""
    if found != wanted:
        yield f"{what}: {found} instead of {wanted}"


class Field:
    """Eight sessions, each a process with its own connection, and the line at which they start."""

    def __init__(self, ground: Ground) -> None:
        self.ground = ground
        context = multiprocessing.get_context("fork")
        self.line = context.Barrier(SESSIONS)
        self.ends: list[Connection] = []
        self.children: list[int] = []
        for n in range(SESSIONS):
            here, there = context.Pipe()
            self.children.append(
                session.fork(lambda there=there, n=n: self._stand_by(there, n))  # type: ignore[misc]
            )
            there.close()
            self.ends.append(here)

    def _stand_by(self, end: Connection, n: int) -> None:
        while (order := end.recv()) is not None:
            name, setting = order
            end.send(self._act(RACES[name], setting, n))

    def _act(self, kind: Race, setting: Setting, n: int) -> Answer:
        self.line.wait(PATIENCE)
        try:
            return Answer("done", kind.act(self.ground, setting, n))
        except Refusal as refusal:
            return Answer("refused", refusal.code)
        except Exception as error:
            connections.close_all()
            return Answer("escaped", f"{type(error).__name__} {error}"[:200].replace("\n", " "))

    def run(self, kind: Race, setting: Setting) -> list[Answer]:
        """One round."""
        for end in self.ends:
            end.send((kind.name, setting))
        answers = []
        for end in self.ends:
            if not end.poll(PATIENCE):
                raise TimeoutError(f"a session of {kind.name!r} never came back")
            answers.append(end.recv())
        return answers

    def close(self) -> None:
        """Send everybody home."""
        for end in self.ends:
            end.send(None)
        for child in self.children:
            os.waitpid(child, 0)
