"""The register of importers and the report each file ends with (``boai import``)."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from boai.ground.core.actors import Actor


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a row was not accepted (or a remark on the file): place, code, message."""

    sheet: str
    row: int | None
    column: str
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Total:
    """A total that the file states, against the one computed from its rows."""

    where: str
    label: str
    stated: int
    computed: int

    @property
    def agrees(self) -> bool:
        """Whether the file's own words hold."""
        return self.stated == self.computed


@dataclass(slots=True)
class FileReport:
    """What became of one file. ``rows = accepted + duplicate + quarantined + refused``."""

    file: str
    kind: str
    profile: str = ""
    rows: int = 0
    accepted: int = 0
    duplicate: int = 0
    quarantined: int = 0
    refused: int = 0
    amount_fen: int | None = None
    totals: list[Total] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """The shape that ``docs/faces`` promises to scripts."""
        answer = asdict(self)
        for given, total in zip(answer["totals"], self.totals, strict=True):
            given["agrees"] = total.agrees
        return answer


@dataclass(frozen=True, slots=True)
class ImportOrder:
    """One file to take in: for which organisation, by whom, with which hints."""

    actor: Actor
    path: Path
    organisation_id: int
    at: datetime
    profile: str = ""
    day: date | None = None
    dry_run: bool = False
    progress: Callable[[int, int], None] | None = None


Importer = Callable[[ImportOrder], FileReport]

_importers: dict[str, Importer] = {}


def importer(kind: str) -> Callable[[Importer], Importer]:
    """Register the importer of one KIND of ``boai import``."""

    def register(take_in: Importer) -> Importer:
        _importers[kind] = take_in
        return take_in

    return register


def importers() -> dict[str, Importer]:
    """All kinds and their importers."""
    return dict(_importers)
