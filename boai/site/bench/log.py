"""The transparency log: appending, proving, verifying, each beside bare hashing and writing."""

import os
import random
import time
from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path

from boai.ground.merkle import verify
from boai.ground.merkle.checkpoints import Head, sign_head
from boai.ground.merkle.hashing import leaf_hash, node_hash
from boai.ground.merkle.notes import Signer
from boai.ground.merkle.tiles import (
    WIDTH,
    Tile,
    bundle,
    bundles_between,
    nodes_from_tiles,
    tiles_between,
)
from boai.ground.merkle.tree import CompactRange, inclusion_proof, root_of
from boai.site.bench.frame import SQLITE, Measured, Plan, bench, percentile, seconds, set_up

SIGNER = Signer("bench.example/log", bytes(range(32)))
PER_HEAD = 1000


def entries(count: int) -> Iterator[bytes]:
    """Leaves about as long as those of gifts."""
    for number in range(count):
        yield (
            '{"amount_fen":2000,"at":"2020-01-29T10:00:00+08:00","kind":"gift-confirmed",'
            f'"number":"JZ2020012900{number:08d}","organisation":"420100","padding":"{"0" * 120}"}}'
        ).encode()


class _Writer:
    """The least that a tile log can do: hash, write what changed, sign a head. For limits only."""

    def __init__(self, folder: Path, *, flushed: bool) -> None:
        self.folder, self.flushed = folder, flushed
        self.range = CompactRange()
        self.bodies: list[bytes] = []
        self.levels: list[list[bytes]] = [[]]

    def add(self, bodies: Sequence[bytes]) -> None:
        """Append entries and sign one head over all."""
        old = self.range.size
        self.bodies += bodies
        for body in bodies:
            hashed = leaf_hash(body)
            self.range.append(hashed)
            self._keep(0, hashed)
        size = self.range.size
        for tile in bundles_between(old, size):
            first = tile.index * WIDTH
            self._write(tile, bundle(self.bodies[first : first + tile.width]))
        for tile in tiles_between(old, size):
            first = tile.index * WIDTH
            self._write(tile, b"".join(self.levels[tile.level][first : first + tile.width]))
        note = sign_head(Head(SIGNER.key.name, size, self.range.root()), SIGNER)
        self._put(self.folder / "checkpoint", note.encode())

    def _keep(self, level: int, hashed: bytes) -> None:
        while len(self.levels) <= level:
            self.levels.append([])
        own = self.levels[level]
        own.append(hashed)
        if len(own) % WIDTH == 0:
            self._keep(level + 1, root_of(own[-WIDTH:]))

    def _write(self, tile: Tile, content: bytes) -> None:
        self._put(self.folder / tile.path, content)

    def _put(self, path: Path, content: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            file.write(content)
            if self.flushed:
                file.flush()
                os.fsync(file.fileno())


@bench(
    "log-append",
    "leaves numbered, written, read back and signed / tiles flushed, a head per 1,000",
    goal=0.6,
    sizes=(20_000, 200_000),
)
def append(plan: Plan) -> Measured:
    """The sequencer over leaves that wait in the database, a thousand to a head."""
    set_up(plan)
    from boai.foundations.translog.services.queueing import queue_leaves
    from boai.foundations.translog.services.sequencing import sequence
    from boai.foundations.translog.values import LeafOrder
    from boai.ground.core.clock import now

    at, spent, raw = now(), 0.0, 0.0
    bodies = list(entries(plan.size))
    writer = _Writer(plan.home / "raw", flushed=True)
    # By turns, so that whatever else the disk is busy with slows down both.
    for first in range(0, plan.size, PER_HEAD):
        numbers = range(first, min(first + PER_HEAD, plan.size))
        queue_leaves(
            [LeafOrder(f"bench.gift:{n}", "bench-gift", {"amount_fen": n}, at, {}) for n in numbers]
        )
        spent += seconds(lambda: sequence(at))
        part = bodies[first : first + PER_HEAD]
        raw += seconds(lambda part=part: writer.add(part))  # type: ignore[misc]
    return Measured(plan.size / spent, plan.size / raw, "leaves/s")


@bench(
    "log-proof",
    "inclusion proof out of the tiles, p99 in milliseconds / 1 ms",
    goal=1.0,
    most=True,
    sizes=(1_000_000, 10_000_000),
    databases=(SQLITE,),
)
def prove(plan: Plan) -> Measured:
    """Proofs of random leaves; the tiles lie on the disk, read for each proof anew."""
    folder = plan.home / "tiles"
    _only_tiles(folder, plan.size)

    def read(tile: Tile) -> bytes:
        return (folder / tile.path).read_bytes()

    chance, times, worked = random.Random(1), [], []  # noqa: S311 (nothing secret)
    for _ in range(2000):
        index = chance.randrange(plan.size)
        began, working = time.perf_counter(), time.process_time()
        inclusion_proof(nodes_from_tiles(read, plan.size), index, plan.size)
        worked.append((time.process_time() - working) * 1000)
        times.append((time.perf_counter() - began) * 1000)
    note = f"p50 {percentile(times, 0.5):.3f} ms; processor p99 {percentile(worked, 0.99):.3f} ms"
    return Measured(percentile(times, 0.99), 1.0, "ms", note)


def _only_tiles(folder: Path, size: int) -> None:
    hashes = [sha256(number.to_bytes(8, "big")).digest() for number in range(size)]
    level = 0
    while hashes:
        for first in range(0, len(hashes), WIDTH):
            part = hashes[first : first + WIDTH]
            path = folder / Tile(level, first // WIDTH, len(part)).path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(b"".join(part))
        full = len(hashes) // WIDTH
        hashes = [root_of(hashes[i * WIDTH : (i + 1) * WIDTH]) for i in range(full)]
        level += 1


@bench(
    "log-verify",
    "boai-verify over a whole log / plain SHA-256 of the same leaves and nodes",
    goal=0.6,
    sizes=(100_000, 1_000_000),
    databases=(SQLITE,),
)
def check(plan: Plan) -> Measured:
    """The public verifier re-hashes every entry and holds every tile against it."""
    folder = plan.home / "log"
    bodies = list(entries(plan.size))
    _Writer(folder, flushed=False).add(bodies)
    times = [seconds(lambda: verify.verify(str(folder), str(SIGNER.key))) for _ in range(3)]
    plain = min(seconds(lambda: _plain(bodies)) for _ in range(3))
    return Measured(plan.size / min(times), plan.size / plain, "entries/s")


def _plain(bodies: Sequence[bytes]) -> bytes:
    level = [leaf_hash(body) for body in bodies]
    while len(level) > 1:
        joined = [node_hash(level[i], level[i + 1]) for i in range(0, len(level) - 1, 2)]
        level = joined + level[len(level) & ~1 :]
    return level[0]
