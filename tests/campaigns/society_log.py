"""What the campaigns of the log share: leaves, witnesses behind real doors, and the two verifiers.

Nothing of Django is imported before ``prepare`` has run.
"""

import os
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import ThreadingHTTPServer
from pathlib import Path

from boai.ground.merkle import verify
from boai.ground.merkle.witness import Witness, serve
from tests.campaigns.frame import Closing, Plan
from tests.foreign.program import compiled, missing


def queue(first: int, count: int, story: str = "") -> None:
    """Queue so many public acts in one transaction; another story makes other leaves."""
    from boai.foundations.translog.services.queueing import queue_leaves
    from boai.foundations.translog.values import LeafOrder
    from boai.ground.core.clock import now

    at = now()
    queue_leaves(
        [
            LeafOrder(f"campaign.act:{n}{story}", "campaign-act", {"number": n, "story": story}, at)
            for n in range(first, first + count)
        ]
    )


class Watch:
    """Witnesses run by ``boai witness``'s own code, each behind a real socket."""

    def __init__(self, homes: Path, vkey: str, count: int) -> None:
        self.homes, self.vkey = homes, vkey
        self.witnesses = [Witness(homes / f"w{n}", [vkey], f"w{n}.example") for n in range(count)]
        self.servers: list[ThreadingHTTPServer] = []

    def address(self, number: int) -> str:
        """Where one answers."""
        return f"http://127.0.0.1:{self.servers[number].server_port}"

    def policy(self, quorum: int) -> str:
        """The policy file that names them all."""
        lines = [f"log {self.vkey}\n"]
        for n, witness in enumerate(self.witnesses):
            lines.append(f"witness w{n} {witness.cosigner.key} {self.address(n)}\n")
        names = " ".join(f"w{n}" for n in range(len(self.witnesses)))
        return "".join([*lines, f"group watch {quorum} {names}\n", "quorum watch\n"])


@contextmanager
def watched(homes: Path, count: int, quorum: int) -> Iterator[Watch]:
    """Start so many witnesses for the log of this home, and name them in its policy."""
    from boai.foundations.translog import files

    watch = Watch(homes, str(files.signer().key), count)
    for witness in watch.witnesses:
        server = serve(witness, "127.0.0.1", 0)
        watch.servers.append(server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
    files.write(files.policy_path(), watch.policy(quorum).encode())
    try:
        yield watch
    finally:
        for server in watch.servers:
            server.shutdown()
            server.server_close()


class Served(verify.Source):
    """The files as a web server gives them away: what nobody asks for is not looked at."""

    def __init__(self, place: Path) -> None:
        super().__init__(str(place))
        self.is_web = True

    def read(self, path: str) -> bytes | None:
        """The bytes of one file."""
        try:
            return Path(self.place, path).read_bytes()
        except OSError:
            return None


def backed(note: str, vkey: str, folder: Path) -> str:
    """Why a signed head is not borne out by the files; empty where it is."""
    try:
        head = verify.open_head(note, verify.read_policy(vkey))
        tree = Served(folder).tree(head.size)
        if verify.fold(tree, 0, head.size) != head.root:
            return f"{head.size}: the entries do not hash to the signed root"
    except verify.Fails as failure:
        return str(failure)
    return ""


def go(plan: Plan, closing: Closing) -> Path | None:
    """The Go verifier, compiled; without a compiler a note, and on CI a break.

    With a fault planted nobody else is asked: the campaign itself must catch it.
    """
    why = "a fault is planted" if plan.fault else missing()
    if not why:
        return compiled(plan.home)
    if plan.fault:
        return None
    if os.environ.get("CI"):
        closing.broke(why)
    else:
        closing.notes.append(f"not asked: {why}")
    return None


def asked(program: Path, *words: str) -> tuple[int, str]:
    """Exit code and answer of the Go verifier."""
    done = subprocess.run(
        [str(program), *words], capture_output=True, text=True, check=False, timeout=600
    )
    return done.returncode, done.stdout + done.stderr
