"""``boai witness``: remembers the heads of other people's logs and cosigns only what grew from them.

    boai witness --home DIR --listen [HOST:]PORT [--log VKEY ...] [--name NAME] [--form FORM]
    boai witness add  --home DIR VKEY     watch one more log; a running witness takes it up at once
    boai witness list --home DIR          the logs, and how far each has been seen
    boai witness key  --home DIR          the witness's own key, for the logs' policy files

C2SP tlog-witness over plain HTTP, meant to stand behind a proxy that speaks TLS. It needs neither
Django nor a database: a neighbouring society, a supervisor or a university can run it beside
anything. ``POST /add-checkpoint`` takes ``old N``, a consistency proof, a blank line and a
checkpoint, and answers one cosignature line. ``GET /vkey`` answers the key to check it with.

What was cosigned is on the disk before the cosignature leaves the house; compare and store are one
step under a file lock. A witness that has lost its memory does not start again from nothing.
"""

import argparse
import base64
import fcntl
import json
import os
import re
import secrets
import socket
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from boai.ground.merkle.checkpoints import Head, open_checkpoint
from boai.ground.merkle.cosignatures import FORMS, Cosigner
from boai.ground.merkle.hashing import EMPTY_ROOT
from boai.ground.merkle.notes import NoteIsNotValid, VerifierKey, open_note
from boai.ground.merkle.proofs import ProofFails, check_consistency

LARGEST_BODY = 64 * 1024
LINGER_SECONDS = 1.0
"""How long what nobody will read is read away, so that its sender gets to read the refusal."""
MOST_PROOF_LINES = 63
_OLD = re.compile(r"old (0|[1-9][0-9]{0,18})")
Memory = dict[str, dict[str, str]]
"""By origin: the log's vkey and the last checkpoint that was cosigned ("" before the first)."""


class MemoryIsLost(Exception):
    """What the witness has seen is gone, unreadable, or belongs to another key of the log."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, body, and the body's type."""

    status: int
    body: str = ""
    kind: str = "text/plain; charset=utf-8"


class Witness:
    """The memory on the disk, the key, and the rule between them."""

    def __init__(
        self,
        home: Path,
        logs: Sequence[str],
        name: str = "",
        clock: Callable[[], float] = time.time,
        form: str = "",
    ) -> None:
        self.home, self._clock = home, clock
        home.mkdir(parents=True, exist_ok=True)
        if len({VerifierKey.parse(log).name for log in logs}) != len(logs):
            raise ValueError("one log was named twice")
        with self._alone():
            self.cosigner = self._own_key(name, form)
            memory = self._read()
            for entry in memory.values():
                _head(entry["note"], VerifierKey.parse(entry["vkey"]))
        for log in logs:
            self.watch(log)

    def watch(self, vkey: str) -> None:
        """Watch over one more log. *Raises* ``MemoryIsLost`` where it is known by another key."""
        key = VerifierKey.parse(vkey)
        with self._alone():
            memory = self._read()
            entry = memory.setdefault(key.name, {"vkey": str(key), "note": ""})
            if entry["vkey"] != str(key):
                raise MemoryIsLost(f"{key.name} was remembered under another key")
            self._write(memory)

    def seen(self) -> list[Head]:
        """The head remembered for each log, in the order of their names."""
        memory = sorted(self._read().items())
        return [_head(entry["note"], VerifierKey.parse(entry["vkey"])) for _, entry in memory]

    def add_checkpoint(self, body: bytes) -> Answer:
        """One request of a log, or of anybody who carries its checkpoint (C12)."""
        try:
            old, proof, note = _parsed(body)
        except ValueError as reason:
            return Answer(400, f"{reason}\n")
        entry = self._read().get(note.partition("\n")[0])
        if entry is None:
            return Answer(404, "unknown origin\n")
        key = VerifierKey.parse(entry["vkey"])
        try:
            text = open_note(note, [key])
        except NoteIsNotValid as reason:
            return Answer(403, f"{reason}\n")
        try:
            new = open_checkpoint(note, key)
        except NoteIsNotValid as reason:
            return Answer(400, f"{reason}\n")
        if old > new.size:
            return Answer(400, "the old size is above the new one\n")
        with self._alone():
            return self._compare_and_store(key, old, proof, note, text, new)

    def _compare_and_store(
        self, key: VerifierKey, old: int, proof: list[bytes], note: str, text: str, new: Head
    ) -> Answer:
        memory = self._read()
        known_note = memory[key.name]["note"]
        known = _head(known_note, key)
        if old != known.size:
            return Answer(409, f"{known.size}\n", "text/x.tlog.size")
        if new.size == known.size and new.root != known.root:
            self._keep_evidence(key, known_note, note, new)
            return Answer(422, "one size with two roots\n")
        try:
            _check_growth(known, new, proof)
        except ProofFails as reason:
            return Answer(422, f"{reason}\n")
        if new.size > known.size or not known_note:
            memory[key.name]["note"] = note
            self._write(memory)
        return Answer(200, self.cosigner.cosign(text, int(self._clock())))

    def _keep_evidence(self, key: VerifierKey, one: str, other: str, head: Head) -> None:
        # Both notes carry the log's signature; nobody else can make this file grow. The form is
        # that of the public verifier, which checks such a file by itself: boai-verify.py evidence.
        folder = self.home / "evidence"
        folder.mkdir(exist_ok=True)
        case = {
            "form": "boai-evidence/v1",
            "kind": "fork 分叉",
            "log": str(key),
            "found_unix_time": int(self._clock()),
            "notes": [one, other],
        }
        content = json.dumps(case, ensure_ascii=False, indent=1) + "\n"
        _store(folder / f"{head.size}-{head.root.hex()[:16]}.json", content.encode())

    @contextmanager
    def _alone(self) -> Iterator[None]:
        with (self.home / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _own_key(self, name: str, form: str) -> Cosigner:
        path = self.home / "witness.key"
        if not path.exists():
            # Memory first: from then on a key without memory means that the memory was lost.
            if not (self.home / "heads.json").exists():
                self._write({})
            name = name or f"witness.{socket.gethostname()}"
            seed, form = secrets.token_bytes(32), form or "ed25519"
            Cosigner(name, seed, FORMS[form])
            _store(path, f"{name}\n{base64.b64encode(seed).decode()}\n{form}\n".encode())
        kept, seed_text, *more = path.read_text(encoding="utf-8").split("\n")
        if name and name != kept:
            raise ValueError(f"this witness is called {kept}")
        kept_form = more[0] if more and more[0] else "ed25519"
        if form and form != kept_form:
            raise ValueError(f"this witness signs with {kept_form}")
        return Cosigner(kept, base64.b64decode(seed_text), FORMS.get(kept_form, b""))

    def _read(self) -> Memory:
        try:
            memory: Memory = json.loads((self.home / "heads.json").read_text(encoding="utf-8"))
        except (OSError, ValueError) as reason:
            raise MemoryIsLost(f"heads.json: {reason}") from None
        return memory

    def _write(self, memory: Memory) -> None:
        content = json.dumps(memory, ensure_ascii=False, indent=1)
        _store(self.home / "heads.json", content.encode())


def _head(note: str, key: VerifierKey) -> Head:
    """The head remembered for a log: the empty tree before the first."""
    if not note:
        return Head(key.name, 0, EMPTY_ROOT)
    try:
        return open_checkpoint(note, key)
    except NoteIsNotValid as reason:
        raise MemoryIsLost(f"heads.json: {reason}") from None


def _check_growth(known: Head, new: Head, proof: list[bytes]) -> None:
    if known.size or not new.size:
        check_consistency(known.size, new.size, proof, known.root, new.root)
    elif proof:
        raise ProofFails("every log grows from the empty one: no proof is needed")


def _parsed(body: bytes) -> tuple[int, list[bytes], str]:
    """Old size, proof and checkpoint of a request. *Raises* ``ValueError``."""
    above, gap, note = body.decode().partition("\n\n")
    first, *lines = above.split("\n")
    old = _OLD.fullmatch(first)
    if old is None or not gap or not note:
        raise ValueError("the body is: old N, proof lines, a blank line, a checkpoint")
    if len(lines) > MOST_PROOF_LINES:
        raise ValueError("more than 63 proof lines")
    proof = [base64.b64decode(line, validate=True) for line in lines]
    if any(len(value) != 32 for value in proof):
        raise ValueError("a proof line is not a hash of 32 bytes")
    return int(old[1]), proof, note


def _store(path: Path, content: bytes) -> None:
    """Put a file in its place, whole and on the disk before this returns; for the owner only."""
    beside = path.with_name(path.name + ".new")
    opened = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(opened, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


class Door(BaseHTTPRequestHandler):
    """HTTP in front of a witness; connections are kept open for the log's next head."""

    witness: Witness
    timeout = 30
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "boai-witness", ""

    def do_POST(self) -> None:
        """``/add-checkpoint``."""
        length = self.headers.get("Content-Length", "")
        is_number = length.isascii() and length.isdigit() and len(length) < 10
        if not is_number or int(length) > LARGEST_BODY:
            # What was not read would be taken for the next request.
            self.close_connection = True
            self._give(Answer(400, "a body of at most 64 KiB with its length is needed\n"))
            self._linger()
            return
        body = self.rfile.read(int(length))
        if self.path != "/add-checkpoint":
            self._give(Answer(404, "no such address\n"))
            return
        try:
            answer = self.witness.add_checkpoint(body)
        except (MemoryIsLost, OSError) as reason:
            # Not stored, or not readable: then nothing is signed.
            sys.stderr.write(f"boai witness: {reason}\n")
            answer = Answer(500, "the witness cannot reach its memory\n")
        self._give(answer)

    def do_GET(self) -> None:
        """``/vkey``: the witness's own key; ``/logs``: the logs and how far they were seen."""
        answer = Answer(404, "no such address\n")
        if self.path == "/vkey":
            answer = Answer(200, f"{self.witness.cosigner.key}\n")
        elif self.path == "/logs":
            try:
                heads = self.witness.seen()
                answer = Answer(200, "".join(f"{head.origin} {head.size}\n" for head in heads))
            except MemoryIsLost:
                answer = Answer(500, "the witness cannot reach its memory\n")
        self._give(answer)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: the proxy in front writes the access log."""

    def _give(self, answer: Answer) -> None:
        content = answer.body.encode()
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.kind)
        self.send_header("Content-Length", str(len(content)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(content)

    def _linger(self) -> None:
        """Read away what is still being sent: a reset would take the answer from its reader."""
        until = time.monotonic() + LINGER_SECONDS
        with suppress(OSError):
            self.wfile.flush()
            self.connection.shutdown(socket.SHUT_WR)
            while (left := until - time.monotonic()) > 0:
                self.connection.settimeout(left)
                if not self.connection.recv(LARGEST_BODY):
                    return


def serve(witness: Witness, host: str, port: int) -> ThreadingHTTPServer:
    """A server for the witness, not yet running; port 0 takes any free one."""
    door = type("DoorOfWitness", (Door,), {"witness": witness})
    return ThreadingHTTPServer((host, port), door)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line: 0 after it was stopped, 1 where it may not start, 2 on wrong usage."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    act = words.pop(0) if words and words[0] in ("serve", "add", "list", "key") else "serve"
    about = (__doc__ or "").partition("\n")[0]
    parser = argparse.ArgumentParser(prog=f"boai witness {act}", description=about)
    parser.add_argument("--home", required=True, type=Path, metavar="DIR", help="key and memory")
    parser.add_argument("--name", default="", help="name of the witness, given once")
    parser.add_argument("--form", default="", choices=["", *FORMS], help="given once")
    if act == "serve":
        parser.add_argument("--listen", required=True, metavar="[HOST:]PORT")
        parser.add_argument("--log", default=[], action="append", metavar="VKEY")
    elif act == "add":
        parser.add_argument("log", nargs=1, metavar="VKEY")
    given = parser.parse_args(words)
    if act == "serve" and not given.listen.rpartition(":")[2].isdigit():
        parser.error("--listen takes a port, or a host and a port")
    try:
        return _run(act, given)
    except (MemoryIsLost, NoteIsNotValid, ValueError, OSError) as reason:
        sys.stderr.write(f"boai witness: {reason}\n")
        return 1


def _run(act: str, given: argparse.Namespace) -> int:
    witness = Witness(given.home, getattr(given, "log", []), given.name, form=given.form)
    if act in ("add", "list"):
        lines = [f"{head.origin} {head.size}\n" for head in witness.seen()]
        sys.stdout.write("".join(lines))
        return 0
    if act == "key":
        sys.stdout.write(f"{witness.cosigner.key}\n")
        return 0
    host, _, port = given.listen.rpartition(":")
    server = serve(witness, host or "127.0.0.1", int(port))
    sys.stdout.write(f"{witness.cosigner.key}\nhttp://{host or '127.0.0.1'}:{server.server_port}\n")
    sys.stdout.flush()
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass
    finally:
        server.server_close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
