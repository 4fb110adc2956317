"""C2SP tlog-cosignature, ``cosignature/v1``: a witness says "I saw this head, and it only grew".

A cosignature is a signature line under the log's checkpoint like any other, of type 0x04: eight
bytes of time (seconds, big-endian), then Ed25519 over a header, the time and the text of the note.
"""

import base64
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from boai.ground.merkle.notes import NoteIsNotValid, check_text

COSIGNATURE_V1 = b"\x04"
_LENGTH = 4 + 8 + 64


@dataclass(frozen=True, slots=True)
class WitnessKey:
    """A witness's name and public key."""

    name: str
    public: bytes

    @property
    def key_id(self) -> bytes:
        """First four bytes of SHA-256(name, newline, type byte, public key) (C6)."""
        return sha256(self.name.encode() + b"\n" + COSIGNATURE_V1 + self.public).digest()[:4]

    def __str__(self) -> str:
        """The vkey line of the witness, as a policy file names it."""
        key = base64.b64encode(COSIGNATURE_V1 + self.public).decode()
        return f"{self.name}+{self.key_id.hex()}+{key}"

    @classmethod
    def parse(cls, text: str) -> "WitnessKey":
        """Read a vkey line. *Raises* ``NoteIsNotValid``."""
        name, _, rest = text.strip().partition("+")
        try:
            decoded = base64.b64decode(rest.partition("+")[2], validate=True)
        except ValueError:
            decoded = b""
        read = cls(name, decoded[1:])
        if decoded[:1] != COSIGNATURE_V1 or len(decoded) != 33 or str(read) != text.strip():
            raise NoteIsNotValid("not the key of a witness")
        return read


class Cosigner:
    """A witness's private key with its name. Made from a 32-byte seed."""

    def __init__(self, name: str, seed: bytes) -> None:
        if not name or "+" in name or any(letter.isspace() for letter in name):
            raise ValueError("a key name has no white space and no plus sign")
        self._private = Ed25519PrivateKey.from_private_bytes(seed)
        public = self._private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self.key = WitnessKey(name, public)

    def cosign(self, text: str, seconds: int) -> str:
        """The signature line for the text of a checkpoint, at a time since 1970 (C13)."""
        check_text(text)
        if seconds <= 0:
            raise ValueError("a cosignature needs the time")
        signature = self._private.sign(_message(text, seconds))
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
        or len(blob) != _LENGTH
        or blob[:4] != key.key_id
        or base64.b64encode(blob).decode() != encoded
    ):
        raise NoteIsNotValid("not a cosignature of this witness")
    seconds = int.from_bytes(blob[4:12], "big")
    try:
        Ed25519PublicKey.from_public_bytes(key.public).verify(blob[12:], _message(text, seconds))
    except (InvalidSignature, ValueError):
        raise NoteIsNotValid(f"the cosignature of {key.name} fails") from None
    return seconds


def _message(text: str, seconds: int) -> bytes:
    return f"cosignature/v1\ntime {seconds}\n{text}".encode()
