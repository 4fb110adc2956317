"""Bulletins carry their proof: on the page, as a file, in the code on the print."""

import html
import json
import re
import shutil
import subprocess
from hashlib import sha256

import pytest
import time_machine
import zxingcpp
from django.test import Client
from PIL import Image

from boai.foundations.translog import queries as translog
from boai.foundations.translog.services.sequencing import sequence
from boai.ground.core import clock
from boai.ground.core.clock import ClockIsNotSane
from boai.ground.merkle.bundles import Bundle, verify
from boai.ground.merkle.policy import parse
from boai.window.disclosure.errors import WitnessesAreAwaited
from boai.window.disclosure.queries.tracing import leaf, trace
from boai.window.disclosure.rules.telling import lines_of
from tests.foundations.certificates.test_proofs import proof_in
from tests.foundations.translog.test_publication import cosign, write_policy
from tests.window.disclosure.test_bulletins import DAY, FIRST, prepare, publish, run
from tests.window.disclosure.test_pages import page


def given(text, name):
    """What a page gives the browser to check."""
    return html.unescape(re.search(rf'data-{name}="([^"]*)"', text)[1])


def test_a_bulletin_carries_its_proof(story, at, tmp_path):
    write_policy()
    story.give(10000, at=at)
    sequence(at)
    cosign("neighbour", at)
    cosign("university", at)
    row = run(story, FIRST, at + DAY)
    address = f"/bulletins/{row.number}/"
    sequence(at + DAY)
    assert "还在等见证方签名" in page(address) and page(f"{address}proof", 404)
    cosign("neighbour", at + DAY)
    cosign("university", at + DAY)
    text = page(address)
    bundle, policy = Bundle.parse(given(text, "proof")), parse(given(text, "policy"))
    assert verify(bundle, bundle.extra, policy).quorum_met
    facts = json.loads(bundle.extra)["facts"]
    expected = json.loads(given(text, "expected"))
    assert expected.items() <= facts.items() and expected["number"] == row.number
    assert sha256(given(text, "content").encode()).hexdigest() == facts["content_digest"]
    assert "neighbour" in text and "2 家见证方已签名，至少要 2 家" in text and "还没有签" in text
    kept = Client().get(f"{address}proof")
    assert kept["Content-Disposition"].startswith("attachment")
    assert given(kept.content.decode(), "proof") == bundle.text()

    program = shutil.which("pdftoppm")
    if program is None:
        pytest.skip("poppler-utils is not installed")
    (tmp_path / "b.pdf").write_bytes(Client().get(f"{address}pdf").content)
    words = [program, "-r", "200", "-png", str(tmp_path / "b.pdf"), str(tmp_path / "b")]
    subprocess.run(words, check=True)
    pictures = [Image.open(path) for path in tmp_path.glob("b*.png")]
    [scanned] = [code.text for picture in pictures for code in zxingcpp.read_barcodes(picture)]
    assert proof_in([scanned]) == bundle


def test_a_bulletin_asks_a_fixed_number_of_queries(story, at, django_assert_max_num_queries):
    story.give(*range(1000, 1040), at=at)
    row = run(story, FIRST, at + DAY)
    sequence(at + DAY)
    page(f"/bulletins/{row.number}/")
    with django_assert_max_num_queries(22):
        page(f"/bulletins/{row.number}/")


def test_what_the_witnesses_have_not_seen_is_not_shown_as_published(story, at, client_for):
    write_policy()
    [number] = story.give(10000, at=at)
    desk = client_for(story.world.cast.publisher)
    where = f"/desk/disclosure/prepare/{story.appeal.slug}/{FIRST.isoformat()}/"
    refused = desk.post(where)
    assert refused.status_code == 422
    # Everything is signed by now; what is missing is the second of three witnesses.
    assert "正等待见证方联署（已有 0 家，至少要 2 家）" in refused.content.decode()
    cosign("neighbour", at)
    with pytest.raises(WitnessesAreAwaited):
        prepare(story, FIRST)
    assert leaf(f"donations.gift:{number}")["state"] == "signed"
    told = page(f"/trace/{number}/")
    assert "等待见证方联署" in told and "可验证" not in told
    assert f"/log/proof/donations.gift:{number}" not in told
    assert "(signed)" in "\n".join(lines_of(trace(number)))
    assert json.loads(page("/open-data/gifts.json"))["records"] == []
    assert number not in page("/open-data/gifts.csv")
    signed = translog.checkpoint().size
    assert f"另有 {signed} 条已签名，正等待见证方联署" in page("/open-data/")
    cosign("university", at)
    assert "可验证" in page(f"/trace/{number}/")
    assert number in page("/open-data/gifts.csv") and "另有" not in page("/open-data/")
    assert prepare(story, FIRST).log_size == signed == translog.published_size()


def test_a_bulletin_needs_no_witnesses_for_what_came_after_its_day(story, at):
    write_policy()
    story.give(10000, at=at)
    sequence(at)
    cosign("neighbour", at)
    cosign("university", at)
    size = translog.published_size()
    story.give(5000, at=at + 2 * DAY)
    row = prepare(story, FIRST, at=at + 2 * DAY)
    assert translog.checkpoint().size > row.log_size == size
    assert row.content["money"]["ever_in_fen"] == 10000
    number = publish(story, row, at=at + 2 * DAY).number
    assert "本公示正在记入透明日志" in page(f"/bulletins/{number}/")
    sequence(at + 2 * DAY)
    cosign("newspaper", at + 2 * DAY)
    text = page(f"/bulletins/{number}/")
    assert "正等待见证方联署；够数之后才算公布" in text and "1/3 联署，需 2" in text
    cosign("neighbour", at + 2 * DAY)
    text = page(f"/bulletins/{number}/")
    assert "已公布" in text and "已由 2/3 见证方联署" in text


def test_a_clock_gone_wrong_is_named_where_it_stops_a_bulletin(story, at):
    story.give(10000, at=at)
    with time_machine.travel(clock.now() + 400 * DAY), pytest.raises(ClockIsNotSane):
        prepare(story, FIRST)
    assert prepare(story, FIRST).content["money"]["in_fen"] == 10000
