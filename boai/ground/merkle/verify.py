#!/usr/bin/env python3
"""boai-verify: check a society's whole transparency log. One file, standard library only.

    boai-verify.py DIR-or-URL --key VKEY [--state FILE] [--json]

DIR is what ``boai log export DIR`` wrote; URL is the society's ``https://.../log``. The VKEY is
best had from somewhere else than the log itself: a printed bulletin, a newspaper, a neighbour.

What it does, in this order:

1. reads the checkpoint and checks the Ed25519 signature (RFC 8032) under the given key;
2. reads *every* entry, hashes it (RFC 6962), and builds the whole tree again; each tile that the
   log serves must hold exactly these hashes, and the root must be the one that was signed;
3. with --state, compares with every head it has seen before: the log may only have grown. A head
   that is smaller (a rollback), or an old head that is not the start of the new tree (a fork), is
   printed next to the new one: two signatures of one log that cannot both be honest.

Exit 0: all of it holds. Exit 1: something does not hold; it says what. Exit 2: wrong usage.

It shares no code with the program that writes the log.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import os
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

WIDTH = 256
Point = tuple[int, int, int, int]
Seen = dict[str, Any]


class Fails(Exception):
    """The log does not hold. ``heads`` are the notes that contradict each other, if any."""

    def __init__(self, text: str, heads: Sequence[str] = ()) -> None:
        super().__init__(text)
        self.heads = list(heads)


# --- Ed25519, checking only (RFC 8032, section 5.1.7) -------------------------------------------

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)


def decompress(data: bytes) -> Point | None:
    """A point in extended coordinates from its 32 bytes, or None."""
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & ((1 << 255) - 1)
    if y >= P:
        return None
    x2 = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(x2, (P + 3) // 8, P)
    if (x * x - x2) % P:
        x = x * ROOT_OF_MINUS_ONE % P
    if (x * x - x2) % P or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = P - x
    return (x, y, 1, x * y % P)


def add(p: Point, q: Point) -> Point:
    """The sum of two points."""
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def times(scalar: int, point: Point) -> Point:
    """A multiple of a point. Not constant in time: nothing here is secret."""
    result = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            result = add(result, point)
        point, scalar = add(point, point), scalar >> 1
    return result


BASE = decompress((4 * pow(5, P - 2, P) % P).to_bytes(32, "little")) or (0, 1, 1, 0)


def ed25519_holds(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the signature (64 bytes) is the key's (32 bytes) over the message."""
    if len(public) != 32 or len(signature) != 64:
        return False
    key, r = decompress(public), decompress(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if key is None or r is None or s >= ORDER:
        return False
    digest = hashlib.sha512(signature[:32] + public + message).digest()
    k = int.from_bytes(digest, "little") % ORDER
    left, right = times(s, BASE), add(r, times(k, key))
    return (left[0] * right[2] - right[0] * left[2]) % P == 0 and (
        left[1] * right[2] - right[1] * left[2]
    ) % P == 0


# --- The signed head (C2SP signed-note, tlog-checkpoint) ----------------------------------------


def base64_bytes(text: str) -> bytes:
    """Standard base64 in its only spelling: a changed spare bit is a changed byte."""
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError:
        raise Fails("malformed base64") from None
    if base64.b64encode(data).decode() != text:
        raise Fails("base64 is not in its canonical form")
    return data


def read_key(vkey: str) -> tuple[str, bytes, bytes]:
    """Name, key id and public key from a vkey line; the key id must belong to the key."""
    name, _, rest = vkey.strip().partition("+")
    key_id, _, encoded = rest.partition("+")
    key = base64_bytes(encoded)
    if not name or len(key) != 33 or key[0] != 1:
        raise Fails("not an Ed25519 verifier key")
    if hashlib.sha256(name.encode() + b"\n" + key).digest()[:4].hex() != key_id:
        raise Fails("the key id does not belong to the key")
    return name, bytes.fromhex(key_id), key[1:]


def open_checkpoint(note: str, vkey: str) -> tuple[int, bytes]:
    """Size and root of a signed head. A known key with a wrong signature refuses the whole note."""
    name, key_id, public = read_key(vkey)
    text, gap, below = note.rpartition("\n\n")
    text += "\n"
    lines = below.split("\n")
    if not gap or lines.pop() or not 1 <= len(lines) <= 16:
        raise Fails("the checkpoint is not a signed note")
    if any(ord(letter) < 32 and letter != "\n" for letter in text):
        raise Fails("the checkpoint holds control characters")
    signed = False
    for line in lines:
        parts = line.split(" ")
        if len(parts) != 3 or parts[0] != "\u2014" or not parts[1]:
            raise Fails("malformed signature line")
        signature = base64_bytes(parts[2])
        if len(signature) < 5:
            raise Fails("malformed signature line")
        if parts[1] == name and signature[:4] == key_id:
            if not ed25519_holds(public, text.encode(), signature[4:]):
                raise Fails("the signature of the log fails")
            signed = True
    if not signed:
        raise Fails("the log's key has not signed this checkpoint")
    head = text.split("\n")
    if len(head) != 4 or head[0] != name:
        raise Fails("the checkpoint is of another log or has extra lines")
    if not head[1].isascii() or not head[1].isdigit() or str(int(head[1])) != head[1]:
        raise Fails("the size is not a plain number")
    root = base64_bytes(head[2])
    if len(root) != 32:
        raise Fails("the root is not 32 bytes long")
    return int(head[1]), root


# --- The tree (RFC 6962) and its files (C2SP tlog-tiles) ----------------------------------------


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 || left || right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_of(hashes: list[bytes]) -> bytes:
    """The root over hashes of one level: split at the largest power of two (RFC 6962, 2.1)."""
    if not hashes:
        return hashlib.sha256(b"").digest()
    while len(hashes) > 1:
        joined = [node_hash(*hashes[i : i + 2]) for i in range(0, len(hashes) - 1, 2)]
        hashes = joined + ([hashes[-1]] if len(hashes) % 2 else [])
    return hashes[0]


def tile_path(level: int | str, index: int, width: int) -> str:
    """Index in groups of three digits, all but the last behind an x; narrow tiles under .p/."""
    number = f"{index % 1000:03d}"
    while index >= 1000:
        index //= 1000
        number = f"x{index % 1000:03d}/{number}"
    return f"tile/{level}/{number}" + ("" if width == WIDTH else f".p/{width}")


def entries_of(data: bytes, path: str) -> list[bytes]:
    """The entries of a bundle: each behind its length in two bytes, nothing left over."""
    entries, at = [], 0
    while at < len(data):
        length = int.from_bytes(data[at : at + 2], "big")
        if at + 2 + length > len(data):
            raise Fails(f"{path}: an entry runs over the end")
        entries.append(data[at + 2 : at + 2 + length])
        at += 2 + length
    return entries


class Source:
    """Where the log is read from: a folder or an address. Remembers what was read."""

    def __init__(self, place: str) -> None:
        self.place, self.is_web = place.rstrip("/"), place.startswith(("http://", "https://"))
        self.seen: set[str] = set()

    def read(self, path: str) -> bytes | None:
        """The bytes, or None where there is no such file."""
        self.seen.add(path)
        try:
            if self.is_web:
                address = f"{self.place}/{path}"
                with urllib.request.urlopen(address, timeout=60) as answer:  # noqa: S310
                    return bytes(answer.read())
            return Path(self.place, path).read_bytes()
        except (OSError, urllib.error.URLError):
            return None

    def tile(self, level: int | str, index: int, width: int) -> tuple[str, bytes]:
        """A tile of this width, or the start of the full one where the log has grown meanwhile."""
        path = tile_path(level, index, width)
        data = self.read(path)
        if data is None and width < WIDTH:
            path = tile_path(level, index, WIDTH)
            data = self.read(path)
        if data is None:
            raise Fails(f"{path}: missing")
        return path, data

    def others(self) -> Iterator[str]:
        """Files below tile/ of a folder that were not read."""
        for file in sorted(Path(self.place, "tile").rglob("*")):
            path = file.relative_to(self.place).as_posix()
            if file.is_file() and path not in self.seen:
                yield path


def rehash(source: Source, size: int) -> list[bytes]:
    """The hash of every entry, each checked against its tile."""
    leaves: list[bytes] = []
    for index in range(-(-size // WIDTH)):
        width = min(WIDTH, size - index * WIDTH)
        path, data = source.tile("entries", index, width)
        entries = entries_of(data, path)
        exact = path == tile_path("entries", index, width)
        if len(entries) < width or (exact and len(entries) > width):
            raise Fails(f"{path}: {len(entries)} entries instead of {width}")
        leaves += [hashlib.sha256(b"\x00" + entry).digest() for entry in entries[:width]]
    return leaves


def check_tiles(source: Source, leaves: list[bytes]) -> None:
    """Every tile of every level must hold what the entries hash to."""
    level, hashes = 0, leaves
    while hashes:
        for index in range(-(-len(hashes) // WIDTH)):
            expected = hashes[index * WIDTH : (index + 1) * WIDTH]
            path, data = source.tile(level, index, len(expected))
            wanted = b"".join(expected)
            exact = path == tile_path(level, index, len(expected))
            if data[: len(wanted)] != wanted or (exact and len(data) != len(wanted)):
                raise Fails(f"{path}: does not hold the hashes of the entries")
        full = len(hashes) // WIDTH
        hashes = [root_of(hashes[i * WIDTH : (i + 1) * WIDTH]) for i in range(full)]
        level += 1


def check_others(source: Source, leaves: list[bytes]) -> None:
    """In a folder nothing may lie beside the log; older partial tiles must be its beginnings."""
    if source.is_web:
        return
    for path in list(source.others()):
        level, _, rest = path.removeprefix("tile/").partition("/")
        number, _, width = rest.partition(".p/")
        digits = number.replace("x", "").replace("/", "")
        if not (digits.isdigit() and width.isdigit() and 0 < int(width) < WIDTH):
            raise Fails(f"{path}: does not belong to this log")
        data, first = source.read(path) or b"", int(digits) * WIDTH
        if level == "entries":
            found = [hashlib.sha256(b"\x00" + e).digest() for e in entries_of(data, path)]
            wanted = leaves[first : first + int(width)]
        else:
            found = [data[i : i + 32] for i in range(0, len(data), 32)]
            span = WIDTH ** int(level)
            nodes = range(first, first + int(width))
            wanted = [root_of(leaves[n * span : (n + 1) * span]) for n in nodes]
        if found != wanted or path != tile_path(level, int(digits), int(width)):
            raise Fails(f"{path}: does not hold what the log holds")


# --- Heads seen before --------------------------------------------------------------------------


def check_memory(
    memory: list[Seen], note: str, size: int, root: bytes, leaves: list[bytes]
) -> None:
    """Every head ever seen must be a beginning of this log."""
    for seen in memory:
        if seen["size"] > size:
            raise Fails("rollback: the log is smaller than it was", [seen["note"], note])
        if root_of(leaves[: seen["size"]]).hex() != seen["root"]:
            raise Fails("fork: the log is not the one that was signed before", [seen["note"], note])
    if not any(seen["size"] == size for seen in memory):
        memory.append({"size": size, "root": root.hex(), "note": note})


def read_state(path: str | None) -> dict[str, list[Seen]]:
    """Heads seen before, by key."""
    if not path or not Path(path).exists():
        return {}
    state: dict[str, list[Seen]] = json.loads(Path(path).read_text(encoding="utf-8"))
    return state


def write_state(path: str, state: dict[str, list[Seen]]) -> None:
    """Keep the heads, whole or not at all."""
    with Path(path + ".new").open("w", encoding="utf-8") as file:
        json.dump(state, file, ensure_ascii=False, indent=1)
        file.flush()
        os.fsync(file.fileno())
    Path(path + ".new").replace(path)


def verify(place: str, vkey: str, state_path: str | None = None) -> dict[str, Any]:
    """Check everything; answers what was checked. *Raises* ``Fails``."""
    source = Source(place)
    raw = source.read("checkpoint")
    if raw is None:
        raise Fails("checkpoint: missing")
    try:
        note = raw.decode()
    except UnicodeDecodeError:
        raise Fails("checkpoint: not text") from None
    size, root = open_checkpoint(note, vkey)
    own_key = None if source.is_web else source.read("vkey")
    if own_key is not None and own_key != vkey.strip().encode() + b"\n":
        raise Fails("vkey: the log was exported with another key")
    # Heads are compared before the files are: a rolled back log may be whole in itself.
    state = read_state(state_path)
    memory = state.setdefault(vkey.strip(), [])
    for seen in memory:
        if seen["size"] > size or (seen["size"] == size and seen["root"] != root.hex()):
            kind = "rollback" if seen["size"] > size else "fork"
            raise Fails(f"{kind}: this head contradicts one seen before", [seen["note"], note])
    leaves = rehash(source, size)
    check_tiles(source, leaves)
    if root_of(leaves) != root:
        raise Fails("the entries do not hash to the signed root")
    check_others(source, leaves)
    check_memory(memory, note, size, root, leaves)
    if state_path:
        write_state(state_path, state)
    return {"ok": True, "size": size, "root": root.hex(), "heads_remembered": len(memory)}


def main(arguments: list[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="boai-verify", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("place", metavar="DIR-or-URL")
    parser.add_argument("--key", required=True, metavar="VKEY", help="vkey, or a file with it")
    parser.add_argument("--state", metavar="FILE", help="where heads are remembered")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(arguments)
    key = given.key
    if len(key) < 1000 and Path(key).is_file():
        key = Path(key).read_text(encoding="utf-8")
    answer: dict[str, Any]
    try:
        answer = verify(given.place, key, given.state)
    except Fails as failure:
        answer = {"ok": False, "problem": str(failure), "heads": failure.heads}
    except (ValueError, KeyError, TypeError) as odd:
        answer = {"ok": False, "problem": f"unreadable: {odd}", "heads": []}
    if given.json:
        print(json.dumps(answer, ensure_ascii=False, indent=1))  # noqa: T201
    elif answer["ok"]:
        print(f"ok: {answer['size']} entries, root {answer['root']}")  # noqa: T201
    else:
        print(f"FAILS: {answer['problem']}")  # noqa: T201
        for head in answer["heads"]:
            print("---\n" + head, end="")  # noqa: T201
    return 0 if answer["ok"] else 1


if __name__ == "__main__":
    sys.exit(main())
