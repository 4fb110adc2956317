"""G16: old backups put in service. Nothing inconsistent is ever signed; everybody is told (F-20).

A society's log grows, backups of database and tiles are taken, and an old one comes back: with the
seal still there, with the seal lost, or with the seal of that day. Then people go on working and
the log is asked to sign.
"""

import random
import shutil
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from boai.ground.merkle import verify
from tests.campaigns.frame import Closing, Plan, amount, campaign, prepare
from tests.campaigns.society_log import Watch, queue, watched

KINDS = ("the seal is there", "the seal is lost", "the seal is as old")


@dataclass(frozen=True, slots=True)
class Backup:
    """Database, tiles and seal as they were at one size."""

    size: int
    folder: Path


class Society:
    """One log in service, and all that it has ever signed."""

    def __init__(self, plan: Plan, watch: Watch, closing: Closing) -> None:
        from boai.ground.core.clock import now

        self.plan, self.watch, self.closing = plan, watch, closing
        self.state, self.queued, self.at = plan.home / "heads.json", 0, now()
        self.signed: dict[int, str] = {}
        self.trusted = verify.read_policy(watch.policy(1))

    def later(self) -> datetime:
        """An hour has passed."""
        self.at += timedelta(hours=1)
        return self.at

    def grow(self, count: int, story: str = "") -> None:
        """People act, the log signs, the witnesses cosign; whatever was signed is remembered."""
        from boai.foundations.translog.services.cosigning import ask_witnesses
        from boai.foundations.translog.services.sequencing import sequence

        queue(self.queued, count, story)
        self.queued += count
        sequence(self.later())
        ask_witnesses(self.later(), everyone=True, patience=30.0)
        self.remember()

    def remember(self) -> None:
        """Each head that the signer keeps must agree with all it has signed before."""
        from boai.foundations.translog import files, models

        heads = list(models.SignedHead.objects.values_list("size", "root"))
        seal = files.read_seal()
        for size, root in [*heads, *([(seal.size, seal.root)] if seal else [])]:
            if self.signed.setdefault(size, root) != root:
                self.closing.broke(f"signed: {size} entries with two roots")
        largest = max(self.signed, default=0)
        if seal and seal.size < largest:
            self.closing.notes.append(f"the seal says {seal.size}, {largest} was signed")

    def back_up(self, number: int) -> Backup:
        """Copy database, tiles and seal."""
        from boai.foundations.translog import files

        folder = self.plan.home / f"backup-{number}"
        folder.mkdir()
        with sqlite3.connect(_database()) as live, sqlite3.connect(folder / "database") as kept:
            live.backup(kept)
        shutil.copytree(files.folder(), folder / "log")
        if files.seal_path().exists():
            shutil.copy(files.seal_path(), folder / "seal")
        return Backup(max(self.signed), folder)

    def restore(self, backup: Backup, kind: str) -> None:
        """Put a backup in the place of what is there."""
        from django.db import connection

        from boai.foundations.translog import files

        connection.close()
        for file in _database().parent.glob(f"{_database().name}*"):
            file.unlink()
        shutil.copy(backup.folder / "database", _database())
        shutil.rmtree(files.folder())
        shutil.copytree(backup.folder / "log", files.folder())
        if kind == "the seal is lost":
            files.seal_path().unlink(missing_ok=True)
        if kind in ("the seal is as old", "all of it") and (backup.folder / "seal").exists():
            shutil.copy(backup.folder / "seal", files.seal_path())


@campaign("G16", title="old backups put in service are never signed")
def run(plan: Plan) -> Closing:
    """``operations``: restores; ``refused``: each time that the log did not sign."""
    prepare(plan)
    from boai.foundations.translog import files

    closing, chance = Closing(), random.Random(plan.seed)
    # People who act while the log refuses leave numbers behind that nobody else may take.
    with watched(plan.home / "witnesses", 2, 1) as watch:
        society = Society(plan, watch, closing)
        backups: list[Backup] = []
        society.grow(chance.randrange(3, 40))
        for number in range(amount(plan, probe=6, small=21, long=201)):
            backups.append(society.back_up(2 * number))
            for _ in range(chance.randrange(1, 4)):
                society.grow(chance.choice((1, 2, 255, chance.randrange(1, 60))))
            verify.verify(str(files.folder()), society.trusted, str(society.state))
            newest = society.back_up(2 * number + 1)
            old = chance.choice([backup for backup in backups if backup.size < newest.size])
            _put_in_service(society, old, KINDS[number % len(KINDS)], newest.size, chance)
            society.restore(newest, "all of it")
            shutil.rmtree(newest.folder)
            if len(backups) > 8:
                shutil.rmtree(backups.pop(chance.randrange(8)).folder)
            society.grow(1, story="after")
            closing.acknowledged += 1
    return closing


def _put_in_service(
    society: Society, old: Backup, kind: str, size: int, chance: random.Random
) -> None:
    """The old backup runs, people act, jobs run: nothing may be signed, and all must say why."""
    from boai.foundations.translog import files

    closing = society.closing
    closing.operations += 1
    society.restore(old, kind)
    if kind == "the seal is there":
        # No witness helps here: the seal alone must hold.
        alone = f"log {society.watch.vkey}\nquorum none\n"
        files.write(files.policy_path(), alone.encode())
    before = dict(society.signed)
    # Fewer, exactly as many, or more new acts than were lost.
    missing = size - old.size
    for count in (chance.randrange(1, missing + 2), missing, chance.randrange(1, 20)):
        queue(10**6 + society.queued, count, story=f"{kind}{closing.operations}")
        society.queued += count
        for act in _acts(society):
            _must_refuse(society, act, kind)
    society.remember()
    if society.signed != before:
        closing.broke(f"{kind}: {old.size} of {size} restored, and a new head was signed")
    _public_says_rollback(society, old, size)
    _witnesses_refuse(society, old, size)


def _acts(society: Society) -> list[Callable[[], object]]:
    from django.core.management import call_command

    from boai.foundations.translog.jobs import ask_the_witnesses, take_up_waiting_leaves

    return [
        lambda: take_up_waiting_leaves(society.later()),
        lambda: ask_the_witnesses(society.later()),
        lambda: take_up_waiting_leaves(society.later()),
        lambda: call_command("log", "checkpoint", verbosity=0),
    ]


def _must_refuse(society: Society, act: Callable[[], object], kind: str) -> None:
    from django.core.management.base import CommandError

    from boai.ground.core.errors import Refusal

    try:
        act()
    except Refusal as refusal:
        society.closing.refused += 1
        if not str(refusal.mend):
            society.closing.broke(f"{kind}: {type(refusal).__name__} says not what to do")
    except (CommandError, SystemExit):
        society.closing.refused += 1


def _public_says_rollback(society: Society, old: Backup, size: int) -> None:
    """Whoever has seen the larger head is told, and keeps the evidence."""
    from boai.foundations.translog import files

    try:
        verify.verify(str(files.folder()), society.trusted, str(society.state))
        society.closing.broke(f"{old.size} of {size}: the public verifier has noticed nothing")
    except verify.Fails as failure:
        if "rollback" not in failure.args[0] and "fork" not in failure.args[0]:
            society.closing.broke(f"{old.size} of {size}: {failure.args[0]}")
        else:
            verify.check_evidence(Path(failure.args[1]["evidence"]).read_text(), None)


def _witnesses_refuse(society: Society, old: Backup, size: int) -> None:
    """The old head is answered with 409, another history, signed with the real key, with 422."""
    from boai.foundations.translog import files
    from boai.ground.merkle.checkpoints import Head, sign_head

    held = verify.open_head((old.folder / "log/checkpoint").read_text(), society.trusted)
    note = held.note.partition("\n\n")[0] + "\n\n" + held.note.partition("\n\n")[2].split("\n")[0]
    forged = sign_head(Head(files.signer().key.name, size + 5, b"\7" * 32), files.signer())
    for witness in society.watch.witnesses:
        answer = witness.add_checkpoint(f"old {held.size}\n\n{note}\n".encode())
        if answer.status != 409 or int(answer.body) < size:
            society.closing.broke(f"{old.size} of {size}: the witness says {answer}")
        proof = "A" * 43 + "="
        answer = witness.add_checkpoint(f"old {size}\n{proof}\n\n{forged}".encode())
        if answer.status != 422:
            society.closing.broke(f"a forged head of {size + 5}: the witness says {answer}")
    copy = society.plan.home / "forged"
    shutil.copytree(files.folder(), copy, dirs_exist_ok=True)
    (copy / "checkpoint").write_text(
        sign_head(Head(files.signer().key.name, size, b"\7" * 32), files.signer())
    )
    try:
        verify.verify(str(copy), society.trusted, str(society.state))
        society.closing.broke("a forged head of the same size was taken")
    except verify.Fails as failure:
        if "fork" not in failure.args[0]:
            society.closing.broke(f"a forged head of the same size: {failure.args[0]}")
    shutil.rmtree(copy)


def _database() -> Path:
    from django.conf import settings

    return Path(settings.DATABASES["default"]["NAME"])
