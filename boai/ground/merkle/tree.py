"""Roots and proofs over any store of perfect subtrees.

A *node* is the root of a perfect subtree: ``(level, index)`` covers the leaves
``index << level`` up to ``(index + 1) << level``. Whoever can answer nodes (a list of leaf hashes,
tiles on a disk, tiles behind a network) can answer roots and proofs of every size.
"""

from collections.abc import Callable, Iterable, Sequence

from boai.ground.merkle.hashing import EMPTY_ROOT, node_hash

Node = Callable[[int, int], bytes]


class CompactRange:
    """The right edge of a growing tree: one hash per set bit of its size, largest subtree first."""

    def __init__(self, edge: Iterable[bytes] = (), size: int = 0) -> None:
        self.size = size
        self.edge = list(edge)
        if len(self.edge) != size.bit_count():
            raise ValueError("a compact range has one hash per set bit of its size")

    def append(self, leaf: bytes) -> None:
        """Add one leaf hash."""
        carried, remaining = leaf, self.size
        while remaining & 1:
            carried = node_hash(self.edge.pop(), carried)
            remaining >>= 1
        self.edge.append(carried)
        self.size += 1

    def root(self) -> bytes:
        """The root of all leaves so far."""
        if not self.edge:
            return EMPTY_ROOT
        return fold(self.edge)


def fold(edge: Sequence[bytes]) -> bytes:
    """Join the subtrees of a right edge, largest first, into one hash."""
    folded = edge[-1]
    for left in reversed(edge[:-1]):
        folded = node_hash(left, folded)
    return folded


def root_of(leaves: Sequence[bytes]) -> bytes:
    """The root over leaf hashes."""
    grown = CompactRange()
    for leaf in leaves:
        grown.append(leaf)
    return grown.root()


def nodes_of(leaves: Sequence[bytes]) -> Node:
    """A store over leaf hashes in memory, for tests and small trees."""
    levels = [list(leaves)]
    while len(levels[-1]) > 1:
        below = levels[-1]
        levels.append(
            [node_hash(below[i], below[i + 1]) for i in range(0, len(below) - len(below) % 2, 2)]
        )

    def node(level: int, index: int) -> bytes:
        return levels[level][index]

    return node


def range_root(node: Node, first: int, after: int) -> bytes:
    """The hash over leaves ``first`` .. ``after`` - 1; ``first`` starts a subtree of RFC 6962."""
    edge = []
    while first < after:
        level = (after - first).bit_length() - 1
        edge.append(node(level, first >> level))
        first += 1 << level
    return fold(edge) if edge else EMPTY_ROOT


def _split(size: int) -> int:
    """The largest power of two below ``size`` (RFC 6962: k)."""
    return 1 << ((size - 1).bit_length() - 1)


def inclusion_proof(node: Node, index: int, size: int) -> list[bytes]:
    """The audit path of leaf ``index`` in the tree of ``size`` leaves (RFC 6962, 2.1.1)."""
    if not 0 <= index < size:
        raise ValueError("the leaf is outside the tree")
    proof: list[bytes] = []
    first, after = 0, size
    while after - first > 1:
        middle = first + _split(after - first)
        if index < middle:
            proof.append(range_root(node, middle, after))
            after = middle
        else:
            proof.append(range_root(node, first, middle))
            first = middle
    return proof[::-1]


def consistency_proof(node: Node, old: int, new: int) -> list[bytes]:
    """The proof that the tree of ``old`` leaves is the start of that of ``new`` (RFC 6962, 2.1.2).

    Size zero: every tree starts with the empty tree, so there is nothing to prove and asking for
    it is a mistake (the rule of transparency-dev/merkle, which the verification keeps too).
    """
    if not 0 < old <= new:
        raise ValueError("sizes of a consistency proof must be 0 < old <= new")
    proof: list[bytes] = []
    first, after, is_whole = 0, new, True
    while old != after:
        middle = first + _split(after - first)
        if old <= middle:
            proof.append(range_root(node, middle, after))
            after = middle
        else:
            proof.append(range_root(node, first, middle))
            first, is_whole = middle, False
    if not is_whole:
        proof.append(range_root(node, first, after))
    return proof[::-1]
