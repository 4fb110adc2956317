"""Pages of the lists: who opens them, what they find, what they refuse."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client
from django.urls import reverse

from boai.foundations.catalogue import queries as catalogue
from boai.foundations.catalogue.services.seeding import seed_catalogue
from boai.foundations.notices.services.queueing import notify
from boai.foundations.organisations import queries
from boai.foundations.organisations.models import Organisation
from boai.foundations.places.services.seeding import seed_divisions
from boai.foundations.trail.services.evidence import attach
from boai.ground.core.actors import SYSTEM, Actor
from tests.factories.world import World

Browser = Callable[[Actor | None], Client]


@pytest.mark.parametrize(
    ("name", "who"),
    [
        ("places-divisions", "keeper"),
        ("trail-acts", "audit_admin"),
        ("notices-inbox", "keeper"),
        ("organisations-list", "keeper"),
        ("organisations-register", "system_admin"),
        ("catalogue-items", "keeper"),
        ("catalogue-new", "keeper"),
    ],
)
def test_pages_open_for_those_who_may_and_ask_others_to_sign_in(
    world: World, client_for: Browser, name: str, who: str
) -> None:
    assert client_for(getattr(world.cast, who)).get(reverse(name)).status_code == 200
    assert client_for(None).get(reverse(name)).status_code == 302


def test_divisions_are_found_by_code_and_name(world: World, client_for: Browser) -> None:
    seed_divisions(SYSTEM)
    browser = client_for(world.cast.keeper)
    for text in ("420102", "江岸"):
        page = browser.get(reverse("places-divisions"), {"q": text})
        assert "江岸区" in page.content.decode()


def test_organisations_are_found_by_alias_and_shown_with_their_line(
    world: World, client_for: Browser
) -> None:
    browser = client_for(world.cast.keeper)
    assert (
        "测州市第一医院"
        in browser.get(reverse("organisations-list"), {"q": "第一医院"}).content.decode()
    )
    page = browser.get(reverse("organisations-one", args=[world.places.city]))
    assert page.status_code == 200
    text = page.content.decode()
    assert "测江省红十字会" in text and "测州市东区红十字会" in text
    assert browser.get(reverse("organisations-one", args=[10**9])).status_code == 404


def test_registering_an_organisation_keeps_the_input_when_refused(
    world: World, client_for: Browser
) -> None:
    browser = client_for(world.cast.system_admin)
    given = {
        "name": "测州市第三医院",
        "code": "T-C",
        "kind": "hospital",
        "parent": "测州市红十字会",
    }
    refused = browser.post(reverse("organisations-register"), given)
    assert refused.status_code == 422
    assert "已被使用" in refused.content.decode()
    fine = browser.post(reverse("organisations-register"), {**given, "code": "T-H3"})
    assert fine.status_code == 302
    made = Organisation.objects.get(code="T-H3")
    alias = reverse("organisations-alias", args=[made.pk])
    assert browser.get(alias).status_code == 200
    assert browser.post(alias, {"name": "测州三院"}).status_code == 302
    found = queries.match_name("测州三院")
    assert found is not None and found.id == made.pk
    stranger = client_for(world.cast.keeper)
    assert stranger.post(reverse("organisations-register"), given).status_code == 403


def test_items_are_found_by_a_standard_however_spelled(world: World, client_for: Browser) -> None:
    seed_catalogue(SYSTEM)
    browser = client_for(world.cast.keeper)
    page = browser.get(reverse("catalogue-items"), {"q": "YY0469-2010"}).content.decode()
    assert "医用外科口罩" in page and "KN95" not in page
    item = catalogue.match_item("医用外科口罩")
    assert item is not None
    page = browser.get(reverse("catalogue-item", args=[item.id])).content.decode()
    assert "YY 0469-2011" in page and "1 箱 = 2,000 只" in page
    given = {"name": "试验品", "code": "TRY", "category": "Z9", "unit": "件"}
    assert browser.post(reverse("catalogue-new"), given).status_code == 302
    assert browser.post(reverse("catalogue-new"), given).status_code == 422
    taken = browser.post(reverse("catalogue-alias", args=[item.id]), {"name": "护目镜"})
    assert taken.status_code == 422


def test_the_inbox_shows_reads_and_leads_on(
    world: World, client_for: Browser, at: datetime
) -> None:
    cast = world.cast
    for url in ("/desk/catalogue/", "https://example.org/"):
        notify(at=at, organisation_id=world.places.city, role="WH", title="到货", url=url)
    browser = client_for(cast.keeper)
    assert "到货" in browser.get(reverse("notices-inbox")).content.decode()
    from boai.foundations.notices import queries as notices

    outside, inside = notices.inbox(cast.keeper)
    assert browser.post(reverse("notices-open", args=[inside.id])).url == "/desk/catalogue/"
    assert browser.post(reverse("notices-open", args=[outside.id])).url == reverse("notices-inbox")
    assert browser.post(reverse("notices-inbox")).status_code == 302
    assert notices.unread_count(cast.keeper) == 0


def test_evidence_is_shown_to_those_who_may(
    world: World, client_for: Browser, at: datetime, settings: object, tmp_path: object
) -> None:
    settings.MEDIA_ROOT = tmp_path  # type: ignore[attr-defined]
    content = b"%PDF-1.7\n%%EOF"
    key = attach(world.cast.keeper, subject="d.w:1", content=content, filename="a.pdf", at=at)
    url = reverse("trail-evidence", args=[key])
    answer = client_for(world.cast.second_keeper).get(url)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert client_for(world.cast.volunteer).get(url).status_code == 403
    assert client_for(world.cast.keeper).get(url.replace(key, "Enone")).status_code == 404
