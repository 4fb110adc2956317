"""What is published: enough cosignatures under the policy of the society (I-37)."""

import pytest
from django.db import IntegrityError, connection, transaction

from boai.foundations.translog import files, queries
from boai.foundations.translog.errors import PolicyIsUnreadable, PolicyNamesAnotherLog
from boai.foundations.translog.models import Cosignature, PublishedHead, SignedHead
from boai.foundations.translog.services.publishing import publish_what_is_witnessed
from boai.foundations.translog.services.sequencing import sequence
from boai.ground.merkle.bundles import Bundle, verify
from boai.ground.merkle.cosignatures import Cosigner
from boai.ground.merkle.notes import Signer
from boai.ground.merkle.policy import parse
from tests.foundations.translog.test_log import all_hold, queue, vkey

pytestmark = pytest.mark.django_db

WITNESSES = {
    name: Cosigner(f"{name}.example", bytes([n]) * 32)
    for n, name in enumerate(("neighbour", "university", "newspaper"), start=1)
}


def write_policy(quorum="two", witnesses=WITNESSES, log=None):
    lines = [f"log {log or vkey()} https://society.example/log"]
    lines += [f"witness {n} {w.key} https://{n}.example/in" for n, w in witnesses.items()]
    lines += ["group two 2 " + " ".join(witnesses)] if len(witnesses) > 1 else []
    files.write(files.policy_path(), "\n".join([*lines, f"quorum {quorum}\n"]).encode())


def cosign(name, at, size=None):
    head = SignedHead.objects.get(size=size or queries.checkpoint().size)
    text = head.note.rpartition("\n\n")[0] + "\n"
    key = WITNESSES[name].key
    Cosignature.objects.create(
        head=head,
        witness=key.name,
        key_id=key.key_id.hex(),
        line=WITNESSES[name].cosign(text, int(at.timestamp())),
        signed_at=at,
        received_at=at,
    )
    publish_what_is_witnessed(at)


def test_without_a_policy_what_is_signed_is_published(at):
    queue(at, 0, 3)
    assert queries.publication_of("donations.gift:G1").state == "waiting"
    assert queries.publication_of("donations.gift:none") is None
    head = sequence(at)
    assert queries.published_head() == head
    assert queries.is_published("donations.gift:G1")
    assert queries.publication_of("donations.gift:G1").state == "published"
    assert parse(queries.log_policy_text()).quorum == "none"
    assert queries.witnessed(3).is_met
    assert queries.witnessed(4) is None


def test_a_head_is_published_by_the_second_witness_of_three(at):
    write_policy()
    queue(at, 0, 300)
    sequence(at)
    ref = "donations.gift:G7"
    assert queries.published_head() is None
    assert files.read_checkpoint() is None
    for name, state in (("neighbour", "signed"), ("newspaper", "published")):
        assert queries.proof_bundle(ref) is None
        assert not queries.is_published(ref)
        cosign(name, at)
        found = queries.publication_of(ref)
        assert (found.state, found.since, found.index) == (state, at, 7)
    seen = queries.witnessed(300)
    assert (seen.have, seen.of, seen.needed, seen.is_met) == (2, 3, 2, True)
    assert [row.name for row in seen.rows if row.cosigned_at] == ["neighbour", "newspaper"]
    # From now on it needs nobody: the bundle, the leaf and the policy are enough.
    policy = parse(queries.log_policy_text())
    assert all(not witness.url for witness in policy.witnesses)
    verdict = verify(Bundle.parse(queries.proof_bundle(ref)), queries.leaf_body(ref), policy)
    assert verdict.quorum_met
    assert [name for name, _seconds in verdict.cosigned] == ["neighbour", "newspaper"]
    assert files.read_checkpoint() == queries.published_head().note
    all_hold()


def test_the_served_head_stays_where_the_witnesses_have_come(at):
    write_policy()
    queue(at, 0, 100)
    sequence(at)
    cosign("neighbour", at)
    cosign("university", at)
    served = files.read_checkpoint()
    queue(at, 100, 200)
    sequence(at)
    assert queries.checkpoint().size == 300
    assert (queries.published_size(), files.read_checkpoint()) == (100, served)
    # The partial tile of the served size is gone, since the full one is there: proofs still work.
    assert not (files.folder() / "tile/0/000.p/100").exists()
    bundle = Bundle.parse(queries.proof_bundle("donations.gift:G99"))
    policy = parse(queries.log_policy_text())
    assert verify(bundle, queries.leaf_body("donations.gift:G99"), policy).head.size == 100
    assert queries.proof_bundle("donations.gift:G100") is None
    many = queries.publications_of([f"donations.gift:G{n}" for n in (99, 100)])
    assert [many[ref].state for ref in sorted(many)] == ["signed", "published"]
    cosign("neighbour", at)
    cosign("newspaper", at)
    assert queries.published_size() == 300
    assert [head.size for head in queries.recent_heads()] == [300, 100, 0]
    all_hold()


def test_a_third_cosignature_is_served_too(at):
    write_policy()
    queue(at, 0, 1)
    sequence(at)
    for name in WITNESSES:
        cosign(name, at)
    assert files.read_checkpoint().count("\u2014 ") == 4
    assert PublishedHead.objects.count() == 1


def test_a_new_witness_counts_from_the_next_head_on(at):
    queue(at, 0, 1)
    sequence(at)
    write_policy()
    queue(at, 1, 1)
    sequence(at)
    assert queries.published_size() == 1
    assert queries.publication_of("donations.gift:G0").state == "published"
    assert queries.publication_of("donations.gift:G1").state == "signed"


def test_a_broken_policy_stops_publishing_and_not_signing(at):
    queue(at, 0, 1)
    sequence(at)
    for content in (b"quorum nobody\n", b"\xff\n", b"log x\n"):
        files.write(files.policy_path(), content)
        with pytest.raises(PolicyIsUnreadable):
            publish_what_is_witnessed(at)
    queue(at, 1, 1)
    assert sequence(at).size == 2
    assert queries.published_size() == 1
    write_policy(log=Signer("another.example", bytes(32)).key)
    with pytest.raises(PolicyNamesAnotherLog):
        publish_what_is_witnessed(at)
    files.policy_path().unlink()
    assert publish_what_is_witnessed(at) == 2


def test_a_lost_checkpoint_file_is_written_again(at):
    write_policy()
    queue(at, 0, 1)
    sequence(at)
    cosign("neighbour", at)
    cosign("university", at)
    served = files.read_checkpoint()
    (files.folder() / "checkpoint").unlink()
    sequence(at)
    assert files.read_checkpoint() == served


def test_the_database_refuses_to_take_back_what_was_published(at):
    write_policy()
    queue(at, 0, 1)
    sequence(at)
    old = SignedHead.objects.get(size=1)
    queue(at, 1, 1)
    sequence(at)
    cosign("neighbour", at)
    cosign("university", at)
    tries = [
        "DELETE FROM translog_cosignature",
        "UPDATE translog_cosignature SET line = 'x'",
        "DELETE FROM translog_publishedhead",
        "UPDATE translog_publishedhead SET policy = 'x'",
        "INSERT INTO translog_publishedhead (head_id, published_at, policy)"
        f" VALUES ({old.pk}, '2020-01-29 00:00:00+00:00', 'x')",
        "INSERT INTO translog_cosignature (head_id, witness, key_id, line, signed_at, received_at)"
        " SELECT head_id, witness, key_id, 'x', signed_at, received_at FROM translog_cosignature",
    ]
    for statement in tries:
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert (Cosignature.objects.count(), PublishedHead.objects.count()) == (2, 1)


def test_a_served_checkpoint_that_was_altered_is_named(at):
    write_policy(quorum="none")
    queue(at, 0, 2)
    sequence(at)
    all_hold()
    older = files.signer().sign(f"{files.signer().key.name}\n1\n{'A' * 43}=\n")
    for content in (older, "x", queries.checkpoint().note.replace("\n2\n", "\n3\n")):
        (files.folder() / "checkpoint").write_text(content)
        with pytest.raises(AssertionError):
            all_hold()
