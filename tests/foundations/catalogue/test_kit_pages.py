"""The page where a kit gets its list."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from boai.foundations.catalogue import queries
from boai.foundations.catalogue.services.seeding import seed_catalogue
from boai.ground.core.actors import SYSTEM, Actor
from tests.factories.world import World

Browser = Callable[[Actor | None], Client]


def _sent(*lines: tuple[object, object]) -> dict[str, object]:
    sent: dict[str, object] = {"lines-TOTAL_FORMS": len(lines), "lines-INITIAL_FORMS": 0}
    for place, (item, quantity) in enumerate(lines):
        sent |= {f"lines-{place}-item": item, f"lines-{place}-quantity": quantity}
    return sent


@pytest.fixture
def ids(world: World) -> dict[str, int]:
    """Items of the seeded catalogue by code."""
    seed_catalogue(SYSTEM)
    return {row.code: row.id for row in queries.all_items()}


def test_a_list_is_registered_once_and_shown(
    world: World, client_for: Browser, ids: dict[str, int]
) -> None:
    browser, kit = client_for(world.cast.keeper), ids["TESTKIT"]
    way = reverse("catalogue-kit", args=[kit])
    item = reverse("catalogue-item", args=[kit])
    assert way in browser.get(item).content.decode()
    assert browser.get(way).status_code == 200

    sent = _sent((ids["MASK-SUR"], 10), ("", ""), (ids["HANDRUB"], 1))
    assert browser.post(way, sent).status_code == 302
    assert queries.kit_parts(kit) == {ids["MASK-SUR"]: 10, ids["HANDRUB"]: 1}
    page = browser.get(item).content.decode()
    assert "套装清单" in page and "10 只" in page and way not in page

    again = browser.post(way, _sent((ids["CAP"], 1)))
    assert again.status_code == 422
    assert "每个套装只设一次清单" in again.content.decode()
    assert len(queries.kit_parts(kit)) == 2


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ((), "须列出至少一种其他物资"),
        ((("", ""),), "须列出至少一种其他物资"),
        ((("MASK-SUR", ""),), "每行须有物资和每套数量"),
        ((("", 3),), "每行须有物资和每套数量"),
        ((("MASK-SUR", 0),), "大于或等于1"),
        ((("MASK-SUR", 10), ("MASK-SUR", 2)), "出现了两行"),
        ((("TESTKIT", 1),), "选择一个有效的选项"),
    ],
)
def test_what_is_no_list_is_refused_with_its_reason(
    world: World,
    client_for: Browser,
    ids: dict[str, int],
    lines: tuple[tuple[str, object], ...],
    said: str,
) -> None:
    sent = _sent(*((ids.get(code, ""), quantity) for code, quantity in lines))
    kit = ids["TESTKIT"]
    page = client_for(world.cast.keeper).post(reverse("catalogue-kit", args=[kit]), sent)
    assert page.status_code == 422
    assert said in page.content.decode()
    assert queries.kit_parts(kit) == {}


def test_only_those_who_list_items_come_in(
    world: World, client_for: Browser, ids: dict[str, int]
) -> None:
    way = reverse("catalogue-kit", args=[ids["TESTKIT"]])
    assert client_for(None).get(way).status_code == 302
    assert client_for(world.cast.cashier).get(way).status_code == 403
    assert (
        client_for(world.cast.keeper).get(reverse("catalogue-kit", args=[10**9])).status_code == 404
    )
