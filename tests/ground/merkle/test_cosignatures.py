"""Cosignatures of witnesses (C2SP tlog-cosignature, cosignature/v1)."""

import base64
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PublicKey

from boai.ground.merkle.cosignatures import (
    SUBTREE_V1,
    Cosigner,
    WitnessKey,
    check_cosignature,
)
from boai.ground.merkle.notes import NoteIsNotValid, VerifierKey

TEXT = "society.example/log\n7\nqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqo=\n"
COSIGNER = Cosigner("witness.example", bytes(range(32)))


def test_a_cosignature_is_made_as_the_specification_says() -> None:
    line = COSIGNER.cosign(TEXT, 1_580_000_000)
    dash, name, encoded = line.removesuffix("\n").split(" ")
    blob = base64.b64decode(encoded)
    public = COSIGNER.key.public
    assert (dash, name, len(blob)) == ("—", "witness.example", 76)
    assert blob[:4] == sha256(b"witness.example\n\x04" + public).digest()[:4]
    assert int.from_bytes(blob[4:12], "big") == 1_580_000_000
    message = b"cosignature/v1\ntime 1580000000\n" + TEXT.encode()
    Ed25519PublicKey.from_public_bytes(public).verify(blob[12:], message)
    assert check_cosignature(TEXT, line, COSIGNER.key) == 1_580_000_000


def test_nothing_altered_passes() -> None:
    line = COSIGNER.cosign(TEXT, 7)
    start, encoded = line.rsplit(" ", 1)
    blob = base64.b64decode(encoded)
    for place in range(len(blob)):
        changed = bytearray(blob)
        changed[place] ^= 1
        with pytest.raises(NoteIsNotValid):
            altered = f"{start} {base64.b64encode(changed).decode()}\n"
            check_cosignature(TEXT, altered, COSIGNER.key)
    for text, given, key in (
        (TEXT.replace("7", "8"), line, COSIGNER.key),
        (TEXT, line.replace("witness", "another"), COSIGNER.key),
        (TEXT, line, Cosigner("witness.example", bytes(32)).key),
        (TEXT, line[:-2], COSIGNER.key),
        (TEXT, "— witness.example ?\n", COSIGNER.key),
        (TEXT, "", COSIGNER.key),
    ):
        with pytest.raises(NoteIsNotValid):
            check_cosignature(text, given, key)


def test_the_key_is_read_as_it_is_written_and_is_no_log_key() -> None:
    text = str(COSIGNER.key)
    assert WitnessKey.parse(text + "\n") == COSIGNER.key
    with pytest.raises(NoteIsNotValid):
        VerifierKey.parse(text)
    log_key = str(VerifierKey("witness.example", COSIGNER.key.public))
    for bad in (log_key, "", "x", text[:-4], text.replace("witness", "another"), text + "+"):
        with pytest.raises(NoteIsNotValid):
            WitnessKey.parse(bad)


def test_names_and_times_that_cannot_be() -> None:
    for name in ("", "a b", "a+b"):
        with pytest.raises(ValueError, match="key name"):
            Cosigner(name, bytes(32))
    with pytest.raises(ValueError, match="time"):
        COSIGNER.cosign(TEXT, 0)
    with pytest.raises(NoteIsNotValid):
        COSIGNER.cosign(TEXT[:-1], 7)


LATTICE = Cosigner("witness.example", bytes(range(32)), SUBTREE_V1)


def test_the_form_for_new_witnesses_is_made_as_the_specification_says() -> None:
    line = LATTICE.cosign(TEXT, 1_580_000_000)
    blob = base64.b64decode(line.split(" ")[2])
    public = LATTICE.key.public
    assert (len(public), len(blob)) == (1312, 4 + 8 + 2420)
    assert blob[:4] == sha256(b"witness.example\n\x06" + public).digest()[:4]
    message = (
        b"subtree/v1\n\x00"
        + b"\x0fwitness.example"
        + (1_580_000_000).to_bytes(8, "big")
        + b"\x13society.example/log"
        + (0).to_bytes(8, "big")
        + (7).to_bytes(8, "big")
        + base64.b64decode(TEXT.split("\n")[2])
    )
    MLDSA44PublicKey.from_public_bytes(public).verify(blob[12:], message)
    assert check_cosignature(TEXT, line, LATTICE.key) == 1_580_000_000
    assert WitnessKey.parse(str(LATTICE.key)) == LATTICE.key


def test_nothing_altered_passes_in_the_new_form_either() -> None:
    line = LATTICE.cosign(TEXT, 7)
    start, encoded = line.rsplit(" ", 1)
    blob = base64.b64decode(encoded)
    for place in (*range(12), 12, 1000, len(blob) - 1):
        changed = bytearray(blob)
        changed[place] ^= 1
        with pytest.raises(NoteIsNotValid):
            altered = f"{start} {base64.b64encode(changed).decode()}\n"
            check_cosignature(TEXT, altered, LATTICE.key)
    renamed = Cosigner("another.example", bytes(range(32)), SUBTREE_V1)
    for text, key in (
        (TEXT.replace("\n7\n", "\n8\n"), LATTICE.key),
        (TEXT.replace("society", "another"), LATTICE.key),
        ("no checkpoint\n", LATTICE.key),
        (TEXT, COSIGNER.key),
        (TEXT, renamed.key),
    ):
        with pytest.raises(NoteIsNotValid):
            check_cosignature(text, line, key)
    with pytest.raises(ValueError, match="Ed25519 or ML-DSA-44"):
        Cosigner("witness.example", bytes(32), b"\x05")
