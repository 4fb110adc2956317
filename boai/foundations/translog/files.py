"""The log's files: tiles, entry bundles and checkpoint in ``BOAI_HOME/log``, the seal beside it.

Every file is written beside its place, flushed, and renamed into it: a reader sees the old one or
the new one, never half of one.
"""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from django.conf import settings

from boai.foundations.translog.errors import LogIsDamaged
from boai.ground.merkle.notes import Signer
from boai.ground.merkle.tiles import Tile


@dataclass(frozen=True, slots=True)
class Seal:
    """The largest head ever signed here. Lives outside the database that a backup restores."""

    origin: str
    size: int
    root: str
    note: str
    signed_at: str


def folder() -> Path:
    """Where the served files are."""
    return Path(settings.BOAI_HOME) / "log"


def seal_path() -> Path:
    """Where the seal is."""
    return Path(settings.BOAI_HOME) / "log-seal.json"


def signer() -> Signer:
    """The log's key."""
    return Signer(settings.BOAI_LOG_ORIGIN, settings.BOAI_LOG_KEY)


@contextmanager
def only_one_writer() -> Iterator[None]:
    """Hold the file lock: also two installations on one folder cannot write at once."""
    Path(settings.BOAI_HOME).mkdir(parents=True, exist_ok=True)
    with (Path(settings.BOAI_HOME) / "log.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def read_tile(tile: Tile) -> bytes:
    """The bytes of one tile or bundle; a full one also answers for its partial forms' readers."""
    try:
        return (folder() / tile.path).read_bytes()
    except OSError:
        raise LogIsDamaged(file=tile.path, found="missing") from None


def write_tile(tile: Tile, content: bytes) -> None:
    """Put one tile or bundle in its place, durably. The same bytes again are left alone."""
    path = folder() / tile.path
    if path.exists() and path.read_bytes() == content:
        return
    write(path, content)


def drop_partials(tile: Tile) -> None:
    """Remove the partial forms of a tile that is full and signed (C8)."""
    partials = folder() / (Tile(tile.level, tile.index).path + ".p")
    if partials.is_dir():
        for partial in partials.iterdir():
            partial.unlink()
        partials.rmdir()


def write(path: Path, content: bytes) -> None:
    """Write a file so that it is whole and on the disk before this returns."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(path.name + ".new")
    with beside.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    entry = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(entry)
    finally:
        os.close(entry)


def read_seal() -> Seal | None:
    """The seal, or ``None`` where nothing was signed yet. *Refuses* ``LogIsDamaged``."""
    path = seal_path()
    if not path.exists():
        return None
    try:
        return Seal(**json.loads(path.read_text()))
    except (ValueError, TypeError):
        raise LogIsDamaged(file=path.name, found="unreadable") from None


def write_seal(seal: Seal) -> None:
    """Keep the seal. It only grows: ``sequencing`` has checked that."""
    write(seal_path(), json.dumps(asdict(seal), indent=1, ensure_ascii=False).encode())


def read_checkpoint() -> str | None:
    """The published checkpoint."""
    path = folder() / "checkpoint"
    return path.read_text() if path.exists() else None
