"""The laws of the log: whatever is read back must hash to what was signed."""

from collections.abc import Iterator

from django.db import connection

from boai.foundations.translog import files, queries
from boai.foundations.translog.errors import LogIsDamaged
from boai.foundations.translog.models import Leaf, PublishedHead, SignedHead
from boai.ground.core.errors import Refusal
from boai.ground.core.laws import Verdict, law, verdict
from boai.ground.core.text import gettext_noop as _
from boai.ground.merkle.checkpoints import open_checkpoint
from boai.ground.merkle.hashing import leaf_hash, leaf_hashes, perfect_root
from boai.ground.merkle.notes import NoteIsNotValid, VerifierKey
from boai.ground.merkle.tiles import (
    WIDTH,
    BundleIsDamaged,
    Tile,
    entries_in,
    hashes_in,
    tiles_between,
)
from boai.ground.merkle.tree import CompactRange


@law("translog-01", _("透明日志每条记录的内容与其哈希、与磁盘上的片一致"))
def leaves_hash_to_tiles() -> Verdict:
    """Each stored body hashes to its stored hash and to the tile that was signed (I-39)."""
    breaches: list[tuple[str, str]] = []
    checked, size = 0, _signed_size()
    tile: list[bytes] = []
    for index, ref, body, stored in _sequenced():
        checked += 1
        computed = leaf_hash(body.encode())
        if computed.hex() != stored:
            breaches.append((ref, "the body does not hash to the stored hash"))
        if index >= size:
            continue
        if index % WIDTH == 0 or not tile:
            tile = _hashes(Tile(0, index // WIDTH, min(WIDTH, size - index // WIDTH * WIDTH)))
        if tile[index % WIDTH : index % WIDTH + 1] != [computed]:
            breaches.append((ref, f"the tile holds another hash at index {index}"))
    return verdict(checked, breaches)


@law("translog-02", _("透明日志的序号从零起连续，无缺号无重号"))
def indexes_are_contiguous() -> Verdict:
    """Indexes run 0, 1, 2 ... and reach at least the signed size (I-35)."""
    breaches: list[tuple[str, str]] = []
    expected = 0
    indexes = Leaf.objects.filter(tree_index__isnull=False).order_by("tree_index")
    for index, ref in indexes.values_list("tree_index", "ref").iterator(chunk_size=5000):
        if index != expected:
            breaches.append((ref, f"index {index} where {expected} was due"))
        expected = (index or 0) + 1
    if expected < _signed_size():
        breaches.append(("translog", f"{expected} leaves, but {_signed_size()} were signed"))
    return verdict(expected, breaches)


@law("translog-03", _("磁盘上的条目包与各层片逐一重算后与已签名的根一致"))
def files_hash_to_the_root() -> Verdict:
    """Entries on the disk hash to level 0, each level to the one above (I-39)."""
    breaches: list[tuple[str, str]] = []
    size, checked = _signed_size(), 0
    for tile in tiles_between(0, size):
        checked += 1
        try:
            held = hashes_in(files.read_tile(tile), tile.width)
            if held != _expected(tile):
                breaches.append((tile.path, "does not hold what lies below it"))
        except (LogIsDamaged, BundleIsDamaged) as damage:
            breaches.append((tile.path, str(damage)))
    return verdict(checked, breaches)


@law("translog-04", _("每个签过的检查点都是现有日志的开头，签名有效，封存不小于日志"))
def heads_are_beginnings() -> Verdict:
    """Every head ever signed is the start of today's log; the seal is not behind (I-34, I-36)."""
    breaches: list[tuple[str, str]] = []
    heads = {head.size: head for head in SignedHead.objects.order_by("size")}
    key, grown = files.signer().key, CompactRange()
    for head in heads.values():
        try:
            opened = open_checkpoint(head.note, key)
            if (opened.size, opened.root.hex()) != (head.size, head.root):
                breaches.append((f"head {head.size}", "the note names another head"))
        except NoteIsNotValid as invalid:
            breaches.append((f"head {head.size}", str(invalid)))
    if 0 in heads and grown.root().hex() != heads[0].root:
        breaches.append(("head 0", "the log was not empty"))
    for _index, _ref, body, _stored in _sequenced():
        grown.append(leaf_hash(body.encode()))
        if grown.size in heads and grown.root().hex() != heads[grown.size].root:
            breaches.append((f"head {grown.size}", "is not the beginning of this log"))
    breaches += _seal_breaches(max(heads, default=0), key)
    return verdict(len(heads), breaches)


def _seal_breaches(largest: int, key: VerifierKey) -> list[tuple[str, str]]:
    try:
        seal = files.read_seal()
    except Refusal as refusal:
        return [("seal", str(refusal))]
    sealed = seal.size if seal else 0
    if sealed < largest:
        return [("seal", f"the seal says {sealed}, but {largest} was signed")]
    return _checkpoint_breaches(key)


def _checkpoint_breaches(key: VerifierKey) -> list[tuple[str, str]]:
    """The served checkpoint is the newest published head, and no later one than was signed."""
    note, published = files.read_checkpoint(), queries.published_size()
    if note is None:
        return [("checkpoint", "missing")] if PublishedHead.objects.exists() else []
    try:
        served = open_checkpoint(note, key)
    except NoteIsNotValid as invalid:
        return [("checkpoint", str(invalid))]
    kept = SignedHead.objects.filter(size=served.size, root=served.root.hex()).exists()
    if served.size != published or not kept:
        return [("checkpoint", f"shows {served.size}, but {published} is published")]
    return []


def _sequenced() -> Iterator[tuple[int, str, str, str]]:
    """Index, reference, body and stored hash of every numbered leaf; no objects: they are many."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(
            "SELECT tree_index, ref, body, leaf_hash FROM translog_leaf"
            " WHERE tree_index IS NOT NULL ORDER BY tree_index"
        )
        while some := cursor.fetchmany(5000):
            yield from some


def _signed_size() -> int:
    head = SignedHead.objects.order_by("-size").first()
    return head.size if head else 0


def _hashes(tile: Tile) -> list[bytes]:
    try:
        return hashes_in(files.read_tile(tile), tile.width)
    except (LogIsDamaged, BundleIsDamaged):
        return []


def _expected(tile: Tile) -> list[bytes]:
    if tile.level == 0:
        entries = entries_in(files.read_tile(Tile(-1, tile.index, tile.width)), tile.width)
        return hashes_in(leaf_hashes(entries), tile.width)
    below = range(tile.index * WIDTH, tile.index * WIDTH + tile.width)
    return [perfect_root(_whole(Tile(tile.level - 1, i))) for i in below]


def _whole(tile: Tile) -> bytes:
    return b"".join(hashes_in(files.read_tile(tile), WIDTH))
