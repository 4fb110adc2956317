"""Proofs that a donor takes home: one text, checked with a leaf and a policy (C14)."""

import base64

import pytest

from boai.ground.merkle.bundles import Bundle, check_proof_text, proof_text, verify
from boai.ground.merkle.checkpoints import Head, sign_head
from boai.ground.merkle.cosignatures import Cosigner
from boai.ground.merkle.hashing import leaf_hash
from boai.ground.merkle.notes import NoteIsNotValid, Signer
from boai.ground.merkle.policy import parse
from boai.ground.merkle.proofs import ProofFails
from boai.ground.merkle.tree import inclusion_proof, nodes_of, root_of

LOG = Signer("society.example/log", b"\x01" * 32)
NEIGHBOUR = Cosigner("neighbour.example", b"\x02" * 32)
LEAVES = [f"leaf {n}".encode() for n in range(11)]
HASHES = [leaf_hash(leaf) for leaf in LEAVES]
POLICY = parse(f"log {LOG.key}\nwitness neighbour {NEIGHBOUR.key}\nquorum neighbour\n")


def bundle_of(index, size=11, extra=None, witnessed=True):
    head = Head("society.example/log", size, root_of(HASHES[:size]))
    note = sign_head(head, LOG)
    if witnessed:
        note += NEIGHBOUR.cosign(head.text(), 1_580_000_000)
    return Bundle(index, tuple(inclusion_proof(nodes_of(HASHES), index, size)), note, extra)


@pytest.mark.parametrize("extra", [None, b"", b"\x00\xff"])
def test_every_leaf_of_every_size_proves_itself(extra):
    for size in range(1, 12):
        for index in range(size):
            bundle = bundle_of(index, size, extra)
            assert Bundle.parse(bundle.text()) == bundle
            verdict = verify(bundle, LEAVES[index], POLICY)
            assert verdict.quorum_met
            assert verdict.head.size == size
            assert check_proof_text(bundle.text(), HASHES[index], LOG.key).size == size


def test_without_its_witness_a_leaf_is_in_the_log_but_not_published():
    verdict = verify(bundle_of(3, witnessed=False), LEAVES[3], POLICY)
    assert (verdict.cosigned, verdict.quorum_met) == ((), False)


def test_no_changed_byte_passes():
    text = bundle_of(4).text()
    raw, passed = text.encode(), []
    for place in range(len(raw)):
        changed = bytearray(raw)
        changed[place] ^= 1
        try:
            bundle = Bundle.parse(changed.decode())
            if verify(bundle, LEAVES[4], POLICY).quorum_met:
                passed.append(place)
        except (UnicodeDecodeError, ProofFails, NoteIsNotValid):
            continue
    assert passed == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("@v1", "@v2"),
        ("index 4", "index 04"),
        ("index 4", "index -1"),
        ("index 4", "place 4"),
        ("index 4\n", "extra ?\nindex 4\n"),
        ("index 4\n", "extra AA==\nextra AA==\nindex 4\n"),
        ("index 4\n", ""),
        ("index 4\n", "index 4\n" + base64.b64encode(bytes(31)).decode() + "\n"),
        ("index 4\n", "index 4\n" + (base64.b64encode(bytes(32)).decode() + "\n") * 60),
        ("\n\n", "\n"),
    ],
)
def test_what_is_no_bundle(old, new):
    with pytest.raises(ProofFails):
        Bundle.parse(bundle_of(4).text().replace(old, new))


def test_another_leaf_another_path_another_log():
    bundle = bundle_of(4)
    with pytest.raises(ProofFails):
        verify(bundle, LEAVES[5], POLICY)
    with pytest.raises(ProofFails):
        verify(Bundle(4, bundle.proof[1:], bundle.checkpoint), LEAVES[4], POLICY)
    with pytest.raises(ProofFails):
        verify(Bundle(11, bundle.proof, bundle.checkpoint), LEAVES[4], POLICY)
    other = parse(f"log {Signer('society.example/log', bytes(32)).key}\nquorum none\n")
    with pytest.raises(NoteIsNotValid):
        verify(bundle, LEAVES[4], other)
    assert proof_text(4, bundle.proof, bundle.checkpoint) == bundle.text()
