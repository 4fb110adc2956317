"""Planted faults of the log: its writer, its signer, its witnesses, its verifier."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from tests.campaigns.frame import Plan, planted


@planted("sign-before-write", caught_by="G14")
def sign_before_write(plan: Plan) -> None:
    """The seal is kept and the head given out before the tiles are on the disk."""
    from boai.foundations.translog import files
    from boai.foundations.translog.models import Leaf
    from boai.foundations.translog.services import sequencing
    from boai.ground.core.canonical import moment
    from boai.ground.merkle.checkpoints import Head, sign_head
    from boai.ground.merkle.hashing import leaf_hash
    from boai.ground.merkle.tree import root_of

    module: Any = sequencing
    later = module._write_files

    def signed_first(old: int, new: int) -> None:
        rows = Leaf.objects.filter(tree_index__isnull=False).order_by("tree_index")
        root = root_of([leaf_hash(body.encode()) for body in rows.values_list("body", flat=True)])
        from boai.ground.core.clock import now

        head = Head(files.signer().key.name, new, root)
        note = sign_head(head, files.signer())
        files.write_seal(files.Seal(head.origin, new, root.hex(), note, moment(now())))
        later(old, new)

    module._write_files = signed_first


@planted("re-hash-skipped", caught_by="G14")
def re_hash_skipped(plan: Plan) -> None:
    """What was written is not read back before it is signed: the root is that of the database."""
    from boai.foundations.translog.models import Leaf
    from boai.foundations.translog.services import sequencing
    from boai.ground.merkle.hashing import leaf_hash
    from boai.ground.merkle.tree import root_of

    def believed(seal: Any, size: int) -> bytes:
        rows = Leaf.objects.filter(tree_index__lt=size).order_by("tree_index")
        return root_of([leaf_hash(body.encode()) for body in rows.values_list("body", flat=True)])

    module: Any = sequencing
    module._reread = believed


@planted("stale-partial-served", caught_by="G14")
def stale_partial_served(plan: Plan) -> None:
    """A cache gives the partial tile of yesterday under today's name, without its last hash."""
    from boai.foundations.translog import files
    from boai.foundations.translog.services import sequencing

    module: Any = sequencing
    publish = module._publish

    def cached(seal: Any, size: int, at: Any) -> None:
        publish(seal, size, at)
        for partials in (files.folder() / "tile" / "0").rglob("*.p"):
            newest = max(partials.iterdir(), key=lambda file: int(file.name))
            content = newest.read_bytes()
            if len(content) == 32 * int(newest.name) > 32:
                newest.write_bytes(content[:-32] + content[-64:-32])

    module._publish = cached


@planted("signer-state-inside-database", caught_by="G16")
def signer_state_inside_database(plan: Plan) -> None:
    """The largest size ever signed is kept in the database, and comes back with its backup."""
    import json
    from dataclasses import asdict

    from django.db import connection

    from boai.foundations.translog import files

    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE campaign_seal (one INTEGER PRIMARY KEY, content TEXT)")

    def read() -> files.Seal | None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT content FROM campaign_seal")
            row = cursor.fetchone()
        return files.Seal(**json.loads(row[0])) if row else None

    def write(seal: files.Seal) -> None:
        with connection.cursor() as cursor:
            content = json.dumps(asdict(seal))
            cursor.execute("INSERT OR REPLACE INTO campaign_seal VALUES (1, %s)", [content])

    module: Any = files
    module.read_seal, module.write_seal = read, write


@planted("witness-forgets", caught_by="G16")
def witness_forgets(plan: Plan) -> None:
    """A witness answers without having stored: it remembers what it saw when it was started."""
    from boai.ground.merkle.witness import Witness

    write = Witness._write

    def forgotten(self: Witness, memory: Any) -> None:
        if not any(entry["note"] for entry in memory.values()):
            write(self, memory)

    forgetful: Any = Witness
    forgetful._write = forgotten


@planted("sampled-verification", caught_by="G15")
def sampled_verification(plan: Plan) -> None:
    """The verifier hashes one bundle in a few, and believes the tiles for all others."""
    from boai.ground.merkle import verify

    source: Any = verify.Source
    whole: Callable[..., bytes] = source.level

    def sampled(
        self: verify.Source, level: int | str, count: int, wanted: bytes | None = None
    ) -> bytes:
        if level != "entries":
            return whole(self, level, count, wanted)
        hashes = whole(self, 0, count)
        for path in Path(self.place, "tile/entries").rglob("*"):
            self.seen.add(path.relative_to(self.place).as_posix())
        return hashes

    source.level = sampled


@planted("cosignature-not-checked", caught_by="G15")
def cosignature_not_checked(plan: Plan) -> None:
    """The verifier takes every line that bears a witness's name and key id for its signature."""
    from boai.ground.merkle import verify

    really = verify.ed25519_holds

    def trusting(public: bytes, message: bytes, signature: bytes) -> bool:
        return message.startswith(b"cosignature/v1\n") or really(public, message, signature)

    module: Any = verify
    module.ed25519_holds = trusting


@planted("quorum-counts-signatures", caught_by="G15")
def quorum_counts_signatures(plan: Plan) -> None:
    """Two lines of one witness pass for two witnesses."""
    from boai.ground.merkle import verify

    module: Any = verify
    opened = verify.open_head

    def counted(note: str, policy: Any) -> verify.Head:
        head = opened(note, policy)
        lines = note.rpartition("\n\n")[2].count("\n") - 1
        return head._replace(cosigned=_Lines(head.cosigned, lines))

    read = verify.read_policy

    def read_and_count(text: str) -> Any:
        keys, met = read(text)
        wanted = sum(key[0] == 4 for key in keys.values())
        return keys, lambda signed: getattr(signed, "lines", 0) >= wanted or met(signed)

    module.open_head, module.read_policy = counted, read_and_count


class _Lines(dict[Any, Any]):
    def __init__(self, content: Any, lines: int) -> None:
        super().__init__(content)
        self.lines = lines


@planted("rollback-not-remembered", caught_by="G15")
def rollback_not_remembered(plan: Plan) -> None:
    """The verifier forgets the largest head it has seen."""
    from boai.ground.merkle import verify

    module: Any = verify
    compare = verify.compare

    def forgetful(seen: Sequence[Any], head: verify.Head, tree: Any, folder: Path) -> None:
        compare([one for one in seen if one["size"] <= head.size], head, tree, folder)

    module.compare = forgetful
