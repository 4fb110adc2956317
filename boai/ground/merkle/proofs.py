"""Checking proofs (RFC 9162, sections 2.1.3.2 and 2.1.4.2). Nothing here needs the tree."""

from collections.abc import Sequence
from hmac import compare_digest

from boai.ground.merkle.hashing import is_hash, node_hash


class ProofFails(Exception):
    """The proof does not prove what it is shown for; the text says where it breaks."""


def root_from_inclusion(index: int, size: int, leaf: bytes, proof: Sequence[bytes]) -> bytes:
    """The root to which a leaf hash and its path lead. *Raises* ``ProofFails``."""
    if not 0 <= index < size:
        raise ProofFails("the index is outside the tree")
    if not all(map(is_hash, (leaf, *proof))):
        raise ProofFails("a hash is not 32 bytes long")
    at, last, reached, used = index, size - 1, leaf, 0
    for sibling in proof:
        if last == 0:
            raise ProofFails("the proof is too long")
        if at & 1 or at == last:
            reached = node_hash(sibling, reached)
            while at and not at & 1:
                at, last = at >> 1, last >> 1
        else:
            reached = node_hash(reached, sibling)
        at, last, used = at >> 1, last >> 1, used + 1
    if last:
        raise ProofFails("the proof is too short")
    return reached


def check_inclusion(
    index: int, size: int, leaf: bytes, proof: Sequence[bytes], root: bytes
) -> None:
    """That the leaf hash stands at ``index`` in the tree with ``root``. *Raises* ``ProofFails``."""
    if not compare_digest(root_from_inclusion(index, size, leaf, proof), root):
        raise ProofFails("the path leads to another root")


def check_consistency(
    old: int, new: int, proof: Sequence[bytes], old_root: bytes, new_root: bytes
) -> None:
    """That the old tree is the start of the new one. *Raises* ``ProofFails``.

    Size zero: two empty trees are consistent when their roots are equal and the proof is empty; a
    proof *from* the empty tree to a larger one proves nothing and is refused.
    """
    if not 0 <= old <= new:
        raise ProofFails("the sizes run backwards")
    if old == new:
        if proof:
            raise ProofFails("equal sizes need no proof")
        if not compare_digest(old_root, new_root):
            raise ProofFails("one size with two roots")
        return
    if old == 0:
        raise ProofFails("a proof from the empty tree proves nothing")
    if not proof:
        raise ProofFails("the proof is empty")
    if not all(map(is_hash, (old_root, new_root, *proof))):
        raise ProofFails("a hash is not 32 bytes long")
    _walk_consistency(old, new, list(proof), old_root, new_root)


def _walk_consistency(
    old: int, new: int, proof: list[bytes], old_root: bytes, new_root: bytes
) -> None:
    if old & (old - 1) == 0:
        # The old tree is one perfect subtree: its root is where both walks start.
        proof.insert(0, old_root)
    at, last = old - 1, new - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    to_old = to_new = proof[0]
    for sibling in proof[1:]:
        if last == 0:
            raise ProofFails("the proof is too long")
        if at & 1 or at == last:
            to_old, to_new = node_hash(sibling, to_old), node_hash(sibling, to_new)
            while at and not at & 1:
                at, last = at >> 1, last >> 1
        else:
            to_new = node_hash(to_new, sibling)
        at, last = at >> 1, last >> 1
    if last:
        raise ProofFails("the proof is too short")
    if not compare_digest(to_old, old_root):
        raise ProofFails("the proof leads to another old root")
    if not compare_digest(to_new, new_root):
        raise ProofFails("the proof leads to another new root")
