#!/usr/bin/env python3
"""boai-verify 核对透明日志: check a society's transparency log. One file, standard library only.

    boai-verify.py DIR-or-URL (--key VKEY | --policy FILE) [--state FILE] [--head NOTE ...]
    boai-verify.py proof BUNDLE --leaf FILE (--key VKEY | --policy FILE)
    boai-verify.py evidence FILE [--key VKEY | --policy FILE]

DIR is what ``boai log export DIR`` wrote, URL the society's ``https://.../log``. Get VKEY or policy
(C2SP tlog-policy) from elsewhere: a printed bulletin, a newspaper, a neighbour. Checked are the
signatures of the log and of the policy's witnesses; *every* entry, hashed into the whole tree again
(RFC 6962), each tile and the signed root; and that each head seen before (--state; --head: seen by
others) begins this log. A smaller head (rollback) and one that is no beginning (fork) are kept as
an evidence file. Exit 0: it holds (evidence: it shows what it says); 1: it does not, and why;
2: wrong usage; 3: it holds, but the policy wants more witnesses. No code of the writer is in here.
"""

import argparse
import base64
import json
import re
import time
import urllib.request
from collections.abc import Callable, Collection
from contextlib import suppress
from functools import partial
from hashlib import sha256, sha512
from pathlib import Path
from typing import Any, NamedTuple

WIDTH, LOG, WITNESS = 256, {b"\1": 33}, {b"\4": 33, b"\6": 1313}  # keys
Known = Callable[[int, int], bytes | None]
Id = tuple[str, bytes]  # a key by what stands on a signature line: its name and key id
Met = Callable[[Collection[Id]], bool]
Policy = tuple[dict[Id, bytes], Met]  # the keys known, and whether those that signed are enough


class Fails(ValueError):
    """It does not hold: why; where heads contradict each other also the evidence and its file."""


# Ed25519, checking only (RFC 8032, section 5.1.7). Not constant in time: nothing here is secret.
P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P


def point(data: bytes) -> tuple[int, int]:
    """A point of the curve from its 32 bytes. *Raises* ``ValueError``."""
    y, sign = int.from_bytes(data, "little") % 2**255, data[31] >> 7
    x2 = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(x2, (P + 3) // 8, P)
    x = x if x * x % P == x2 else x * pow(2, (P - 1) // 4, P) % P
    if y >= P or x * x % P != x2 or (x == 0 and sign):
        raise ValueError("not a point of the curve")
    return (x if x & 1 == sign else P - x), y


def add(p: tuple[int, int], q: tuple[int, int]) -> tuple[int, int]:
    """The sum of two points, with one division."""
    t = D * p[0] * q[0] * p[1] * q[1] % P
    x, y = p[0] * q[1] + q[0] * p[1], p[1] * q[1] + p[0] * q[0]
    below = pow(1 - t * t, -1, P)
    return x * (1 - t) * below % P, y * (1 + t) * below % P


def ed25519_holds(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the signature (r, s) is the key's over the message: r = s * base - k * key."""
    r, s = signature[:32], int.from_bytes(signature[32:], "little")
    k = int.from_bytes(sha512(r + public + message).digest(), "little") % ORDER
    with suppress(ValueError):
        (x, y), base = point(public), point((4 * pow(5, -1, P) % P).to_bytes(32, "little"))
        found, minus = (0, 1), (P - x, y)
        table = found, base, minus, add(base, minus)
        for bit in range(254, -1, -1):
            found = add(add(found, found), table[(s >> bit & 1) + 2 * (k >> bit & 1)])
        encoded = (found[1] | (found[0] & 1) << 255).to_bytes(32, "little")
        return len(signature) == 64 and s < ORDER and encoded == r
    return False


class Head(NamedTuple):
    """A signed head, the vkey of its log, and when each of the witnesses has cosigned it."""

    size: int
    root: bytes
    note: str
    log: str
    cosigned: dict[Id, int]


def base64_bytes(text: str) -> bytes:
    """Standard base64 in its only spelling: a changed spare bit is a changed byte."""
    data = b""
    with suppress(ValueError):
        data = base64.b64decode(text, validate=True)
    if base64.b64encode(data).decode() != text:
        raise Fails(f"{text[:60]}: not base64, or not in its canonical form 编码有误或不规范")
    return data


def read_key(vkey: str, kinds: dict[bytes, int]) -> tuple[Id, bytes]:
    """A key from its vkey line, behind its type byte, and its id, which must belong (C6)."""
    name, _, rest = vkey.partition("+")
    key_id, _, encoded = rest.partition("+")
    key = base64_bytes(encoded)
    wanted = sha256(name.encode() + b"\n" + key).digest()[:4]
    fits = re.fullmatch(r"[^\s+]+", name) and kinds.get(key[:1]) == len(key)
    if not fits or wanted.hex() != key_id:
        raise Fails(f"{name}: not a key of this kind, or not of this key id 公钥种类或编号不符")
    return (name, wanted), key


def read_policy(text: str) -> Policy:
    """A policy, or a log's vkey. A key stands once, a name in one group: nobody counts twice."""
    text = text if "\n" in text.strip() else f"log {text.strip()}\nquorum none"
    keys, quorum, free = list[tuple[Id, bytes]](), "", set[str]()
    named: dict[str, Met] = {"none": lambda signed: True}
    for number, line in enumerate(text.split("\n"), 1):
        match [word for word in re.split("[ \t]+", re.sub("^[ \t]*#.*", "", line)) if word]:
            case ["log", vkey] | ["log", vkey, _]:
                keys.append(read_key(vkey, LOG))
            case ["witness", name, vkey] | ["witness", name, vkey, _] if name not in named:
                keys.append(read_key(vkey, WITNESS))
                named[name], free = {keys[-1][0]}.issubset, free | {name}
            case ["group", name, least, *members] if (
                name not in named
                and len(free & {*members}) == len(members) > 0
                and least in {"any", "all", *map(str, range(1, len(members) + 1))}
            ):
                k = {"any": 1, "all": len(members)}.get(least) or int(least)
                of, free = [named[member] for member in members], free - {*members} | {name}
                named[name] = partial(lambda k, of, got: sum(m(got) for m in of) >= k, k, of)
            case ["quorum", name] if name in named and not quorum:
                quorum = name
            case [_, *_]:
                raise Fails(f"policy, line {number}: wrong or repeated 策略文件此行有误或重复")
    twice = len({key[1:] for _, key in keys}) < len(keys)
    if not quorum or twice or re.search(r"[\x00-\x08\x0b-\x1f\x7f]", text):
        raise Fails("policy: no quorum line, a key twice, or control characters 缺行、重复或控制符")
    return dict(keys), named[quorum]


def open_head(note: str, policy: Policy) -> Head:
    """A signed head. A known key with a wrong signature refuses the whole note (C7)."""
    text, gap, below = note.rpartition("\n\n")
    text, lines = text + "\n", below.split("\n")
    if not gap or lines.pop() or len(lines) > 16 or re.search(r"[\x00-\x09\x0b-\x1f]", note):
        raise Fails("checkpoint: missing, or not a signed note 检查点缺失或不是签名文")
    signed = dict[Id, int]()
    for line in lines:
        parts = re.fullmatch(r"— ([^\s+]+) (\S+)", line)
        blob = base64_bytes(parts[2]) if parts else b""
        if parts is None or len(blob) < 5:
            raise Fails("checkpoint: malformed signature line 签名行有误")
        message, when, own = text, 0, (parts[1], blob[:4])
        key = policy[0].get(own, b"\6")
        if key[0] == 4:
            when, blob = int.from_bytes(blob[4:12], "big"), blob[8:]
            message = f"cosignature/v1\ntime {when}\n{text}"
        if key[0] != 6:  # 6 is ML-DSA-44, which is passed over here and does not count
            if not ed25519_holds(key[1:], message.encode(), blob[4:]) or when >= 2**63:
                raise Fails(f"checkpoint: the signature of {own[0]} fails 签名无效")
            signed[own] = max(when, signed.get(own, 0))
    name, size, root, *more = [*text.split("\n"), "", ""]
    log = [own for own in signed if own[0] == name and policy[0][own][0] == 1]
    form = r"(0|[1-9][0-9]{0,18}) [\w+/]{43}="
    if not log or more != ["", "", ""] or not re.fullmatch(form, f"{size} {root}", re.ASCII):
        raise Fails("checkpoint: not name, size, root, signed by this log 不是本日志签的检查点")
    vkey = f"{name}+{log[0][1].hex()}+{base64.b64encode(policy[0][log[0]]).decode()}"
    cosigned = {own: when for own, when in signed.items() if policy[0][own][0] == 4}
    return Head(int(size), base64_bytes(root), note, vkey, cosigned)


def fold(known: Known, first: int, after: int) -> bytes:
    """The hash over leaves first to after - 1 (RFC 6962): known, or joined from its two parts."""
    if found := known(first, after):
        return found
    middle = first + (1 << (after - first - 1).bit_length() >> 1)
    return sha256(b"\x01" + fold(known, first, middle) + fold(known, middle, after)).digest()


def beside(at: int, whole: bool, first: int, after: int) -> list[tuple[int, int]]:
    """The parts in a proof: the leaf (``whole``: the older tree's end), then all beside its way."""
    if after == at + 1 and (whole or first == at):
        return [(first, after)]
    middle = first + (1 << (after - first - 1).bit_length() >> 1)
    if at < middle:
        return [*beside(at, whole, first, middle), (middle, after)]
    return [*beside(at, whole, middle, after), (first, middle)]


def check_proof(at: int, whole: bool, hashes: list[bytes], roots: dict[int, bytes]) -> None:
    """That these parts lead to these roots of these sizes (RFC 9162, 2.1.3.2 and 2.1.4.2)."""
    ranges = beside(at, whole, 0, max(roots)) if 0 <= at < min(roots) else []
    known = dict(zip(ranges, hashes, strict=False))
    if len(ranges) != len(hashes) or {*map(len, hashes)} != {32}:
        raise Fails("proof: not as many hashes of 32 bytes as needed 证明的哈希数目或长度不符")
    if any(fold(lambda *part: known.get(part), 0, size) != roots[size] for size in roots):
        raise Fails("proof: does not lead to the signed root 证明不能通到已签名的根")


def tile_path(level: int | str, index: int, width: int = WIDTH) -> str:
    """Index in groups of three digits, all but the last behind an x; narrow tiles under .p/."""
    number = re.sub("...(?=...)", r"x\g<0>/", f"{index:0{-(-len(str(index)) // 3) * 3}d}")
    return f"tile/{level}/{number}" + ("" if width == WIDTH else f".p/{width}")


def leaves_of(data: bytes, path: str) -> bytes:
    """The leaf hashes of a bundle: entries each behind its length in two bytes."""
    hashes, at, end, data = list[bytes](), 0, len(data), data + b"\0"  # half a length is found too
    while at < end:
        at = (first := at + 2) + (data[at] << 8 | data[at + 1])
        hashes.append(sha256(b"\x00" + data[first:at]).digest())
    if at != end:
        raise Fails(f"{path}: an entry runs over the end 条目超出文件末尾")
    return b"".join(hashes)


class Source:
    """Where the log is read from: a folder or an address. Remembers which files and tiles."""

    def __init__(self, place: str) -> None:
        self.place, self.is_web = place.rstrip("/"), place.startswith(("http://", "https://"))
        self.seen, self.tiles = set[str](), dict[str, bytes]()

    def read(self, path: str) -> bytes | None:
        """The bytes, or None where there is no such file."""
        self.seen.add(path)
        with suppress(OSError):
            if not self.is_web:
                return Path(self.place, path).read_bytes()
            with urllib.request.urlopen(f"{self.place}/{path}", timeout=60) as answer:  # noqa: S310
                return bytes(answer.read(2**25))
        return None

    def level(self, level: int | str, count: int, wanted: bytes | None = None) -> bytes:
        """All hashes of a level from its tiles; a full tile also where the log has grown since."""
        for index in range(-(-count // WIDTH)):
            first, width = index * WIDTH, min(WIDTH, count - index * WIDTH)
            path = tile_path(level, index, width)
            if (data := self.read(path)) is None:
                path, width = tile_path(level, index), WIDTH
                data = self.read(path) or b""
            hashes = leaves_of(data, path) if level == "entries" else data
            if len(hashes) != 32 * width:
                raise Fails(f"{path}: {len(hashes) / 32:g} of {width} hashes 缺失或数目不符")
            hashes = self.tiles[tile_path(level, index)] = hashes[: 32 * (count - first)]
            if wanted is not None and not wanted.startswith(hashes, 32 * first):
                raise Fails(f"{path}: does not hold the hashes of the entries 与条目的哈希不符")
        return b"".join(self.tiles.values()) if wanted is None else wanted

    def tree(self, size: int) -> Known:
        """The tree over every entry. All tiles must hold it, and older partial ones begin it."""
        levels = [self.level("entries", size)]
        while len(below := levels[-1]) >= 64:
            pairs = range(0, len(below) - 63, 64)
            levels.append(b"".join([sha256(b"\x01" + below[a : a + 64]).digest() for a in pairs]))
        for number, nodes in enumerate(levels[::8]):
            self.level(number, len(nodes) // 32, nodes)
        for file in [] if self.is_web else sorted(Path(self.place, "tile").rglob("*")):
            path = file.relative_to(self.place).as_posix()
            if not file.is_dir() and path not in self.seen:
                full, _, number_of = path.partition(".p/")
                width = int(number_of) if re.fullmatch("[1-9][0-9]{0,2}", number_of) else WIDTH
                data, hashes = file.read_bytes(), self.tiles.get(full, b"")[: 32 * width]
                data = leaves_of(data, path) if full.startswith("tile/entries/") else data
                if width >= WIDTH or data != hashes or len(data) != 32 * width:
                    raise Fails(f"{path}: does not belong to this log 不属于本日志")

        def known(first: int, after: int) -> bytes | None:
            level = (after - first - 1).bit_length()
            at, empty = 32 * (first >> level), sha256(b"").digest() if not after else None
            return levels[level][at : at + 32] if after - first == 1 << level else empty

        return known


def compare(seen: list[dict[str, Any]], head: Head, tree: Known | None, folder: Path) -> None:
    """Every head ever seen must be a beginning of this log; one that is not becomes evidence."""
    honest = 0
    for old in sorted(seen, key=lambda one: int(one["size"])):
        size, now = old["size"], head.root.hex()
        if size < head.size:
            now = fold(tree, 0, size).hex() if tree else old["root"]
        if size <= head.size and now == old["root"]:
            honest = size
            continue
        kind = "rollback 回退" if size > head.size else "fork 分叉"
        case: dict[str, Any] = {"form": "boai-evidence/v1", "kind": kind, "log": head.log}
        case |= {"found_unix_time": int(time.time()), "notes": [old["note"], head.note]}
        if 0 < size < head.size and tree:
            parts = [fold(tree, *part) for part in beside(size - 1, True, 0, head.size)]
            parts = parts[not size & (size - 1) :]  # RFC 6962 leaves out the older root itself
            case |= {"proof": [base64.b64encode(part).decode() for part in parts]}
            case |= {"older_root_now": now, "an_entry_differs_from_to": [honest, size - 1]}
        path = folder / f"evidence-{size}-{old['root'][:8]}-{head.size}-{head.root.hex()[:8]}.json"
        path.write_text(json.dumps(case, ensure_ascii=False, indent=1) + "\n", "utf-8")
        text = f"{kind}: {size} entries were signed, now {head.size}; evidence 证据: {path}"
        raise Fails(text, {"heads": case["notes"], "evidence": str(path)})


def check_evidence(text: str, trusted: Policy | None) -> dict[str, Any]:
    """What an evidence file shows by itself: one log has signed what cannot both be true."""
    case = json.loads(text)
    trusted = trusted or read_policy(case["log"])
    old, new = (open_head(note, trusted) for note in case["notes"])
    if old.log == new.log and old.size > new.size:
        return told(new, trusted, f"rollback 回退: {new.size} after {old.size}, says the finder")
    was = bytes.fromhex(case["older_root_now"]) if old.size < new.size else new.root
    if old.size < new.size:
        steps = [*([] if old.size & (old.size - 1) else [was]), *map(base64_bytes, case["proof"])]
        check_proof(old.size - 1, True, steps, {old.size: was, new.size: new.root})
    if old.log != new.log or was == old.root:
        raise Fails("evidence: these two heads do not contradict each other 两个树头并不矛盾")
    return told(new, trusted, f"fork 分叉: {old.size} entries with two roots 同一开头签了两个根")


def check_bundle(text: str, leaf: bytes, trusted: Policy) -> dict[str, Any]:
    """That a tlog-proof shows this leaf, byte for byte, under a signed head (C14)."""
    above, _, note = text.partition("\n\n")
    form = r"c2sp\.org/tlog-proof@v1\n(?:extra [\w+/=]+\n)?index (0|[1-9][0-9]{0,18})((?:\n\S+)*)"
    parts = re.fullmatch(form, above, re.ASCII)
    if parts is None:
        raise Fails("proof: not a tlog-proof 不是证明文件")
    head, index = open_head(note, trusted), int(parts[1])
    steps = [sha256(b"\x00" + leaf).digest(), *map(base64_bytes, parts[2].split())]
    check_proof(index, False, steps, {head.size: head.root})
    return told(head, trusted, f"leaf 第 {index} 条 of {head.size}")


def told(head: Head, trusted: Policy, shown: str) -> dict[str, Any]:
    """What holds of a head: size, root, who has cosigned it and when, and the quorum."""
    when = {own[0]: time.gmtime(min(at, 2**35)) for own, at in sorted(head.cosigned.items())}
    answer = {"ok": True, "shown": shown, "size": head.size, "root": head.root.hex()}
    answer["cosigned"] = {name: time.strftime("%Y-%m-%dT%XZ", at) for name, at in when.items()}
    answer["of"] = sum(key[0] != 1 for key in trusted[0].values())
    return answer | {"quorum": trusted[1](head.cosigned)}


def verify(place: str, key: Policy | str, state: str = "", heads: Any = ()) -> dict[str, Any]:
    """Check a whole log under a policy or a vkey; answers what was checked. *Raises* ``Fails``."""
    trusted = read_policy(key) if isinstance(key, str) else key
    head = open_head(((source := Source(place)).read("checkpoint") or b"").decode(), trusted)
    if not source.is_web and source.read("vkey") not in (None, head.log.encode() + b"\n"):
        raise Fails("vkey: the log was exported with another key 导出所附公钥不符")
    kept = json.loads(Path(state).read_text("utf-8")) if state and Path(state).exists() else {}
    seen, folder = kept.setdefault(head.log, []), Path(state or "here").parent
    for one in [*(open_head(note, trusted) for note in heads), head]:
        if not any((old["size"], old["root"]) == (one.size, one.root.hex()) for old in seen):
            seen.append({"size": one.size, "root": one.root.hex(), "note": one.note})
    compare(seen, head, None, folder)  # first: a rolled back log may be whole in itself
    tree = source.tree(head.size)
    if fold(tree, 0, head.size) != head.root:
        raise Fails("the entries do not hash to the signed root 条目算不出已签名的根")
    compare(seen, head, tree, folder)
    if state:
        Path(state + ".new").write_text(json.dumps(kept, ensure_ascii=False, indent=1), "utf-8")
        Path(state + ".new").replace(state)
    return told(head, trusted, f"{head.size} entries 条") | {"heads_remembered": len(seen)}


def main(arguments: list[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser("boai-verify", (__doc__ or "").split("\n\n")[1].strip())
    parser.add_argument("what", nargs="+")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--head", action="append", default=[])
    for option in ("--key", "--policy", "--state", "--leaf"):
        parser.add_argument(option, default="")
    given = parser.parse_args(arguments)
    named, task = given.policy or given.key, {1: "log", 2: given.what[0]}.get(len(given.what))
    if not {"log": named, "proof": named and given.leaf, "evidence": "-"}.get(task or ""):
        parser.error("see usage 用法见上")
    try:
        text = Path(named).read_bytes().decode() if Path(named).is_file() else named
        trusted = read_policy(text) if named else None
        if task == "evidence":
            answer = check_evidence(Path(given.what[1]).read_text("utf-8"), trusted)
        elif task == "proof" and trusted:
            bundle, leaf = Path(given.what[1]).read_bytes(), Path(given.leaf).read_bytes()
            answer = check_bundle(bundle.decode(), leaf, trusted)
        else:
            heads = [Path(head).read_bytes().decode() for head in given.head]
            answer = verify(given.what[0], trusted or "", given.state, heads)
    except Fails as why:
        answer = {"ok": False, "problem": why.args[0], **dict(*why.args[1:])}
    except (ArithmeticError, AttributeError, LookupError, OSError, TypeError, ValueError) as why:
        answer = {"ok": False, "problem": f"unreadable 无法解读: {why}"}
    said = "\n---\n".join([f"FAILS 不成立: {answer.get('problem')}", *answer.get("heads", ())])
    if answer["ok"]:
        who = ", ".join(f"{name} {when}" for name, when in answer["cosigned"].items())
        enough = "met 足" if answer["quorum"] else "NOT met 不足"
        said = f"ok: {answer['shown']}, root {answer['root']}\nwitnesses 见证 "
        said += f"{len(answer['cosigned'])}/{answer['of']}: {who or '-'}; quorum {enough}"
    print(json.dumps(answer, ensure_ascii=False, indent=1) if given.json else said)  # noqa: T201
    return (0 if answer["quorum"] else 3) if answer["ok"] else 1


if __name__ == "__main__":
    raise SystemExit(main())
