"""Two verifiers that share nothing, ours and one on Go's sumdb: they agree on good and bad logs."""

import base64
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from boai.foundations.translog import files
from boai.foundations.translog.services.exporting import export_log
from boai.foundations.translog.services.sequencing import sequence
from boai.ground.merkle import verify
from boai.ground.merkle.checkpoints import open_checkpoint
from boai.ground.merkle.cosignatures import Cosigner
from boai.ground.merkle.hashing import leaf_hash
from boai.ground.merkle.proofs import ProofFails, check_consistency
from boai.ground.merkle.tiles import Tile, bundle
from boai.ground.merkle.tree import consistency_proof, nodes_of
from tests.foreign.logs import SIGNER, damages, entries, write_log
from tests.foundations.translog.test_log import queue, vkey

KEY = str(SIGNER.key)
Verifier = Callable[..., int]


@pytest.fixture
def both(program: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Verifier:
    """Ask both about a log, with an older log that was seen before; they must agree."""

    def ask(
        folder: Path, key: str = KEY, seen: Path | None = None, proof: Path | None = None
    ) -> int:
        ours, theirs = [str(folder), "--key", key], ["-log", str(folder), "-key", key]
        if seen is not None:
            state = tmp_path / "heads.json"
            state.unlink(missing_ok=True)
            assert verify.main([str(seen), "--key", key, "--state", str(state)]) == 0
            ours += ["--state", str(state)]
            theirs += ["-old", str(seen / "checkpoint")]
        if proof is not None:
            theirs += ["-proof", str(proof)]
        capsys.readouterr()
        answer = verify.main(ours)
        said = capsys.readouterr().out
        done = subprocess.run([program, *theirs], capture_output=True, text=True, check=False)
        assert done.returncode == answer, f"ours: {said}\ntheirs: {done.stdout}{done.stderr}"
        if answer == 0:
            assert done.stdout == said
        return answer

    return ask


@pytest.mark.parametrize("size", [0, 1, 255, 256, 257, 1000, 70_000])
def test_both_find_a_good_log_good(both: Verifier, tmp_path: Path, size: int) -> None:
    log = write_log(tmp_path / "log", entries(size))
    assert both(log) == 0
    if size == 70_000:
        # The worked example of the C2SP specification: 273 full tiles and one partial, 1 and 1, 1.
        assert [len(list((log / f"tile/{n}").rglob("*"))) for n in (0, 1, 2)] == [275, 3, 2]


@pytest.mark.parametrize("size", [1, 257])
def test_both_find_every_damage(both: Verifier, tmp_path: Path, size: int) -> None:
    log = write_log(tmp_path / "log", entries(size))
    missed = [what for what in damages(log) if both(log) != 1]
    assert missed == []
    assert both(log) == 0


def test_both_find_an_altered_entry_with_fitting_tiles(both: Verifier, tmp_path: Path) -> None:
    log = write_log(tmp_path / "log", entries(300))
    signed = (log / "checkpoint").read_bytes()
    write_log(log, entries(300, altered=7))
    assert both(log) == 0
    (log / "checkpoint").write_bytes(signed)
    assert both(log) == 1


def test_both_refuse_another_key(both: Verifier, tmp_path: Path) -> None:
    log = write_log(tmp_path / "log", entries(3))
    (log / "vkey").unlink()
    assert both(log, key=KEY[:-4] + "AAA=") == 1


def test_both_take_growth_and_refuse_fork_and_rollback(both: Verifier, tmp_path: Path) -> None:
    sizes = [0, 1, 255, 256, 257, 1000]
    logs = {size: write_log(tmp_path / str(size), entries(size)) for size in sizes}
    for old in sizes:
        for new in sizes:
            assert both(logs[new], seen=logs[old]) == (0 if old <= new else 1), (old, new)
    fork = write_log(tmp_path / "fork", entries(1000, altered=200))
    assert both(fork) == 0
    for old in sizes:
        # A head from before the altered entry is honest under both histories.
        assert both(fork, seen=logs[old]) == (1 if old > 200 else 0), old


def test_the_proof_that_the_log_hands_out_convinces_both(both: Verifier, tmp_path: Path) -> None:
    new, given = write_log(tmp_path / "new", entries(1000)), tmp_path / "proof"
    node = nodes_of([leaf_hash(entry) for entry in entries(1000)])
    head = open_checkpoint((new / "checkpoint").read_text(), SIGNER.key)
    for size in (1, 255, 256, 257, 700, 999):
        old = write_log(tmp_path / str(size), entries(size))
        old_head = open_checkpoint((old / "checkpoint").read_text(), SIGNER.key)
        proof = consistency_proof(node, size, 1000)
        given.write_text("".join(base64.b64encode(step).decode() + "\n" for step in proof))
        check_consistency(size, 1000, proof, old_head.root, head.root)
        assert both(new, seen=old, proof=given) == 0
        bad = [*proof[:-1], bytes(32)]
        with pytest.raises(ProofFails):
            check_consistency(size, 1000, bad, old_head.root, head.root)
        given.write_text("".join(base64.b64encode(step).decode() + "\n" for step in bad))
        with pytest.raises(AssertionError, match="theirs: FAILS"):
            both(new, seen=old, proof=given)  # ours has no door for a proof: it re-hashes


def test_older_partial_tiles_must_be_beginnings(both: Verifier, tmp_path: Path) -> None:
    log = write_log(tmp_path / "log", entries(300))
    old = write_log(tmp_path / "old", entries(20))
    for tile in (Tile(0, 0, 20), Tile(-1, 0, 20)):
        path = log / tile.path
        path.parent.mkdir()
        shutil.copy(old / tile.path, path)
        assert both(log) == 0
        path.write_bytes(bundle(entries(20, altered=3)))
        assert both(log) == 1
        path.unlink()


def test_other_signatures_are_passed_over_but_must_be_well_formed(
    both: Verifier, tmp_path: Path
) -> None:
    log = write_log(tmp_path / "log", entries(5))
    note = (log / "checkpoint").read_text()
    line = Cosigner("witness.example", bytes(32)).cosign(note.partition("\n\n")[0] + "\n", 7)
    for below, answer in (
        (line, 0),
        (line * 15, 0),
        (line * 16, 1),
        (line.replace("— ", "- "), 1),
        ("— witness.example AAAAAAAAAB==\n", 1),
        ("— witness.example AAAA\n", 1),
        ("\n", 1),
    ):
        (log / "checkpoint").write_text(note + below)
        assert both(log) == answer, below


@pytest.mark.django_db
def test_both_verify_what_the_society_exports_and_serves(
    both: Verifier, at: Any, tmp_path: Path
) -> None:
    before: Path | None = None
    written = 0
    for size in (0, 10, 260, 600):
        queue(at, written, size - written)
        sequence(at)
        written = size
        out = tmp_path / f"export-{size}"
        export_log(out)
        assert both(out, key=vkey(), seen=before) == 0
        assert both(files.folder(), key=vkey(), seen=before) == 0
        before = out
