"""Both verifiers on cosigned logs, bundles, kept heads and evidence: the same answer each time."""

import base64
import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from boai.ground.merkle import verify
from boai.ground.merkle.cosignatures import Cosigner
from boai.ground.merkle.hashing import leaf_hash
from boai.ground.merkle.tree import inclusion_proof, nodes_of
from tests.foreign.logs import SIGNER, damages, entries, write_log

KEY = str(SIGNER.key)
WITNESSES = [Cosigner(f"w{n}.example", bytes([40 + n]) * 32) for n in range(3)]
NAMED = "".join(f"witness w{n} {w.key}\n" for n, w in enumerate(WITNESSES))
POLICY = f"log {KEY}\n{NAMED}group g 2 w0 w1 w2\nquorum g\n"
Asked = Callable[[list[str], list[str]], int]


@pytest.fixture
def asked(program: str, capsys: pytest.CaptureFixture[str]) -> Asked:
    """Ask both; they must agree on the exit code and, where all is well, on every word."""

    def ask(ours: list[str], theirs: list[str]) -> int:
        capsys.readouterr()
        answer = verify.main(ours)
        said = capsys.readouterr().out
        done = subprocess.run([program, *theirs], capture_output=True, text=True, check=False)
        assert done.returncode == answer, f"ours: {said}\ntheirs: {done.stdout}{done.stderr}"
        if answer != 1:
            assert done.stdout == said
        return answer

    return ask


def cosign(log: Path, *witnesses: Cosigner) -> None:
    """Put the lines of these witnesses under the checkpoint."""
    note = (log / "checkpoint").read_text()
    text = note.rpartition("\n\n")[0] + "\n"
    lines = [w.cosign(text, 1_580_000_000 + n) for n, w in enumerate(witnesses)]
    (log / "checkpoint").write_text(note + "".join(lines))


def test_both_count_the_same_witnesses(asked: Asked, tmp_path: Path) -> None:
    log, policy = write_log(tmp_path / "log", entries(300)), tmp_path / "policy"
    policy.write_text(POLICY)
    bare = (log / "checkpoint").read_text()
    ask = lambda: asked(  # noqa: E731
        [str(log), "--policy", str(policy)], ["-log", str(log), "-policy", str(policy)]
    )
    one, two = WITNESSES[:2]
    for signing, code in (
        ((), 3),
        ((one,), 3),
        ((one, one, one), 3),
        ((one, Cosigner("x", b"x" * 32)), 3),
        ((one, two), 0),
        (tuple(WITNESSES), 0),
    ):
        (log / "checkpoint").write_text(bare)
        cosign(log, *signing)
        assert ask() == code
    (log / "checkpoint").write_text(bare)
    cosign(log, one, two)
    good = (log / "checkpoint").read_bytes()
    for at in range(0, len(good), 3):
        changed = bytearray(good)
        changed[at] ^= 1 << at % 7
        (log / "checkpoint").write_bytes(changed)
        assert ask() in (1, 3)  # 3: a witness's name or key id was hit, so nobody knows it
    (log / "checkpoint").write_bytes(good + good.splitlines(keepends=True)[-1].replace(b"A", b"B"))
    assert ask() == 1
    for wrong in (POLICY + POLICY, POLICY.replace("group g 2", "group g 4"), "quorum none\n", ""):
        policy.write_text(wrong)
        assert ask() == 1


def test_both_read_the_same_policies(asked: Asked, tmp_path: Path) -> None:
    log, policy = write_log(tmp_path / "log", entries(3)), tmp_path / "policy"
    cosign(log, *WITNESSES[:2])
    for end, code in (
        ("quorum none\n", 0),
        ("quorum w0\n", 0),
        ("quorum w2\n", 3),
        ("group g all w0 w1\nquorum g\n", 0),
        ("group g all w0 w1 w2\nquorum g\n", 3),
        ("group g any w2 w1\nquorum g", 0),
        ("group g 1 w2\ngroup h 2 g w0\nquorum h\n", 3),
        (" # a comment\n\tgroup g any w0 \n\n group h all g w1\nquorum\th\n", 0),
        ("group g 1 w0 w0\nquorum g\n", 1),
        ("group g 1 w0\ngroup h 1 w0\nquorum h\n", 1),
        ("group g 0 w0\nquorum g\n", 1),
        ("group g 01 w0\nquorum g\n", 1),
        ("group g all\nquorum g\n", 1),
        ("group w0 all w1\nquorum w0\n", 1),
        ("group g all none\nquorum g\n", 1),
        (f"witness other {WITNESSES[0].key}\nquorum none\n", 1),
        (f"witness none {Cosigner('y', b'y' * 32).key}\nquorum none\n", 1),
        ("quorum none\nquorum none\n", 1),
        ("quorum\n", 1),
        ("quorum nobody\n", 1),
        ("quorum none\r\n", 1),
        ("sum none\nquorum none\n", 1),
        ("", 1),
    ):
        policy.write_text(f"log {KEY} https://log.example\n{NAMED}{end}", newline="")
        ours, theirs = ["--policy", str(policy)], ["-policy", str(policy)]
        assert asked([str(log), *ours], ["-log", str(log), *theirs]) == code, end


def test_both_check_a_bundle(asked: Asked, tmp_path: Path) -> None:
    log, policy = write_log(tmp_path / "log", entries(300)), tmp_path / "policy"
    policy.write_text(POLICY)
    cosign(log, *WITNESSES[:2])
    node = nodes_of([leaf_hash(entry) for entry in entries(300)])
    bundle, leaf = tmp_path / "a.tlog-proof", tmp_path / "leaf"
    ours = ["proof", str(bundle), "--leaf", str(leaf), "--policy", str(policy)]
    theirs = ["-bundle", str(bundle), "-leaf", str(leaf), "-policy", str(policy)]
    for index in (0, 1, 255, 256, 257, 299):
        leaf.write_bytes(entries(300)[index])
        path = inclusion_proof(node, index, 300)
        steps = "".join(base64.b64encode(step).decode() + "\n" for step in path)
        note = (log / "checkpoint").read_text()
        good = f"c2sp.org/tlog-proof@v1\nindex {index}\n{steps}\n{note}"
        bundle.write_text(good)
        assert asked(ours, theirs) == 0
        for wrong in (
            good.replace(f"index {index}", f"index {index ^ 1}"),
            good.replace(f"index {index}", f"index +{index}"),
            good.replace("@v1", "@v3"),
            good.replace(steps, steps[45:]),
            good.replace(steps, steps[:-45]),
            good.replace(steps, steps + steps[:45]),
            good.replace(steps, ""),
            good.replace("index", "extra ***\nindex"),
            good.replace("index", "extra aGk=\nextra aGk=\nindex"),
            good.replace("\n300\n", "\n0300\n"),
            good.replace("\n", "\r\n"),
            good[: good.index("\n\n")],
        ):
            bundle.write_text(wrong, newline="")
            assert asked(ours, theirs) == 1, wrong
        bundle.write_text(good.replace("index", "extra aGk=\nindex"))
        assert asked(ours, theirs) == 0
        bundle.write_text(good)
        leaf.write_bytes(entries(300)[index] + b" ")
        assert asked(ours, theirs) == 1


def test_forks_and_rollbacks_of_kept_heads_and_their_evidence(
    asked: Asked, program: str, tmp_path: Path
) -> None:
    sizes = [1, 100, 255, 256, 257, 300, 700]
    logs = {size: write_log(tmp_path / str(size), entries(size)) for size in sizes}
    state = tmp_path / "heads.json"
    for size in sizes:
        assert verify.main([str(logs[size]), "--key", KEY, "--state", str(state)]) == 0
        same = [str(logs[size]), "--key", KEY, "--state", str(state)]
        assert asked(same, ["-log", str(logs[size]), "-key", KEY, "-heads", str(state)]) == 0
    forks = [(size, altered) for size in (700, 701, 900) for altered in (0, 99, 254, 256, 650)]
    told = {(700, 700): logs[300]} | {
        fork: write_log(tmp_path / f"fork-{fork}", entries(fork[0], altered=fork[1]))
        for fork in forks
    }
    for place in told.values():
        ours = [str(place), "--key", KEY, "--state", str(state)]
        assert asked(ours, ["-log", str(place), "-key", KEY, "-heads", str(state)]) == 1
    files = sorted(tmp_path.glob("evidence-*.json"))
    assert len(files) == len(told)
    for file in files:
        assert asked(["evidence", str(file)], ["-evidence", str(file)]) == 0
        case = json.loads(file.read_text())
        for change in (
            {"notes": case["notes"][:1] * 2},
            {"notes": case["notes"][1:] * 2, "older_root_now": "00" * 32},
            {"proof": []} if len(case.get("proof", [])) else {"log": ""},
            {"log": case["log"].replace("society", "another")},
        ):
            bad = tmp_path / "changed.json"
            bad.write_text(json.dumps(case | change))
            assert asked(["evidence", str(bad)], ["-evidence", str(bad)]) == 1, (case, change)


def test_both_find_damage_of_a_cosigned_log(asked: Asked, tmp_path: Path) -> None:
    log, policy = write_log(tmp_path / "log", entries(40)), tmp_path / "policy"
    policy.write_text(POLICY)
    cosign(log, *WITNESSES)
    ours, theirs = ["--policy", str(policy)], ["-policy", str(policy)]
    found = [(what, asked([str(log), *ours], ["-log", str(log), *theirs])) for what in damages(log)]
    # Two of three are enough: whoever hits the name of one leaves a log that holds.
    assert {code for what, code in found if not what.startswith("checkpoint")} == {1}
    assert asked([str(log), *ours], ["-log", str(log), *theirs]) == 0
