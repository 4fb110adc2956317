"""The side navigation of the desk, collected from every room's ``navigation.py``."""

from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.apps import apps
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext

from boai.ground.kit.web.doors import DESK_DOOR, PUBLIC_DOOR


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the menu. ``label`` and ``group`` are source texts, translated when shown."""

    label: str
    url_name: str
    action: str
    icon: str = "dot"
    group: str = ""
    order: int = 50


@dataclass(frozen=True, slots=True)
class MenuItem:
    """An entry as one person sees it now."""

    label: str
    url: str
    icon: str
    active: bool


@dataclass(frozen=True, slots=True)
class MenuGroup:
    """Entries under one heading."""

    label: str
    items: tuple[MenuItem, ...]


@lru_cache(maxsize=1)
def all_entries() -> tuple[Entry, ...]:
    """Every entry of every room, lowest room first."""
    found: list[Entry] = []
    for config in apps.get_app_configs():
        name = f"{config.name}.navigation"
        if config.name.startswith("boai.") and find_spec(name) is not None:
            found.extend(getattr(import_module(name), "entries", ()))
    return tuple(found)


def may(request: HttpRequest, action: str) -> bool:
    """Whether the person may open this door, as identity's middleware tells; absent: no."""
    if action == PUBLIC_DOOR:
        return True
    if action == DESK_DOOR:
        return getattr(getattr(request, "actor", None), "user_id", None) is not None
    ask: Any = getattr(request, "may", None)
    return bool(ask(action)) if callable(ask) else False


def menu_for(request: HttpRequest) -> tuple[MenuGroup, ...]:
    """The groups and entries that this person may open, the present one marked."""
    shown: list[tuple[Entry, str]] = []
    for entry in all_entries():
        try:
            url = reverse(entry.url_name)
        except NoReverseMatch:
            continue
        if may(request, entry.action):
            shown.append((entry, url))
    here = [url for _entry, url in shown if request.path.startswith(url)]
    current = max(here, key=len, default="")
    groups: dict[str, list[MenuItem]] = {}
    for entry, url in sorted(shown, key=lambda pair: pair[0].order):
        item = MenuItem(gettext(str(entry.label)), url, entry.icon, url == current)
        groups.setdefault(str(entry.group), []).append(item)
    return tuple(
        MenuGroup(gettext(name) if name else "", tuple(items)) for name, items in groups.items()
    )
