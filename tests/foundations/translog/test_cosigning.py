"""``boai log cosign``: the society's log before a real witness."""

import json
import threading
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from boai.foundations.translog import files, queries
from boai.foundations.translog.errors import NothingSignedYet, WitnessDidNotSign
from boai.foundations.translog.services.cosigning import ask_witness
from boai.foundations.translog.services.sequencing import sequence
from boai.ground.merkle.checkpoints import Head, open_checkpoint, sign_head
from boai.ground.merkle.cosignatures import Cosigner, check_cosignature
from boai.ground.merkle.witness import Witness, serve
from tests.foundations.translog.test_log import queue, vkey

pytestmark = pytest.mark.django_db


@pytest.fixture
def witness(tmp_path):
    return Witness(tmp_path / "witness", [vkey()], "witness.example")


@pytest.fixture
def address(witness):
    server = serve(witness, "127.0.0.1", 0)
    thread = threading.Thread(target=server.serve_forever, args=[0.05], daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_witness_follows_the_log_as_it_grows(at, witness, address):
    key, written = witness.cosigner.key, 0
    for size in (0, 3, 3, 260, 600):
        queue(at, written, size - written)
        sequence(at)
        written = size
        note = ask_witness(address, str(key))
        head = queries.checkpoint()
        assert open_checkpoint(note, files.signer().key).size == size
        line = note.removeprefix(head.note)
        assert check_cosignature(note.rpartition("\n\n")[0] + "\n", line, key) > 0
    out = StringIO()
    call_command("log", "cosign", address, "--witness", str(key), "--json", stdout=out)
    assert json.loads(out.getvalue())["size"] == 600


def test_a_log_that_went_back_gets_no_cosignature(at, witness, address):
    queue(at, 0, 3)
    sequence(at)
    signer = files.signer()
    ahead = sign_head(Head(signer.key.name, 9, bytes(32)), signer)
    assert witness.add_checkpoint(f"old 0\n\n{ahead}".encode()).status == 200
    with pytest.raises(WitnessDidNotSign, match="9 > 3"):
        ask_witness(address, str(witness.cosigner.key))


def test_a_forked_log_gets_no_cosignature(at, witness, address):
    signer = files.signer()
    other = sign_head(Head(signer.key.name, 2, bytes(32)), signer)
    assert witness.add_checkpoint(f"old 0\n\n{other}".encode()).status == 200
    queue(at, 0, 3)
    sequence(at)
    with pytest.raises(WitnessDidNotSign, match="422"):
        ask_witness(address, str(witness.cosigner.key))


def test_what_is_not_a_good_answer_is_refused(at, witness, address):
    key = str(witness.cosigner.key)
    with pytest.raises(NothingSignedYet):
        ask_witness(address, key)
    sequence(at)
    other = str(Cosigner("witness.example", bytes(32)).key)
    for place, given in (
        (address, other),
        (address, "nonsense"),
        (address + "/elsewhere", key),
        ("file:///etc/passwd", key),
        ("http://127.0.0.1:1", key),
    ):
        with pytest.raises(WitnessDidNotSign):
            ask_witness(place, given)
    with pytest.raises(CommandError):
        call_command("log", "cosign", address)
