"""C2SP tlog-proof: everything that shows one leaf, in one text that checks without a network (C14).

Index, path, and the checkpoint with the log's signature and the witnesses' cosignatures. Whoever
holds the text, the leaf and a policy file needs nothing else, and nobody's leave.
"""

import base64
from collections.abc import Sequence
from dataclasses import dataclass

from boai.ground.merkle.checkpoints import NUMBER, Head, hash_from, open_checkpoint
from boai.ground.merkle.hashing import leaf_hash
from boai.ground.merkle.notes import NoteIsNotValid, VerifierKey
from boai.ground.merkle.policy import Policy, Verdict, evaluate
from boai.ground.merkle.proofs import ProofFails, check_inclusion

PROOF_HEADING = "c2sp.org/tlog-proof@v1"
MOST_STEPS = 63
"""No path is longer: a tree of 2^63 leaves is the largest that there can be."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """A leaf's index and path, and the checkpoint to which they lead."""

    index: int
    proof: tuple[bytes, ...]
    checkpoint: str
    extra: bytes | None = None
    """Data for some application. Nothing vouches for it: it must never be trusted."""

    def text(self) -> str:
        """The text form."""
        extra = "" if self.extra is None else f"extra {base64.b64encode(self.extra).decode()}\n"
        path = "".join(f"{base64.b64encode(step).decode()}\n" for step in self.proof)
        return f"{PROOF_HEADING}\n{extra}index {self.index}\n{path}\n{self.checkpoint}"

    @classmethod
    def parse(cls, text: str) -> "Bundle":
        """Read the text form. *Raises* ``ProofFails``; nothing is verified yet."""
        above, gap, checkpoint = text.partition("\n\n")
        lines = above.split("\n")
        if not gap or lines.pop(0) != PROOF_HEADING:
            raise ProofFails("not a tlog-proof")
        extra = None
        if lines and lines[0].startswith("extra "):
            extra = _extra(lines.pop(0).removeprefix("extra "))
        index = lines.pop(0) if lines else ""
        if not index.startswith("index ") or not NUMBER.fullmatch(index.removeprefix("index ")):
            raise ProofFails("the proof names no index")
        if len(lines) > MOST_STEPS:
            raise ProofFails("the proof is too long")
        try:
            path = tuple(hash_from(line) for line in lines)
        except NoteIsNotValid as reason:
            raise ProofFails(str(reason)) from None
        return cls(int(index.removeprefix("index ")), path, checkpoint, extra)


def proof_text(index: int, proof: Sequence[bytes], checkpoint: str) -> str:
    """The text form of a bundle without extra data."""
    return Bundle(index, tuple(proof), checkpoint).text()


def check_proof_text(text: str, leaf: bytes, key: VerifierKey) -> Head:
    """The head under which the proof shows the leaf *hash*; asks for no cosignature.

    *Raises* ``ProofFails``, ``NoteIsNotValid``.
    """
    bundle = Bundle.parse(text)
    head = open_checkpoint(bundle.checkpoint, key)
    check_inclusion(bundle.index, head.size, leaf, bundle.proof, head.root)
    return head


def verify(bundle: Bundle, leaf: bytes, policy: Policy) -> Verdict:
    """Who vouches for the leaf, given byte for byte, and whether that is enough for the policy.

    Look at ``quorum_met`` before anything is called published (I-37). *Raises* ``ProofFails``
    (the path does not lead there), ``NoteIsNotValid`` (no log of the policy has signed, or a
    signature of a known key fails).
    """
    verdict = evaluate(bundle.checkpoint, policy)
    head = verdict.head
    check_inclusion(bundle.index, head.size, leaf_hash(leaf), bundle.proof, head.root)
    return verdict


def _extra(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        raise ProofFails("the extra data is not base64") from None
