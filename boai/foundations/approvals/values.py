"""What approvals shows outside."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from boai.ground.core.text import gettext_noop as _

STATES: dict[str, tuple[str, str]] = {
    "open": (_("待决策"), "wait"),
    "approved": (_("同意"), "good"),
    "refused": (_("不同意"), "bad"),
    "void": (_("已作废"), "plain"),
}
"""State, its words and the tone in which pages show it."""


@dataclass(frozen=True, slots=True)
class PolicyValues:
    """How a case is decided: how many must vote, which share must agree, how the clock warns.

    ``share``: agreeing votes over all who may vote. Minutes count from the opening (H07).
    """

    quorum: int = 3
    share_numerator: int = 2
    share_denominator: int = 3
    warn_first: int = 6
    warn_second: int = 9
    flag_after: int = 10


@dataclass(frozen=True, slots=True)
class VoteRow:
    """One vote."""

    person_id: int
    approve: bool
    reason: str
    cast_at: datetime


@dataclass(frozen=True, slots=True)
class Tally:
    """Where a case stands. ``may_vote`` counts members neither excluded nor recused."""

    may_vote: int
    cast: int
    approve: int
    refuse: int
    recused: int
    needed: int
    quorum: int

    @property
    def quorum_reachable(self) -> bool:
        """Whether enough people are left to make a quorum."""
        return self.may_vote >= self.quorum


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case with its tally."""

    id: int
    kind: str
    subject: str
    organisation_id: int
    title: str
    content: dict[str, Any]
    digest: str
    state: str
    policy: PolicyValues
    opened_at: datetime
    opened_by_person_id: int | None
    due_at: datetime
    decided_at: datetime | None
    minutes: int | None
    late: bool
    void_reason: str
    committee: tuple[int, ...]
    excluded: tuple[int, ...]
    recused: tuple[int, ...]
    votes: tuple[VoteRow, ...]
    tally: Tally

    @property
    def waits_for(self) -> tuple[int, ...]:
        """Members who may still vote."""
        done = {v.person_id for v in self.votes} | set(self.recused) | set(self.excluded)
        return tuple(p for p in self.committee if p not in done) if self.state == "open" else ()
