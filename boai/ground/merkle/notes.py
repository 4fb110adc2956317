"""C2SP signed-note: a text and the signatures under it (Ed25519, type byte 0x01)."""

import base64
import binascii
import re
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

ED25519 = b"\x01"
MOST_SIGNATURES = 16
_NAME = re.compile(r"[^\s+]+")


class NoteIsNotValid(Exception):
    """The note is malformed, a known key's signature fails, or no known key has signed."""


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A name, the public key behind it, and the short id that signatures carry."""

    name: str
    public: bytes

    @property
    def key_id(self) -> bytes:
        """First four bytes of SHA-256(name, newline, type byte, public key) (C6)."""
        return sha256(self.name.encode() + b"\n" + ED25519 + self.public).digest()[:4]

    def __str__(self) -> str:
        """The vkey line that verifiers are given."""
        key = base64.b64encode(ED25519 + self.public).decode()
        return f"{self.name}+{self.key_id.hex()}+{key}"

    @classmethod
    def parse(cls, text: str) -> "VerifierKey":
        """Read a vkey line. *Raises* ``NoteIsNotValid``."""
        name, _, rest = text.strip().partition("+")
        key_id, _, key = rest.partition("+")
        decoded = _decoded(key)
        if not _NAME.fullmatch(name) or decoded[:1] != ED25519 or len(decoded) != 33:
            raise NoteIsNotValid("not an Ed25519 verifier key")
        read = cls(name, decoded[1:])
        if read.key_id.hex() != key_id:
            raise NoteIsNotValid("the key id does not belong to the key")
        return read


class Signer:
    """A private key with its name. Made from a 32-byte seed."""

    def __init__(self, name: str, seed: bytes) -> None:
        if not _NAME.fullmatch(name):
            raise ValueError("a key name has no white space and no plus sign")
        self._private = Ed25519PrivateKey.from_private_bytes(seed)
        public = self._private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self.key = VerifierKey(name, public)

    def sign(self, text: str) -> str:
        """The note: text, blank line, signature line."""
        check_text(text)
        signature = self.key.key_id + self._private.sign(text.encode())
        return f"{text}\n— {self.key.name} {base64.b64encode(signature).decode()}\n"


def check_text(text: str) -> None:
    """Refuse what a note may not hold: control characters, a missing last newline."""
    if not text.endswith("\n") or any(ord(c) < 0x20 and c != "\n" for c in text):
        raise NoteIsNotValid("the text of a note ends in a newline and holds no control characters")


def open_note(note: str, keys: Sequence[VerifierKey]) -> str:
    """The text of a note that at least one of the keys has signed.

    Unknown keys are passed over; where a *known* key's signature fails, the whole note is refused,
    whatever else stands under it (C7). *Raises* ``NoteIsNotValid``.
    """
    text, signatures = signatures_of(note)
    known = {(key.name, key.key_id): key for key in keys}
    signed_by = set()
    for name, signature in signatures:
        key = known.get((name, signature[:4]))
        if key is None:
            continue
        try:
            Ed25519PublicKey.from_public_bytes(key.public).verify(signature[4:], text.encode())
        except (InvalidSignature, ValueError):
            raise NoteIsNotValid(f"the signature of {name} fails") from None
        signed_by.add(key)
    if not signed_by:
        raise NoteIsNotValid("no known key has signed")
    return text


def signatures_of(note: str) -> tuple[str, list[tuple[str, bytes]]]:
    """The text of a note, and name and bytes (key id first) of each signature under it.

    Nothing is verified here. *Raises* ``NoteIsNotValid`` where it is no note (C7: at most 16).
    """
    text, gap, below = note.rpartition("\n\n")
    if not gap or not below.endswith("\n"):
        raise NoteIsNotValid("the note has no signatures")
    text += "\n"
    check_text(text)
    lines = below[:-1].split("\n")
    if len(lines) > MOST_SIGNATURES:
        raise NoteIsNotValid("more than 16 signatures")
    return text, [_signature(line) for line in lines]


def _signature(line: str) -> tuple[str, bytes]:
    parts = line.split(" ")
    if len(parts) != 3 or parts[0] != "—" or not _NAME.fullmatch(parts[1]):
        raise NoteIsNotValid("malformed signature line")
    decoded = _decoded(parts[2])
    if len(decoded) < 5:
        raise NoteIsNotValid("malformed signature line")
    return parts[1], decoded


def _decoded(text: str) -> bytes:
    """Standard base64 in its one canonical spelling: spare bits must be zero."""
    try:
        decoded = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise NoteIsNotValid("not base64") from None
    if base64.b64encode(decoded).decode() != text:
        raise NoteIsNotValid("not canonical base64")
    return decoded
