"""Leaves, sequencing, files: what holds, and what is refused."""

import json

import pytest
from django.db import IntegrityError, connection, transaction

from boai.foundations.translog import files, queries
from boai.foundations.translog.errors import (
    LeafIsNotPlain,
    LeafIsThereAlready,
    LeafIsTooLarge,
    LogIsDamaged,
    LogMayNotGoBack,
    LogWasReplaced,
    SealIsMissing,
)
from boai.foundations.translog.models import Leaf, LeafSalt, Sequencer, SignedHead
from boai.foundations.translog.services import sequencing
from boai.foundations.translog.services.erasing import forget_salts
from boai.foundations.translog.services.queueing import queue_leaf, queue_leaves
from boai.foundations.translog.services.sequencing import sequence
from boai.foundations.translog.values import LeafOrder
from boai.ground.core.laws import all_laws
from boai.ground.merkle.bundles import check_proof_text
from boai.ground.merkle.hashing import EMPTY_ROOT, leaf_hash
from boai.ground.merkle.tree import root_of
from boai.ground.merkle.verify import verify

pytestmark = pytest.mark.django_db


def queue(at, first, count, kind="gift-confirmed"):
    queue_leaves(
        [
            LeafOrder(f"donations.gift:G{n}", kind, {"amount_fen": n}, at, {"donor": "张三"})
            for n in range(first, first + count)
        ]
    )


def breaches():
    return {
        law.id: [breach.subject for breach in law.check().breaches]
        for law in all_laws()
        if law.id.startswith("translog-")
    }


def all_hold():
    assert breaches() == {f"translog-0{n}": [] for n in (1, 2, 3, 4)}


def vkey():
    return str(files.signer().key)


def test_the_empty_log_is_signed_too(at):
    head = sequence(at)
    assert (head.size, head.root) == (0, EMPTY_ROOT.hex())
    assert verify(str(files.folder()), vkey())["size"] == 0
    all_hold()


def test_leaves_get_their_indexes_in_order_and_prove_themselves(at):
    sizes = []
    for first, count in ((0, 1), (1, 2), (3, 300), (303, 0), (303, 215)):
        queue(at, first, count)
        assert queries.leaves_waiting() == count
        sizes.append(sequence(at).size)
        all_hold()
    assert sizes == [1, 3, 303, 303, 518]
    bodies = [row.body for row in queries.leaves()]
    assert [row.index for row in queries.leaves(upto=303)] == list(range(303))
    assert queries.checkpoint().root == root_of([leaf_hash(b.encode()) for b in bodies]).hex()
    for n in (0, 255, 256, 517):
        proof = queries.proof_bundle(f"donations.gift:G{n}")
        assert check_proof_text(proof, leaf_hash(bodies[n].encode()), files.signer().key)
    assert queries.proof_bundle("donations.gift:none") is None
    assert verify(str(files.folder()), vkey())["size"] == 518


def test_a_leaf_waits_until_it_is_sequenced(at):
    queue(at, 0, 1)
    row = queries.leaf_of("donations.gift:G0")
    assert row.index is None
    assert queries.proof_bundle(row.ref) is None
    assert not queries.is_in_signed_tree(row)
    sequence(at)
    assert queries.is_in_signed_tree(queries.leaf_of("donations.gift:G0"))
    assert queries.ref_like("G0") == "donations.gift:G0"
    assert queries.ref_like("") is None


def test_one_act_has_one_leaf(at):
    queue(at, 0, 2)
    with pytest.raises(LeafIsThereAlready):
        queue(at, 1, 1)
    with pytest.raises(LeafIsThereAlready):
        queue_leaves([LeafOrder("a.b:1", "x", {}, at), LeafOrder("a.b:1", "x", {}, at)])
    assert Leaf.objects.count() == 2


@pytest.mark.parametrize(
    ("facts", "refusal"),
    [
        ({"text": "善" * 30_000}, LeafIsTooLarge),
        ({"amount": 1.5}, LeafIsNotPlain),
        ({"bad name": 1}, LeafIsNotPlain),
        ({"set": {1}}, LeafIsNotPlain),
        ({"text": "\ud800"}, LeafIsNotPlain),
    ],
)
def test_what_does_not_fit_into_a_leaf(at, facts, refusal):
    with pytest.raises(refusal):
        queue_leaf(ref="a.b:1", kind="x", facts=facts, at=at)
    assert not Leaf.objects.exists()


def test_secrets_are_commitments_until_the_salt_is_forgotten(at):
    queue(at, 0, 300)
    sequence(at)
    row = queries.leaf_of("donations.gift:G7")
    assert "张三" not in row.body
    assert queries.opens(row.ref, "donor", "张三")
    assert not queries.opens(row.ref, "donor", "李四")
    other = queries.leaf_of("donations.gift:G8")
    assert row.commitments["donor"] != other.commitments["donor"]
    assert forget_salts([f"donations.gift:G{n}" for n in range(100)]) == 100
    assert not queries.opens(row.ref, "donor", "张三")
    assert queries.salt_of(row.ref, "donor") is None
    assert queries.opens("donations.gift:G100", "donor", "张三")
    all_hold()
    assert verify(str(files.folder()), vkey())["ok"]


def test_the_database_refuses_what_python_would_not_do(at):
    queue(at, 0, 2)
    sequence(at)
    queue(at, 2, 1)
    tries = [
        "UPDATE translog_leaf SET body = 'x' WHERE tree_index = 0",
        "UPDATE translog_leaf SET tree_index = 9 WHERE tree_index = 0",
        "UPDATE translog_leaf SET tree_index = NULL WHERE tree_index = 0",
        "DELETE FROM translog_leaf",
        "DELETE FROM translog_signedhead",
        "UPDATE translog_signedhead SET root = 'x'",
        "UPDATE translog_leafsalt SET salt = 'x'",
        "INSERT INTO translog_leaf (ref, kind, body, leaf_hash, queued_at, tree_index)"
        " VALUES ('a.b:9', 'x', '{}', 'x', '2020-01-29 00:00:00+00:00', 7)",
    ]
    for statement in tries:
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert Leaf.objects.count() == 3


def _behind_the_back(statement):
    """As somebody with the database's own rights would do it: triggers off, change, on again."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("ALTER TABLE translog_leaf DISABLE TRIGGER USER")
            cursor.execute(statement)
            cursor.execute("ALTER TABLE translog_leaf ENABLE TRIGGER USER")
        else:
            cursor.execute("SELECT name FROM sqlite_master WHERE type='trigger'")
            for (name,) in cursor.fetchall():
                if name.startswith("translog_leaf_"):
                    cursor.execute(f'DROP TRIGGER "{name}"')
            cursor.execute(statement)


def test_an_altered_leaf_row_is_named(at):
    queue(at, 0, 300)
    sequence(at)
    _behind_the_back(
        "UPDATE translog_leaf SET body = replace(body, '\"amount_fen\":7', '\"amount_fen\":8')"
        " WHERE tree_index = 7"
    )
    found = breaches()
    assert "donations.gift:G7" in found["translog-01"]
    assert found["translog-04"]


def test_a_removed_leaf_row_is_named(at):
    queue(at, 0, 5)
    sequence(at)
    _behind_the_back("DELETE FROM translog_leaf WHERE tree_index = 2")
    assert breaches()["translog-02"] == ["donations.gift:G3"]


@pytest.mark.parametrize("lost", ["tile/0/000", "tile/entries/001.p/44", "tile/1/000.p/1"])
def test_a_damaged_file_is_named(at, lost):
    queue(at, 0, 300)
    sequence(at)
    path = files.folder() / lost
    content = bytearray(path.read_bytes())
    content[5] ^= 1
    path.write_bytes(content)
    assert breaches()["translog-03"]
    path.unlink()
    assert breaches()["translog-03"]


def test_an_old_database_is_refused(at):
    queue(at, 0, 10)
    assert sequence(at).size == 10
    _behind_the_back("DELETE FROM translog_leaf WHERE tree_index >= 5")
    with pytest.raises(LogMayNotGoBack) as refusal:
        sequence(at)
    assert "旧备份" in refusal.value.sentence()
    queue(at, 20, 9)
    with pytest.raises(LogMayNotGoBack):
        sequence(at)
    assert queries.leaves_waiting() == 9
    assert files.read_seal().size == 10
    assert breaches()["translog-02"] == ["translog"]


def test_sequencing_inside_a_transaction_is_a_mistake(at):
    with pytest.raises(RuntimeError), transaction.atomic():
        sequence(at)
    with transaction.atomic():
        sequencing.sequence_if_possible(at)
    assert files.read_seal().size == 0


def test_another_history_of_the_same_size_is_refused(at):
    queue(at, 0, 10)
    sequence(at)
    _behind_the_back("DELETE FROM translog_leaf")
    queue(at, 100, 12)
    for n in range(12):
        Leaf.objects.filter(ref=f"donations.gift:G{100 + n}").update(tree_index=n)
    with pytest.raises(LogWasReplaced):
        sequence(at)


def test_recover_is_not_begin(at):
    queue(at, 0, 5)
    sequence(at)
    files.seal_path().unlink()
    with pytest.raises(SealIsMissing):
        sequence(at)


def test_a_changed_seal_is_refused(at):
    queue(at, 0, 5)
    sequence(at)
    seal = json.loads(files.seal_path().read_text())
    files.seal_path().write_text(json.dumps({**seal, "size": 3}))
    with pytest.raises(LogIsDamaged):
        sequence(at)
    files.seal_path().write_text("{")
    with pytest.raises(LogIsDamaged):
        sequence(at)
    assert breaches()["translog-04"]


def test_tiles_that_do_not_hash_to_the_seal_stop_the_signer(at):
    queue(at, 0, 5)
    sequence(at)
    path = files.folder() / "tile/0/000.p/5"
    path.write_bytes(bytes(160))
    queue(at, 5, 1)
    with pytest.raises(LogIsDamaged):
        sequence(at)
    assert files.read_seal().size == 5


@pytest.mark.parametrize("step", ["_write_files", "_reread", "write_seal", "write", "_keep_head"])
def test_a_crash_between_any_two_steps_is_mended_by_the_next_run(at, monkeypatch, step):
    queue(at, 0, 200)
    sequence(at)
    old = files.read_checkpoint()
    queue(at, 200, 400)
    where = sequencing if hasattr(sequencing, step) else files
    if step == "write":
        real = files.write

        def crash(path, content):
            if path.name == "checkpoint":
                raise OSError("power cut")
            real(path, content)
    else:

        def crash(*given):
            raise OSError("power cut")

    with monkeypatch.context() as broken, pytest.raises(OSError, match="power cut"):
        broken.setattr(where, step, crash)
        sequence(at)
    assert step == "_keep_head" or files.read_checkpoint() == old
    queue(at, 600, 3)
    assert sequence(at).size == 603
    all_hold()
    assert verify(str(files.folder()), vkey())["size"] == 603
    assert SignedHead.objects.filter(size=603).exists()


def test_a_half_written_file_is_written_again(at, monkeypatch):
    queue(at, 0, 300)
    with monkeypatch.context() as broken, pytest.raises(OSError, match="power cut"):
        broken.setattr(sequencing, "_reread", _power_cut)
        sequence(at)
    torn = files.folder() / "tile/entries/000"
    torn.write_bytes(torn.read_bytes()[:100])
    assert sequence(at).size == 300
    all_hold()


def _power_cut(*given):
    raise OSError("power cut")


def test_partial_tiles_go_when_the_full_one_is_signed(at):
    queue(at, 0, 100)
    sequence(at)
    assert (files.folder() / "tile/0/000.p/100").exists()
    queue(at, 100, 200)
    sequence(at)
    assert not (files.folder() / "tile/0/000.p").exists()
    assert not (files.folder() / "tile/entries/000.p").exists()
    assert (files.folder() / "tile/0/000").stat().st_size == 8192


def test_fifty_thousand_leaves_take_seconds(at, settings):
    queue(at, 0, 50_000)
    assert sequence(at).size == 50_000
    assert LeafSalt.objects.count() == 50_000
    assert Sequencer.objects.count() == 1
