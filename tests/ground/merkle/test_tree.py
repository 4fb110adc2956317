"""Roots and proofs against a naive tree written straight from RFC 6962."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boai.ground.merkle.hashing import EMPTY_ROOT, leaf_hash
from boai.ground.merkle.proofs import ProofFails, check_consistency, check_inclusion
from boai.ground.merkle.tree import (
    CompactRange,
    consistency_proof,
    inclusion_proof,
    nodes_of,
    root_of,
)


def naive_root(entries):
    if not entries:
        return hashlib.sha256(b"").digest()
    if len(entries) == 1:
        return hashlib.sha256(b"\x00" + entries[0]).digest()
    k = 1
    while k * 2 < len(entries):
        k *= 2
    joined = naive_root(entries[:k]) + naive_root(entries[k:])
    return hashlib.sha256(b"\x01" + joined).digest()


entry_lists = st.lists(st.binary(max_size=8), min_size=1, max_size=70)


@given(entry_lists)
def test_root_is_that_of_the_naive_tree(entries):
    assert root_of([leaf_hash(e) for e in entries]) == naive_root(entries)


@given(entry_lists, st.data())
def test_every_leaf_is_proved_and_no_other(entries, data):
    leaves = [leaf_hash(e) for e in entries]
    index = data.draw(st.integers(0, len(leaves) - 1))
    proof = inclusion_proof(nodes_of(leaves), index, len(leaves))
    root = naive_root(entries)
    check_inclusion(index, len(leaves), leaves[index], proof, root)
    with pytest.raises(ProofFails):
        check_inclusion(index, len(leaves), leaf_hash(b"another entry"), proof, root)
    with pytest.raises(ProofFails):
        check_inclusion(index, len(leaves), leaves[index], [*proof, root], root)


@given(entry_lists, st.data())
def test_every_beginning_is_proved_and_no_fork(entries, data):
    leaves = [leaf_hash(e) for e in entries]
    old = data.draw(st.integers(1, len(leaves)))
    proof = consistency_proof(nodes_of(leaves), old, len(leaves))
    old_root, root = naive_root(entries[:old]), naive_root(entries)
    check_consistency(old, len(leaves), proof, old_root, root)
    fork = naive_root([*entries[: old - 1], b"another past"])
    if old < len(leaves):
        with pytest.raises(ProofFails):
            check_consistency(old, len(leaves), proof, fork, root)


@given(entry_lists, st.data())
def test_a_flipped_bit_in_a_proof_is_found(entries, data):
    leaves = [leaf_hash(e) for e in entries]
    index = data.draw(st.integers(0, len(leaves) - 1))
    proof = inclusion_proof(nodes_of(leaves), index, len(leaves))
    if not proof:
        return
    step = data.draw(st.integers(0, len(proof) - 1))
    bit = data.draw(st.integers(0, 255))
    changed = (int.from_bytes(proof[step], "big") ^ (1 << bit)).to_bytes(32, "big")
    proof[step] = changed
    with pytest.raises(ProofFails):
        check_inclusion(index, len(leaves), leaves[index], proof, naive_root(entries))


def test_the_rule_for_size_zero():
    root = naive_root([b"x"])
    check_consistency(0, 0, [], EMPTY_ROOT, EMPTY_ROOT)
    with pytest.raises(ProofFails):
        check_consistency(0, 0, [], EMPTY_ROOT, root)
    with pytest.raises(ProofFails):
        check_consistency(0, 1, [], EMPTY_ROOT, root)
    with pytest.raises(ProofFails):
        check_inclusion(0, 0, leaf_hash(b"x"), [], EMPTY_ROOT)
    with pytest.raises(ValueError, match="0 < old"):
        consistency_proof(nodes_of([]), 0, 0)


def test_hashes_must_be_32_bytes_long():
    with pytest.raises(ProofFails):
        check_inclusion(0, 1, b"short", [], b"short")
    with pytest.raises(ProofFails):
        check_inclusion(0, 1, leaf_hash(b"x"), [b""], leaf_hash(b"x"))


def test_a_compact_range_goes_on_from_its_edge():
    leaves = [leaf_hash(bytes([i])) for i in range(37)]
    grown = CompactRange()
    for leaf in leaves[:21]:
        grown.append(leaf)
    again = CompactRange(grown.edge, 21)
    for leaf in leaves[21:]:
        again.append(leaf)
    assert again.root() == root_of(leaves)
    with pytest.raises(ValueError, match="one hash per set bit"):
        CompactRange([], 3)
