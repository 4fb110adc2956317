"""Every view says which action of the authorisation matrix it is the door to."""

from collections.abc import Callable
from typing import Any, TypeVar

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
