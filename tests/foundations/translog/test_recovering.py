"""Old backups, lost seals, clocks gone wrong: what stops the signer, and what lets it go on."""

import io
import json
import random
import shutil
from datetime import timedelta

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection

from boai.foundations.translog import files, queries
from boai.foundations.translog.errors import (
    CannotRecover,
    LogIsHeld,
    LogMayNotGoBack,
    LogWasReplaced,
    SealIsMissing,
    WitnessHasSeenMore,
)
from boai.foundations.translog.models import Leaf
from boai.foundations.translog.services import policies, recovering
from boai.foundations.translog.services.cosigning import ask_witnesses
from boai.foundations.translog.services.exporting import export_log
from boai.foundations.translog.services.sequencing import sequence, sequence_if_possible
from boai.ground.core import clock
from boai.ground.core.clock import ClockIsNotSane
from boai.ground.kit.db import sane_time
from boai.ground.merkle.checkpoints import Head, sign_head
from boai.ground.merkle.verify import main, verify
from tests.foundations.translog.test_log import _behind_the_back, all_hold, queue, vkey
from tests.foundations.translog.test_witnesses import house, nobody_under_way  # noqa: F401

pytestmark = pytest.mark.django_db
TABLES = ("cosignature", "publishedhead", "signedhead", "leaf")


def forget_above(size):
    """The database as an older backup holds it."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            for table in TABLES:
                cursor.execute(f"ALTER TABLE translog_{table} DISABLE TRIGGER USER")
        else:
            cursor.execute("SELECT name FROM sqlite_master WHERE type='trigger'")
            for (name,) in cursor.fetchall():
                if name.startswith("translog_"):
                    cursor.execute(f'DROP TRIGGER "{name}"')
        above = f"head_id IN (SELECT id FROM translog_signedhead WHERE size > {size})"
        cursor.execute(f"DELETE FROM translog_cosignature WHERE {above}")
        cursor.execute(f"DELETE FROM translog_publishedhead WHERE {above}")
        cursor.execute(f"DELETE FROM translog_signedhead WHERE size > {size}")
        cursor.execute(
            f"DELETE FROM translog_leaf WHERE tree_index >= {size} OR tree_index IS NULL"
        )
        if connection.vendor == "postgresql":
            for table in TABLES:
                cursor.execute(f"ALTER TABLE translog_{table} ENABLE TRIGGER USER")


def grown(at, *sizes):
    old = 0
    for size in sizes:
        queue(at, old, size - old)
        sequence(at)
        old = size


def test_an_old_backup_in_service_is_found_by_signer_witness_and_client(at, tmp_path, capsys):
    """F-20, three times: each of the three finds it alone."""
    state = str(tmp_path / "heads.json")
    with house(tmp_path, "neighbour"):
        grown(at, 700)
        ask_witnesses(at)
        shutil.copytree(files.folder(), tmp_path / "old")
        old_seal = files.read_seal()
        queue(at, 700, 300)
        sequence(at)
        ask_witnesses(at)
        assert main([str(files.folder()), "--key", vkey(), "--state", state]) == 0
        newest = queries.checkpoint().note
        # 1. The signer: the database is old, its own seal is not.
        forget_above(700)
        queue(at, 5000, 1)
        with pytest.raises(LogMayNotGoBack):
            sequence(at)
        # 2. The witness: the seal is old as well, as after a restore of everything.
        files.write_seal(old_seal)
        later = at + timedelta(minutes=11)
        with pytest.raises(WitnessHasSeenMore, match="1000 > 700"):
            sequence(later)
        assert files.read_seal() == old_seal
        with pytest.raises(CannotRecover, match="neighbour"):
            recovering.recover(later)
        # Regrown and forced: the witness is taken out, and the log forks from what it has seen.
        policies.remove("neighbour")
        queue(at, 6000, 399)
        assert sequence(later).size == 1100
        export_log(tmp_path / "forced")
    # 3. The client: it remembers the longer log, and then the other one.
    for folder, found in ((tmp_path / "old", "rollback"), (tmp_path / "forced", "fork")):
        assert main([str(folder), "--key", vkey(), "--state", state]) == 1
        printed = capsys.readouterr().out
        assert found in printed
        assert newest in printed.replace("---\n", "")


def test_a_witness_refuses_the_forced_log(at, tmp_path):
    with house(tmp_path, "neighbour") as witnesses:
        grown(at, 9)
        ask_witnesses(at)
        signer = files.signer()
        forced = sign_head(Head(signer.key.name, 12, bytes(32)), signer)
        proof = "A" * 43 + "=\n"
        answer = witnesses["neighbour"].add_checkpoint(f"old 9\n{proof}\n{forced}".encode())
        assert answer.status == 422
        forced = sign_head(Head(signer.key.name, 9, bytes(32)), signer)
        assert witnesses["neighbour"].add_checkpoint(f"old 9\n\n{forced}".encode()).status == 422
        [kept] = (tmp_path / "neighbour/evidence").iterdir()
        assert main(["evidence", str(kept), "--key", vkey()]) == 0


def test_no_old_backup_ever_signs_what_does_not_fit(at):
    """G16 in small: random old backups put into service, with new leaves on top."""
    dice = random.Random(20201122)
    sizes = sorted(dice.sample(range(1, 900), 12))
    grown(at, *sizes)
    signed = [(head.size, head.root) for head in queries.checkpoints(50)]
    seal = files.read_seal()
    for n, size in enumerate(dice.sample(sizes[:-1], 5)):
        forget_above(size)
        queue(at, 10_000 + n * 1000, dice.randrange(1, 40))
        with pytest.raises(LogMayNotGoBack):
            sequence(at)
        assert files.read_seal() == seal
    # Grown again beyond the seal, by other leaves: the last tile tells.
    queue(at, 90_000, 2000)
    _number_everything()
    with pytest.raises(LogWasReplaced):
        sequence(at)
    assert files.read_seal() == seal
    assert (seal.size, seal.root) == signed[0]


def _number_everything():
    rows = Leaf.objects.filter(tree_index__isnull=True).order_by("id")
    first = Leaf.objects.filter(tree_index__isnull=False).count()
    for index, pk in enumerate(list(rows.values_list("pk", flat=True)), start=first):
        Leaf.objects.filter(pk=pk).update(tree_index=index)


def test_a_restored_copy_opens_read_only_until_somebody_has_looked(at):
    grown(at, 5)
    recovering.open_read_only(reason="restored", at=at)
    recovering.open_read_only(reason="again", at=at)
    queue(at, 5, 2)
    with pytest.raises(LogIsHeld, match="restored"):
        sequence(at)
    with pytest.raises(LogIsHeld):
        sequence_if_possible(at)
    assert queries.checkpoint().size == 5
    found = recovering.recover(at)
    assert (found.leaves, found.largest.head.size, found.against) == (5, 5, ())
    assert sequence(at).size == 7
    all_hold()
    files.hold_path().write_text("{")
    with pytest.raises(LogIsHeld):
        sequence(at)


def test_a_lost_seal_is_made_again_only_where_everything_agrees(at, tmp_path):
    with house(tmp_path, "neighbour"):
        grown(at, 3, 300)
        ask_witnesses(at)
        files.seal_path().unlink()
        queue(at, 300, 1)
        with pytest.raises(SealIsMissing):
            sequence(at)
        found = recovering.recover(at)
        assert found.largest.head.size == 300
        assert files.read_seal().note == queries.checkpoint().note
        assert sequence(at).size == 301
    all_hold()
    assert verify(str(files.folder()), vkey())["size"] == 301


def test_lost_tiles_are_written_again_from_the_leaves(at):
    grown(at, 700)
    shutil.rmtree(files.folder() / "tile")
    recovering.recover(at)
    assert verify(str(files.folder()), vkey())["size"] == 700
    all_hold()


def test_recovering_refuses_whatever_does_not_agree(at, tmp_path):
    grown(at, 10, 20)
    signer = files.signer()
    for head, why in (
        (Head(signer.key.name, 25, bytes(32)), "20"),
        (Head(signer.key.name, 15, bytes(32)), "15"),
        (Head(signer.key.name, 0, bytes(32)), "0"),
    ):
        with pytest.raises(CannotRecover, match=why):
            recovering.recover(at, heads=[("a newspaper", sign_head(head, signer))])
    with pytest.raises(CannotRecover, match="a newspaper"):
        recovering.recover(at, heads=[("a newspaper", "not a note")])
    _behind_the_back("DELETE FROM translog_leaf WHERE tree_index = 4")
    with pytest.raises(CannotRecover, match="缺号"):
        recovering.recover(at)
    files.seal_path().write_text("{")
    assert any("unreadable" in reason for reason in recovering.examine(at).against)


def test_leaves_without_any_signed_head_are_not_taken_on_trust(at):
    grown(at, 4)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            for table in TABLES:
                cursor.execute(f"ALTER TABLE translog_{table} DISABLE TRIGGER USER")
        else:
            for table in TABLES:
                cursor.execute(f"DROP TRIGGER translog_{table}_append_only_delete")
        cursor.execute("DELETE FROM translog_publishedhead")
        cursor.execute("DELETE FROM translog_signedhead")
    kept = files.read_checkpoint()
    for path in (files.seal_path(), files.folder() / "checkpoint"):
        path.unlink()
    with pytest.raises(CannotRecover, match="找不到"):
        recovering.recover(at)
    assert recovering.recover(at, heads=[("a newspaper", kept)]).largest.where == "a newspaper"
    assert sequence(at).size == 4


def test_the_command_looks_first_and_recovers_when_told(at, tmp_path):
    grown(at, 5)
    export_log(tmp_path / "newspaper")
    recovering.open_read_only(reason="restored", at=at)
    out = io.StringIO()
    head = str(tmp_path / "newspaper/checkpoint")
    call_command("log", "recover", "--head", head, "--json", stdout=out)
    assert json.loads(out.getvalue())["against"] == []
    assert files.read_hold() is not None
    call_command("log", "recover", "--head", head, "--yes", stdout=out)
    assert files.read_hold() is None
    (tmp_path / "wrong").write_text(sign_head(Head("boai.local/log", 9, bytes(32)), files.signer()))
    with pytest.raises(SystemExit):
        call_command("log", "recover", "--head", str(tmp_path / "wrong"), stdout=out)
    assert "×" in out.getvalue()
    with pytest.raises(CommandError, match="不能恢复"):
        call_command("log", "recover", "--head", str(tmp_path / "wrong"), "--yes", stdout=out)


def test_the_seal_may_lie_on_another_path(at, settings, tmp_path):
    settings.BOAI_LOG_SEAL = str(tmp_path / "other-disk" / "seal.json")
    grown(at, 3)
    assert (tmp_path / "other-disk/seal.json").exists()
    assert files.hold_path().parent == tmp_path / "other-disk"
    assert not (settings.BOAI_HOME / "log-seal.json").exists()


@pytest.mark.parametrize("step", [timedelta(days=400), timedelta(days=-400), timedelta(hours=-1)])
def test_a_clock_gone_wrong_signs_nothing(at, settings, step):
    settings.BOAI_WATCHES_CLOCK = True
    sane_time.watch_anew()
    try:
        grown(at, 3)
        queue(at, 3, 1)
        with time_machine.travel(clock.now() + step):
            with pytest.raises(ClockIsNotSane):
                sequence(at)
            sequence_if_possible(at)
            assert files.read_seal().size == 3
            assert queries.leaf_of("donations.gift:G3").index is None
        assert sequence(at).size == 4
    finally:
        sane_time.watch_anew()
