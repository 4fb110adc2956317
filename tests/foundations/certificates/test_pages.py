"""The public check page and the register on the desk."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from boai.foundations.certificates import queries
from boai.foundations.certificates.errors import TooManyChecks
from boai.foundations.certificates.models import WrongCheck
from boai.foundations.certificates.services import issuing, limiting
from boai.foundations.certificates.values import PaperRow
from boai.ground.core.actors import SYSTEM, Actor
from tests.factories.world import World

ClientFor = Callable[[Actor | None], Client]


@pytest.fixture
def paper(world: World, at: datetime) -> PaperRow:
    return issuing.issue(
        SYSTEM,
        kind="donation-certificate",
        organisation_id=world.places.city,
        subject="donations.gift:A1",
        holder_name="<b>张三丰</b>",
        facts={"amount_fen": 123456, "purpose": "抗击疫情"},
        at=at,
    )


def test_anybody_checks_a_paper(client: Client, paper: PaperRow) -> None:
    page = client.get("/verify/", {"n": paper.number, "c": paper.check_code})
    text = page.content.decode()
    assert page.status_code == 200
    assert "1,234.56" in text and "抗击疫情" in text and "测州市红十字会" in text
    assert "张三丰" not in text
    assert page["Referrer-Policy"] == "no-referrer"


def test_wrong_number_and_wrong_code_look_the_same(client: Client, paper: PaperRow) -> None:
    wrong_code = client.get("/verify/", {"n": paper.number, "c": "AAAAAAAA"})
    wrong_number = client.get("/verify/", {"n": "ZS20200129000009X", "c": paper.check_code})
    assert wrong_code.status_code == wrong_number.status_code == 422
    left = wrong_code.content.decode().replace(paper.number, "").replace("AAAAAAAA", "")
    right = wrong_number.content.decode().replace("ZS20200129000009X", "")
    right = right.replace(paper.check_code, "")
    assert _without_nonce(left) == _without_nonce(right)
    for address in (f"/papers/{paper.number}.pdf?c=AAAAAAAA", "/papers/ZS9.png?c=AAAAAAAA"):
        assert client.get(address).status_code in (404, 422)


def _without_nonce(text: str) -> str:
    return "\n".join(line for line in text.splitlines() if "n=" not in line and "next" not in line)


def test_guessing_is_held_back(client: Client, paper: PaperRow) -> None:
    for _turn in range(20):
        client.get("/verify/", {"n": paper.number, "c": "AAAAAAAA"})
    page = client.get("/verify/", {"n": paper.number, "c": paper.check_code})
    assert page.status_code == 429
    assert "核验次数过多" in page.content.decode()
    # The files are behind the same door; another address is not held back.
    assert client.get(f"/papers/{paper.number}.html", {"c": paper.check_code}).status_code == 422
    elsewhere = client.get(
        "/verify/", {"n": paper.number, "c": paper.check_code}, REMOTE_ADDR="192.0.2.7"
    )
    assert elsewhere.status_code == 200


def test_one_household_of_ipv6_is_one_address(client: Client, paper: PaperRow) -> None:
    for n in range(20):
        place = f"2001:db8:1:2::{n:x}"
        client.get("/verify/", {"n": paper.number, "c": "AAAAAAAA"}, REMOTE_ADDR=place)
    asked = {"n": paper.number, "c": paper.check_code}
    assert client.get("/verify/", asked, REMOTE_ADDR="2001:db8:1:2:ffff::").status_code == 429
    assert client.get("/verify/", asked, REMOTE_ADDR="2001:db8:1:3::").status_code == 200


def test_wrong_tries_are_counted_for_all_processes_and_forgotten(
    world: World, at: datetime
) -> None:
    for n in range(limiting.MOST_WRONG):
        limiting.refuse_guessing("198.51.100.1", at=at + timedelta(seconds=n))
        limiting.count_wrong("198.51.100.1", at=at + timedelta(seconds=n))
    # Nothing is kept in the memory of the process, and no address stands in the table.
    cache.clear()
    with pytest.raises(TooManyChecks):
        limiting.refuse_guessing("198.51.100.1", at=at + timedelta(minutes=9))
    [row] = WrongCheck.objects.all()
    assert "198" not in row.key and row.count == limiting.MOST_WRONG
    later = at + limiting.WINDOW
    limiting.refuse_guessing("198.51.100.1", at=later)
    limiting.count_wrong("203.0.113.9", at=later)
    assert [row.count for row in WrongCheck.objects.all()] == [1]


def test_files_for_whoever_has_the_code(client: Client, paper: PaperRow) -> None:
    png = client.get(f"/papers/{paper.number}.png", {"c": paper.check_code})
    pdf = client.get(f"/papers/{paper.number}.pdf", {"c": paper.check_code})
    assert png["Content-Type"] == "image/png" and png.content.startswith(b"\x89PNG")
    assert pdf["Content-Type"] == "application/pdf" and pdf.content.startswith(b"%PDF")


def test_junk_is_answered_in_words(client: Client, db: None) -> None:
    for junk in ("名" * 10_000, "\x00", "'; DROP TABLE", "０" * 30):
        assert client.get("/verify/", {"n": junk, "c": junk}).status_code == 422
    assert client.get("/verify/").status_code == 200


def test_the_register_is_for_the_own_society(
    client_for: ClientFor, world: World, paper: PaperRow
) -> None:
    address = reverse("certificates-papers")
    mine = client_for(world.cast.cashier).get(address)
    assert paper.number in mine.content.decode()
    foreign = client_for(world.cast.outsider).get(address)
    assert paper.number not in foreign.content.decode()
    one = reverse("certificates-paper", args=[paper.number])
    assert client_for(world.cast.cashier).get(one).status_code == 200
    assert client_for(world.cast.cashier).get(one, {"file": "pdf"}).content.startswith(b"%PDF")
    assert client_for(world.cast.outsider).get(one).status_code == 404
    assert client_for(world.cast.keeper).get(one).status_code == 403
    assert client_for(None).get(one).status_code in (302, 403)


def test_replace_and_cancel_on_the_desk(
    client_for: ClientFor, world: World, paper: PaperRow
) -> None:
    client = client_for(world.cast.cashier)
    replace = reverse("certificates-replace", args=[paper.number])
    assert client.get(replace).status_code == 200
    assert client.post(replace, {"holder_name": "", "reason": "x"}).status_code == 422
    done = client.post(replace, {"holder_name": "张三峰", "reason": "笔误"})
    assert done.status_code == 302
    new = queries.papers_of("donations.gift:A1")[0]
    assert new.number in done["Location"]
    cancel = reverse("certificates-cancel", args=[new.number])
    assert client.post(cancel, {"reason": "退款"}).status_code == 302
    assert client.post(cancel, {"reason": "退款"}).status_code == 422
    assert queries.papers_of("donations.gift:A1")[0].state == "cancelled"


def test_the_list_asks_the_same_number_of_queries(
    client_for: ClientFor, world: World, at: datetime, paper: PaperRow
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client, address = client_for(world.cast.cashier), reverse("certificates-papers")
    client.get(address)
    with CaptureQueriesContext(connection) as one:
        client.get(address)
    for n in range(30):
        issuing.issue(
            SYSTEM,
            kind="thank-you-letter",
            organisation_id=world.places.city,
            subject=f"donations.gift:N{n}",
            holder_name="甲",
            facts={},
            at=at,
        )
    with CaptureQueriesContext(connection) as many:
        client.get(address)
    assert len(many) == len(one)
