"""Two societies that witness each other, and several writers on one SQLite file."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from boai.ground.merkle.bundles import Bundle, verify
from boai.ground.merkle.policy import parse
from tests.foundations.translog.instances import QUEUE, SEQUENCE, Instance

pytestmark = pytest.mark.long
Pair = tuple[Instance, Instance]


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    home = tmp_path_factory.mktemp("instances")
    first = Instance(home / "a", "society-a.example/log")
    second = Instance(home / "b", "society-b.example/log")
    second.prepare(first.prepare())
    yield first, second
    first.stop()
    second.stop()


def test_two_societies_witness_each_other(pair: Pair, tmp_path: Path) -> None:
    keys = {one: one.log("checkpoint")["vkey"] for one in pair}
    for own, other in (pair, pair[::-1]):
        own.script(QUEUE, 0, 300)
        key, address = other.witness(keys[own])
        own.log("policy", "add-witness", "neighbour", key, address)
        shown = own.log("policy", "quorum", "1")
        assert (shown["needed"], shown["published_size"]) == (1, 0)
    for own, other in (pair, pair[::-1]):
        assert own.log("witnesses")["published_size"] == 300
        own.script(QUEUE, 300, 7)
        own.boai("worker", "--once", "--only", "translog.sequence")
        own.boai("worker", "--once", "--only", "translog.cosign")
        shown = own.log("policy", "show")
        assert (shown["signed_size"], shown["published_size"]) == (307, 307)
        assert shown["witnesses"][0]["state"] == "cosigned"
        # Proved without either of the two: the bundle, the leaf, the policy.
        proof = own.log("prove", "a.b:306")
        folder = tmp_path / own.home.name
        own.log("export", str(folder))
        policy = parse((folder / "policy").read_text())
        verdict = verify(Bundle.parse(proof["proof"]), proof["leaf"].encode(), policy)
        assert verdict.quorum_met
        witness = other.origin.replace("/", "-") + "-witness"
        assert [w.key.name for w in policy.witnesses] == [witness]
    # The neighbour is gone: signing goes on, publishing waits, and the log says why.
    pair[1].stop()
    pair[0].script(QUEUE, 307, 1)
    shown = pair[0].log("witnesses")
    assert (shown["signed_size"], shown["published_size"]) == (308, 307)
    assert shown["witnesses"][0]["state"] == "unreachable"
    pair[0].boai("log", "prove", "a.b:307", code=1)


def test_several_processes_on_one_file_make_one_log(pair: Pair, tmp_path: Path) -> None:
    alone = Instance(tmp_path / "alone", "alone.example/log")
    fresh = Instance(tmp_path / "fresh", "fresh.example/log")
    alone.prepare(fresh.prepare())
    alone.script(QUEUE, 0, 600)
    started = [alone.start("-c", SEQUENCE) for _n in range(3)]
    for first in range(600, 900, 100):
        alone.script(QUEUE, first, 100)
    try:
        for one in started:
            one.wait(120)
        assert [one.returncode for one in started] == [0, 0, 0]
    except subprocess.TimeoutExpired:
        alone.stop()
        raise
    head = alone.log("checkpoint")
    assert head["size"] == 900
    alone.log("export", str(tmp_path / "export"))
    assert (tmp_path / "export/checkpoint").read_text() == head["note"]
    laws = alone.script(
        "import django; django.setup()\n"
        "from boai.ground.core.laws import all_laws\n"
        "found = [law.check() for law in all_laws() if law.id.startswith('translog-')]\n"
        "print(len(found), sum(len(one.breaches) for one in found))"
    )
    assert laws.split() == ["4", "0"]
