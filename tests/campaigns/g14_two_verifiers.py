"""G14: a log written by the product, through crashes and a lying disk, checked by two verifiers.

Every head that was ever signed must be borne out by the files at that moment, cosigned by two
witnesses, and be a beginning of the next; at the end boai-verify and the Go verifier read it all.
"""

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.campaigns.frame import Closing, Plan, amount, campaign, prepare

SLOWEST = 10.0
"""Seconds that the Go verifier may take for a million entries."""


@campaign("G14", title="the log verified by an independent client in another language")
def run(plan: Plan) -> Closing:
    """Grow, crash, lie, sign, cosign; then verify. ``operations``: leaves; ``refused``: signatures."""
    prepare(plan)
    from tests.campaigns.society_log import watched

    closing, chance = Closing(), random.Random(plan.seed)
    size = amount(plan, probe=3_000, small=70_000, long=1_000_000)
    rounds = amount(plan, probe=14, small=40, long=60)
    edges = sorted(chance.sample(range(1, size), rounds - 1))
    # Every growth from a head to the next but one tile away is among them, also growth by one.
    edges = sorted({*edges, *(e + 1 for e in edges[::7]), *(e // 256 * 256 for e in edges[::5])})
    state = plan.home / "heads.json"
    with watched(plan.home / "witnesses", 2, 2) as watch:
        policy = plan.home / "policy"
        policy.write_text(watch.policy(2))
        grown = 0
        for edge in [*[e for e in edges if 0 < e < size], size]:
            if edge > grown:
                _grow(closing, chance, grown, edge - grown)
                _look(closing, edge, policy, state, whole=plan.tier != "long")
                grown = edge
            if closing.broken > 5:
                return closing
        _two_verifiers(plan, closing, size, policy, state)
    return closing


def _grow(closing: Closing, chance: random.Random, first: int, count: int) -> None:
    """Queue leaves and sign, now and then through a crash or on a disk that lies."""
    from boai.foundations.translog.services.cosigning import ask_witnesses
    from boai.foundations.translog.services.sequencing import sequence
    from boai.ground.core.clock import now
    from boai.ground.core.errors import Refusal
    from tests.campaigns.society_log import queue

    queue(first, count)
    closing.operations += count
    for trouble in chance.choice(((), (_crash,), (_lie,), (_crash, _lie, _crash))):
        with trouble(chance):
            try:
                sequence(now())
            except Exception:  # whatever it was: what has been signed by then must be borne out
                closing.refused += 1
        _sealed_is_backed(closing)
    try:
        sequence(now())
        ask_witnesses(now(), everyone=True, patience=30.0)
    except Refusal as refusal:
        closing.broke(f"a crash that no later run mends: {refusal}")


def _look(closing: Closing, size: int, policy: Path, state: Path, *, whole: bool) -> None:
    """The served head must be this one, with both witnesses, and verify from beginning to end."""
    from boai.foundations.translog import files
    from boai.ground.merkle import verify

    _sealed_is_backed(closing)
    trusted = verify.read_policy(policy.read_text())
    try:
        head = verify.open_head(files.read_checkpoint() or "", trusted)
        if head.size != size or not trusted[1](head.cosigned):
            closing.broke(f"served {head.size} of {size}, {len(head.cosigned)} witnesses")
        if whole:
            verify.verify(str(files.folder()), trusted, str(state))
        closing.acknowledged += 1
    except verify.Fails as failure:
        closing.broke(f"at {size}: {failure}")


def _sealed_is_backed(closing: Closing) -> None:
    from boai.foundations.translog import files
    from tests.campaigns.society_log import backed

    seal = files.read_seal()
    why = backed(seal.note, str(files.signer().key), files.folder()) if seal else ""
    if why:
        closing.broke(f"signed, but {why}")


def _two_verifiers(plan: Plan, closing: Closing, size: int, policy: Path, state: Path) -> None:
    from boai.foundations.translog import files, models
    from boai.ground.merkle import verify
    from tests.campaigns.society_log import asked, go

    notes = [head.note for head in models.SignedHead.objects.order_by("size")]
    trusted = verify.read_policy(policy.read_text())
    began = time.monotonic()
    try:
        verify.verify(str(files.folder()), trusted, str(state), notes)
    except verify.Fails as failure:
        closing.broke(f"boai-verify: {failure}")
    closing.notes.append(
        f"boai-verify: {size} entries, {len(notes)} heads in {time.monotonic() - began:.1f} s"
    )
    if program := go(plan, closing):
        words = ["-log", str(files.folder()), "-policy", str(policy)]
        if state.exists():
            words += ["-heads", str(state)]
        began = time.monotonic()
        code, said = asked(program, *words)
        seconds = time.monotonic() - began
        closing.notes.append(f"Go: {said.splitlines()[0] if said else code} in {seconds:.1f} s")
        if code:
            closing.broke(f"the Go verifier: {said}")
        if size >= 1_000_000 and seconds > SLOWEST:
            closing.broke(f"the Go verifier took {seconds:.1f} s")


Written = Callable[[Path, bytes], None]


@contextmanager
def _patched(write: Callable[[Written], Written]) -> Iterator[None]:
    from boai.foundations.translog import files

    module: Any = files
    real: Written = files.write
    module.write = write(real)
    try:
        yield
    finally:
        module.write = real


@contextmanager
def _crash(chance: random.Random) -> Iterator[None]:
    """The process ends before one of its writes; what stands on the disk by then stays."""
    left = chance.choice((0, 1, 2, 3, 5, 8, chance.randrange(40)))

    def wrapped(real: Written) -> Written:
        def write(path: Path, content: bytes) -> None:
            nonlocal left
            if left == 0:
                raise KeyError("crash")
            left -= 1
            real(path, content)

        return write

    with _patched(wrapped):
        yield


@contextmanager
def _lie(chance: random.Random) -> Iterator[None]:
    """The disk keeps another byte than it was given, in one tile or bundle."""
    left = chance.randrange(4)

    def wrapped(real: Written) -> Written:
        def write(path: Path, content: bytes) -> None:
            nonlocal left
            if "tile" in path.parts and content:
                left -= 1
                if left == -1:
                    at = chance.randrange(len(content))
                    content = content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]
            real(path, content)

        return write

    with _patched(wrapped):
        yield
