"""No page offers what is closed to its reader."""

from collections.abc import Callable

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse

from boai.ground.core.actors import Actor
from boai.ground.kit.web.doors import open_to
from boai.relief.donations.services.appeals import SUGGESTED
from tests.factories.world import World

Browser = Callable[[Actor | None], Client]


@pytest.mark.parametrize(
    ("target", "granted", "offered"),
    [
        ("/desk/warehouse/stores/new/", "warehouse.store", True),
        ("/desk/warehouse/stores/new/?next=1", "", False),
        ("/lovelist/", "", True),
        ("/no-such-page/", "", False),
        ("https://elsewhere.example/", "", True),
    ],
)
def test_a_closed_door_is_not_offered(target: str, granted: str, offered: bool) -> None:
    request = RequestFactory().get("/desk/")
    request.may = lambda action: bool(granted)  # type: ignore[attr-defined]
    assert open_to(request, target) is offered


def test_only_a_hospital_is_offered_to_post_a_need(world: World, client_for: Browser) -> None:
    door = f'href="{reverse("allocation-post")}"'
    for actor, offered in ((world.cast.keeper, False), (world.cast.hospital_user, True)):
        page = client_for(actor).get(reverse("allocation-needs"))
        assert page.status_code == 200
        assert (door in page.content.decode()) is offered


def test_the_smallest_button_is_twenty_yuan() -> None:
    assert [fen // 100 for fen in SUGGESTED] == [20, 50, 100, 200, 500, 1000]
