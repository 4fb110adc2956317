"""Every view says which action of the authorisation matrix it is the door to."""

from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlsplit

from django.http import HttpRequest
from django.urls import Resolver404, resolve

View = TypeVar("View", bound=Callable[..., Any])

PUBLIC_DOOR = "public"
"""Open to everybody."""
DESK_DOOR = "desk"
"""Open to any signed-in member of staff."""


def door(action: str) -> Callable[[View], View]:
    """Tag a view function or a view class with its action; identity's middleware enforces it."""

    def tag(view: View) -> View:
        view.door = action  # type: ignore[attr-defined]
        return view

    return tag


def door_of(view: Callable[..., Any]) -> str | None:
    """The action of a resolved view (function or ``as_view()`` result), or ``None``."""
    own = getattr(view, "door", None)
    if own is None:
        own = getattr(getattr(view, "view_class", None), "door", None)
    return str(own) if own is not None else None


def open_to(request: HttpRequest | None, target: str) -> bool:
    """Whether whoever asks may enter the page at an address of this site: what is closed to them is
    not offered to them, either. Addresses without a door of ours are taken for open."""
    ask = getattr(request, "may", None)
    if not target.startswith("/") or not callable(ask):
        return True
    try:
        action = door_of(resolve(urlsplit(target).path).func)
    except Resolver404:
        return False
    return action in (None, PUBLIC_DOOR, DESK_DOOR) or bool(ask(action))
