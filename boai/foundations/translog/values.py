"""What the log shows through the wall."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

LARGEST_BODY = 65_535


@dataclass(frozen=True, slots=True)
class LeafOrder:
    """A leaf to queue: facts in clear (allow-listed by the caller), secrets as commitments."""

    ref: str
    kind: str
    facts: Mapping[str, Any]
    at: datetime
    secrets: Mapping[str, str] = field(default_factory=dict)


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
