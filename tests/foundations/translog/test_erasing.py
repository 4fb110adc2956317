"""Erasing a hundred people: their leaves never open again, and nothing else changes (I-38)."""

import pytest
from django.apps import apps
from django.db import connection, models

from boai.foundations.translog import files, queries
from boai.foundations.translog.models import Leaf, LeafSalt
from boai.foundations.translog.services.erasing import forget_salts
from boai.foundations.translog.services.queueing import queue_leaves
from boai.foundations.translog.services.sequencing import sequence
from boai.foundations.translog.values import LeafOrder
from boai.ground.merkle.bundles import Bundle
from boai.ground.merkle.bundles import verify as verify_bundle
from boai.ground.merkle.policy import parse
from boai.ground.merkle.verify import verify
from tests.foundations.translog.test_log import all_hold, vkey

pytestmark = pytest.mark.django_db

PEOPLE = {f"donations.gift:P{n}": (f"捐赠人{n}", f"1390000{n:04d}") for n in range(300)}
ERASED = [ref for n, ref in enumerate(PEOPLE) if n % 3 == 0]


def everything_said() -> str:
    """Every text in every table and every file of the log, as somebody who took all would see."""
    said = []
    for model in apps.get_models():
        texts = [
            field.attname
            for field in model._meta.local_fields
            if isinstance(field, models.CharField | models.TextField | models.JSONField)
        ]
        if texts and model._meta.managed:
            said += [str(row) for row in model._default_manager.values_list(*texts)]
    for path in (*files.folder().rglob("*"), files.seal_path()):
        if path.is_file():
            said.append(path.read_bytes().decode(errors="replace"))
    return "\n".join(said)


def test_a_hundred_people_are_erased_and_the_log_stays(at):
    orders = [
        LeafOrder(ref, "gift-confirmed", {"amount_fen": 100}, at, {"donor": name, "phone": phone})
        for ref, (name, phone) in PEOPLE.items()
    ]
    queue_leaves(orders)
    sequence(at)
    salts = {(s.ref, s.name): s.salt for s in LeafSalt.objects.all()}
    before = {leaf.ref: (leaf.body, leaf.leaf_hash) for leaf in Leaf.objects.all()}
    bundles = {ref: queries.proof_bundle(ref) for ref in ERASED}
    root = queries.checkpoint().root
    assert len(ERASED) == 100
    assert forget_salts(ERASED) == 200

    said = everything_said()
    for (ref, name), salt in salts.items():
        assert (salt in said) == (ref not in ERASED), (ref, name)
    for ref, (name, phone) in PEOPLE.items():
        opens = ref not in ERASED
        assert queries.opens(ref, "donor", name) == opens
        assert queries.opens(ref, "phone", phone) == opens
        assert (queries.salt_of(ref, "donor") is not None) == opens
    # The tree has not moved: every leaf, every proof, every signature is as it was.
    assert {leaf.ref: (leaf.body, leaf.leaf_hash) for leaf in Leaf.objects.all()} == before
    assert queries.checkpoint().root == root
    policy = parse(queries.log_policy_text())
    for ref, text in bundles.items():
        assert queries.proof_bundle(ref) == text
        assert verify_bundle(Bundle.parse(text), queries.leaf_body(ref), policy).quorum_met
    assert verify(str(files.folder()), vkey())["size"] == 300
    all_hold()
    # What comes later goes on from there, and a person may be erased again without harm.
    queue_leaves([LeafOrder("donations.gift:Q1", "x", {}, at)])
    assert sequence(at).size == 301
    assert forget_salts(ERASED) == 0


def test_no_name_and_no_number_ever_stood_in_the_log(at):
    queue_leaves(
        [LeafOrder(ref, "x", {}, at, {"donor": n, "phone": p}) for ref, (n, p) in PEOPLE.items()]
    )
    sequence(at)
    said = everything_said()
    assert not [text for pair in PEOPLE.values() for text in pair if text in said]


def test_one_commitment_may_be_closed_and_the_other_kept(at):
    [ref, *_others] = PEOPLE
    name, phone = PEOPLE[ref]
    queue_leaves([LeafOrder(ref, "x", {}, at, {"donor": name, "phone": phone})])
    assert forget_salts([ref], names=["phone"]) == 1
    assert (queries.opens(ref, "donor", name), queries.opens(ref, "phone", phone)) == (True, False)


def test_the_database_keeps_no_second_copy_of_a_salt():
    """No other table has a column for salts: not the queue, no history, no backup."""
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        found = [
            (table, column.name)
            for table in tables
            for column in connection.introspection.get_table_description(cursor, table)
            if "salt" in column.name
        ]
    assert found == [("translog_leafsalt", "salt")]
