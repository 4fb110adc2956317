"""Every address of the house against the matrix: what has no line is refused, what has one is kept."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from boai.foundations.identity import queries
from boai.foundations.identity.rules.matrix import matrix
from boai.foundations.identity.values import NOT_POSTS, ROLES
from boai.foundations.identity.web.middleware import is_foreign
from boai.ground.core.actors import PUBLIC, Actor
from boai.ground.kit.web.doors import DESK_DOOR, PUBLIC_DOOR, door_of
from tests.factories.people import engage
from tests.factories.world import World

Browser = Callable[[Actor | None], Client]
QUIET = ("/metrics", "/health/", "/log/")
"""Addresses that programs read in bulk; they are public and tested where they live."""


def routes(
    patterns: list[URLPattern | URLResolver] | None = None, before: str = "/"
) -> Iterator[tuple[str, Any]]:
    """Every address pattern with its view."""
    for found in get_resolver().url_patterns if patterns is None else patterns:
        here = before + str(found.pattern)
        if isinstance(found, URLResolver):
            yield from routes(found.url_patterns, here)
        else:
            yield here, found.callback


def test_every_address_has_a_tag_and_every_tag_a_line() -> None:
    untagged, unknown = [], []
    for address, view in routes():
        action = door_of(view)
        if action is None and not is_foreign(view):
            untagged.append(address)
        elif action not in (None, PUBLIC_DOOR, DESK_DOOR) and action not in matrix():
            unknown.append((address, action))
    assert untagged == []
    assert unknown == []


def test_every_menu_entry_has_a_line() -> None:
    from boai.ground.kit.web.navigation import all_entries

    known = {*matrix(), PUBLIC_DOOR, DESK_DOOR}
    assert [e.url_name for e in all_entries() if e.action not in known] == []


@pytest.fixture
def personas(world: World) -> dict[str, Actor]:
    """One person in each role that is a post, and the visitor."""
    at = world.since
    people = {
        role: engage(f"人{role}", f"p-{role.lower()}", world.places.city, role, at=at)
        for role in ROLES
        if role not in NOT_POSTS
    }
    return people | {"PUB": PUBLIC}


def _plain_addresses() -> list[tuple[str, str]]:
    return sorted(
        {
            (address, action)
            for address, view in routes()
            if (action := door_of(view)) is not None
            and not any(sign in address for sign in "<(^\\")
            and not address.startswith(QUIET)
        }
    )


def _went_to_sign_in(answer: HttpResponse) -> bool:
    return answer.status_code == 302 and "/account/login/" in answer["Location"]


def _is_wrong(actor: Actor, action: str, answer: HttpResponse) -> bool:
    if answer.status_code >= 500:
        return True
    signed_in = actor.kind == "person"
    allowed = action == PUBLIC_DOOR or (
        signed_in if action == DESK_DOOR else queries.may(actor, action)
    )
    if allowed:
        return answer.status_code == 403 or _went_to_sign_in(answer)
    return answer.status_code != 403 if signed_in else not _went_to_sign_in(answer)


def test_each_role_at_each_plain_address(personas: dict[str, Actor], client_for: Browser) -> None:
    addresses = _plain_addresses()
    assert addresses
    wrong = []
    for role, actor in personas.items():
        browser = client_for(actor if actor.kind == "person" else None)
        browser.raise_request_exception = False
        for address, action in addresses:
            answer = browser.get(address)
            if _is_wrong(actor, action, answer):
                wrong.append((role, address, action, answer.status_code))
    assert wrong == []


def test_a_view_without_a_tag_is_never_open(world: World, client_for: Browser) -> None:
    from django.core.exceptions import ImproperlyConfigured
    from django.test import RequestFactory

    from boai.foundations.identity.web.middleware import ActorMiddleware

    def forgotten(request: Any) -> HttpResponse:
        return HttpResponse("open")

    with pytest.raises(ImproperlyConfigured):
        ActorMiddleware(forgotten).process_view(RequestFactory().get("/"), forgotten, (), {})
