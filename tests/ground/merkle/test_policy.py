"""Policies: what a file may say, who counts, and when it is enough."""

import itertools

import pytest

from boai.ground.merkle.checkpoints import Head, sign_head
from boai.ground.merkle.cosignatures import SUBTREE_V1, Cosigner
from boai.ground.merkle.notes import NoteIsNotValid, Signer
from boai.ground.merkle.policy import PolicyIsNotValid, evaluate, parse

LOG = Signer("society.example/log", b"\x01" * 32)
STRANGER = Signer("stranger.example/log", b"\x02" * 32)
NAMES = ("X1", "X2", "X3", "Y1", "Y2", "Y3")
COSIGNERS = {
    name: Cosigner(f"{name}.example", bytes([n + 10]) * 32, SUBTREE_V1 if n == 5 else b"\x04")
    for n, name in enumerate(NAMES)
}
HEAD = Head("society.example/log", 7, b"\xaa" * 32)
NOTE = sign_head(HEAD, LOG)
WITNESSES = "".join(f"witness {name} {c.key}\n" for name, c in COSIGNERS.items())
TWO_LEVELS = (
    f"# The society's log.\n\tlog {LOG.key}   https://society.example/log \n\n"
    + WITNESSES
    + "group X 2 X1 X2 X3\ngroup Y any Y1 Y2 Y3\n  # Both.\ngroup X-and-Y all X Y\nquorum X-and-Y\n"
)


def signed_by(*names):
    return NOTE + "".join(COSIGNERS[name].cosign(HEAD.text(), 100) for name in names)


def test_a_policy_is_read_and_written():
    policy = parse(TWO_LEVELS)
    assert policy.logs[0].url == "https://society.example/log"
    assert [w.name for w in policy.witnesses] == list(NAMES)
    assert [(g.name, g.threshold) for g in policy.groups] == [("X", 2), ("Y", 1), ("X-and-Y", 2)]
    assert parse(policy.text()) == policy
    assert policy.least() == 3
    assert parse(WITNESSES + "quorum X1").counted()[0].name == "X1"
    assert parse("quorum none\n").least() == 0


def test_every_set_of_witnesses_is_judged_as_the_words_say():
    policy, met = parse(TWO_LEVELS), 0
    for count in range(7):
        for names in itertools.combinations(NAMES, count):
            x, y = (sum(name[0] == letter for name in names) for letter in "XY")
            assert policy.is_met_by(names) == (x >= 2 and y >= 1)
            met += policy.is_met_by(names)
    assert met == 28


@pytest.mark.parametrize(
    ("names", "met"), [((), False), (("X1", "X2"), False), (("X1", "X3", "Y3"), True)]
)
def test_a_checkpoint_is_judged_by_its_cosignatures(names, met):
    verdict = evaluate(signed_by(*names), parse(TWO_LEVELS))
    assert (verdict.head, verdict.log, verdict.quorum_met) == (HEAD, LOG.key, met)
    assert [name for name, _seconds in verdict.cosigned] == list(names)


def test_one_witness_counts_once_however_often_it_signs():
    policy = parse(f"log {LOG.key}\n{WITNESSES}group two 2 X1 X2\nquorum two\n")
    twice = signed_by("X1") + COSIGNERS["X1"].cosign(HEAD.text(), 200)
    verdict = evaluate(twice, policy)
    assert verdict.cosigned == (("X1", 200),)
    assert not verdict.quorum_met
    assert not policy.is_met_by(["X1", "X1"])
    assert not policy.is_met_by(["two"])


def test_one_bad_signature_of_a_known_key_refuses_the_whole_note():
    policy = parse(TWO_LEVELS)
    other = COSIGNERS["X1"].cosign(HEAD.text().replace("7", "8"), 100)
    with pytest.raises(NoteIsNotValid):
        evaluate(signed_by("X2", "X3", "Y1") + other, policy)
    unknown = Cosigner("unknown.example", bytes(32)).cosign("x\n", 1)
    assert evaluate(signed_by("X2", "X3", "Y1") + unknown, policy).quorum_met
    with pytest.raises(NoteIsNotValid):
        evaluate(sign_head(Head("stranger.example/log", 7, HEAD.root), STRANGER), policy)
    with pytest.raises(NoteIsNotValid):
        evaluate(signed_by("X1") + "".join(unknown for _n in range(15)), policy)


def test_quorum_none_asks_for_the_log_alone():
    verdict = evaluate(NOTE, parse(f"log {LOG.key}\nquorum none"))
    assert verdict.quorum_met
    assert not verdict.cosigned


X1, X2 = COSIGNERS["X1"].key, COSIGNERS["X2"].key


@pytest.mark.parametrize(
    ("text", "line", "why"),
    [
        ("", 0, "no quorum"),
        ("quorum none\nquorum none", 2, "already"),
        ("quorum a", 1, "not defined"),
        ("quorum", 1, "words"),
        ("quorum none x", 1, "words"),
        ("\n# x\nsomething else\nquorum none", 3, "begins with"),
        (f"log {LOG.key} https://a b\nquorum none", 1, "words"),
        (f"log {LOG.key} ftp://a\nquorum none", 1, "address"),
        (f"log {LOG.key}\nlog {LOG.key}\nquorum none", 2, "named already"),
        (f"log {X1}\nquorum none", 1, "verifier key"),
        (f"witness a {LOG.key}\nquorum a", 1, "not the key"),
        (f"witness a {X1}\nwitness b {X1}\nquorum a", 2, "named already"),
        (f"witness a {X1}\nwitness a {X2}\nquorum a", 2, "defined already"),
        (f"witness none {X1}\nquorum none", 1, "no name"),
        (f"group g all a\nwitness a {X1}\nquorum g", 1, "not defined"),
        (f"witness a {X1}\ngroup g 2 a\nquorum g", 2, "never be reached"),
        (f"witness a {X1}\ngroup g 0 a\nquorum g", 2, "number"),
        (f"witness a {X1}\ngroup g 01 a\nquorum g", 2, "number"),
        (f"witness a {X1}\ngroup g any a a\nquorum g", 2, "group already"),
        (f"witness a {X1}\ngroup g any a\ngroup h any a\nquorum g", 3, "group already"),
        (f"witness a {X1}\ngroup g any none\nquorum g", 2, "not defined"),
        (f"witness a {X1}\ngroup a any a\nquorum a", 2, "defined already"),
        (f"witness a {X1}\ngroup g any\nquorum g", 2, "words"),
        ("quorum none\r\n", 1, "control"),
        ("# \x00\nquorum none", 1, "control"),
        ("quorum none\u00a0", 1, "not defined"),
        ("#" * (1024 * 1024 + 1), 0, "1 MiB"),
    ],
)
def test_what_a_policy_may_not_say(text, line, why):
    with pytest.raises(PolicyIsNotValid, match=why) as refused:
        parse(text)
    assert refused.value.line == line


def test_thirty_two_of_everything_fit():
    keys = [Cosigner(f"w{n}", bytes([n + 1]) * 32).key for n in range(32)]
    logs = [Signer(f"l{n}", bytes([n + 101]) * 32).key for n in range(32)]
    text = "".join(f"log {key}\n" for key in logs)
    text += "".join(f"witness w{n} {key}\n" for n, key in enumerate(keys))
    text += "group g0 any w0\n"
    text += "".join(f"group g{n} all g{n - 1} w{n}\n" for n in range(1, 32)) + "quorum g31\n"
    policy = parse(text)
    assert (len(policy.logs), len(policy.counted()), policy.least()) == (32, 32, 32)
    assert policy.is_met_by([f"w{n}" for n in range(32)])
    assert not policy.is_met_by([f"w{n}" for n in range(31)])
    assert policy.without_addresses() == policy
