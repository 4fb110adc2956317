"""What is published: signed by the log *and* cosigned by enough witnesses of the policy (I-37)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from django.db.models import OuterRef, Q, QuerySet, Subquery

from boai.foundations.translog import files
from boai.foundations.translog.models import (
    Cosignature,
    Leaf,
    PublishedHead,
    SignedHead,
    WitnessContact,
)
from boai.foundations.translog.values import Checkpoint, Publication, Witnessing, WitnessRow
from boai.ground.merkle.bundles import Bundle
from boai.ground.merkle.notes import MOST_SIGNATURES
from boai.ground.merkle.policy import Policy, WitnessLine
from boai.ground.merkle.tiles import nodes_from_tiles
from boai.ground.merkle.tree import inclusion_proof


def published_head() -> Checkpoint | None:
    """The newest published head; its note carries the cosignatures. ``None`` before the first."""
    head = _newest()
    if head is None:
        return None
    return Checkpoint(head.size, head.root, note_of(head, files.read_policy()), head.signed_at)


def checkpoint_with_cosignatures() -> Checkpoint | None:
    """The newest signed head with whatever cosignatures it has, enough or not."""
    head = SignedHead.objects.order_by("-size").first()
    if head is None:
        return None
    return Checkpoint(head.size, head.root, note_of(head, files.read_policy()), head.signed_at)


def published_size() -> int:
    """How many leaves are published."""
    head = _newest()
    return head.size if head else 0


def signed_size() -> int:
    """How many leaves the newest signed head covers, published or not."""
    return SignedHead.objects.order_by("-size").values_list("size", flat=True).first() or 0


def leaves_unpublished(before: datetime) -> int:
    """How many leaves of acts before a moment no published head covers yet."""
    late = Q(tree_index__isnull=True) | Q(tree_index__gte=published_size())
    return Leaf.objects.filter(late, queued_at__lt=before).count()


def is_published(ref: str) -> bool:
    """Whether the leaf of this act stands under a head that enough witnesses have cosigned."""
    index = Leaf.objects.filter(ref=ref).values_list("tree_index", flat=True).first()
    return index is not None and index < published_size()


def publication_of(ref: str) -> Publication | None:
    """How far one act has come, and since when; ``None`` where it has no leaf."""
    return publications_of([ref]).get(ref)


def publications_of(refs: Sequence[str]) -> dict[str, Publication]:
    """The same for many, in one query; acts without a leaf are left out."""
    covering = SignedHead.objects.filter(size__gt=OuterRef("tree_index")).order_by("size")
    out = PublishedHead.objects.filter(head__size__gt=OuterRef("tree_index"))
    leaves = Leaf.objects.filter(ref__in=list(refs)).annotate(
        signed_at=Subquery(covering.values("signed_at")[:1]),
        published_at=Subquery(out.order_by("head__size").values("published_at")[:1]),
    )
    rows = leaves.values_list("ref", "tree_index", "queued_at", "signed_at", "published_at")
    return {ref: _publication(*row) for ref, *row in rows}


def proof_bundle(ref: str) -> str | None:
    """The tlog-proof of one leaf under the newest published head; ``None`` while it waits (C14).

    The text checks without a network, with the leaf (``leaf_body``) and the policy
    (``log_policy_text``). *Refuses*: ``LogIsDamaged``.
    """
    head, leaf = published_head(), Leaf.objects.filter(ref=ref).first()
    if head is None or leaf is None or leaf.tree_index is None or leaf.tree_index >= head.size:
        return None
    node = nodes_from_tiles(files.read_tile, head.size)
    path = tuple(inclusion_proof(node, leaf.tree_index, head.size))
    return Bundle(leaf.tree_index, path, head.note).text()


def leaf_body(ref: str) -> bytes | None:
    """The leaf byte for byte as the tree hashes it."""
    body = Leaf.objects.filter(ref=ref).values_list("body", flat=True).first()
    return None if body is None else body.encode()


def log_policy_text() -> str:
    """The policy for everybody who checks: this log, its witnesses, the quorum; no addresses."""
    return files.read_policy().without_addresses().text()


def witnessed(size: int) -> Witnessing | None:
    """Who has cosigned the signed head of this size; ``None`` where no such head was signed."""
    return next(iter(_witnessings(SignedHead.objects.filter(size=size))), None)


def recent_heads(limit: int = 20) -> list[Witnessing]:
    """The newest signed heads with their witnesses, newest first."""
    return _witnessings(SignedHead.objects.order_by("-size")[:limit])


def witness_rows() -> tuple[WitnessRow, ...]:
    """Each witness of the policy and how it last answered."""
    policy = files.read_policy()
    return tuple(_row(line, policy, {}, _contacts()) for line in policy.witnesses)


def note_of(head: SignedHead, policy: Policy) -> str:
    """The signed note of a head with the cosignatures of the policy's witnesses under it.

    A note has at most 16 signatures: the witnesses on whom the quorum depends come first.
    """
    if not policy.witnesses:
        return head.note
    lines = dict(_lines(Cosignature.objects.filter(head=head)))
    counted = policy.counted()
    others = [w for w in policy.witnesses if w not in counted]
    found = [lines[_place(w)] for w in (*counted, *others) if _place(w) in lines]
    return head.note + "".join(found[: MOST_SIGNATURES - 1])


def cosigners_of(head: SignedHead, policy: Policy) -> set[str]:
    """The policy's names of the witnesses that have cosigned a head."""
    if not policy.witnesses:
        return set()
    signed = {place for place, _line in _lines(Cosignature.objects.filter(head=head))}
    return {w.name for w in policy.witnesses if _place(w) in signed}


Place = tuple[str, str]
"""A witness as signature lines name it: key name and key id."""


def _place(witness: WitnessLine) -> Place:
    return witness.key.name, witness.key.key_id.hex()


def _lines(found: Iterable[Cosignature]) -> list[tuple[Place, str]]:
    return [((c.witness, c.key_id), c.line) for c in found]


def _newest() -> SignedHead | None:
    row = PublishedHead.objects.select_related("head").order_by("-head__size").first()
    return row.head if row else None


def _publication(
    index: int | None, queued: datetime, signed: datetime | None, published: datetime | None
) -> Publication:
    if published is not None:
        return Publication("published", published, index)
    if signed is not None:
        return Publication("signed", signed, index)
    return Publication("waiting", queued, index)


def _contacts() -> dict[Place, WitnessContact]:
    return {(c.witness, c.key_id): c for c in WitnessContact.objects.all()}


def _row(
    line: WitnessLine,
    policy: Policy,
    signed: Mapping[Place, datetime],
    contacts: Mapping[Place, WitnessContact],
) -> WitnessRow:
    contact = contacts.get(_place(line))
    row = WitnessRow(
        line.name, line.key.name, str(line.key), line in policy.counted(), signed.get(_place(line))
    )
    if contact is None:
        return row
    return replace(
        row,
        seen_size=contact.seen_size,
        state=contact.state,
        detail=contact.detail,
        since=contact.since,
    )


def _witnessings(heads: QuerySet[SignedHead]) -> list[Witnessing]:
    policy, contacts = files.read_policy(), _contacts()
    found = heads.select_related("published").prefetch_related("cosignatures")
    return [_witnessing(head, policy, contacts) for head in found]


def _witnessing(
    head: SignedHead, policy: Policy, contacts: Mapping[Place, WitnessContact]
) -> Witnessing:
    signed = {(c.witness, c.key_id): c.signed_at for c in head.cosignatures.all()}
    rows = tuple(_row(line, policy, signed, contacts) for line in policy.witnesses)
    published = getattr(head, "published", None)
    return Witnessing(
        size=head.size,
        root=head.root,
        signed_at=head.signed_at,
        published_at=published.published_at if published else None,
        have=sum(row.counts and row.cosigned_at is not None for row in rows),
        of=sum(row.counts for row in rows),
        needed=policy.least(),
        is_met=policy.is_met_by([row.name for row in rows if row.cosigned_at is not None]),
        rows=rows,
    )
