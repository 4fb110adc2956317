"""The log on the web and on the command line."""

import io
import json

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from boai.foundations.translog import files, queries
from boai.foundations.translog.services.queueing import queue_leaf
from boai.foundations.translog.services.sequencing import sequence
from boai.ground.merkle.bundles import check_proof_text
from boai.ground.merkle.hashing import leaf_hash
from boai.ground.merkle.verify import Fails, Source, verify

pytestmark = pytest.mark.django_db


def some_leaves(at, count=3):
    for n in range(count):
        queue_leaf(ref=f"donations.gift:G{n}", kind="gift-confirmed", facts={"n": n}, at=at)
    return sequence(at)


def test_a_visitor_reads_the_whole_log(at, monkeypatch):
    some_leaves(at)
    client = Client()

    def fetch(self, path):
        answer = client.get(f"/log/{path}")
        return answer.getvalue() if answer.status_code == 200 else None

    monkeypatch.setattr(Source, "read", fetch)
    key = client.get("/log/vkey").content.decode()
    assert verify("https://log.example", key)["size"] == 3
    monkeypatch.setattr(Source, "read", lambda self, path: None)
    with pytest.raises(Fails):
        verify("https://log.example", key)


def test_caching_says_what_never_changes(at):
    some_leaves(at)
    client = Client()
    assert "immutable" in client.get("/log/tile/0/000.p/3")["Cache-Control"]
    assert client.get("/log/checkpoint")["Cache-Control"] == "public, max-age=5"


@pytest.mark.parametrize(
    "path",
    [
        "tile/0/000.p/4",
        "tile/0/../../log-seal.json",
        "tile/0/%2e%2e/%2e%2e/%2e%2e/secrets.json",
        "tile/0/000.p/0",
        "tile/64/000",
        "tile/entries/0",
        "proof/donations.gift:none",
        "leaf/donations.gift:none",
        "leaf/%00",
        "proof/%00",
    ],
)
def test_what_is_not_there_is_not_found(at, path):
    some_leaves(at)
    assert Client().get(f"/log/{path}").status_code == 404


def test_no_checkpoint_before_the_first(db):
    assert Client().get("/log/checkpoint").status_code == 404
    assert Client().get("/log/").status_code == 200


def test_the_proof_checks_against_the_leaf_as_served(at):
    some_leaves(at)
    client = Client()
    leaf = client.get("/log/leaf/donations.gift:G1").content
    proof = client.get("/log/proof/donations.gift:G1").content.decode()
    assert check_proof_text(proof, leaf_hash(leaf), files.signer().key).size == 3


def test_the_page_for_people(at):
    head = some_leaves(at)
    page = Client().get("/log/").content.decode()
    assert head.note.split("\n")[2] in page.replace("&#x27;", "'")
    assert "boai-verify.py" in page
    assert Client().get("/log/boai-verify.py").content.startswith(b"#!/usr/bin/env python3")


def command(*given):
    out = io.StringIO()
    call_command("log", *given, stdout=out, stderr=io.StringIO())
    return out.getvalue()


def test_the_command(at, tmp_path):
    queue_leaf(ref="donations.gift:G7", kind="gift-confirmed", facts={}, at=at)
    head = json.loads(command("checkpoint", "--json"))
    assert head["size"] == 1
    assert command("checkpoint").startswith(files.signer().key.name)
    assert json.loads(command("export", str(tmp_path / "out"), "--json"))["size"] == 1
    assert verify(str(tmp_path / "out"), head["vkey"])["ok"]
    answer = json.loads(command("prove", "G7", "--json"))
    assert answer["ref"] == "donations.gift:G7"
    assert answer["proof"] == queries.proof_bundle("donations.gift:G7")
    with pytest.raises(SystemExit) as missing:
        command("prove", "G8")
    assert missing.value.code == 1
    with pytest.raises(CommandError) as usage:
        command("export")
    assert usage.value.returncode == 2
