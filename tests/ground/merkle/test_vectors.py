"""Vectors of transparency-dev/merkle, where the shared data lies beside; a small own set always."""

import base64
import json
from pathlib import Path

import pytest

from boai.ground.merkle.proofs import ProofFails, check_consistency, check_inclusion
from tests.factories.published import HOME, needs_shared

OWN = Path(__file__).parent / "vectors.json"


def decoded(text):
    return base64.b64decode(text) if text else b""


def holds(vector):
    proof = [decoded(step) for step in vector["proof"] or []]
    try:
        if "size1" in vector:
            check_consistency(
                vector["size1"],
                vector["size2"],
                proof,
                decoded(vector["root1"]),
                decoded(vector["root2"]),
            )
        else:
            check_inclusion(
                vector["leafIdx"],
                vector["treeSize"],
                decoded(vector["leafHash"]),
                proof,
                decoded(vector["root"]),
            )
    except ProofFails:
        return False
    return True


@needs_shared("merkle-vectors")
def test_foreign_vectors():
    files = sorted((HOME / "merkle-vectors").glob("*/*/*.json"))
    assert len(files) > 40
    for file in files:
        vector = json.loads(file.read_text())
        assert holds(vector) is not vector["wantErr"], file


@pytest.mark.parametrize("vector", json.loads(OWN.read_text()), ids=lambda v: v["desc"])
def test_own_vectors(vector):
    assert holds(vector) is not vector["wantErr"]
