"""Who acts. Every service takes an actor first."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Actor:
    """One natural person in one post, or the system, the public, a machine.

    ``person_id`` is the natural person: rules that need two people compare persons, never
    accounts (I-21). ``roles`` are the role codes of the authorisation matrix held through the
    post in ``organisation_id``.
    """

    kind: Literal["person", "system", "public", "machine"]
    name: str
    user_id: int | None = None
    person_id: int | None = None
    organisation_id: int | None = None
    roles: frozenset[str] = frozenset()

    @property
    def label(self) -> str:
        """Short stable text for the trail: kind and user number, never a name."""
        return f"{self.kind}:{self.user_id}" if self.user_id is not None else self.kind


SYSTEM = Actor(kind="system", name="系统")
"""Timers and jobs. May do what the matrix gives to SYSTEM."""

PUBLIC = Actor(kind="public", name="公众", roles=frozenset({"PUB"}))
"""A visitor without sign-in."""
