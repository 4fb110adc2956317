"""Recovering: after a restore, a lost seal or a witness's protest. It is not the same as beginning.

A log that has forgotten what it promised must not promise anew. So everything that was ever signed
and can still be found (the seal, the heads in the database, the published checkpoint, heads that
others have kept) is held against the leaves in the database, and each witness is asked how far it
has seen the log. Only where all of it is a beginning of this log are the files made again from the
leaves, the seal brought up to the largest head, and the hold taken away.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from boai.foundations.translog import files
from boai.foundations.translog.errors import CannotRecover, LogIsDamaged
from boai.foundations.translog.files import Hold, Seal
from boai.foundations.translog.models import Leaf, SignedHead, WitnessContact
from boai.foundations.translog.services.cosigning import ask_witnesses
from boai.foundations.translog.services.sequencing import rewrite_files
from boai.ground.core.canonical import moment
from boai.ground.merkle.asking import AHEAD, CONTRADICTS
from boai.ground.merkle.checkpoints import Head, open_checkpoint
from boai.ground.merkle.hashing import leaf_hash
from boai.ground.merkle.notes import NoteIsNotValid, signatures_of
from boai.ground.merkle.tree import CompactRange


@dataclass(frozen=True, slots=True)
class Known:
    """A head that was found, and where."""

    where: str
    head: Head
    note: str


@dataclass(frozen=True, slots=True)
class Findings:
    """What was found. ``against`` empty: signing may go on."""

    leaves: int
    known: tuple[Known, ...]
    against: tuple[str, ...]

    @property
    def largest(self) -> Known | None:
        """The largest head that was ever signed, as far as is known."""
        return max(self.known, key=lambda one: one.head.size, default=None)


def open_read_only(*, reason: str, at: datetime) -> None:
    """Let nothing be signed until somebody has looked: for whoever restores a backup (F-18, F-20)."""
    with files.only_one_writer():
        if files.read_hold() is None:
            files.write_hold(Hold(reason, moment(at)))


def examine(at: datetime, *, heads: Sequence[tuple[str, str]] = ()) -> Findings:
    """Look at everything and change nothing of the log; asks the witnesses.

    ``heads``: checkpoints that others have kept, each with a word on where it is from. *Refuses*:
    ``PolicyIsUnreadable``, ``PolicyNamesAnotherLog``.
    """
    known, against = _known_heads(heads)
    leaves, wrong = _held_against_the_leaves([one.head for one in known])
    against += wrong
    ask_witnesses(at, everyone=True, patience=15.0)
    largest = max((one.head.size for one in known), default=0)
    keys = {(w.key.name, w.key.key_id.hex()) for w in files.read_policy().witnesses}
    for contact in WitnessContact.objects.order_by("witness"):
        if (contact.witness, contact.key_id) not in keys:
            continue
        if contact.state in (AHEAD, CONTRADICTS):
            against.append(
                _("见证方 %(witness)s 见过的日志与本机不一致（%(detail)s）")
                % {"witness": contact.witness, "detail": contact.detail}
            )
        elif contact.seen_size > largest:
            against.append(
                _("见证方 %(witness)s 见过 %(seen)d 条，而找得到的已签名检查点至多 %(largest)d 条")
                % {"witness": contact.witness, "seen": contact.seen_size, "largest": largest}
            )
    return Findings(leaves, tuple(known), tuple(against))


def recover(at: datetime, *, heads: Sequence[tuple[str, str]] = ()) -> Findings:
    """Let the log be signed again, after ``examine`` has found nothing against it.

    Signs nothing by itself. *Refuses*: ``CannotRecover`` (a known head is not the beginning of this
    log, leaves are missing, a witness has seen more, or leaves are numbered and no head was found).
    """
    found = examine(at, heads=heads)
    if found.against:
        raise CannotRecover(reason="；".join(found.against))
    if found.largest is None and found.leaves:
        raise CannotRecover(
            reason=_("数据库有 %(n)d 条编号记录，却找不到任何已签名的检查点") % {"n": found.leaves}
        )
    with files.only_one_writer():
        if found.largest is not None:
            rewrite_files(found.largest.head.size, found.largest.head.root)
            files.write_seal(_seal_of(found.largest, at))
        files.drop_hold()
    return found


def _known_heads(given: Iterable[tuple[str, str]]) -> tuple[list[Known], list[str]]:
    """Every head that this log's key has signed, wherever it was kept; what is unreadable."""
    notes = [(f"database {head.size}", head.note) for head in SignedHead.objects.order_by("size")]
    against: list[str] = []
    try:
        seal = files.read_seal()
        notes += [("seal", seal.note)] if seal else []
    except LogIsDamaged as damage:
        against.append(damage.sentence())
    served = files.read_checkpoint()
    notes += [("checkpoint", served)] if served else []
    known = []
    for where, note in (*notes, *given):
        try:
            known.append(Known(where, open_checkpoint(note, files.signer().key), note))
        except NoteIsNotValid as reason:
            against.append(f"{where}: {reason}")
    return known, against


def _held_against_the_leaves(heads: Sequence[Head]) -> tuple[int, list[str]]:
    """How many leaves are numbered, and each head that is not the beginning of their tree."""
    wanted: dict[int, set[bytes]] = {}
    for head in heads:
        wanted.setdefault(head.size, set()).add(head.root)
    against, grown = _differing(wanted, CompactRange()), CompactRange()
    leaves = Leaf.objects.filter(tree_index__isnull=False).order_by("tree_index")
    rows = leaves.values_list("tree_index", "body")
    for index, body in rows.iterator(chunk_size=2000):
        if index != grown.size:
            against.append(_("第 %(size)d 条缺号") % {"size": grown.size})
            return grown.size, against
        grown.append(leaf_hash(body.encode()))
        against += _differing(wanted, grown)
    against += [
        _("已签到第 %(size)d 条，而数据库只有 %(leaves)d 条") % {"size": size, "leaves": grown.size}
        for size in sorted(wanted)
        if size > grown.size
    ]
    return grown.size, against


def _differing(wanted: dict[int, set[bytes]], grown: CompactRange) -> list[str]:
    roots = wanted.get(grown.size)
    if roots is None or roots == {grown.root()}:
        return []
    return [
        _("第 %(size)d 条处签过另一个根 %(root)s") % {"size": grown.size, "root": root.hex()}
        for root in sorted(roots - {grown.root()})
    ]


def _seal_of(known: Known, at: datetime) -> Seal:
    head = known.head
    row = SignedHead.objects.filter(size=head.size).first()
    signed = moment(row.signed_at if row else at)
    # The log's own line alone: what witnesses have added stands in a table of its own.
    key = files.signer().key
    text, signatures = signatures_of(known.note)
    lines = known.note.removeprefix(text).strip("\n").split("\n")
    own = next(
        line
        for line, (name, blob) in zip(lines, signatures, strict=True)
        if (name, blob[:4]) == (key.name, key.key_id)
    )
    return Seal(head.origin, head.size, head.root.hex(), f"{text}\n{own}\n", signed)
