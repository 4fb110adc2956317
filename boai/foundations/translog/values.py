"""What the log shows through the wall."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

LARGEST_BODY = 65_535
NO_SECRETS: Mapping[str, str] = MappingProxyType({})


class LeafOrder(NamedTuple):
    """A leaf to queue: facts in clear (allow-listed by the caller), secrets as commitments."""

    ref: str
    kind: str
    facts: Mapping[str, Any]
    at: datetime
    secrets: Mapping[str, str] = NO_SECRETS


@dataclass(frozen=True, slots=True)
class LeafRow:
    """A leaf as it stands: ``index`` is empty until the sequencer has taken it up."""

    ref: str
    kind: str
    index: int | None
    body: str
    facts: dict[str, Any]
    commitments: dict[str, str]
    at: datetime


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A signed head: number of leaves, root as hexadecimal digits, and the note itself."""

    size: int
    root: str
    note: str
    signed_at: datetime


@dataclass(frozen=True, slots=True)
class Publication:
    """How far a public act has come: waits for its number, is signed, or is published (I-37)."""

    state: Literal["waiting", "signed", "published"]
    since: datetime
    index: int | None = None


@dataclass(frozen=True, slots=True)
class WitnessRow:
    """One witness of the policy. ``cosigned_at`` is its own clock's; ``counts``: for the quorum."""

    name: str
    key_name: str
    vkey: str
    counts: bool
    cosigned_at: datetime | None = None
    seen_size: int = 0
    state: str = ""
    detail: str = ""
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Witnessing:
    """A signed head and who vouches for it: ``have`` of the ``of`` witnesses that count."""

    size: int
    root: str
    signed_at: datetime
    published_at: datetime | None
    have: int
    of: int
    needed: int
    is_met: bool
    rows: tuple[WitnessRow, ...]
