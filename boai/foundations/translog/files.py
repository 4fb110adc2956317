"""The log's files: tiles, entry bundles and checkpoint in ``BOAI_HOME/log``, the seal beside it.

Every file is written beside its place, flushed, and renamed into it: a reader sees the old one or
the new one, never half of one.
"""

import fcntl
import json
import os
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import IO

from django.conf import settings

from boai.foundations.translog.errors import (
    LogIsDamaged,
    PolicyIsUnreadable,
    PolicyNamesAnotherLog,
)
from boai.ground.merkle.notes import Signer
from boai.ground.merkle.policy import LogLine, Policy, PolicyIsNotValid, parse
from boai.ground.merkle.tiles import (
    WIDTH,
    BundleIsDamaged,
    Tile,
    bundle,
    entries_in,
    hashes_in,
)

MOST_OPEN = 128
"""Files that are open at once: many are flushed together, and no process runs out of handles."""
FLUSHED_AT_ONCE = 4


@dataclass(frozen=True, slots=True)
class Seal:
    """The largest head ever signed here. Lives outside the database that a backup restores."""

    origin: str
    size: int
    root: str
    note: str
    signed_at: str


@dataclass(frozen=True, slots=True)
class Hold:
    """Why nothing is signed, and since when."""

    reason: str
    since: str


def folder() -> Path:
    """Where the served files are."""
    return Path(settings.BOAI_HOME) / "log"


def seal_path() -> Path:
    """Where the seal is: best on another disk than the database, which ``BOAI_LOG_SEAL`` names."""
    chosen = getattr(settings, "BOAI_LOG_SEAL", "")
    return Path(chosen) if chosen else Path(settings.BOAI_HOME) / "log-seal.json"


def hold_path() -> Path:
    """The file that keeps the log read-only as long as it is there; beside the seal."""
    return seal_path().with_name("log-hold.json")


def read_hold() -> Hold | None:
    """Why the log is read-only, or ``None`` where it is not. Unreadable is read-only too."""
    try:
        return Hold(**json.loads(hold_path().read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
    except (ValueError, TypeError):
        return Hold("log-hold.json", "?")


def write_hold(hold: Hold) -> None:
    """Make the log read-only."""
    write(hold_path(), json.dumps(asdict(hold), indent=1, ensure_ascii=False).encode())


def drop_hold() -> None:
    """Let the log be signed again: ``recovering`` has looked."""
    hold_path().unlink(missing_ok=True)


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
    place = f"{settings.BOAI_HOME}/log/"
    own, full = place + tile.path, place + Tile(tile.level, tile.index).path
    for path in (own, full):
        try:
            with open(path, "rb") as file:  # noqa: PTH123 (every proof reads several)
                content = file.read()
        except OSError:
            continue
        return content if path == own else _start_of(content, tile)
    raise LogIsDamaged(file=tile.path, found="missing") from None


def _start_of(full: bytes, tile: Tile) -> bytes:
    """The partial form, out of the full one that took its place."""
    try:
        if tile.level >= 0:
            return b"".join(hashes_in(full, WIDTH)[: tile.width])
        return bundle(entries_in(full, WIDTH)[: tile.width])
    except BundleIsDamaged as damage:
        raise LogIsDamaged(file=tile.path, found=str(damage)) from None


def write_tiles(many: Iterable[tuple[Tile, bytes]]) -> None:
    """Put tiles and bundles in their places, durably. The same bytes again are left alone."""
    write_together((folder() / tile.path, content) for tile, content in many)


def drop_partials(tile: Tile) -> None:
    """Remove the partial forms of a tile that is full and signed (C8)."""
    partials = folder() / (Tile(tile.level, tile.index).path + ".p")
    if partials.is_dir():
        for partial in partials.iterdir():
            partial.unlink()
        partials.rmdir()


def write(path: Path, content: bytes) -> None:
    """Write one file so that it is whole and on the disk before this returns."""
    write_together([(path, content)])


def write_together(many: Iterable[tuple[Path, bytes]]) -> None:
    """Write files so that all of them are whole and on the disk before this returns.

    Every file is written beside its place and flushed before any is renamed; then each folder that
    names one of them is flushed once, with each folder that had to be made.
    """
    folders: dict[Path, None] = {}
    rest = iter(many)
    while _write_some(islice(rest, MOST_OPEN), folders):
        pass
    with ExitStack() as opened:
        handles = []
        for folder in folders:
            handles.append(os.open(folder, os.O_RDONLY))
            opened.callback(os.close, handles[-1])
        _flush(handles)


def _write_some(many: Iterable[tuple[Path, bytes]], folders: dict[Path, None]) -> int:
    """Write these files; answers how many there were and adds the folders still to be flushed."""
    count = 0
    with ExitStack() as opened:
        waiting: list[tuple[IO[bytes], Path, Path]] = []
        for path, content in many:
            count += 1
            folders.update(dict.fromkeys(_made_ready(path.parent)))
            if _stands_already(path, content):
                # Whoever wrote it may have been cut off before the folders were flushed.
                home = Path(settings.BOAI_HOME)
                folders.update((one, None) for one in path.parents if one.is_relative_to(home))
                continue
            beside = path.with_name(path.name + ".new")
            file = opened.enter_context(beside.open("wb"))
            file.write(content)
            file.flush()
            waiting.append((file, beside, path))
        _flush([file.fileno() for file, _beside, _path in waiting])
    for _file, beside, path in waiting:
        beside.replace(path)
    return count


def _made_ready(folder: Path) -> list[Path]:
    """Make a folder where it is wanting; the folders to be flushed for a new name in it."""
    if folder.is_dir():
        return [folder]
    made = [one for one in (folder, *folder.parents) if not one.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    return [folder, *(one.parent for one in made)]


def _stands_already(path: Path, content: bytes) -> bool:
    try:
        return path.read_bytes() == content
    except FileNotFoundError:
        return False


def _flush(handles: Sequence[int]) -> None:
    """Flush all of these and wait for every one; at once, so that they share the disk's own wait."""
    if len(handles) < 2:
        for handle in handles:
            os.fsync(handle)
        return
    if hasattr(os, "posix_fadvise"):
        # Nobody will read them soon: the kernel begins to write all of them before one is waited on.
        for handle in handles:
            os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
    with ThreadPoolExecutor(min(FLUSHED_AT_ONCE, len(handles))) as pool:
        for _done in pool.map(os.fsync, handles):
            pass


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
    """The served checkpoint: the newest head that is published, with its cosignatures."""
    path = folder() / "checkpoint"
    return path.read_text() if path.exists() else None


def policy_path() -> Path:
    """Where the witnesses and the quorum are named."""
    return folder() / "policy"


def read_policy() -> Policy:
    """The policy; without a file: this log alone, and no witness is asked for.

    *Refuses*: ``PolicyIsUnreadable``, ``PolicyNamesAnotherLog``.
    """
    path, own = policy_path(), signer().key
    if not path.exists():
        return Policy(logs=(LogLine(own, f"{settings.BOAI_PUBLIC_URL}/log"),))
    try:
        policy = parse(path.read_text(encoding="utf-8"))
    except PolicyIsNotValid as wrong:
        raise PolicyIsUnreadable(file=str(path), line=wrong.line, reason=wrong.reason) from None
    except UnicodeDecodeError:
        raise PolicyIsUnreadable(file=str(path), line=0, reason="UTF-8") from None
    if own not in [log.key for log in policy.logs]:
        raise PolicyNamesAnotherLog(file=str(path), vkey=str(own))
    return policy
