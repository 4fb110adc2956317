"""The public verifier: witnesses and quorum, proofs, evidence; what it shares with nobody."""

import ast
import base64
import json
import sys
from pathlib import Path

import pytest

from boai.ground.merkle import verify
from boai.ground.merkle.checkpoints import Head, sign_head
from boai.ground.merkle.cosignatures import Cosigner
from boai.ground.merkle.hashing import leaf_hash
from boai.ground.merkle.proofs import ProofFails, check_consistency
from boai.ground.merkle.tiles import bundle
from boai.ground.merkle.tree import consistency_proof, inclusion_proof, nodes_of, root_of
from boai.ground.merkle.verify import Fails, beside, check_proof, main, open_head, read_policy
from tests.foreign.logs import SIGNER, entries, write_log

WITNESSES = [Cosigner(f"w{n}.example", bytes([40 + n]) * 32) for n in range(3)]
KEY = str(SIGNER.key)
TWO_OF_THREE = "".join(
    [f"log {KEY}\n"]
    + [f"witness w{n} {w.key}\n" for n, w in enumerate(WITNESSES)]
    + ["group all-of-them 2 w0 w1 w2\n", "quorum all-of-them\n"]
)


def cosigned(note, *witnesses, at=1_580_000_000):
    text = note.rpartition("\n\n")[0] + "\n"
    return note + "".join(witness.cosign(text, at) for witness in witnesses)


def test_it_is_one_file_of_the_standard_library_and_small():
    source = Path(verify.__file__).read_text()
    assert len(source.splitlines()) <= 400
    names = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add((node.module or "").split(".")[0])
    assert names <= set(sys.stdlib_module_names)


def test_entries_end_where_their_bundle_ends():
    whole = bundle([b"", b"a", b"x" * 300, "捐".encode()])
    hashes = b"".join(leaf_hash(entry) for entry in (b"", b"a", b"x" * 300, "捐".encode()))
    assert verify.leaves_of(whole, "here") == hashes and verify.leaves_of(b"", "here") == b""
    ends = {0, 2, 5, 307, 312}
    for cut in range(len(whole)):
        if cut in ends:
            assert hashes.startswith(verify.leaves_of(whole[:cut], "here"))
        else:
            with pytest.raises(Fails, match="here: an entry runs over the end"):
                verify.leaves_of(whole[:cut], "here")
    with pytest.raises(Fails, match="runs over the end"):
        verify.leaves_of(whole + b"\0", "here")


@pytest.fixture
def log(tmp_path):
    return write_log(tmp_path / "log", entries(300))


@pytest.fixture
def policy(tmp_path):
    path = tmp_path / "policy"
    path.write_text(TWO_OF_THREE)
    return str(path)


def test_it_counts_witnesses_not_signatures(log, policy, capsys):
    note = (log / "checkpoint").read_text()
    first = WITNESSES[0]
    for below, code, count in (
        ((), 3, 0),
        ((first,), 3, 1),
        ((first, first), 3, 1),
        ((first, Cosigner("stranger.example", b"s" * 32)), 3, 1),
        (WITNESSES[:2], 0, 2),
        (WITNESSES, 0, 3),
    ):
        (log / "checkpoint").write_text(cosigned(note, *below))
        capsys.readouterr()
        assert main([str(log), "--policy", policy]) == code
        assert f"{count}/3" in capsys.readouterr().out


def test_a_known_witness_with_a_wrong_signature_refuses_the_note(log, policy, capsys):
    note = (log / "checkpoint").read_text()
    other = note.replace("\n300\n", "\n299\n")
    line = cosigned(other, WITNESSES[2]).removeprefix(other)
    good = cosigned(note, *WITNESSES)
    for bad in (note + line, good + line):
        (log / "checkpoint").write_text(bad)
        assert main([str(log), "--policy", policy]) == 1
        assert "w2.example fails" in capsys.readouterr().out
    # Whoever does not know the witness passes it over.
    (log / "checkpoint").write_text(note + line)
    assert main([str(log), "--key", KEY]) == 0


W0, W1 = WITNESSES[0].key, WITNESSES[1].key


@pytest.mark.parametrize(
    "text",
    [
        f"log {KEY}\n",
        f"log {KEY}\nquorum nobody\n",
        f"log {KEY}\nquorum none\nquorum none\n",
        f"log {KEY}\nlog {KEY}\nquorum none\n",
        f"log {W0}\nquorum none\n",
        f"log {KEY}\nwitness a {KEY}\nquorum a\n",
        f"log {KEY}\nwitness a {W0}\nwitness a {W1}\nquorum a\n",
        f"log {KEY}\nwitness a {W0}\nwitness b {W0}\ngroup g all a b\nquorum g\n",
        f"log {KEY}\nwitness none {W0}\nquorum none\n",
        f"log {KEY}\nwitness a {W0}\ngroup g 2 a\nquorum g\n",
        f"log {KEY}\nwitness a {W0}\ngroup g 0 a\nquorum g\n",
        f"log {KEY}\nwitness a {W0}\ngroup g any\nquorum g\n",
        f"log {KEY}\nwitness a {W0}\ngroup g 1 a a\nquorum g\n",
        f"log {KEY}\nwitness a {W0}\ngroup g 1 a\ngroup h 1 a\nquorum h\n",
        f"log {KEY}\ngroup g 1 a\nwitness a {W0}\nquorum g\n",
        f"log {KEY}\nwitness a {W0}\ngroup g 1 a none\nquorum g\n",
        f"log {KEY}\r\nquorum none\r\n",
        f"witness a\nlog {KEY}\nquorum none\n",
        f"something else\nlog {KEY}\nquorum none\n",
    ],
)
def test_a_policy_that_could_be_misread_is_refused(text):
    with pytest.raises((Fails, ValueError)):
        read_policy(text)


def test_groups_of_groups():
    text = (
        f"# 两级 two levels\nlog\t{KEY}  https://log.example\n\nwitness a {W0} https://a.example\n"
        f"witness b {W1}\nwitness c {WITNESSES[2].key}\n  # inside\n"
        "group outside any b c\ngroup both all a outside\nquorum both\n"
    )
    keys, met = read_policy(text)
    a, b, c = (own for own, key in keys.items() if key[0] == 4)
    assert [met({*some}) for some in ((a,), (b, c), (a, b), (a, c), (a, b, c))] == [
        False, False, True, True, True,
    ]  # fmt: skip


def test_proofs_agree_with_the_logs_own_for_every_small_tree():
    leaves = [leaf_hash(b"%d" % n) for n in range(70)]
    node = nodes_of(leaves)
    for size in range(1, 71):
        root = root_of(leaves[:size])
        for index in range(size):
            path = inclusion_proof(node, index, size)
            check_proof(index, False, [leaves[index], *path], {size: root})
            with pytest.raises(Fails):
                check_proof(index, False, [leaves[index], *path, root], {size: root})
            if path:
                with pytest.raises(Fails):
                    check_proof(index, False, [leaves[index], *path[:-1], bytes(32)], {size: root})
        for old in range(1, size):
            was, path = root_of(leaves[:old]), consistency_proof(node, old, size)
            steps = [*([] if old & (old - 1) else [was]), *path]
            assert len(beside(old - 1, True, 0, size)) == len(steps)
            check_proof(old - 1, True, steps, {old: was, size: root})
            with pytest.raises(Fails):
                check_proof(old - 1, True, [*steps[:-1], bytes(32)], {old: was, size: root})


def test_a_bundle_is_checked_offline(log, policy, tmp_path, capsys):
    note = cosigned((log / "checkpoint").read_text(), *WITNESSES[:2])
    leaves = [leaf_hash(entry) for entry in entries(300)]
    path = inclusion_proof(nodes_of(leaves), 257, 300)
    steps = "".join(base64.b64encode(step).decode() + "\n" for step in path)
    bundle, leaf = tmp_path / "b.tlog-proof", tmp_path / "leaf"
    leaf.write_bytes(entries(300)[257])
    good = f"c2sp.org/tlog-proof@v1\nindex 257\n{steps}\n{note}"
    ask = ["proof", str(bundle), "--leaf", str(leaf), "--policy", policy]
    for text, code in (
        (good, 0),
        (good.replace("index", "extra aGk=\nindex"), 0),
        (good.replace("index 257", "index 256"), 1),
        (good.replace("index 257", "index 0257"), 1),
        (good.replace("@v1", "@v2"), 1),
        (good.replace(steps, steps[45:]), 1),
        (good.replace(steps, steps + steps[:45]), 1),
        (good.replace("\n300\n", "\n301\n"), 1),
        (good[: good.index("— w1")], 3),
        (good[: good.index("— ")], 1),
        ("", 1),
    ):
        bundle.write_text(text)
        assert main(ask) == code, text
    bundle.write_text(good)
    leaf.write_bytes(entries(300)[257] + b"\n")
    assert main(ask) == 1
    assert "leaf 第 257 条" in capsys.readouterr().out


def test_evidence_stands_by_itself(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    logs = {n: write_log(tmp_path / str(n), entries(n)) for n in (100, 256, 300)}
    fork = write_log(tmp_path / "fork", entries(300, altered=150))
    late = write_log(tmp_path / "late", entries(1000, altered=150))
    state = tmp_path / "state" / "heads.json"
    state.parent.mkdir()
    for n in (100, 256, 300):
        assert main([str(logs[n]), "--key", KEY, "--state", str(state)]) == 0
    before = state.read_text()
    for place, kind, between in (
        (fork, "fork", None),
        (late, "fork", [100, 255]),
        (logs[256], "rollback", None),
    ):
        capsys.readouterr()
        ask = [str(place), "--key", KEY, "--state", str(state), "--json"]
        assert main(ask) == 1
        answer = json.loads(capsys.readouterr().out)
        assert kind in answer["problem"] and len(answer["heads"]) == 2
        file = Path(answer["evidence"])
        assert file.parent == state.parent
        case = json.loads(file.read_text())
        assert case.get("an_entry_differs_from_to") == between
        assert main(["evidence", str(file)]) == 0
        assert kind in capsys.readouterr().out
        assert main(["evidence", str(file), "--key", KEY]) == 0
        stranger = KEY.replace("society", "another")
        assert main(["evidence", str(file), "--key", stranger]) == 1
        assert state.read_text() == before
    # A head that somebody else saw does as well as one's own.
    capsys.readouterr()
    assert main([str(fork), "--key", KEY, "--head", str(logs[300] / "checkpoint")]) == 1
    assert "evidence-300-" in capsys.readouterr().out
    assert main([str(late), "--key", KEY, "--head", str(logs[100] / "checkpoint")]) == 0


def test_evidence_that_does_not_convict(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    old = write_log(tmp_path / "old", entries(200, altered=3))
    new = write_log(tmp_path / "new", entries(300))
    ask = [str(new), "--key", KEY, "--head", str(old / "checkpoint"), "--json"]
    assert main(ask) == 1
    file = next(tmp_path.glob("evidence-*.json"))
    good = json.loads(file.read_text())
    honest = sign_head(
        Head(SIGNER.key.name, 200, root_of([leaf_hash(e) for e in entries(200)])), SIGNER
    )
    stranger = good["log"].replace("society", "another")
    for change in (
        {"notes": [honest, good["notes"][1]]},
        {"notes": [good["notes"][1], good["notes"][1]]},
        {"notes": [good["notes"][1], good["notes"][1]], "older_root_now": "00" * 32},
        {"proof": good["proof"][:-1]},
        {"proof": [*good["proof"], good["proof"][0]]},
        {"older_root_now": "00" * 32},
        {"older_root_now": open_head(good["notes"][0], read_policy(KEY)).root.hex()},
        {"log": stranger},
        {"notes": []},
    ):
        file.write_text(json.dumps(good | change))
        assert main(["evidence", str(file)]) == 1, change
    for nonsense in ("", "[]", "{}", "null", "not json"):
        file.write_text(nonsense)
        assert main(["evidence", str(file)]) == 1, nonsense
    with pytest.raises(ProofFails):
        check_consistency(200, 300, [], bytes(32), bytes(32))


@pytest.mark.parametrize(
    "words",
    [[], ["x"], ["proof", "x", "--key", KEY], ["proof", "x", "--leaf", "y"], ["a", "b", "c"]],
)
def test_wrong_usage_is_two(words, capsys):
    with pytest.raises(SystemExit) as usage:
        main(words)
    assert usage.value.code == 2
