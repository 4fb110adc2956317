"""The log asks its witnesses by itself, and no slow, broken or hostile one holds it up."""

import http.server
import io
import json
import socket
import threading
import time
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command

from boai.foundations.translog import files, queries
from boai.foundations.translog.errors import WitnessHasSeenMore
from boai.foundations.translog.models import Cosignature, WitnessContact
from boai.foundations.translog.services import cosigning, policies, recovering
from boai.foundations.translog.services.cosigning import ask_witnesses
from boai.foundations.translog.services.sequencing import sequence
from boai.ground.merkle.asking import is_private
from boai.ground.merkle.checkpoints import Head, sign_head
from boai.ground.merkle.cosignatures import Cosigner
from boai.ground.merkle.policy import evaluate
from boai.ground.merkle.witness import Witness, serve
from tests.foundations.translog.test_log import all_hold, queue, vkey

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nobody_under_way():
    cosigning._under_way.clear()
    yield
    cosigning._under_way.clear()


@contextmanager
def running(server):
    thread = threading.Thread(target=server.serve_forever, args=[0.02], daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def house(tmp_path, *names):
    """Real witnesses, each on an address of its own, all named in the policy."""
    witnesses = {name: Witness(tmp_path / name, [vkey()], f"{name}.example") for name in names}
    contexts = [running(serve(witness, "127.0.0.1", 0)) for witness in witnesses.values()]
    for name, context in zip(names, contexts, strict=True):
        policies.add_witness(name, str(witnesses[name].cosigner.key), context.__enter__())
    try:
        yield witnesses
    finally:
        for context in contexts:
            context.__exit__(None, None, None)


def answering(status, body=b"", headers=(), pause=0.0):
    """A server that answers everything alike."""

    class Same(http.server.BaseHTTPRequestHandler):
        asked = 0

        def do_POST(self):
            type(self).asked += 1
            self.rfile.read(int(self.headers["Content-Length"]))
            time.sleep(pause)
            self.send_response(status)
            for name, value in (*headers, ("Content-Length", str(len(body)))):
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *given):
            pass

    return http.server.ThreadingHTTPServer(("127.0.0.1", 0), Same)


def state(name):
    return WitnessContact.objects.get(witness=f"{name}.example").state


def test_each_head_is_carried_to_the_witnesses_and_then_published(at, tmp_path):
    with house(tmp_path, "neighbour", "university", "newspaper"):
        policies.set_quorum("2")
        for old, size in ((0, 3), (3, 260), (260, 600)):
            queue(at, old, size - old)
            assert sequence(at).size == size
            assert queries.published_size() < size
            assert ask_witnesses(at) == 3
            assert ask_witnesses(at) == 0
            assert queries.published_size() == size
    verdict = evaluate(files.read_checkpoint(), files.read_policy())
    assert [name for name, _seconds in verdict.cosigned] == ["neighbour", "university", "newspaper"]
    seen = queries.witnessed(600)
    assert (seen.have, seen.of, seen.needed) == (3, 3, 2)
    assert {row.state for row in seen.rows} == {"cosigned"}
    assert Cosignature.objects.count() == 9
    all_hold()


def test_one_slow_and_one_dead_witness_hold_up_nobody(at, tmp_path):
    with house(tmp_path, "neighbour"), running(answering(200, pause=1.5)) as slow:
        policies.add_witness("slow", str(Cosigner("slow.example", b"\x07" * 32).key), slow)
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            dead = f"http://127.0.0.1:{taken.getsockname()[1]}"
            policies.add_witness("dead", str(Cosigner("dead.example", b"\x08" * 32).key), dead)
            policies.set_quorum("any")
            queue(at, 0, 2)
            sequence(at)
            began = time.monotonic()
            assert ask_witnesses(at, patience=0.5) == 1
            assert time.monotonic() - began < 1.4
        assert queries.published_size() == 2
        assert state("dead") == "unreachable"
        assert not WitnessContact.objects.filter(witness="slow.example").exists()
        began = time.monotonic()
        ask_witnesses(at, patience=0.5)
        assert time.monotonic() - began < 0.4
        time.sleep(1.6)
        ask_witnesses(at, patience=0.5)
        assert state("slow") == "odd"


def test_a_witness_that_fails_is_left_in_peace_for_longer_and_longer(at):
    with running(answering(500)) as address:
        key = Cosigner("broken.example", b"\x07" * 32).key
        policies.add_witness("broken", str(key), address)
        sequence(at)
        pauses = []
        for _round in range(9):
            ask_witnesses(at)
            contact = WitnessContact.objects.get()
            pauses.append((contact.next_at - at).total_seconds())
            ask_witnesses(contact.next_at - timedelta(seconds=1))
            assert WitnessContact.objects.get().failures == len(pauses)
            at = contact.next_at
    assert pauses == [10, 20, 40, 80, 160, 320, 600, 600, 600]
    assert WitnessContact.objects.get().detail == "500"


def test_a_clock_that_was_set_back_does_not_silence_a_witness(at):
    with running(answering(500)) as address:
        policies.add_witness("b", str(Cosigner("b.example", b"\x07" * 32).key), address)
        sequence(at)
        ask_witnesses(at)
        ask_witnesses(at - timedelta(days=400))
    assert WitnessContact.objects.get().failures == 2


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (404, b"unknown origin\n", "unknown-log"),
        (403, b"no\n", "refused"),
        (422, b"no\n", "contradicts"),
        (409, b"x\n", "odd"),
        (409, b"0\n", "contradicts"),
        (409, b"9" * 30, "odd"),
        (409, b"2\n", "contradicts"),
        (409, b"99\n", "ahead"),
        (200, b"", "odd"),
        (200, b"\xff\x00" * 40_000, "odd"),
        (500, b"", "odd"),
        (302, b"", "odd"),
    ],
)
def test_every_other_answer_is_kept_as_it_is(at, status, body, expected):
    headers = [("Location", "http://127.0.0.1:1/add-checkpoint")] if status == 302 else []
    with running(answering(status, body, headers)) as address:
        key = Cosigner("odd.example", b"\x07" * 32).key
        policies.add_witness("odd", str(key), address)
        policies.set_quorum("odd")
        queue(at, 0, 2)
        sequence(at)
        assert ask_witnesses(at) == 0
    assert state("odd") == expected
    assert [row.state for row in queries.witness_rows()] == [expected]
    assert queries.published_size() == 0


def test_a_cosignature_for_another_head_or_by_another_key_is_not_kept(at):
    key = Cosigner("odd.example", b"\x07" * 32)
    queue(at, 0, 2)
    text = sequence(at).note.rpartition("\n\n")[0] + "\n"
    wrong = [
        key.cosign(text.replace("\n2\n", "\n3\n"), 5),
        Cosigner("odd.example", b"\x08" * 32).cosign(text, 5),
        Cosigner("other.example", b"\x07" * 32).cosign(text, 5),
    ]
    with running(answering(200, "".join(wrong).encode())) as address:
        policies.add_witness("odd", str(key.key), address)
        assert ask_witnesses(at) == 0
    good = ("".join(wrong) + key.cosign(text, 5)).encode()
    policies.remove("odd")
    with running(answering(200, good)) as address:
        policies.add_witness("odd", str(key.key), address)
        assert ask_witnesses(at, everyone=True) == 1


def test_where_a_witness_has_seen_more_nothing_is_signed(at, tmp_path):
    with house(tmp_path, "neighbour") as witnesses:
        queue(at, 0, 3)
        sequence(at)
        ask_witnesses(at)
        # As after a restore of everything, seal and all: the witness alone remembers more.
        signer, memory = files.signer(), witnesses["neighbour"]._read()
        ahead = sign_head(Head(signer.key.name, 9, bytes(32)), signer)
        memory[signer.key.name]["note"] = ahead
        witnesses["neighbour"]._write(memory)
        queue(at, 3, 1)
        later = at + timedelta(minutes=11)
        with pytest.raises(WitnessHasSeenMore, match="9 > 3"):
            sequence(later)
        assert files.read_seal().size == 3
        # The operator who is sure that the witness is wrong may take it out of the policy.
        policies.remove("neighbour")
        assert sequence(later).size == 4


def test_a_log_that_forks_from_what_a_witness_saw_stops(at, tmp_path):
    with house(tmp_path, "neighbour") as witnesses:
        signer = files.signer()
        other = sign_head(Head(signer.key.name, 2, bytes(32)), signer)
        assert witnesses["neighbour"].add_checkpoint(f"old 0\n\n{other}".encode()).status == 200
        queue(at, 0, 3)
        sequence(at)
        assert ask_witnesses(at) == 0
        assert state("neighbour") == "contradicts"
        queue(at, 3, 1)
        with pytest.raises(WitnessHasSeenMore):
            sequence(at)
        assert queries.checkpoint().size == 3


def test_a_witness_without_an_address_is_never_asked(at):
    policies.add_witness("paper", str(Cosigner("paper.example", b"\x07" * 32).key))
    queue(at, 0, 1)
    sequence(at)
    assert ask_witnesses(at, everyone=True) == 0
    assert not WitnessContact.objects.exists()
    assert queries.published_size() == 1


def test_private_addresses_are_told_apart():
    for address in ("http://127.0.0.1:1", "http://localhost/x", "http://10.1.2.3", "http://[::1]"):
        assert is_private(address)
    for address in ("http://8.8.8.8", "http://no-such-name.invalid"):
        assert not is_private(address)


def test_the_health_page_says_what_stands_in_the_way(at, tmp_path):
    assert queries.standing(at)[0] is None
    queue(at, 0, 2)
    sequence(at)
    assert queries.standing(at) == (True, f"{files.signer().key.name} · 2")
    with house(tmp_path, "neighbour"):
        policies.set_quorum("all")
        queue(at, 2, 1)
        sequence(at)
        assert ask_witnesses(at) in (0, 1)
        assert queries.standing(at) == (True, f"{files.signer().key.name} · 3 · 1/1")
    queue(at, 3, 1)
    sequence(at)
    ask_witnesses(at)
    later = at + timedelta(minutes=11)
    assert queries.standing(at)[0] is None and "unreachable" in queries.standing(at)[1]
    assert queries.standing(later)[0] is None and "等待见证方联署" in queries.standing(later)[1]
    WitnessContact.objects.update(state="ahead")
    assert queries.standing(at)[0] is False and "neighbour" in queries.standing(at)[1]
    policies.set_quorum("none")
    policies.remove("witnesses")
    policies.remove("neighbour")
    assert queries.standing(at)[0] is True
    recovering.open_read_only(reason="restored", at=at)
    assert queries.standing(at)[0] is False
    files.drop_hold()
    files.write(files.policy_path(), b"quorum nobody\n")
    assert queries.standing(at)[0] is False


def command(*words):
    out = io.StringIO()
    call_command("log", *words, "--json", stdout=out)
    return json.loads(out.getvalue())


def test_the_policy_is_changed_by_command_and_explained(at, settings):
    first, second = (str(Cosigner(f"w{n}.example", bytes([n]) * 32).key) for n in (1, 2))
    assert command("policy", "show")["needed"] == 0
    command("policy", "add-witness", "first", first, "http://127.0.0.1:1/")
    files.write(
        files.policy_path(), b"# Agreed on 29 January.\n" + files.policy_path().read_bytes()
    )
    command("policy", "add-witness", "second", second)
    shown = command("policy", "quorum", "2")
    assert (shown["quorum"], shown["needed"]) == ("witnesses", 2)
    assert files.policy_path().read_text().startswith("# Agreed on 29 January.\nlog ")
    out = io.StringIO()
    call_command("log", "policy", "show", stdout=out)
    assert "内网或本机地址" in out.getvalue()
    assert "2 个见证方中至少 2 个" in out.getvalue()
    for words in (
        ["add-witness", "third", "nonsense"],
        ["add-witness", "first", str(Cosigner("x", bytes(32)).key)],
        ["add-witness", "third", first],
        ["add-witness", "a b", str(Cosigner("x", bytes(32)).key)],
        ["add-witness", "third", str(Cosigner("x", bytes(32)).key), "ftp://x"],
        ["remove", "nobody"],
        ["remove", "witnesses"],
        ["remove", "first"],
        ["quorum", "3"],
        ["quorum", "0"],
        ["quorum", "most"],
    ):
        before = files.policy_path().read_bytes()
        with pytest.raises(CommandError, match="见证策略没有改动"):
            call_command("log", "policy", *words)
        assert files.policy_path().read_bytes() == before
    for words in ([], ["quorum"], ["paint", "it"]):
        with pytest.raises(CommandError):
            call_command("log", "policy", *words)
    assert command("policy", "quorum", "any")["needed"] == 1
    assert [w["name"] for w in command("policy", "remove", "first")["witnesses"]] == ["second"]
    assert command("policy", "quorum", "second")["quorum"] == "second"
    assert command("policy", "quorum", "none")["needed"] == 0
