"""Logs on the disk, made from entries without a database, and the ways in which they go wrong."""

import random
from collections.abc import Iterator
from pathlib import Path

from boai.ground.merkle.checkpoints import Head, sign_head
from boai.ground.merkle.hashing import leaf_hash
from boai.ground.merkle.notes import Signer
from boai.ground.merkle.tiles import WIDTH, Tile, bundle, bundles_between, tiles_between
from boai.ground.merkle.tree import root_of

SIGNER = Signer("society.example/log", bytes(range(32)))


def entries(size: int, altered: int | None = None) -> list[bytes]:
    """That many entries, of different lengths; one of them may tell another story."""
    made = [b'{"gift":%d,"note":"%s"}' % (n, b"x" * (n % 7)) for n in range(size)]
    if altered is not None:
        made[altered] = b'{"gift":"another"}'
    return made


def write_log(folder: Path, content: list[bytes]) -> Path:
    """Checkpoint, key, bundles and tiles of the entries, signed with the log's own key."""
    size = len(content)
    for tile in bundles_between(0, size):
        first = tile.index * WIDTH
        _put(folder / tile.path, bundle(content[first : first + tile.width]))
    levels = [[leaf_hash(entry) for entry in content]]
    while len(levels[-1]) >= WIDTH:
        below = levels[-1]
        full = range(len(below) // WIDTH)
        levels.append([root_of(below[n * WIDTH : (n + 1) * WIDTH]) for n in full])
    for tile in tiles_between(0, size):
        first = tile.index * WIDTH
        _put(folder / tile.path, b"".join(levels[tile.level][first : first + tile.width]))
    head = Head(SIGNER.key.name, size, root_of(levels[0]))
    _put(folder / "checkpoint", sign_head(head, SIGNER).encode())
    _put(folder / "vkey", f"{SIGNER.key}\n".encode())
    return folder


def damages(folder: Path) -> Iterator[str]:
    """Damage one file after the other, yield what was done, and mend it again."""
    dice = random.Random(20200123)  # a fixed seed: a failure comes again
    for path in sorted(file for file in folder.rglob("*") if file.is_file()):
        content, name = path.read_bytes(), path.relative_to(folder)
        places = {0, 1, 2, len(content) - 1, *(dice.randrange(len(content)) for _ in range(3))}
        for place in range(len(content)) if name.name == "checkpoint" else sorted(places):
            changed = bytearray(content)
            changed[place] ^= 1 << dice.randrange(8)
            path.write_bytes(changed)
            yield f"{name}: byte {place}"
        for what, bytes_now in (("longer", content + b"x"), ("shorter", content[:-1])):
            path.write_bytes(bytes_now)
            yield f"{name}: {what}"
        path.unlink()
        if name.name != "vkey":
            yield f"{name}: gone"
        path.write_bytes(content)
    for stray in ("tile/0/777", "tile/odd", "tile/entries/000.p/256", Tile(1, 9, 3).path):
        _put(folder / stray, b"x" * 96)
        yield f"{stray}: put there"
        (folder / stray).unlink()


def _put(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
