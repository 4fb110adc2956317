"""The log's side of C2SP tlog-witness: carry a signed head to a witness, take its cosignature home.

What a witness sends is believed only as far as its key reaches: a cosignature is verified, everything
else is a claim. A redirection is not followed: the operator has named one address, not whatever that
address may name.
"""

import base64
import ipaddress
import socket
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from boai.ground.merkle.cosignatures import WitnessKey, check_cosignature
from boai.ground.merkle.notes import NoteIsNotValid

COSIGNED = "cosigned"
AHEAD = "ahead"
CONTRADICTS = "contradicts"
UNKNOWN_LOG = "unknown-log"
REFUSED = "refused"
UNREACHABLE = "unreachable"
ODD = "odd"
LONGEST_ANSWER = 64 * 1024
_TRIES = 3
_REFUSALS = {404: UNKNOWN_LOG, 403: REFUSED, 422: CONTRADICTS}

Prove = Callable[[int], Sequence[bytes]]
"""The consistency proof from an old size to the size of the head."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it. ``line`` and ``seconds`` only where the witness has cosigned."""

    state: str
    seen_size: int = 0
    line: str = ""
    seconds: int = 0
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Errand:
    """A head to be carried to one witness; ``old`` is the size that it is thought to remember."""

    address: str
    key: WitnessKey
    note: str
    size: int
    old: int
    prove: Prove
    timeout: float = 10.0


def ask(errand: Errand) -> Outcome:
    """Ask, and ask again from the size that the witness names (409). Never raises."""
    old = min(errand.old, errand.size)
    for _try in range(_TRIES):
        try:
            status, body = _post(errand, _request(errand, old))
        except (OSError, ValueError) as reason:
            return Outcome(UNREACHABLE, detail=str(reason)[:300])
        if status == 200:
            return _cosigned(errand, body)
        if status != 409:
            return Outcome(_REFUSALS.get(status, ODD), detail=f"{status} {body[:200]}".strip())
        remembered = body.removesuffix("\n")
        if not (remembered.isascii() and remembered.isdigit() and len(remembered) < 20):
            return Outcome(ODD, detail=f"409 {body[:200].strip()}")
        if int(remembered) > errand.size:
            # It has seen more of this log than we hold: an old backup is in service here.
            return Outcome(AHEAD, int(remembered), detail=f"{remembered} > {errand.size}")
        if int(remembered) == old:
            return Outcome(CONTRADICTS, old, detail=f"409 {remembered}")
        old = int(remembered)
    return Outcome(ODD, old, detail="409, 409, 409")


def is_private(address: str) -> bool:
    """Whether an address leads to this machine or into a private network, as far as can be told."""
    host = urlsplit(address).hostname or ""
    try:
        found = {info[4][0] for info in socket.getaddrinfo(host, None)}
    except OSError:
        return False
    return any(not ipaddress.ip_address(str(one).partition("%")[0]).is_global for one in found)


def _cosigned(errand: Errand, body: str) -> Outcome:
    text = errand.note.rpartition("\n\n")[0] + "\n"
    for line in body.splitlines(keepends=True):
        try:
            seconds = check_cosignature(text, line, errand.key)
        except NoteIsNotValid:
            continue
        return Outcome(COSIGNED, errand.size, line.removesuffix("\n") + "\n", seconds)
    return Outcome(ODD, detail="200, but no good cosignature of this witness")


def _request(errand: Errand, old: int) -> bytes:
    proof = errand.prove(old) if 0 < old < errand.size else []
    lines = "".join(f"{base64.b64encode(step).decode()}\n" for step in proof)
    return f"old {old}\n{lines}\n{errand.note}".encode()


class _NoOtherPlace(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *given: Any) -> None:
        return None


def _post(errand: Errand, body: bytes) -> tuple[int, str]:
    if not errand.address.startswith(("http://", "https://")):
        raise ValueError("http(s)://")
    place = f"{errand.address.rstrip('/')}/add-checkpoint"
    request = urllib.request.Request(place, body, {"Content-Type": "text/plain"})  # noqa: S310
    opener = urllib.request.build_opener(_NoOtherPlace)
    try:
        with opener.open(request, timeout=errand.timeout) as answer:
            return answer.status, answer.read(LONGEST_ANSWER).decode(errors="replace")
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, refused.read(LONGEST_ANSWER).decode(errors="replace")
