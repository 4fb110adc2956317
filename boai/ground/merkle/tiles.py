"""C2SP tlog-tiles: where hashes and entries lie, 256 to a tile.

A tile of level ``l`` holds node hashes of tree level ``8 * l``. A partial tile (1 to 255 wide) is
kept under ``.p/<width>`` until the full one exists. Entry bundles hold the entries themselves, each
behind its length in two bytes, big-endian.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from boai.ground.merkle.hashing import HASH_SIZE
from boai.ground.merkle.tree import Node, root_of

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


def tile_holding(level: int, index: int, size: int) -> tuple[Tile, int, int]:
    """The tile from which node ``(level, index)`` follows in a tree of this size, which slice."""
    tile_level, above = divmod(level, HEIGHT)
    first = index << above
    number = first // WIDTH
    width = min(WIDTH, (size >> (HEIGHT * tile_level)) - number * WIDTH)
    start = first - number * WIDTH
    return Tile(tile_level, number, width), start, start + (1 << above)


def nodes_from_tiles(read: Callable[[Tile], bytes], size: int) -> Node:
    """A store of nodes over tiles; each tile is read at most once."""
    known: dict[Tile, bytes] = {}

    def node(level: int, index: int) -> bytes:
        tile, first, after = tile_holding(level, index, size)
        if tile not in known:
            known[tile] = read(tile)
        return root_of(hashes_in(known[tile], tile.width)[first:after])

    return node


def hashes_in(data: bytes, width: int) -> list[bytes]:
    """The hashes of a tile. *Raises* ``BundleIsDamaged`` where the length is wrong (C8)."""
    if len(data) != width * HASH_SIZE:
        raise BundleIsDamaged(f"a tile of width {width} has {len(data)} bytes")
    return [data[i : i + HASH_SIZE] for i in range(0, len(data), HASH_SIZE)]


def bundle(entries: Sequence[bytes]) -> bytes:
    """Entries in their stored form (C9)."""
    if any(len(entry) > LARGEST_ENTRY for entry in entries):
        raise ValueError("an entry has more than 65,535 bytes")
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)


def entries_in(data: bytes, width: int) -> list[bytes]:
    """The entries of a bundle. *Raises* ``BundleIsDamaged`` where lengths do not fit exactly."""
    entries, at = [], 0
    while at < len(data):
        length = int.from_bytes(data[at : at + 2], "big")
        entry = data[at + 2 : at + 2 + length]
        if at + 2 > len(data) or len(entry) != length:
            raise BundleIsDamaged("an entry runs over the end of its bundle")
        entries.append(entry)
        at += 2 + length
    if len(entries) != width:
        raise BundleIsDamaged(f"a bundle of width {width} has {len(entries)} entries")
    return entries
