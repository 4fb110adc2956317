"""C2SP tlog-checkpoint: the signed head of a log."""

import base64
import re
from dataclasses import dataclass

from boai.ground.merkle.hashing import is_hash
from boai.ground.merkle.notes import NoteIsNotValid, Signer, VerifierKey, open_note

NUMBER = re.compile(r"0|[1-9][0-9]{0,18}")
"""A size or an index: decimal, no leading zero (C2)."""


@dataclass(frozen=True, slots=True)
class Head:
    """Origin, number of leaves, root."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """The note's text: three lines, no extension lines (C1, C2, C3)."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


def sign_head(head: Head, signer: Signer) -> str:
    """The checkpoint. The origin must be the name of the key (C1)."""
    if head.origin != signer.key.name or not is_hash(head.root) or head.size < 0:
        raise ValueError("origin, size or root of the checkpoint does not fit")
    return signer.sign(head.text())


def open_checkpoint(note: str, *keys: VerifierKey) -> Head:
    """The head that a log has signed, with any of its keys. *Raises* ``NoteIsNotValid``."""
    lines = open_note(note, keys).split("\n")
    if (
        len(lines) != 4
        or lines[0] not in {key.name for key in keys}
        or not NUMBER.fullmatch(lines[1])
    ):
        raise NoteIsNotValid("not a checkpoint of this log")
    return Head(lines[0], int(lines[1]), hash_from(lines[2]))


def hash_from(line: str) -> bytes:
    """A hash from its one base64 spelling. *Raises* ``NoteIsNotValid``."""
    try:
        decoded = base64.b64decode(line, validate=True)
    except ValueError:
        decoded = b""
    if not is_hash(decoded) or base64.b64encode(decoded).decode() != line:
        raise NoteIsNotValid("not a 32-byte hash in base64")
    return decoded
