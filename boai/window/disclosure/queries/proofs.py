"""Proofs of public acts, whole: leaf, path, signed head, witnesses. The bridge between registers.

A paper's room knows no log and the log knows no papers; this room stands above both. The module is
registered with the certificates as where their proofs come from.
"""

from dataclasses import replace

from boai.foundations.certificates.values import (
    BROKEN,
    PUBLISHED,
    SIGNED,
    WAITING,
    Check,
    Proof,
)
from boai.foundations.translog import queries as translog
from boai.foundations.translog.errors import (
    LogIsDamaged,
    PolicyIsUnreadable,
    PolicyNamesAnotherLog,
)
from boai.foundations.translog.values import Witnessing
from boai.ground.core.canonical import canonical
from boai.ground.merkle.bundles import Bundle, verify
from boai.ground.merkle.notes import NoteIsNotValid
from boai.ground.merkle.policy import parse
from boai.ground.merkle.proofs import ProofFails
from boai.window.disclosure.values import PROVED_LABELS, BulletinRow, bulletin_ref


def proof_of_paper(number: str) -> Proof | None:
    """The proof that a paper was issued; nothing where it has no leaf."""
    return proof_of(f"certificates.paper:{number}")


def policy() -> str:
    """Which log and which witnesses are believed, as a C2SP tlog-policy; empty where the file is
    not in order, so that papers can still be looked up."""
    try:
        return translog.log_policy_text()
    except (PolicyIsUnreadable, PolicyNamesAnotherLog):
        return ""


def proof_of(ref: str) -> Proof | None:
    """The proof of one leaf under the newest published head; nothing where there is no leaf.

    What cannot be proved is said, not hidden: a log whose files or policy are not in order gives
    the state ``BROKEN``.
    """
    leaf, rules = translog.leaf_body(ref), policy()
    if leaf is None:
        return None
    try:
        return _proof(ref, leaf, rules) if rules else Proof("", "", BROKEN)
    except (LogIsDamaged, ProofFails, NoteIsNotValid):
        return Proof("", rules, BROKEN)


def _proof(ref: str, leaf: bytes, rules: str) -> Proof:
    text = translog.proof_bundle(ref)
    if text is None:
        found = translog.publication_of(ref)
        return Proof("", rules, SIGNED if found and found.state == SIGNED else WAITING)
    # Whether there are witnesses enough is asked of the bundle itself, under the policy of today:
    # that is what the reader's browser will ask.
    bundle = replace(Bundle.parse(text), extra=leaf)
    enough = verify(bundle, leaf, parse(rules)).quorum_met
    return Proof(bundle.text(), rules, PUBLISHED if enough else SIGNED)


def check_of_bulletin(row: BulletinRow) -> Check | None:
    """What the reader's browser checks of a bulletin: its leaf, and its content byte for byte."""
    proof = proof_of(bulletin_ref(row.number))
    if proof is None:
        return None
    expected = {
        "number": row.number,
        "day": row.day.isoformat(),
        "serial": row.serial,
        "version": row.version,
        "log_size": row.log_size,
        "rule_version": row.rule_version,
        "content_digest": row.digest,
    }
    return Check(proof, expected, PROVED_LABELS, canonical(row.content).decode())


def witnesses(ref: str) -> Witnessing | None:
    """Who stands behind the head that carries this leaf; nothing before there is one.

    That is the newest published head, or, as long as it does not reach so far, the newest signed
    one: so that nobody is named who has not vouched for this act. Nothing without a policy.
    """
    try:
        found = translog.publication_of(ref)
        if found is None or found.state == WAITING:
            return None
        published = found.state == PUBLISHED
        head = translog.published_head() if published else translog.checkpoint()
        return translog.witnessed(head.size) if head else None
    except (PolicyIsUnreadable, PolicyNamesAnotherLog):
        return None
