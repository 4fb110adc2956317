"""``boai witness``: every status, restart, concurrency, lost memory (C12, C13)."""

import base64
import json
import os
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from pathlib import Path

import pytest

from boai.ground.merkle import witness as program
from boai.ground.merkle.checkpoints import Head, sign_head
from boai.ground.merkle.cosignatures import SUBTREE_V1, WitnessKey, check_cosignature
from boai.ground.merkle.hashing import leaf_hash
from boai.ground.merkle.notes import Signer
from boai.ground.merkle.tree import consistency_proof, nodes_of, root_of
from boai.ground.merkle.verify import check_evidence
from boai.ground.merkle.witness import MemoryIsLost, Witness, main, serve

SIGNER = Signer("society.example/log", bytes(32))
OTHER = Signer("neighbour.example/log", bytes([1] * 32))
NOW = 1_580_000_000
LEAVES = [leaf_hash(b"%d" % n) for n in range(300)]
FORKED = [*LEAVES[:5], leaf_hash(b"another"), *LEAVES[6:]]


def checkpoint(size: int, leaves: list[bytes] = LEAVES, signer: Signer = SIGNER) -> str:
    return sign_head(Head(signer.key.name, size, root_of(leaves[:size])), signer)


def request(old: int, new: int, leaves: list[bytes] = LEAVES, signer: Signer = SIGNER) -> bytes:
    proof = consistency_proof(nodes_of(leaves), old, new) if 0 < old < new else []
    lines = "".join(base64.b64encode(step).decode() + "\n" for step in proof)
    return f"old {old}\n{lines}\n{checkpoint(new, leaves, signer)}".encode()


def start(home: Path) -> Witness:
    keys = [str(SIGNER.key), str(OTHER.key)]
    return Witness(home, keys, "witness.example", lambda: NOW)


@pytest.fixture
def witness(tmp_path: Path) -> Witness:
    return start(tmp_path / "witness")


def remembered(witness: Witness, signer: Signer = SIGNER) -> str:
    memory = json.loads((witness.home / "heads.json").read_text())
    return str(memory[signer.key.name]["note"])


def test_200_with_a_cosignature_for_what_has_grown(witness: Witness) -> None:
    for old, new in ((0, 0), (0, 7), (7, 7), (7, 8), (8, 256), (256, 300)):
        answer = witness.add_checkpoint(request(old, new))
        assert answer.status == 200, answer
        text = checkpoint(new).partition("\n\n")[0] + "\n"
        assert check_cosignature(text, answer.body, witness.cosigner.key) == NOW
        assert remembered(witness) == checkpoint(new)
    assert witness.add_checkpoint(request(0, 3, signer=OTHER)).status == 200
    assert remembered(witness) == checkpoint(300)
    assert remembered(witness, OTHER) == checkpoint(3, signer=OTHER)


def test_404_for_a_log_it_does_not_know(witness: Witness) -> None:
    stranger = Signer("stranger.example/log", bytes(32))
    assert witness.add_checkpoint(request(0, 7, signer=stranger)).status == 404


def test_403_without_a_good_signature(witness: Witness) -> None:
    forger = Signer(SIGNER.key.name, bytes([9] * 32))
    assert witness.add_checkpoint(request(0, 7, signer=forger)).status == 403
    text = checkpoint(7).partition("\n\n")[0].replace("\n7\n", "\n8\n")
    altered = text + "\n\n" + checkpoint(7).partition("\n\n")[2]
    assert witness.add_checkpoint(b"old 0\n\n" + altered.encode()).status == 403
    assert remembered(witness) == ""


def test_400_for_what_is_not_a_request(witness: Witness) -> None:
    good = request(0, 7).decode()
    extended = SIGNER.sign(checkpoint(7).partition("\n\n")[0] + "\nmore\n")
    line = base64.b64encode(bytes(32)).decode() + "\n"
    for body in (
        b"",
        b"\xff",
        b"old 0\n",
        b"old 0\n\n",
        good.replace("old 0", "old 00").encode(),
        good.replace("old 0", "old -1").encode(),
        good.replace("old 0", "new 0").encode(),
        good.replace("old 0\n", "old 0\nAAAA\n").encode(),
        good.replace("old 0\n", "old 0\n?\n").encode(),
        good.replace("old 0\n", "old 0\n" + line * 64).encode(),
        good.replace("old 0", "old 8").encode(),
        b"old 0\n\n" + extended.encode(),
    ):
        assert witness.add_checkpoint(body).status == 400, body
    assert remembered(witness) == ""


def test_409_with_its_own_size(witness: Witness) -> None:
    assert witness.add_checkpoint(request(0, 8)).status == 200
    for body in (request(7, 9), request(0, 9), request(0, 5), request(9, 10), request(5, 5)):
        answer = witness.add_checkpoint(body)
        assert (answer.status, answer.body, answer.kind) == (409, "8\n", "text/x.tlog.size")
    assert remembered(witness) == checkpoint(8)


def test_422_for_a_bad_proof_or_another_root(witness: Witness) -> None:
    line = base64.b64encode(bytes(32)).decode() + "\n"
    assert witness.add_checkpoint(b"old 0\n" + line.encode() + request(0, 8)[6:]).status == 422
    empty = sign_head(Head(SIGNER.key.name, 0, bytes(32)), SIGNER)
    assert witness.add_checkpoint(f"old 0\n\n{empty}".encode()).status == 422
    assert remembered(witness) == ""
    assert witness.add_checkpoint(request(0, 8)).status == 200
    for body in (
        request(8, 20, FORKED),
        request(8, 8, FORKED),
        b"old 8\n\n" + checkpoint(20).encode(),
        request(8, 20).replace(b"old 8\n", b"old 8\n" + line.encode()),
        b"old 8\n" + line.encode() + request(8, 8)[6:],
    ):
        assert witness.add_checkpoint(body).status == 422, body
    assert remembered(witness) == checkpoint(8)


def test_two_roots_of_one_size_are_kept_as_evidence(witness: Witness) -> None:
    witness.add_checkpoint(request(0, 8))
    for _ in range(2):
        assert witness.add_checkpoint(request(8, 8, FORKED)).status == 422
    [kept] = (witness.home / "evidence").iterdir()
    case = json.loads(kept.read_text())
    assert case["notes"] == [checkpoint(8), checkpoint(8, FORKED)]
    # The public verifier, which shares no code with the witness, finds the same in the file.
    assert check_evidence(kept.read_text(), None)["ok"]


def test_after_a_restart_it_knows_what_it_cosigned(witness: Witness) -> None:
    witness.add_checkpoint(request(0, 8))
    again = start(witness.home)
    assert again.cosigner.key == witness.cosigner.key
    assert again.add_checkpoint(request(0, 5)).body == "8\n"
    assert again.add_checkpoint(request(8, 20, FORKED)).status == 422
    assert again.add_checkpoint(request(8, 20)).status == 200
    key = witness.home / "witness.key"
    assert key.stat().st_mode & 0o777 == 0o600


def test_without_its_memory_it_does_not_start_again(witness: Witness) -> None:
    witness.add_checkpoint(request(0, 8))
    memory = witness.home / "heads.json"
    whole = memory.read_text()
    for lost in ("", "{", whole.replace('"note": "society', '"note": "x')):
        memory.write_text(lost)
        with pytest.raises(MemoryIsLost):
            start(witness.home)
    memory.unlink()
    with pytest.raises(MemoryIsLost):
        start(witness.home)
    memory.write_text(whole)
    changed = Signer(SIGNER.key.name, bytes([9] * 32))
    with pytest.raises(MemoryIsLost, match="another key"):
        Witness(witness.home, [str(changed.key)])
    with pytest.raises(ValueError, match="is called"):
        Witness(witness.home, [str(SIGNER.key)], "another.example")
    with pytest.raises(ValueError, match="twice"):
        Witness(witness.home, [str(SIGNER.key)] * 2)
    assert start(witness.home).add_checkpoint(request(8, 9)).status == 200


def test_it_stores_before_it_answers(witness: Witness, monkeypatch: pytest.MonkeyPatch) -> None:
    steps: list[str] = []
    for module, name in ((program.os, "fsync"), (Path, "replace")):
        before = getattr(module, name)

        def noted(*given: object, before: object = before, name: str = name) -> object:
            steps.append(name)
            return before(*given)  # type: ignore[operator]

        monkeypatch.setattr(module, name, noted)
    cosign = witness.cosigner.cosign

    def noted_cosign(text: str, seconds: int) -> str:
        steps.append("cosign")
        return cosign(text, seconds)

    monkeypatch.setattr(witness.cosigner, "cosign", noted_cosign)
    assert witness.add_checkpoint(request(0, 8)).status == 200
    assert steps == ["fsync", "replace", "fsync", "cosign"]

    def full_disk(*given: object) -> None:
        raise OSError(28, "no space left")

    monkeypatch.setattr(program.os, "fsync", full_disk)
    with pytest.raises(OSError, match="no space"):
        witness.add_checkpoint(request(8, 9))
    assert remembered(witness) == checkpoint(8)
    assert steps.count("cosign") == 1


def test_of_histories_that_race_one_wins(tmp_path: Path) -> None:
    """Two witnesses on one home, threads through both: one history from then on."""
    histories = [
        [*LEAVES[:4], *(leaf_hash(b"%d of %d" % (n, h)) for n in range(16))] for h in range(8)
    ]
    for turn in range(10):
        home = tmp_path / str(turn)
        pair = [start(home), start(home)]
        assert pair[0].add_checkpoint(request(0, 4)).status == 200
        asked = [pair[n % 2] for n in range(8)]
        bodies = [request(4, 12, history) for history in histories]
        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(Witness.add_checkpoint, asked, bodies))
        assert sorted(answer.status for answer in answers) == [200] + [409] * 7
        winner = [answer.status for answer in answers].index(200)
        assert remembered(pair[0]) == checkpoint(12, histories[winner])


@pytest.fixture
def address(witness: Witness) -> Iterator[str]:
    server = serve(witness, "127.0.0.1", 0)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def ask(address: str, body: bytes | None = None) -> tuple[int, str, str]:
    try:
        with urllib.request.urlopen(address, data=body, timeout=20) as answer:
            return answer.status, answer.read().decode(), answer.headers["Content-Type"]
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read().decode(), refused.headers["Content-Type"]


def test_over_http(witness: Witness, address: str) -> None:
    assert ask(f"{address}/vkey")[1] == f"{witness.cosigner.key}\n"
    assert ask(f"{address}/elsewhere")[0] == 404
    assert ask(f"{address}/elsewhere", b"old 0\n")[0] == 404
    add = f"{address}/add-checkpoint"
    status, line, _ = ask(add, request(0, 8))
    text = checkpoint(8).partition("\n\n")[0] + "\n"
    assert status == 200
    assert check_cosignature(text, line, witness.cosigner.key) == NOW
    assert ask(add, request(0, 9)) == (409, "8\n", "text/x.tlog.size")
    assert ask(add, request(8, 20, FORKED))[0] == 422
    long = HTTPConnection(address.removeprefix("http://"), timeout=20)
    long.putrequest("POST", "/add-checkpoint")
    long.putheader("Content-Length", "70000")
    long.endheaders()
    assert long.getresponse().status == 400
    long.close()
    (witness.home / "heads.json").unlink()
    assert ask(add, request(8, 9))[0] == 500


def test_the_command_runs_until_it_is_stopped_and_survives_a_kill(tmp_path: Path) -> None:
    home = tmp_path / "home"
    words = ["--home", str(home), "--listen", "0", "--log", str(SIGNER.key), "--name", "w.example"]
    for old, new in ((0, 8), (8, 20)):
        running = subprocess.Popen(
            [sys.executable, "-m", "boai", "witness", *words],
            stdout=subprocess.PIPE,
            text=True,
            env={"PATH": os.environ["PATH"]},
        )
        try:
            assert running.stdout is not None
            key = WitnessKey.parse(running.stdout.readline())
            place = running.stdout.readline().strip() + "/add-checkpoint"
            assert ask(place, request(old, new))[0] == 200
            assert ask(place, request(old, new))[:2] == (409, f"{new}\n")
        finally:
            running.kill()
            running.wait()
        assert key.name == "w.example"


def test_the_command_says_why_it_may_not_start(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = ["--home", str(tmp_path / "home")]
    assert main([*home, "--listen", "0", "--log", "nonsense"]) == 1
    assert main([*home, "--listen", "0", "--log", str(SIGNER.key), "--name", "a b"]) == 1
    assert not (tmp_path / "home/witness.key").exists()
    assert "key name" in capsys.readouterr().err
    with pytest.raises(SystemExit) as usage:
        main([*home, "--listen", "door", "--log", str(SIGNER.key)])
    assert usage.value.code == 2


def test_it_watches_one_more_log_without_being_started_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = ["--home", str(tmp_path / "home")]
    assert main(["add", *home, "--name", "w.example", str(SIGNER.key)]) == 0
    running = Witness(tmp_path / "home", [])
    assert running.add_checkpoint(request(0, 8)).status == 200
    assert running.add_checkpoint(request(0, 3, signer=OTHER)).status == 404
    assert main(["add", *home, str(OTHER.key)]) == 0
    assert running.add_checkpoint(request(0, 3, signer=OTHER)).status == 200
    capsys.readouterr()
    assert main(["list", *home]) == 0
    assert capsys.readouterr().out == "neighbour.example/log 3\nsociety.example/log 8\n"
    assert main(["key", *home]) == 0
    assert WitnessKey.parse(capsys.readouterr().out) == running.cosigner.key
    changed = Signer(OTHER.key.name, bytes([9] * 32))
    assert main(["add", *home, str(changed.key)]) == 1
    assert main(["add", *home, "nonsense"]) == 1
    assert running.add_checkpoint(request(3, 4, signer=OTHER)).status == 200


def test_it_signs_in_the_form_it_was_made_with(tmp_path: Path) -> None:
    home, logs = tmp_path / "home", [str(SIGNER.key)]
    made = Witness(home, logs, "w.example", lambda: NOW, "ml-dsa-44")
    line = made.add_checkpoint(request(0, 8)).body
    assert made.cosigner.key.form == SUBTREE_V1
    text = checkpoint(8).partition("\n\n")[0] + "\n"
    again = Witness(home, [])
    assert check_cosignature(text, line, again.cosigner.key) == NOW
    with pytest.raises(ValueError, match="signs with ml-dsa-44"):
        Witness(home, logs, form="ed25519")


def test_one_connection_carries_many_requests(witness: Witness, address: str) -> None:
    open_one = HTTPConnection(address.removeprefix("http://"), timeout=20)
    for path, old, new, status in (
        ("/add-checkpoint", 0, 8, 200),
        ("/elsewhere", 8, 9, 404),
        ("/add-checkpoint", 8, 9, 200),
        ("/add-checkpoint", 0, 9, 409),
        ("/add-checkpoint", 9, 300, 200),
    ):
        open_one.request("POST", path, request(old, new))
        answer = open_one.getresponse()
        answer.read()
        assert answer.status == status
    slowly = (time.sleep(0.05) or piece for piece in (b"old 0", b"more", b"and more"))
    open_one.request("POST", "/add-checkpoint", slowly, encode_chunked=True)
    answer = open_one.getresponse()
    assert (answer.status, answer.headers["Connection"]) == (400, "close")
    open_one.close()
    assert ask(f"{address}/logs")[1].endswith("society.example/log 300\n")
