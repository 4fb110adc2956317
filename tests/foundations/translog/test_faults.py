"""Power cuts, full disks and broken disks at every step of the sequencer (F-07), and another writer."""

import errno
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from boai.foundations.translog import files, queries
from boai.foundations.translog.errors import LogIsDamaged
from boai.foundations.translog.models import SignedHead
from boai.foundations.translog.services import sequencing
from boai.foundations.translog.services.sequencing import sequence
from boai.ground.merkle.checkpoints import open_checkpoint
from boai.ground.merkle.verify import verify
from tests.foundations.translog.test_log import _behind_the_back, all_hold, queue, vkey

pytestmark = pytest.mark.django_db


class Broken:
    """Makes the n-th call among the chosen functions fail, and counts all of them."""

    def __init__(self, monkeypatch, fail_at, code):
        self.count, self.fail_at, self.code, self.signed = 0, fail_at, code, []
        self.one_by_one = threading.Lock()
        for module, name in ((os, "fsync"), (os, "replace"), (os, "rename")):
            monkeypatch.setattr(module, name, self._counting(getattr(module, name)))
        for name in ("open", "replace", "mkdir", "unlink"):
            monkeypatch.setattr(Path, name, self._counting(getattr(Path, name), name == "open"))
        real = sequencing.sign_head
        monkeypatch.setattr(sequencing, "sign_head", lambda h, s: self._sign(real, h, s))

    def _counting(self, real, only_writing=False):
        def counted(*given, **named):
            mode = named.get("mode") or (given[1] if len(given) > 1 else "r")
            if only_writing and "w" not in str(mode):
                return real(*given, **named)
            with self.one_by_one:
                self.count += 1
                fails = self.count == self.fail_at
            if fails:
                raise OSError(self.code, os.strerror(self.code))
            return real(*given, **named)

        return counted

    def _sign(self, real, head, signer):
        # Whatever is signed must already lie whole on the disk, under the very root.
        node = sequencing.nodes_from_tiles(files.read_tile, head.size)
        assert not head.size or sequencing.range_root(node, 0, head.size) == head.root
        self.signed.append(head.size)
        return real(head, signer)


@pytest.mark.parametrize("code", [errno.EIO, errno.ENOSPC])
def test_every_call_to_the_disk_fails_in_turn(at, monkeypatch, code):
    queue(at, 0, 200)
    sequence(at)
    size, more, fail_at, failures = 200, 300, 0, 0
    while True:
        fail_at += 1
        queue(at, size, more)
        served, sealed = files.read_checkpoint(), files.read_seal()
        with monkeypatch.context() as patch:
            broken = Broken(patch, fail_at, code)
            try:
                sequence(at)
                size += more
                break
            except OSError as reason:
                assert reason.errno == code
        failures += 1
        after = files.read_seal()
        # Either nothing was signed for good, or the seal is whole and its files are on the disk.
        if after != sealed:
            assert broken.signed == [after.size]
            assert open_checkpoint(after.note, files.signer().key).root.hex() == after.root
        if files.read_checkpoint() != served:
            assert files.read_seal().size == size + more
        assert sequence(at).size == size + more
        size += more
        assert verify(str(files.folder()), vkey())["size"] == size
    assert failures > 25
    all_hold()
    assert SignedHead.objects.filter(size=size).exists()


STEPS = [
    "_assign_indexes",
    "_write_files",
    "_reread",
    "sign_head",
    "_keep_head",
    "bring_up",
    "_full_since",
]


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_a_crash_before_and_after_each_step_is_completed_by_the_next_run(
    at, monkeypatch, step, after
):
    queue(at, 0, 250)
    sequence(at)
    queue(at, 250, 300)
    real = getattr(sequencing, step)

    def crash(*given):
        if after:
            real(*given)
        raise KeyboardInterrupt

    with monkeypatch.context() as broken, pytest.raises(KeyboardInterrupt):
        broken.setattr(sequencing, step, crash)
        sequence(at)
    queue(at, 550, 7)
    assert sequence(at).size == 557
    assert queries.published_size() == 557
    assert verify(str(files.folder()), vkey())["size"] == 557
    all_hold()


def test_a_body_that_does_not_hash_to_what_was_queued_is_not_signed(at):
    queue(at, 0, 3)
    sequence(at)
    queue(at, 3, 2)
    _behind_the_back(
        "UPDATE translog_leaf SET body = replace(body, '\"amount_fen\":4', '\"amount_fen\":5')"
    )
    with pytest.raises(LogIsDamaged, match="leaf_hash"):
        sequence(at)
    assert files.read_seal().size == 3


def test_a_file_that_changes_between_writing_and_signing_is_found(at, monkeypatch):
    queue(at, 0, 300)
    real = files.write_tiles

    def misdirected(many):
        real(many)
        path = files.folder() / "tile/entries/000"
        other = path.read_bytes().replace(b'"amount_fen":9', b'"amount_fen":8', 1)
        hashes = [sequencing.leaf_hash(e) for e in sequencing.entries_in(other, 256)]
        real([(sequencing.Tile(-1, 0), other), (sequencing.Tile(0, 0), b"".join(hashes))])

    with monkeypatch.context() as broken:
        broken.setattr(files, "write_tiles", misdirected)
        with pytest.raises(LogIsDamaged):
            sequence(at)
    assert files.read_seal().size == 0


HOLD = """
import fcntl, sys
with open(sys.argv[1], "w") as lock:
    fcntl.flock(lock, fcntl.LOCK_EX)
    print("held", flush=True)
    sys.stdin.readline()
"""


def test_another_process_that_writes_makes_this_one_wait(at, settings):
    queue(at, 0, 3)
    Path(settings.BOAI_HOME).mkdir(parents=True, exist_ok=True)
    place = str(Path(settings.BOAI_HOME) / "log.lock")
    other = subprocess.Popen(
        [sys.executable, "-c", HOLD, place], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert other.stdout.readline() == b"held\n"
    told = []

    def let_go():
        told.append(files.read_checkpoint())
        other.communicate(b"\n")

    threading.Timer(0.6, let_go).start()
    assert sequence(at).size == 3
    assert told == [None]
