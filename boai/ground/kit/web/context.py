"""What every page's frame needs: the society's name, the menu, who is here."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from boai.ground.kit.web.navigation import menu_for

FrameSource = Callable[[HttpRequest], object]

_sources: dict[str, FrameSource] = {}


def fills_frame(name: str) -> Callable[[FrameSource], FrameSource]:
    """Let a room above give a value to every page (asked only where a template uses it)."""

    def register(source: FrameSource) -> FrameSource:
        _sources[name] = source
        return source

    return register


def page_frame(request: HttpRequest) -> dict[str, Any]:
    """Context processor: ``menu``, ``actor`` and everything registered, all lazy."""
    frame: dict[str, Any] = {
        "actor": getattr(request, "actor", None),
        "menu": SimpleLazyObject(lambda: menu_for(request)),
    }
    for name, source in _sources.items():
        frame[name] = SimpleLazyObject(_bound(source, request))
    return frame


def _bound(source: FrameSource, request: HttpRequest) -> Callable[[], object]:
    return lambda: source(request)
