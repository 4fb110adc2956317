"""G15: damages, forks and rollbacks of a log, all to be found; honest restarts, never an alarm.

Logs of many sizes lie on the disk as the society serves them, cosigned by two witnesses. Each change
is made, judged by boai-verify, sometimes by the Go verifier too, and mended again.
"""

import base64
import functools
import json
import random
import shutil
from pathlib import Path
from typing import Any

from boai.ground.merkle import proofs, verify
from boai.ground.merkle.cosignatures import Cosigner
from tests.campaigns.frame import Closing, Plan, amount, campaign
from tests.campaigns.society_log import asked, go
from tests.foreign.logs import SIGNER, entries, write_log
from tests.ground.merkle.test_vectors import OWN, holds

WITNESSES = [Cosigner(f"w{n}.example", bytes([60 + n]) * 32) for n in range(2)]
POLICY = "".join(
    [f"log {SIGNER.key}\n"]
    + [f"witness w{n} {w.key}\n" for n, w in enumerate(WITNESSES)]
    + ["group watch all w0 w1\n", "quorum watch\n"]
)
SIZES = (1, 2, 40, 255, 256, 257, 300, 512, 700)


class Bench:
    """Logs on the disk, the two verifiers, and what came of it."""

    def __init__(self, plan: Plan, closing: Closing) -> None:
        self.home, self.closing, self.chance = plan.home, closing, random.Random(plan.seed)
        # The same signatures come again and again; their check is a pure function.
        module: Any = verify
        module.ed25519_holds = functools.cache(verify.ed25519_holds)
        self.policy = plan.home / "policy"
        self.policy.write_text(POLICY)
        self.trusted = verify.read_policy(POLICY)
        self.program = go(plan, closing)
        self.logs = {size: self.log(f"log-{size}", entries(size)) for size in SIZES}

    def log(self, name: str, content: list[bytes]) -> Path:
        """A cosigned log with this content."""
        folder = write_log(self.home / name, content)
        note = (folder / "checkpoint").read_text()
        text = note.rpartition("\n\n")[0] + "\n"
        lines = [w.cosign(text, 1_580_000_000) for w in WITNESSES]
        (folder / "checkpoint").write_text(note + "".join(lines))
        return folder

    def verdict(self, folder: Path, state: str = "") -> tuple[bool, str, str]:
        """Whether it holds, quorum and all; why not; and the evidence file, where there is one."""
        try:
            answer = verify.verify(str(folder), self.trusted, state)
            return bool(answer["quorum"]), "quorum", ""
        except verify.Fails as failure:
            more = failure.args[1] if failure.args[1:] else {}
            return False, failure.args[0], more.get("evidence", "")
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as odd:
            return False, f"unreadable: {odd}", ""

    def second(self, what: str, expected: bool, *words: str) -> None:
        """The Go verifier must say the same."""
        if self.program is not None:
            code, said = asked(self.program, *words)
            if (code == 0) != expected:
                self.closing.broke(f"the Go verifier on {what}: {code} {said.strip()}")


@campaign("G15", title="damages, forks and rollbacks of the log are all found")
def run(plan: Plan) -> Closing:
    """``operations``: changes and restarts; ``refused``: found; ``acknowledged``: rightly passed."""
    from tests.campaigns import frame

    plan.home.mkdir(exist_ok=True)
    frame.plant(plan)
    closing = Closing()
    bench = Bench(plan, closing)
    wanted, number = amount(plan, probe=210, small=1_000, long=10_000), 0
    while closing.operations < wanted:  # not every kind fits every file
        _damage(bench, number)
        number += 1
    for number in range(amount(plan, probe=8, small=100, long=1_000)):
        _contradiction(bench, number, rollback=False)
        _contradiction(bench, number, rollback=True)
        _honest_restart(bench, number)
    _vectors(closing)
    return closing


def _damage(bench: Bench, number: int) -> None:
    chance = bench.chance
    folder = bench.logs[chance.choice(SIZES)]
    kind = _KINDS[number % len(_KINDS)]
    files = sorted(file for file in (folder / "tile").rglob("*") if file.is_file())
    path = folder / "checkpoint" if kind in _ON_CHECKPOINTS else chance.choice(files)
    before = path.read_bytes()
    put = _changed(kind, path, before, chance, bench)
    if put is None or put[0].is_dir():
        return
    bench.closing.operations += 1
    stray = put[0] if put[0] != path else None
    put[0].parent.mkdir(parents=True, exist_ok=True)
    if put[1] is None:
        path.unlink()
    else:
        put[0].write_bytes(put[1])
    held, _, _ = bench.verdict(folder)
    if held:
        bench.closing.broke(f"not found: {kind} of {path.relative_to(bench.home)}")
    else:
        bench.closing.refused += 1
    if number % 20 == 0:
        words = ["-log", str(folder), "-policy", str(bench.policy)]
        bench.second(kind, False, *words)
    if stray is not None:
        stray.unlink()
    path.write_bytes(before)


_ON_CHECKPOINTS = (
    "checkpoint byte", "log signature of another", "witness signature of another", "one witness",
    "one witness twice", "seventeen signatures", "extension line", "leading zero", "no signature",
)  # fmt: skip
_KINDS = (
    "bit", "bit", "zeroed", "cut", "longer", "gone", "other file", "stale partial", "wrong width",
    "oversize leaf", "entry and tile", "stray file", *_ON_CHECKPOINTS,
)  # fmt: skip
Put = tuple[Path, bytes | None] | None


def _changed(kind: str, path: Path, before: bytes, chance: random.Random, bench: Bench) -> Put:
    """The file to write and what; None where this kind does not fit this file."""
    if kind in _ON_CHECKPOINTS:
        return path, _checkpoint(kind, before.decode(), chance)
    at = chance.randrange(len(before))
    if kind == "bit":
        return path, before[:at] + bytes([before[at] ^ 1 << chance.randrange(8)]) + before[at + 1 :]
    if kind == "zeroed":
        after = before[:at] + bytes(min(32, len(before) - at)) + before[at + 32 :]
        return (path, after) if after != before else None
    if kind in ("cut", "longer"):
        return path, before[:at] if kind == "cut" else before + before[: at + 1]
    if kind == "gone":
        return path, None
    if kind == "other file":
        other = chance.choice(list(bench.logs.values())) / path.relative_to(path.parents[-1])
        twin = bench.logs[700] / "tile/entries/001"
        content = (twin if not other.is_file() or path.name == "001" else other).read_bytes()
        return (path, content) if content != before else None
    partial = path.parent.suffix == ".p"
    if kind == "stale partial":
        # What stood there when the log was one entry shorter, under the name of today.
        return (path, before[: -chance.randrange(1, 33)]) if partial else None
    if kind == "wrong width":
        width = chance.randrange(1, 256)
        other = path.with_name(str(width)) if partial else path.with_name(f"{path.name}.p") / "256"
        return None if other.exists() else (other, before)
    if kind == "oversize leaf":
        return (path, b"\xff\xff" + before[2:]) if "entries" in path.parts else None
    if kind == "entry and tile":
        return (path, before[:2] + b"#" + before[3:]) if "entries" in path.parts else None
    return path.parent / chance.choice(("x", "1000", "000.q", "001.new")), before


def _checkpoint(kind: str, note: str, chance: random.Random) -> bytes:
    text, _, below = note.partition("\n\n")
    own, first, second = below.splitlines(keepends=True)
    size = text.split("\n")[1]
    if kind == "checkpoint byte":
        raw = bytearray(note.encode())
        raw[chance.randrange(len(raw))] ^= 1 << chance.randrange(8)
        return bytes(raw)
    other = text.replace(f"\n{size}\n", f"\n{int(size) + 1}\n") + "\n"
    forged = {
        "log signature of another": SIGNER.sign(other).partition("\n\n")[2] + first + second,
        "witness signature of another": own + first + WITNESSES[1].cosign(other, 1_580_000_000),
        "one witness": own + first,
        "one witness twice": own + first + WITNESSES[0].cosign(text + "\n", 1_580_000_001),
        "seventeen signatures": own + first + second + first * 14,
        "no signature": first + second,
    }
    changed = {
        "extension line": text + "\nextension",
        "leading zero": text.replace(f"\n{size}\n", f"\n0{size}\n"),
    }
    if kind in changed:
        lines = "".join(w.cosign(changed[kind] + "\n", 1_580_000_000) for w in WITNESSES)
        return (SIGNER.sign(changed[kind] + "\n") + lines).encode()
    return f"{text}\n\n{forged[kind]}".encode()


def _contradiction(bench: Bench, number: int, *, rollback: bool) -> None:
    """A log that grew, and then another history or a smaller size under the real key."""
    chance, closing = bench.chance, bench.closing
    size = chance.randrange(2, 700)
    state = bench.home / "contradiction" / "heads.json"
    shutil.rmtree(state.parent, ignore_errors=True)
    state.parent.mkdir()
    seen = bench.log("seen", entries(size))
    steps = sorted({chance.randrange(1, size + 1) for _ in range(3)} | {size})
    for step in steps:
        if not bench.verdict(_anew(bench, "seen", entries(step)), str(state))[0]:
            closing.broke(f"false alarm at {step}")
    now = chance.randrange(1, size) if rollback else size + chance.randrange(300)
    # A fork must alter what was signed: behind the newest head it would be honest growth.
    altered = None if rollback else chance.randrange(size)
    shown = _anew(bench, "shown", entries(now, altered=altered))
    closing.operations += 1
    held, why, evidence = bench.verdict(shown, str(state))
    kind = "rollback" if rollback else "fork"
    if held or kind not in why or not evidence:
        closing.broke(f"not found: {kind} from {steps} to {now}, altered {altered}: {why}")
        return
    closing.refused += 1
    try:
        told = verify.check_evidence(Path(evidence).read_text(), None)
        if kind not in told["shown"]:
            closing.broke(f"the evidence of a {kind} shows {told['shown']}")
        between = json.loads(Path(evidence).read_text()).get("an_entry_differs_from_to")
        if between and altered is not None and not between[0] <= altered <= between[1]:
            closing.broke(f"entry {altered} differs, the evidence says {between}")
    except verify.Fails as failure:
        closing.broke(f"the evidence does not re-verify: {failure}")
    bench.second(f"evidence of a {kind}", True, "-evidence", evidence)
    words = ["-log", str(shown), "-policy", str(bench.policy), "-heads", str(state)]
    bench.second(kind, False, *words)
    shutil.rmtree(seen, ignore_errors=True)


def _anew(bench: Bench, name: str, content: list[bytes]) -> Path:
    shutil.rmtree(bench.home / name, ignore_errors=True)
    return bench.log(name, content)


def _honest_restart(bench: Bench, number: int) -> None:
    """A log read, stopped, grown or not, with older partial tiles left behind: never an alarm."""
    chance, closing = bench.chance, bench.closing
    state = bench.home / "honest" / "heads.json"
    shutil.rmtree(state.parent, ignore_errors=True)
    state.parent.mkdir()
    folder, size = _anew(bench, "restarted", entries(0)), 0
    for _ in range(3):
        size += chance.choice((0, 1, 3, chance.randrange(260)))
        bench.log("restarted", entries(size))
        closing.operations += 1
        held, why, _ = bench.verdict(folder, str(state))
        if held:
            closing.acknowledged += 1
        else:
            closing.broke(f"false alarm at {size}: {why}")
    if number % 10 == 0:
        words = ["-log", str(folder), "-policy", str(bench.policy), "-heads", str(state)]
        bench.second("an honest restart", True, *words)


def _vectors(closing: Closing) -> None:
    """The published Merkle vectors, and our own, under the pinned rule for size zero."""
    from tests.factories.published import HOME

    published = sorted((HOME / "merkle-vectors").glob("*/*/*.json"))
    vectors = [json.loads(file.read_text()) for file in published] + json.loads(OWN.read_text())
    for vector in vectors:
        closing.operations += 1
        if holds(vector) is vector["wantErr"] or _ours(vector) is vector["wantErr"]:
            closing.broke(f"vector {vector.get('desc', vector)}")
        closing.refused += bool(vector["wantErr"])
    closing.notes.append(f"{len(published)} published vectors, {len(vectors)} in all")


def _ours(vector: dict) -> bool:  # type: ignore[type-arg]
    """The same by the public verifier; equal sizes need no proof, and size zero proves nothing."""

    def decoded(text: str) -> bytes:
        return base64.b64decode(text) if text else b""

    path = [decoded(step) for step in vector["proof"] or []]
    try:
        if "size1" not in vector:
            leaf, root = decoded(vector["leafHash"]), decoded(vector["root"])
            roots = {vector["treeSize"]: root}
            verify.check_proof(vector["leafIdx"], False, [leaf, *path], roots)
            return True
        old, new = vector["size1"], vector["size2"]
        was, root = decoded(vector["root1"]), decoded(vector["root2"])
        if old == new:
            proofs.check_consistency(old, new, path, was, root)
            return True
        steps = [*([] if old & (old - 1) else [was]), *path]
        verify.check_proof(old - 1, True, steps, {old: was, new: root})
        return bool(path)
    except (verify.Fails, proofs.ProofFails):
        return False
