"""The sequencer: gives leaves their indexes, writes tiles, signs last.

The order makes a crash harmless at every point. Indexes are committed first; files follow from them
and from nothing else; what was written is read back and hashed again; the seal is kept outside the
database before the head can be seen; then the checkpoint is put in its place. A run that finds
more indexes than the seal says goes on from the seal.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import chain, islice

from django.db import connection, transaction

from boai.foundations.translog import files
from boai.foundations.translog.errors import (
    LogIsDamaged,
    LogIsHeld,
    LogMayNotGoBack,
    LogWasReplaced,
    PolicyIsUnreadable,
    PolicyNamesAnotherLog,
    SealIsMissing,
    WitnessHasSeenMore,
)
from boai.foundations.translog.files import Seal
from boai.foundations.translog.models import Sequencer, SignedHead, WitnessContact
from boai.foundations.translog.services.cosigning import ask_if_not_asked_lately
from boai.foundations.translog.services.publishing import bring_up
from boai.foundations.translog.values import Checkpoint
from boai.ground.core.canonical import canonical
from boai.ground.core.clock import ClockIsNotSane
from boai.ground.kit.db.sane_time import require_sane_clock
from boai.ground.merkle.asking import AHEAD, CONTRADICTS
from boai.ground.merkle.checkpoints import Head, open_checkpoint, sign_head
from boai.ground.merkle.hashing import EMPTY_ROOT, HASH_SIZE, leaf_hash, leaf_hashes, perfect_root
from boai.ground.merkle.notes import NoteIsNotValid
from boai.ground.merkle.tiles import (
    HEIGHT,
    WIDTH,
    BundleIsDamaged,
    Tile,
    bundle,
    bundles_between,
    entries_in,
    hashes_in,
    nodes_from_tiles,
    tiles_between,
)
from boai.ground.merkle.tree import range_root

MOST_AT_ONCE = 100_000
BUNDLES_AT_ONCE = 64
"""Entry bundles whose rows one statement reads, so that a log of any size fits into memory."""

_SEQUENCER = 0x626F_6169_6C6F_6700
"""The key of the advisory lock: "boailog" in ASCII."""

log = logging.getLogger(__name__)


def sequence(at: datetime) -> Checkpoint:
    """Take up every waiting leaf and sign the new head; safe to run again after any crash.

    One at a time, by file lock and row lock; never inside a larger transaction, whose undoing would
    leave the seal ahead of the database (``RuntimeError``).

    *Refuses*: ``LogMayNotGoBack`` (the database is older than the seal), ``LogWasReplaced`` (it
    holds another history), ``SealIsMissing``, ``LogIsDamaged``, ``LogIsHeld`` (restored and not yet
    looked at), ``WitnessHasSeenMore`` (a witness remembers a longer or another log),
    ``ClockIsNotSane`` (leaves wait, and the clock cannot be believed).
    """
    _refuse_against_witnesses(at)
    with files.only_one_writer(), _only_one_in_database():
        if files.read_seal() is None and not _size():
            # The empty tree is sealed before anything is numbered: from then on a missing seal
            # means that it was lost, also after a crash in the very first run.
            _publish(None, 0, at)
        while True:
            seal = files.read_seal()
            if _some_wait():
                # A head bears its time for ever: on a clock gone wrong nothing is signed (I-45).
                require_sane_clock()
            with transaction.atomic(durable=True):
                _lock()
                size = _size()
                _refuse_to_go_back(seal, size)
                size += _assign_indexes(size)
            _publish(seal, size, at)
            if not _some_wait():
                break
        head = SignedHead.objects.order_by("-size").first()
        assert head is not None
        return Checkpoint(head.size, head.root, head.note, head.signed_at)


def sequence_if_possible(at: datetime) -> None:
    """Take up what waits, unless the caller stands inside a transaction: then the job does it."""
    try:
        with transaction.atomic(durable=True):
            pass
    except RuntimeError:
        return
    try:
        sequence(at)
    except ClockIsNotSane:
        # What waits is signed when the clock is believed again; the act itself has been done.
        log.warning("nothing is signed: the clock is not sane")


def _refuse_against_witnesses(at: datetime) -> None:
    """Before anything else: no hold, and no witness of the policy that knows better (I-36)."""
    hold = files.read_hold()
    if hold is not None:
        raise LogIsHeld(reason=hold.reason, since=hold.since)
    try:
        ask_if_not_asked_lately(at)
        keys = [w.key for w in files.read_policy().witnesses]
    except (PolicyIsUnreadable, PolicyNamesAnotherLog):
        return
    places = {(key.name, key.key_id.hex()) for key in keys}
    for contact in WitnessContact.objects.filter(state__in=[AHEAD, CONTRADICTS]):
        if (contact.witness, contact.key_id) in places:
            raise WitnessHasSeenMore(witness=contact.witness, detail=contact.detail)


@contextmanager
def _only_one_in_database() -> Iterator[None]:
    """On PostgreSQL also machines with folders of their own take turns, from number to seal."""
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [_SEQUENCER])
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_SEQUENCER])


def _lock() -> None:
    if Sequencer.objects.select_for_update().filter(name="log").first() is None:
        Sequencer.objects.bulk_create([Sequencer(name="log")], ignore_conflicts=True)
        Sequencer.objects.select_for_update().get(name="log")


def _size() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT MAX(tree_index) FROM translog_leaf")
        (last,) = cursor.fetchone()
    return 0 if last is None else int(last) + 1


def _some_wait() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT 1 FROM translog_leaf WHERE tree_index IS NULL)")
        return bool(cursor.fetchone()[0])


def _assign_indexes(size: int) -> int:
    """Number the waiting leaves in the order of their rows, in one statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE translog_leaf SET tree_index = waiting.place FROM ("
            " SELECT id, %s + row_number() OVER (ORDER BY id) - 1 AS place FROM ("
            "  SELECT id FROM translog_leaf WHERE tree_index IS NULL ORDER BY id LIMIT %s"
            " ) AS first_ones) AS waiting WHERE translog_leaf.id = waiting.id",
            [size, MOST_AT_ONCE],
        )
        return int(cursor.rowcount)


def _refuse_to_go_back(seal: Seal | None, size: int) -> None:
    """Before anything is numbered: the database must hold all that was ever signed, unchanged."""
    if seal is None:
        if size:
            raise SealIsMissing(size=size, file=str(files.seal_path()))
        return
    place = str(files.seal_path())
    if size < seal.size:
        raise LogMayNotGoBack(sealed=seal.size, size=size, file=place)
    try:
        head = open_checkpoint(seal.note, files.signer().key)
    except NoteIsNotValid:
        raise LogIsDamaged(file=files.seal_path().name, found="signature") from None
    if (head.size, head.root.hex()) != (seal.size, seal.root):
        raise LogIsDamaged(file=files.seal_path().name, found="root")
    if seal.size and _edge_in_database(seal.size) != _edge_on_disk(seal):
        raise LogWasReplaced(sealed=seal.size, file=place)


def _edge_in_database(size: int) -> list[str]:
    """The leaf hashes of the last tile that the sealed head covers."""
    rows = _rows((size - 1) // WIDTH * WIDTH, size)
    return [leaf_hash(body.encode()).hex() for body, _stored in rows]


def _edge_on_disk(seal: Seal) -> list[str]:
    """The same from the files, after checking that the files' right edge has the sealed root."""
    try:
        root = range_root(nodes_from_tiles(files.read_tile, seal.size), 0, seal.size)
        if root.hex() != seal.root:
            raise LogIsDamaged(file="tile", found="root")
        number = (seal.size - 1) // WIDTH
        tile = Tile(0, number, seal.size - number * WIDTH)
        return [value.hex() for value in hashes_in(files.read_tile(tile), tile.width)]
    except BundleIsDamaged as damage:
        raise LogIsDamaged(file="tile", found=str(damage)) from None


def _publish(seal: Seal | None, size: int, at: datetime) -> None:
    """Bring the files up to ``size`` and sign, unless that is done already."""
    if seal is None or size > seal.size:
        sealed = seal.size if seal else 0
        root = EMPTY_ROOT
        if size:
            root = _reread(seal, size, _write_files(sealed, size))
        head = Head(files.signer().key.name, size, root)
        note = sign_head(head, files.signer())
        seal = Seal(head.origin, size, root.hex(), note, canonical(at).decode().strip('"'))
        files.write_seal(seal)
        for tile in _full_since(sealed, size):
            files.drop_partials(tile)
    signed = seal
    try:
        bring_up(at, lambda: _keep_head(signed))
    except (PolicyIsUnreadable, PolicyNamesAnotherLog) as wrong:
        # Signing goes on: only publication waits for the policy, and the health page says so.
        log.error("nothing is published: %s", wrong)


def _keep_head(seal: Seal) -> None:
    SignedHead.objects.bulk_create(
        [
            SignedHead(
                size=seal.size,
                root=seal.root,
                note=seal.note,
                signed_at=datetime.fromisoformat(seal.signed_at),
            )
        ],
        ignore_conflicts=True,
    )


def _write_files(old: int, new: int) -> dict[int, bytes]:
    """Write bundles and tiles that the new size has and the old one has not.

    What stands in the database must hash to what was queued, before any of it reaches a file.
    Answers the hashes of the leaves under each bundle.
    """
    hashes: dict[int, bytes] = {}
    files.write_tiles(chain(_lowest(old, new, hashes), _above(old, new, hashes)))
    return hashes


def _lowest(old: int, new: int, hashes: dict[int, bytes]) -> Iterator[tuple[Tile, bytes]]:
    """Entry bundles and the tiles of their hashes; the rows are read many bundles at a time."""
    tiles = bundles_between(old, new)
    while some := list(islice(tiles, BUNDLES_AT_ONCE)):
        rows = _rows(some[0].index * WIDTH, some[-1].index * WIDTH + some[-1].width)
        at = 0
        for tile in some:
            under = rows[at : at + tile.width]
            at += tile.width
            bodies = [body.encode() for body, _hashed in under]
            if len(bodies) != tile.width:
                raise LogIsDamaged(file=tile.path, found=f"{len(bodies)}/{tile.width}")
            hashed = leaf_hashes(bodies)
            if hashed.hex() != "".join([stored for _body, stored in under]):
                raise LogIsDamaged(file=tile.path, found="translog_leaf.leaf_hash")
            hashes[tile.index] = hashed
            yield tile, bundle(bodies)
            yield Tile(0, tile.index, tile.width), hashed


def _rows(first: int, after: int) -> list[tuple[str, str]]:
    """Body and stored hash of a range of leaves, in the order of the tree."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT body, leaf_hash FROM translog_leaf WHERE tree_index >= %s AND tree_index < %s"
            " ORDER BY tree_index",
            [first, after],
        )
        return list(cursor.fetchall())


def _above(old: int, new: int, hashes: dict[int, bytes]) -> Iterator[tuple[Tile, bytes]]:
    """The tiles over those of the leaves: what the old tree had of each, and the new roots."""
    roots = {(0, index): perfect_root(below) for index, below in _full(hashes)}
    for tile in tiles_between(old, new):
        if tile.level == 0:
            continue
        kept = _kept(tile, old)
        content = files.read_tile(Tile(tile.level, tile.index, kept)) if kept else b""
        content += _roots_under(tile, kept, roots)
        if tile.width == WIDTH:
            roots[tile.level, tile.index] = perfect_root(content)
        yield tile, content


def _full(hashes: dict[int, bytes]) -> list[tuple[int, bytes]]:
    return [(i, below) for i, below in hashes.items() if len(below) == WIDTH * HASH_SIZE]


def _kept(tile: Tile, old: int) -> int:
    """How many hashes of a tile the tree had before. Its sealed root covers every one of them."""
    return max(0, (old >> (HEIGHT * tile.level)) - tile.index * WIDTH)


def _roots_under(tile: Tile, kept: int, roots: dict[tuple[int, int], bytes]) -> bytes:
    """The new hashes of a tile: each stands over a tile that has just become full."""
    first = tile.index * WIDTH
    return b"".join([roots[tile.level - 1, first + i] for i in range(kept, tile.width)])


def rewrite_files(size: int, root: bytes) -> None:
    """Write every bundle and tile up to a size again from the leaves, and hash all of it again.

    For ``recovering``, which holds the writer's lock. *Refuses*: ``LogIsDamaged``.
    """
    if not size:
        return
    if _reread(None, size, _write_files(0, size)) != root:
        raise LogIsDamaged(file="tile", found=f"root@{size}")


def _full_since(old: int, new: int) -> list[Tile]:
    full = [tile for tile in tiles_between(old, new) if tile.width == WIDTH]
    return full + [Tile(-1, tile.index) for tile in full if tile.level == 0]


def _reread(seal: Seal | None, size: int, hashes: dict[int, bytes]) -> bytes:
    """Read back what changed, hash it again, and prove that the old head is the new one's start.

    Every changed file is read once, and the root is made of the very bytes that were read. A hash
    that a changed tile has from before is held against the sealed root, which covers it.
    """
    old = seal.size if seal else 0
    roots: dict[tuple[int, int], bytes] = {}
    edge: dict[Tile, bytes] = {}
    for tile in bundles_between(old, size):
        lowest = Tile(0, tile.index, tile.width)
        found = leaf_hashes(_entries_on_disk(tile))
        if found != _on_disk(lowest, old, size, edge):
            raise LogIsDamaged(file=tile.path, found="hash")
        if found != hashes[tile.index]:
            raise LogIsDamaged(file=tile.path, found="translog_leaf.leaf_hash")
        if tile.width == WIDTH:
            roots[0, tile.index] = perfect_root(found)
    for tile in tiles_between(old, size):
        if tile.level:
            kept, content = _kept(tile, old), _on_disk(tile, old, size, edge)
            if content[kept * HASH_SIZE :] != _roots_under(tile, kept, roots):
                raise LogIsDamaged(file=tile.path, found="hash")
            if tile.width == WIDTH:
                roots[tile.level, tile.index] = perfect_root(content)
    node = nodes_from_tiles(lambda tile: edge.get(tile) or files.read_tile(tile), size)
    if seal is not None and seal.size and range_root(node, 0, seal.size).hex() != seal.root:
        raise LogIsDamaged(file="tile", found=f"root@{seal.size}")
    return range_root(node, 0, size)


def _entries_on_disk(tile: Tile) -> list[bytes]:
    try:
        return entries_in(files.read_tile(tile), tile.width)
    except BundleIsDamaged as damage:
        raise LogIsDamaged(file=tile.path, found=str(damage)) from None


def _on_disk(tile: Tile, old: int, size: int, edge: dict[Tile, bytes]) -> bytes:
    """A changed tile as it lies on the disk; what the old or the new root is made of is kept."""
    content = files.read_tile(tile)
    if len(content) != tile.width * HASH_SIZE:
        raise LogIsDamaged(file=tile.path, found=f"{len(content)} bytes")
    over = HEIGHT * tile.level + HEIGHT
    if tile.index in (old >> over, size >> over):
        edge[tile] = content
    return content
