"""The two hashes of RFC 6962, section 2.1. The prefix keeps leaves and nodes apart."""

from hashlib import sha256

HASH_SIZE = 32
EMPTY_ROOT = sha256(b"").digest()
"""The root of the tree without leaves."""


def leaf_hash(entry: bytes) -> bytes:
    """SHA-256(0x00 || entry)."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 || left || right)."""
    return sha256(b"\x01" + left + right).digest()


def is_hash(value: bytes) -> bool:
    """Whether the value has the length of a hash; everything else is refused before hashing."""
    return len(value) == HASH_SIZE
