"""C2SP tlog-cosignature: a witness says "I saw this head, and it only grew" (C13).

A cosignature is a signature line under the log's checkpoint like any other: the key id, eight bytes
of time (seconds, big-endian), then the signature. Two forms:

- ``cosignature/v1``, type 0x04: Ed25519 over a header line, the time, and the text of the note;
- ``subtree/v1``, type 0x06: ML-DSA-44 over a fixed structure with the witness's name, the time, and
  origin, size and root of the head. It withstands quantum computers, and is the form that the
  standard prefers for new witnesses.
"""

import base64
from dataclasses import dataclass
from hashlib import sha256
from typing import Protocol

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

from boai.ground.merkle.notes import NoteIsNotValid, check_text

COSIGNATURE_V1 = b"\x04"
SUBTREE_V1 = b"\x06"
FORMS = {"ed25519": COSIGNATURE_V1, "ml-dsa-44": SUBTREE_V1}
_KEY_SIZES = {COSIGNATURE_V1: 32, SUBTREE_V1: 1312}
_SIGNATURE_SIZES = {COSIGNATURE_V1: 64, SUBTREE_V1: 2420}
_LARGEST_TIME = 2**63 - 1


class _Private(Protocol):
    def sign(self, data: bytes, /) -> bytes: ...


@dataclass(frozen=True, slots=True)
class WitnessKey:
    """A witness's name and public key; ``form`` is the type byte of its cosignatures."""

    name: str
    public: bytes
    form: bytes = COSIGNATURE_V1

    @property
    def key_id(self) -> bytes:
        """First four bytes of SHA-256(name, newline, type byte, public key) (C6)."""
        return sha256(self.name.encode() + b"\n" + self.form + self.public).digest()[:4]

    def __str__(self) -> str:
        """The vkey line of the witness, as a policy file names it."""
        key = base64.b64encode(self.form + self.public).decode()
        return f"{self.name}+{self.key_id.hex()}+{key}"

    @classmethod
    def parse(cls, text: str) -> "WitnessKey":
        """Read a vkey line. *Raises* ``NoteIsNotValid``."""
        name, _, rest = text.strip().partition("+")
        try:
            decoded = base64.b64decode(rest.partition("+")[2], validate=True)
        except ValueError:
            decoded = b""
        read = cls(name, decoded[1:], decoded[:1])
        fits = len(read.public) == _KEY_SIZES.get(read.form) and _is_name(name)
        if not fits or str(read) != text.strip():
            raise NoteIsNotValid("not the key of a witness")
        return read


class Cosigner:
    """A witness's private key with its name. Made from a 32-byte seed."""

    def __init__(self, name: str, seed: bytes, form: bytes = COSIGNATURE_V1) -> None:
        if not _is_name(name):
            raise ValueError("a key name has 1 to 255 bytes, no white space and no plus sign")
        self._private, public = _keys(seed, form)
        self.key = WitnessKey(name, public, form)

    def cosign(self, text: str, seconds: int) -> str:
        """The signature line for the text of a checkpoint, at a time since 1970."""
        check_text(text)
        if not 0 < seconds <= _LARGEST_TIME:
            raise ValueError("a cosignature needs the time")
        signature = self._private.sign(_message(text, seconds, self.key))
        blob = self.key.key_id + seconds.to_bytes(8, "big") + signature
        return f"— {self.key.name} {base64.b64encode(blob).decode()}\n"


def check_cosignature(text: str, line: str, key: WitnessKey) -> int:
    """The time at which the witness signed this text. *Raises* ``NoteIsNotValid``."""
    start = f"— {key.name} "
    encoded = line.removeprefix(start).removesuffix("\n")
    try:
        blob = base64.b64decode(encoded, validate=True)
    except ValueError:
        blob = b""
    if (
        not line.startswith(start)
        or blob[:4] != key.key_id
        or base64.b64encode(blob).decode() != encoded
    ):
        raise NoteIsNotValid("not a cosignature of this witness")
    return cosignature_time(text, blob, key)


def cosignature_time(text: str, blob: bytes, key: WitnessKey) -> int:
    """The same for the bytes of a signature that carries this key's id. *Raises* likewise."""
    seconds = int.from_bytes(blob[4:12], "big")
    if len(blob) != 12 + _SIGNATURE_SIZES[key.form] or not 0 < seconds <= _LARGEST_TIME:
        raise NoteIsNotValid("not a cosignature of this witness")
    try:
        _verify(key, blob[12:], _message(text, seconds, key))
    except (InvalidSignature, ValueError):
        raise NoteIsNotValid(f"the cosignature of {key.name} fails") from None
    return seconds


def _is_name(name: str) -> bool:
    fits = 0 < len(name.encode()) <= 255
    return fits and "+" not in name and not any(letter.isspace() for letter in name)


def _keys(seed: bytes, form: bytes) -> tuple[_Private, bytes]:
    if form == COSIGNATURE_V1:
        private = Ed25519PrivateKey.from_private_bytes(seed)
        return private, private.public_key().public_bytes_raw()
    if form != SUBTREE_V1:
        raise ValueError("a witness signs with Ed25519 or ML-DSA-44")
    try:
        from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey

        lattice = MLDSA44PrivateKey.from_seed_bytes(seed)
    except (ImportError, UnsupportedAlgorithm):
        raise ValueError("this machine's cryptography has no ML-DSA-44") from None
    return lattice, lattice.public_key().public_bytes_raw()


def _verify(key: WitnessKey, signature: bytes, message: bytes) -> None:
    if key.form == COSIGNATURE_V1:
        Ed25519PublicKey.from_public_bytes(key.public).verify(signature, message)
        return
    try:
        # Only newer versions of the library have it, and not every build of those.
        from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PublicKey

        MLDSA44PublicKey.from_public_bytes(key.public).verify(signature, message)
    except (ImportError, UnsupportedAlgorithm):
        raise NoteIsNotValid("this machine's cryptography has no ML-DSA-44") from None


def _message(text: str, seconds: int, key: WitnessKey) -> bytes:
    if key.form == COSIGNATURE_V1:
        return f"cosignature/v1\ntime {seconds}\n{text}".encode()
    # A checkpoint is the subtree that starts at leaf 0; extension lines are not signed in this form.
    try:
        origin, size, root = text.split("\n")[:3]
        end, hashed = int(size).to_bytes(8, "big"), base64.b64decode(root, validate=True)
    except (ValueError, OverflowError):
        raise NoteIsNotValid("not the text of a checkpoint") from None
    if not 0 < len(origin.encode()) <= 255 or len(hashed) != 32:
        raise NoteIsNotValid("not the text of a checkpoint")
    return b"".join(
        (
            b"subtree/v1\n\x00",
            _opaque(key.name),
            seconds.to_bytes(8, "big"),
            _opaque(origin),
            bytes(8),
            end,
            hashed,
        )
    )


def _opaque(name: str) -> bytes:
    return bytes([len(name.encode())]) + name.encode()
