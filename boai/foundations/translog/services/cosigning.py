"""Asking a witness to cosign the newest signed head. Reads the log and changes nothing in it."""

import base64
import urllib.error
import urllib.request

from boai.foundations.translog import files, queries
from boai.foundations.translog.errors import NothingSignedYet, WitnessDidNotSign
from boai.ground.merkle.cosignatures import WitnessKey, check_cosignature
from boai.ground.merkle.notes import NoteIsNotValid
from boai.ground.merkle.tiles import nodes_from_tiles
from boai.ground.merkle.tree import consistency_proof

_LONGEST_ANSWER = 16 * 1024
_SECONDS = 20


def ask_witness(address: str, vkey: str) -> str:
    """The checkpoint with the witness's line under it, checked against the witness's key.

    Talks to another machine for up to 40 seconds: never to be called inside a transaction.

    *Refuses*: ``NothingSignedYet``, ``WitnessDidNotSign`` (not reachable, refuses, remembers more
    than this log holds, or answers with a signature that does not fit), ``LogIsDamaged``.
    """
    head = queries.checkpoint()
    if head is None:
        raise NothingSignedYet()
    try:
        key = WitnessKey.parse(vkey)
    except NoteIsNotValid as reason:
        raise WitnessDidNotSign(witness=address, answer=str(reason)) from None
    status, body = _post(address, _request(0, head.size, head.note))
    remembered = body.removesuffix("\n")
    if status == 409 and remembered.isascii() and remembered.isdigit():
        # The witness says how far it has seen the log; larger than ours means that *we* went back.
        if int(remembered) > head.size:
            raise WitnessDidNotSign(witness=address, answer=f"{remembered} > {head.size}")
        status, body = _post(address, _request(int(remembered), head.size, head.note))
    if status != 200:
        raise WitnessDidNotSign(witness=address, answer=f"{status} {body[:200].strip()}")
    text = head.note.rpartition("\n\n")[0] + "\n"
    for line in body.splitlines(keepends=True):
        try:
            check_cosignature(text, line, key)
        except NoteIsNotValid:
            continue
        return head.note + line
    raise WitnessDidNotSign(witness=address, answer="200, signature")


def _request(old: int, size: int, note: str) -> bytes:
    proof = []
    if 0 < old < size:
        proof = consistency_proof(nodes_from_tiles(files.read_tile, size), old, size)
    lines = "".join(f"{base64.b64encode(step).decode()}\n" for step in proof)
    return f"old {old}\n{lines}\n{note}".encode()


def _post(address: str, body: bytes) -> tuple[int, str]:
    if not address.startswith(("http://", "https://")):
        raise WitnessDidNotSign(witness=address, answer="http(s)://")
    place = f"{address.rstrip('/')}/add-checkpoint"
    try:
        with urllib.request.urlopen(place, data=body, timeout=_SECONDS) as answer:  # noqa: S310
            return answer.status, answer.read(_LONGEST_ANSWER).decode(errors="replace")
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read(_LONGEST_ANSWER).decode(errors="replace")
    except (OSError, ValueError) as reason:
        raise WitnessDidNotSign(witness=address, answer=str(reason)) from None
