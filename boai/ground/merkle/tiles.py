"""C2SP tlog-tiles: where hashes and entries lie, 256 to a tile.

A tile of level ``l`` holds node hashes of tree level ``8 * l``. A partial tile (1 to 255 wide) is
kept under ``.p/<width>`` until the full one exists. Entry bundles hold the entries themselves, each
behind its length in two bytes, big-endian.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256

from boai.ground.merkle.hashing import HASH_SIZE
from boai.ground.merkle.tree import Node

WIDTH = 256
HEIGHT = 8
LARGEST_ENTRY = 65_535


class BundleIsDamaged(Exception):
    """The bytes are not the bundle or tile they are shown for."""


@dataclass(frozen=True, slots=True)
class Tile:
    """One tile: its level (-1: entry bundle), its index, and how many hashes or entries it has."""

    level: int
    index: int
    width: int = WIDTH

    @property
    def path(self) -> str:
        """The path below the log's prefix, such as ``tile/0/x001/234.p/17``."""
        number = f"{self.index % 1000:03d}"
        rest = self.index // 1000
        while rest:
            number = f"x{rest % 1000:03d}/{number}"
            rest //= 1000
        level = "entries" if self.level < 0 else str(self.level)
        partial = "" if self.width == WIDTH else f".p/{self.width}"
        return f"tile/{level}/{number}{partial}"


def tiles_between(old: int, new: int) -> Iterator[Tile]:
    """The hash tiles that a tree of ``new`` leaves has and one of ``old`` leaves has not."""
    level = 0
    while new >> (HEIGHT * level):
        before, after = old >> (HEIGHT * level), new >> (HEIGHT * level)
        for index in range(before // WIDTH, -(-after // WIDTH)):
            width = min(WIDTH, after - index * WIDTH)
            if index * WIDTH + width > before:
                yield Tile(level, index, width)
        level += 1


def bundles_between(old: int, new: int) -> Iterator[Tile]:
    """The entry bundles that the larger tree has and the smaller one has not."""
    for tile in tiles_between(old, new):
        if tile.level == 0:
            yield Tile(-1, tile.index, tile.width)


def nodes_from_tiles(read: Callable[[Tile], bytes], size: int) -> Node:
    """A store of nodes over tiles; each tile is read at most once."""
    known: dict[tuple[int, int], tuple[bytes, ...]] = {}

    def node(level: int, index: int) -> bytes:
        tile_level, above = divmod(level, HEIGHT)
        number, start = divmod(index << above, WIDTH)
        inner = known.get((tile_level, number))
        if inner is None:
            width = min(WIDTH, (size >> (HEIGHT * tile_level)) - number * WIDTH)
            data = read(Tile(tile_level, number, width))
            _require_width(data, width)
            inner = known[tile_level, number] = inner_levels(data)
        at = (start >> above) * HASH_SIZE
        return inner[above][at : at + HASH_SIZE]

    return node


@lru_cache(maxsize=1024)
def inner_levels(hashes: bytes) -> tuple[bytes, ...]:
    """The hashes of a tile and of every perfect subtree inside it, level by level.

    Remembered by the very bytes that were read (16 KiB a tile): the tiles near the root and at the
    right edge stand on the way of every proof, and a tile that was altered is hashed anew.
    """
    levels = [hashes]
    while len(hashes) >= 2 * HASH_SIZE:
        pairs = range(0, len(hashes) - HASH_SIZE, 2 * HASH_SIZE)
        hashes = b"".join(
            [sha256(b"\x01" + hashes[at : at + 2 * HASH_SIZE]).digest() for at in pairs]
        )
        levels.append(hashes)
    return tuple(levels)


def _require_width(data: bytes, width: int) -> None:
    if len(data) != width * HASH_SIZE:
        raise BundleIsDamaged(f"a tile of width {width} has {len(data)} bytes")


def hashes_in(data: bytes, width: int) -> list[bytes]:
    """The hashes of a tile. *Raises* ``BundleIsDamaged`` where the length is wrong (C8)."""
    _require_width(data, width)
    return [data[i : i + HASH_SIZE] for i in range(0, len(data), HASH_SIZE)]


def bundle(entries: Sequence[bytes]) -> bytes:
    """Entries in their stored form (C9)."""
    if max(map(len, entries), default=0) > LARGEST_ENTRY:
        raise ValueError("an entry has more than 65,535 bytes")
    return b"".join([len(entry).to_bytes(2, "big") + entry for entry in entries])


def entries_in(data: bytes, width: int) -> list[bytes]:
    """The entries of a bundle. *Raises* ``BundleIsDamaged`` where lengths do not fit exactly."""
    entries, at, end = list[bytes](), 0, len(data)
    data += b"\0"  # half a length at the end runs over it too
    while at < end:
        first = at + 2
        at = first + (data[at] << 8 | data[at + 1])
        entries.append(data[first:at])
    if at != end:
        raise BundleIsDamaged("an entry runs over the end of its bundle")
    if len(entries) != width:
        raise BundleIsDamaged(f"a bundle of width {width} has {len(entries)} entries")
    return entries
