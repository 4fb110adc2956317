"""The two hashes of RFC 6962, section 2.1. The prefix keeps leaves and nodes apart."""

from collections.abc import Iterable
from hashlib import sha256

HASH_SIZE = 32
EMPTY_ROOT = sha256(b"").digest()
"""The root of the tree without leaves."""


def leaf_hash(entry: bytes) -> bytes:
    """SHA-256(0x00 || entry)."""
    return sha256(b"\x00" + entry).digest()


def leaf_hashes(entries: Iterable[bytes]) -> bytes:
    """The leaf hashes of many entries, one behind the other, as the lowest tile holds them."""
    return b"".join([sha256(b"\x00" + entry).digest() for entry in entries])


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 || left || right)."""
    return sha256(b"\x01" + left + right).digest()


def is_hash(value: bytes) -> bool:
    """Whether the value has the length of a hash; everything else is refused before hashing."""
    return len(value) == HASH_SIZE


def perfect_root(hashes: bytes) -> bytes:
    """The root over a power of two of hashes that stand one behind the other."""
    while len(hashes) > HASH_SIZE:
        pairs = range(0, len(hashes), 2 * HASH_SIZE)
        hashes = b"".join(
            [sha256(b"\x01" + hashes[at : at + 2 * HASH_SIZE]).digest() for at in pairs]
        )
    return hashes
