"""C2SP tlog-policy: which logs are ours, who watches them, and how many of those must have signed.

    log <vkey> [url]
    witness <name> <vkey> [url]
    group <name> <k|all|any> <member> ...
    quorum <name|none>

One statement a line; ``#`` begins a comment line. A name is defined before it is used, and stands in
one group at most, so that no witness counts twice; for the same reason no key may be named twice.
"""

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace

from boai.ground.merkle.checkpoints import Head, open_checkpoint
from boai.ground.merkle.cosignatures import WitnessKey, cosignature_time
from boai.ground.merkle.notes import NoteIsNotValid, VerifierKey, signatures_of

NONE = "none"
LARGEST_POLICY = 1024 * 1024
_NUMBER = re.compile(r"[1-9][0-9]{0,8}")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


class PolicyIsNotValid(Exception):
    """A line says what a policy may not say; ``line`` counts from 1, 0 means the whole file."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(f"line {line}: {reason}" if line else reason)
        self.line, self.reason = line, reason


@dataclass(frozen=True, slots=True)
class LogLine:
    """A log whose heads are accepted."""

    key: VerifierKey
    url: str = ""


@dataclass(frozen=True, slots=True)
class WitnessLine:
    """A witness: the name by which this file speaks of it, its key, and where it answers."""

    name: str
    key: WitnessKey
    url: str = ""


@dataclass(frozen=True, slots=True)
class GroupLine:
    """So many of these members."""

    name: str
    threshold: int
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy as it was read; ``quorum`` is a witness, a group, or ``none``."""

    logs: tuple[LogLine, ...] = ()
    witnesses: tuple[WitnessLine, ...] = ()
    groups: tuple[GroupLine, ...] = ()
    quorum: str = NONE

    def text(self) -> str:
        """The file. Without the comments that it was read from."""
        lines = [f"log {log.key} {log.url}" for log in self.logs]
        lines += [f"witness {w.name} {w.key} {w.url}" for w in self.witnesses]
        for group in self.groups:
            lines.append(f"group {group.name} {group.threshold} {' '.join(group.members)}")
        lines.append(f"quorum {self.quorum}")
        return "".join(f"{line.rstrip()}\n" for line in lines)

    def without_addresses(self) -> "Policy":
        """The same without the witnesses' addresses, which only the log itself needs."""
        return replace(self, witnesses=tuple(replace(w, url="") for w in self.witnesses))

    def is_met_by(self, names: Collection[str]) -> bool:
        """Whether these witnesses are enough. Each counts once, however often it is given."""
        if self.quorum == NONE:
            return True
        seen = {w.name for w in self.witnesses} & set(names)
        # A group names only what stands above it, so one pass from the top settles all of them.
        for group in self.groups:
            if sum(member in seen for member in group.members) >= group.threshold:
                seen.add(group.name)
        return self.quorum in seen

    def counted(self) -> tuple[WitnessLine, ...]:
        """The witnesses on whom the quorum depends."""
        wanted = {self.quorum}
        for group in reversed(self.groups):
            if group.name in wanted:
                wanted.update(group.members)
        return tuple(w for w in self.witnesses if w.name in wanted)

    def least(self) -> int:
        """The smallest number of witnesses that can be enough; 0 where none is asked for."""
        costs = {w.name: 1 for w in self.witnesses} | {NONE: 0}
        for group in self.groups:
            costs[group.name] = sum(sorted(costs[m] for m in group.members)[: group.threshold])
        return costs[self.quorum]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a checkpoint is worth under a policy; ``cosigned``: the witness's name and its time."""

    head: Head
    log: VerifierKey
    cosigned: tuple[tuple[str, int], ...]
    quorum_met: bool


def parse(text: str) -> Policy:
    """Read a policy. *Raises* ``PolicyIsNotValid``, which names the line."""
    if len(text) > LARGEST_POLICY:
        raise PolicyIsNotValid(0, "the policy is larger than 1 MiB")
    reader = _Reader()
    for number, line in enumerate(text.split("\n"), start=1):
        if _CONTROL.search(line):
            raise PolicyIsNotValid(number, "a control character (only tab and newline may be used)")
        words = [word for word in re.split(r"[ \t]+", line) if word]
        if words and not words[0].startswith("#"):
            reader.read(number, words)
    return reader.policy()


def evaluate(note: str, policy: Policy) -> Verdict:
    """Who has cosigned this checkpoint, and whether that is enough.

    Signatures of unknown keys are passed over; one failing signature of a known key, log or
    witness, refuses the whole note (C7). *Raises* ``NoteIsNotValid``.
    """
    text, signatures = signatures_of(note)
    origin = text.partition("\n")[0]
    keys = [log.key for log in policy.logs if log.key.name == origin]
    if not keys:
        raise NoteIsNotValid("no log of the policy has this origin")
    head = open_checkpoint(note, *keys)
    signed = {(name, blob[:4]) for name, blob in signatures}
    log = next(key for key in keys if (key.name, key.key_id) in signed)
    known = {(w.key.name, w.key.key_id): w for w in policy.witnesses}
    times: dict[str, int] = {}
    for name, blob in signatures:
        witness = known.get((name, blob[:4]))
        if witness is not None:
            seconds = cosignature_time(text, blob, witness.key)
            times[witness.name] = max(seconds, times.get(witness.name, 0))
    cosigned = tuple((w.name, times[w.name]) for w in policy.witnesses if w.name in times)
    return Verdict(head, log, cosigned, policy.is_met_by(times))


class _Reader:
    """Collects the lines and refuses the first that does not fit to those before it."""

    def __init__(self) -> None:
        self.logs: list[LogLine] = []
        self.witnesses: list[WitnessLine] = []
        self.groups: list[GroupLine] = []
        self.quorum = ""
        self.names: set[str] = set()
        self.grouped: set[str] = set()
        self.publics: set[bytes] = set()

    def read(self, number: int, words: list[str]) -> None:
        kinds: dict[str, tuple[Callable[[list[str]], None], Iterable[int] | None]] = {
            "log": (self._log, (1, 2)),
            "witness": (self._witness, (2, 3)),
            "group": (self._group, None),
            "quorum": (self._quorum, (1,)),
        }
        if words[0] not in kinds:
            raise PolicyIsNotValid(number, f"a line begins with {', '.join(kinds)} or #")
        take, counts = kinds[words[0]]
        given = words[1:]
        if len(given) not in counts if counts is not None else len(given) < 3:
            raise PolicyIsNotValid(number, f"“{words[0]}” has too many or too few words")
        try:
            take(given)
        except (ValueError, NoteIsNotValid) as reason:
            raise PolicyIsNotValid(number, str(reason)) from None

    def policy(self) -> Policy:
        if not self.quorum:
            raise PolicyIsNotValid(0, "there is no quorum line")
        return Policy(tuple(self.logs), tuple(self.witnesses), tuple(self.groups), self.quorum)

    def _log(self, given: list[str]) -> None:
        key = VerifierKey.parse(given[0])
        self._once(key.public)
        self.logs.append(LogLine(key, _address(given[1:])))

    def _witness(self, given: list[str]) -> None:
        name, key = given[0], WitnessKey.parse(given[1])
        self._once(key.public)
        self._define(name)
        self.witnesses.append(WitnessLine(name, key, _address(given[2:])))

    def _group(self, given: list[str]) -> None:
        name, threshold, *members = given
        for member in members:
            if member not in self.names:
                raise ValueError(f"“{member}” is not defined above this line")
            if member in self.grouped:
                raise ValueError(f"“{member}” stands in a group already")
            self.grouped.add(member)
        named = {"any": 1, "all": len(members)}
        if threshold not in named and not _NUMBER.fullmatch(threshold):
            raise ValueError("a group needs a number, “all” or “any”")
        needed = named.get(threshold) or int(threshold)
        if needed > len(members):
            raise ValueError(f"{needed} of {len(members)} can never be reached")
        self._define(name)
        self.groups.append(GroupLine(name, needed, tuple(members)))

    def _quorum(self, given: list[str]) -> None:
        if self.quorum:
            raise ValueError("there is a quorum line already")
        if given[0] != NONE and given[0] not in self.names:
            raise ValueError(f"“{given[0]}” is not defined above this line")
        self.quorum = given[0]

    def _define(self, name: str) -> None:
        if name == NONE:
            raise ValueError("“none” is no name for a witness or a group")
        if name in self.names:
            raise ValueError(f"“{name}” is defined already")
        self.names.add(name)

    def _once(self, public: bytes) -> None:
        if public in self.publics:
            raise ValueError("this public key is named already")
        self.publics.add(public)


def _address(rest: list[str]) -> str:
    if rest and not rest[0].startswith(("http://", "https://")):
        raise ValueError("an address begins with http:// or https://")
    return rest[0] if rest else ""
