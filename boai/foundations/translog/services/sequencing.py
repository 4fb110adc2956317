"""The sequencer: gives leaves their indexes, writes tiles, signs last.

The order makes a crash harmless at every point. Indexes are committed first; files follow from them
and from nothing else; what was written is read back and hashed again; the seal is kept outside the
database before the head can be seen; then the checkpoint is put in its place. A run that finds
more indexes than the seal says goes on from the seal.
"""

from datetime import datetime

from django.db import connection, transaction

from boai.foundations.translog import files
from boai.foundations.translog.errors import (
    LogIsDamaged,
    LogMayNotGoBack,
    LogWasReplaced,
    SealIsMissing,
)
from boai.foundations.translog.files import Seal
from boai.foundations.translog.models import Leaf, Sequencer, SignedHead
from boai.foundations.translog.values import Checkpoint
from boai.ground.core.canonical import canonical
from boai.ground.merkle.checkpoints import Head, open_checkpoint, sign_head
from boai.ground.merkle.hashing import EMPTY_ROOT, leaf_hash
from boai.ground.merkle.notes import NoteIsNotValid
from boai.ground.merkle.tiles import (
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
from boai.ground.merkle.tree import range_root, root_of

MOST_AT_ONCE = 100_000


def sequence(at: datetime) -> Checkpoint:
    """Take up every waiting leaf and sign the new head; safe to run again after any crash.

    One at a time, by file lock and row lock; never inside a larger transaction, whose undoing would
    leave the seal ahead of the database (``RuntimeError``).

    *Refuses*: ``LogMayNotGoBack`` (the database is older than the seal), ``LogWasReplaced`` (it
    holds another history), ``SealIsMissing``, ``LogIsDamaged``.
    """
    with files.only_one_writer():
        if files.read_seal() is None and not _size():
            # The empty tree is sealed before anything is numbered: from then on a missing seal
            # means that it was lost, also after a crash in the very first run.
            _publish(None, 0, at)
        while True:
            seal = files.read_seal()
            with transaction.atomic(durable=True):
                _lock()
                size = _size()
                _refuse_to_go_back(seal, size)
                size += _assign_indexes(size)
            _publish(seal, size, at)
            if not Leaf.objects.filter(tree_index__isnull=True).exists():
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
    sequence(at)


def _lock() -> None:
    Sequencer.objects.bulk_create([Sequencer(name="log")], ignore_conflicts=True)
    Sequencer.objects.select_for_update().get(name="log")


def _size() -> int:
    last = Leaf.objects.filter(tree_index__isnull=False).order_by("-tree_index").first()
    return 0 if last is None or last.tree_index is None else last.tree_index + 1


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
    first = (size - 1) // WIDTH * WIDTH
    rows = Leaf.objects.filter(tree_index__gte=first, tree_index__lt=size).order_by("tree_index")
    return [leaf_hash(row.body.encode()).hex() for row in rows]


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
            _write_files(sealed, size)
            root = _reread(seal, size)
        head = Head(files.signer().key.name, size, root)
        note = sign_head(head, files.signer())
        seal = Seal(head.origin, size, root.hex(), note, canonical(at).decode().strip('"'))
        files.write_seal(seal)
        for tile in _full_since(sealed, size):
            files.drop_partials(tile)
    if files.read_checkpoint() != seal.note:
        files.write(files.folder() / "checkpoint", seal.note.encode())
    _keep_head(seal)


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


def _write_files(old: int, new: int) -> None:
    """Write bundles and tiles that the new size has and the old one has not."""
    leaves: dict[Tile, bytes] = {}
    for tile in bundles_between(old, new):
        first = tile.index * WIDTH
        rows = Leaf.objects.filter(tree_index__gte=first, tree_index__lt=first + tile.width)
        found = rows.order_by("tree_index").values_list("body", flat=True)
        bodies = [body.encode() for body in found]
        if len(bodies) != tile.width:
            raise LogIsDamaged(file=tile.path, found=f"{len(bodies)}/{tile.width}")
        files.write_tile(tile, bundle(bodies))
        leaves[Tile(0, tile.index, tile.width)] = b"".join(leaf_hash(body) for body in bodies)
    for tile in tiles_between(old, new):
        if tile.level == 0:
            files.write_tile(tile, leaves[tile])
        else:
            first = tile.index * WIDTH
            below = range(first, first + tile.width)
            files.write_tile(tile, b"".join(_full_root(tile.level - 1, i) for i in below))


def _full_root(level: int, index: int) -> bytes:
    return root_of(hashes_in(files.read_tile(Tile(level, index)), WIDTH))


def _full_since(old: int, new: int) -> list[Tile]:
    full = [tile for tile in tiles_between(old, new) if tile.width == WIDTH]
    return full + [Tile(-1, tile.index) for tile in full if tile.level == 0]


def _reread(seal: Seal | None, size: int) -> bytes:
    """Read back what changed, hash it again, and prove that the old head is the new one's start."""
    old = seal.size if seal else 0
    for tile in bundles_between(old, size):
        entries = entries_in(files.read_tile(tile), tile.width)
        hashes = b"".join(leaf_hash(entry) for entry in entries)
        if hashes != files.read_tile(Tile(0, tile.index, tile.width)):
            raise LogIsDamaged(file=tile.path, found="hash")
    for tile in tiles_between(old, size):
        if tile.level:
            hashes = b"".join(
                _full_root(tile.level - 1, tile.index * WIDTH + i) for i in range(tile.width)
            )
            if hashes != files.read_tile(tile):
                raise LogIsDamaged(file=tile.path, found="hash")
    node = nodes_from_tiles(files.read_tile, size)
    if seal is not None and seal.size and range_root(node, 0, seal.size).hex() != seal.root:
        raise LogIsDamaged(file="tile", found=f"root@{seal.size}")
    return range_root(node, 0, size)
