"""C2SP tlog-checkpoint and tlog-proof: the signed head of a log, and a leaf's proof under it."""

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass

from boai.ground.merkle.hashing import is_hash
from boai.ground.merkle.notes import NoteIsNotValid, Signer, VerifierKey, open_note
from boai.ground.merkle.proofs import ProofFails, check_inclusion

PROOF_HEADING = "c2sp.org/tlog-proof@v1"
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")


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


def open_checkpoint(note: str, key: VerifierKey) -> Head:
    """The head that a log has signed. *Raises* ``NoteIsNotValid``."""
    lines = open_note(note, [key]).split("\n")
    if len(lines) != 4 or lines[0] != key.name or not _SIZE.fullmatch(lines[1]):
        raise NoteIsNotValid("not a checkpoint of this log")
    return Head(lines[0], int(lines[1]), _hash(lines[2]))


def proof_text(index: int, proof: Sequence[bytes], checkpoint: str) -> str:
    """A proof that can be checked without a network: index, path, checkpoint (C14)."""
    path = "".join(f"{base64.b64encode(step).decode()}\n" for step in proof)
    return f"{PROOF_HEADING}\nindex {index}\n{path}\n{checkpoint}"


def check_proof_text(text: str, leaf: bytes, key: VerifierKey) -> Head:
    """The head under which the proof shows the leaf hash. *Raises* when it does not."""
    above, gap, checkpoint = text.partition("\n\n")
    lines = above.split("\n")
    if not gap or lines[0] != PROOF_HEADING or len(lines) < 2:
        raise ProofFails("not a tlog-proof")
    if len(lines) > 2 and lines[1].startswith("extra "):
        del lines[1]
    given = lines[1].removeprefix("index ")
    if not lines[1].startswith("index ") or not _SIZE.fullmatch(given):
        raise ProofFails("not a tlog-proof")
    head = open_checkpoint(checkpoint, key)
    check_inclusion(int(given), head.size, leaf, [_hash(line) for line in lines[2:]], head.root)
    return head


def _hash(line: str) -> bytes:
    try:
        decoded = base64.b64decode(line, validate=True)
    except ValueError:
        decoded = b""
    if not is_hash(decoded) or base64.b64encode(decoded).decode() != line:
        raise NoteIsNotValid("not a 32-byte hash in base64")
    return decoded
