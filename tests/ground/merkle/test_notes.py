"""Signed notes, checkpoints, proofs as text."""

import base64

import pytest

from boai.ground.merkle.bundles import check_proof_text, proof_text
from boai.ground.merkle.checkpoints import Head, open_checkpoint, sign_head
from boai.ground.merkle.hashing import EMPTY_ROOT, leaf_hash
from boai.ground.merkle.notes import NoteIsNotValid, Signer, VerifierKey, open_note
from boai.ground.merkle.proofs import ProofFails
from boai.ground.merkle.tree import inclusion_proof, nodes_of, root_of
from boai.ground.merkle.verify import Fails, ed25519_holds, open_head, read_policy

SIGNER = Signer("log.example/boai", b"\x07" * 32)
OTHER = Signer("log.example/other", b"\x08" * 32)


def public_open(note, vkey):
    head = open_head(note, read_policy(vkey))
    return head.size, head.root


def test_the_key_line_reads_back():
    assert VerifierKey.parse(str(SIGNER.key)) == SIGNER.key
    name, key_id, key = str(SIGNER.key).split("+", 2)
    for wrong in (f"{name}+00000000+{key}", f"{name}+{key_id}+{key[:-4]}", "x", ""):
        with pytest.raises(NoteIsNotValid):
            VerifierKey.parse(wrong)


def test_the_example_of_the_specification():
    # C2SP signed-note gives this key and note (PeterNeumann, from golang.org/x/mod/sumdb/note).
    key = VerifierKey.parse("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")
    text = (
        "If you think cryptography is the answer to your problem,\n"
        "then you don't know what your problem is.\n"
    )
    note = (
        f"{text}\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZ"
        "SNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
    )
    assert open_note(note, [key]) == text


def test_a_known_key_that_fails_refuses_the_whole_note():
    text = "one\n"
    good = SIGNER.sign(text)
    forged = good + OTHER.sign("two\n").rpartition("\n\n")[2]
    assert open_note(forged, [SIGNER.key]) == text
    with pytest.raises(NoteIsNotValid):
        open_note(forged, [SIGNER.key, OTHER.key])
    with pytest.raises(NoteIsNotValid):
        open_note(good, [OTHER.key])


def test_up_to_16_signatures():
    many = SIGNER.sign("one\n") + OTHER.sign("one\n").rpartition("\n\n")[2] * 15
    assert open_note(many, [SIGNER.key]) == "one\n"
    with pytest.raises(NoteIsNotValid):
        open_note(many + OTHER.sign("one\n").rpartition("\n\n")[2], [SIGNER.key])


def test_every_changed_byte_of_a_checkpoint_is_found_by_both_readers():
    note = sign_head(Head(SIGNER.key.name, 0, EMPTY_ROOT), SIGNER).encode()
    vkey = str(SIGNER.key)
    assert public_open(note.decode(), vkey) == (0, EMPTY_ROOT)
    for at in range(len(note)):
        for bit in (0, 1, 5):
            changed = bytearray(note)
            changed[at] ^= 1 << bit
            try:
                text = changed.decode()
            except UnicodeDecodeError:
                continue
            with pytest.raises((NoteIsNotValid, UnicodeEncodeError)):
                open_checkpoint(text, SIGNER.key)
            with pytest.raises(Fails):
                public_open(text, vkey)


@pytest.mark.parametrize(
    "text",
    [
        "log.example/boai\n007\n{root}\n",
        "log.example/boai\n-1\n{root}\n",
        "log.example/boai\n7\n{root}\nmore\n",
        "log.example/else\n7\n{root}\n",
        "log.example/boai\n7\nAAAA\n",
        "log.example/boai\n７\n{root}\n",
    ],
)
def test_heads_that_are_signed_but_not_checkpoints(text):
    note = SIGNER.sign(text.format(root=base64.b64encode(EMPTY_ROOT).decode()))
    with pytest.raises(NoteIsNotValid):
        open_checkpoint(note, SIGNER.key)
    with pytest.raises(Fails):
        public_open(note, str(SIGNER.key))


def test_a_signer_keeps_to_its_origin():
    with pytest.raises(ValueError, match="origin"):
        sign_head(Head("log.example/else", 0, EMPTY_ROOT), SIGNER)
    with pytest.raises(ValueError, match="key name"):
        Signer("with space", b"\x07" * 32)
    with pytest.raises(NoteIsNotValid):
        SIGNER.sign("without newline")


def test_the_pure_verification_agrees_with_the_library():
    # RFC 8032, section 7.1, TEST 2.
    public = bytes.fromhex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")
    signature = bytes.fromhex(
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    )
    assert ed25519_holds(public, b"\x72", signature)
    assert not ed25519_holds(public, b"\x73", signature)
    order = 2**252 + 27742317777372353535851937790883648493
    shifted = int.from_bytes(signature[32:], "little") + order
    assert not ed25519_holds(public, b"\x72", signature[:32] + shifted.to_bytes(32, "little"))
    assert not ed25519_holds(public, b"\x72", signature[:63])
    assert not ed25519_holds(b"\xff" * 32, b"\x72", signature)


def test_a_proof_as_text_is_checked_offline():
    leaves = [leaf_hash(bytes([n])) for n in range(11)]
    note = sign_head(Head(SIGNER.key.name, 11, root_of(leaves)), SIGNER)
    text = proof_text(4, inclusion_proof(nodes_of(leaves), 4, 11), note)
    assert check_proof_text(text, leaves[4], SIGNER.key).size == 11
    extra = text.replace("\nindex", "\nextra AAAA\nindex")
    assert check_proof_text(extra, leaves[4], SIGNER.key).size == 11
    with pytest.raises(ProofFails):
        check_proof_text(text, leaves[5], SIGNER.key)
    with pytest.raises(ProofFails):
        check_proof_text(text.replace("index 4", "index 5"), leaves[4], SIGNER.key)
    for broken in ("", "x\n\ny", text.replace("@v1", "@v2"), text.replace("index 4", "index 04")):
        with pytest.raises((ProofFails, NoteIsNotValid)):
            check_proof_text(broken, leaves[4], SIGNER.key)
