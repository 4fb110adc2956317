"""What approvals announces."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class CaseOpened:
    """A case is before its committee."""

    case_id: int
    kind: str
    subject: str
    organisation_id: int
    digest: str
    at: datetime


@dataclass(frozen=True, slots=True)
class CaseDecided:
    """A committee has decided; the decision binds to the digest."""

    case_id: int
    kind: str
    subject: str
    organisation_id: int
    outcome: str
    """``approved`` or ``refused``."""
    digest: str
    minutes: int
    late: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class CaseVoided:
    """A case ended without a decision."""

    case_id: int
    kind: str
    subject: str
    organisation_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class CaseRunsLate:
    """Ten minutes (or what the policy says) are over and the case is still open."""

    case_id: int
    kind: str
    subject: str
    organisation_id: int
    at: datetime
