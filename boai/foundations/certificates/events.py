"""Facts that the room announces. No personal data, no check codes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, NamedTuple


class PaperFact(NamedTuple):
    """One paper that was issued; ``facts`` are those of ``values.PUBLIC_FACTS`` that it states."""

    number: str
    kind: str
    organisation_id: int
    subject: str
    digest: str
    replaces: str = ""
    facts: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class PaperIssued:
    """One paper was issued, or issued anew in place of another."""

    paper: PaperFact
    at: datetime


@dataclass(frozen=True, slots=True)
class PapersIssued:
    """Many papers were issued in one act."""

    papers: tuple[PaperFact, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class PaperCancelled:
    """A paper is no longer valid and nothing stands in its place."""

    number: str
    kind: str
    organisation_id: int
    subject: str
    at: datetime
