"""Reading the log."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import F

from boai.foundations.translog import files
from boai.foundations.translog.models import Leaf, LeafSalt, SignedHead
from boai.foundations.translog.queries.publication import (
    checkpoint_with_cosignatures as checkpoint_with_cosignatures,
)
from boai.foundations.translog.queries.publication import is_published as is_published
from boai.foundations.translog.queries.publication import leaf_body as leaf_body
from boai.foundations.translog.queries.publication import (
    leaves_unpublished as leaves_unpublished,
)
from boai.foundations.translog.queries.publication import log_policy_text as log_policy_text
from boai.foundations.translog.queries.publication import proof_bundle as proof_bundle
from boai.foundations.translog.queries.publication import publication_of as publication_of
from boai.foundations.translog.queries.publication import publications_of as publications_of
from boai.foundations.translog.queries.publication import published_head as published_head
from boai.foundations.translog.queries.publication import published_size as published_size
from boai.foundations.translog.queries.publication import recent_heads as recent_heads
from boai.foundations.translog.queries.publication import signed_size as signed_size
from boai.foundations.translog.queries.publication import witness_rows as witness_rows
from boai.foundations.translog.queries.publication import witnessed as witnessed
from boai.foundations.translog.queries.standing import standing as standing
from boai.foundations.translog.rules import commitment
from boai.foundations.translog.values import Checkpoint, LeafRow

_AT_ONCE = 1000


def checkpoint() -> Checkpoint | None:
    """The newest signed head, or ``None`` before the first."""
    head = SignedHead.objects.order_by("-size").first()
    return _checkpoint(head) if head else None


def verifier_key() -> str:
    """The vkey line with which anyone checks the log's signature."""
    return str(files.signer().key)


def checkpoints(limit: int = 30) -> list[Checkpoint]:
    """The newest signed heads, newest first."""
    return [_checkpoint(head) for head in SignedHead.objects.order_by("-size")[:limit]]


def leaf_of(ref: str) -> LeafRow | None:
    """The leaf of one public act, also while it waits for its index."""
    leaf = Leaf.objects.filter(ref=ref).first()
    return _row(leaf) if leaf else None


def leaves_of(refs: Sequence[str]) -> dict[str, LeafRow]:
    """The leaves of several acts, by reference; acts without a leaf are left out."""
    return {leaf.ref: _row(leaf) for leaf in Leaf.objects.filter(ref__in=list(refs))}


def leaves(kind: str | None = None, upto: int | None = None) -> Iterator[LeafRow]:
    """Sequenced leaves in the order of the log; ``upto`` is a size: indexes below it."""
    found = Leaf.objects.filter(tree_index__isnull=False).order_by("tree_index")
    if kind is not None:
        found = found.filter(kind=kind)
    if upto is not None:
        found = found.filter(tree_index__lt=upto)
    # Values instead of model objects: a bulletin reads the whole log.
    fields = found.values_list("ref", "kind", "tree_index", "body", "queued_at")
    for ref, leaf_kind, index, body, queued_at in fields.iterator(chunk_size=_AT_ONCE):
        content = json.loads(body)
        yield LeafRow(
            ref,
            leaf_kind,
            index,
            body,
            content["facts"],
            content.get("commitments", {}),
            queued_at,
        )


def facts(
    kinds: Sequence[str], upto: int | None = None
) -> Iterator[tuple[int, str, dict[str, Any]]]:
    """Index, kind and facts of the leaves of some kinds below a size, in the order of the log.

    Without a size also those that wait for their index, at the end, with index -1.
    """
    found = Leaf.objects.filter(kind__in=list(kinds))
    if upto is None:
        ordered = found.order_by(F("tree_index").asc(nulls_last=True), "id")
    else:
        ordered = found.filter(tree_index__lt=upto).order_by("tree_index")
    rows = ordered.values_list("tree_index", "kind", "body")
    for index, kind, body in rows.iterator(chunk_size=_AT_ONCE):
        yield -1 if index is None else index, kind, json.loads(body)["facts"]


def refs_of_kind(kind: str) -> set[str]:
    """The references of every leaf of a kind, also of those that wait for their index."""
    return set(Leaf.objects.filter(kind=kind).values_list("ref", flat=True))


def leaves_waiting() -> int:
    """How many leaves have no index yet."""
    return Leaf.objects.filter(tree_index__isnull=True).count()


def is_in_signed_tree(row: LeafRow) -> bool:
    """Whether the newest signed head covers the leaf."""
    head = checkpoint()
    return head is not None and row.index is not None and row.index < head.size


def ref_like(text: str) -> str | None:
    """The reference that a person means: itself, or the newest one whose key is this number."""
    exact = Leaf.objects.filter(ref=text).values_list("ref", flat=True).first()
    if exact or not text:
        return exact
    ending = Leaf.objects.filter(ref__endswith=f":{text}").order_by("-id")
    return ending.values_list("ref", flat=True).first()


def opens(ref: str, name: str, value: str) -> bool:
    """Whether a value is the one committed to in a leaf; never after its salt was forgotten."""
    salt = LeafSalt.objects.filter(ref=ref, name=name).first()
    leaf = leaf_of(ref)
    if salt is None or leaf is None:
        return False
    return leaf.commitments.get(name) == commitment(salt.salt, value)


def salt_of(ref: str, name: str) -> str | None:
    """The salt, to hand to the person whose value it is, so that they can check by themselves."""
    return LeafSalt.objects.filter(ref=ref, name=name).values_list("salt", flat=True).first()


def _checkpoint(head: SignedHead) -> Checkpoint:
    return Checkpoint(head.size, head.root, head.note, head.signed_at)


def _row(leaf: Leaf) -> LeafRow:
    content = json.loads(leaf.body)
    return LeafRow(
        leaf.ref,
        leaf.kind,
        leaf.tree_index,
        leaf.body,
        content["facts"],
        content.get("commitments", {}),
        leaf.queued_at,
    )
