"""Walking the house: every page that a person reaches by links, and what each sending changed."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from django.apps import apps
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import Resolver404, URLPattern, URLResolver, get_resolver, resolve, reverse

from boai.foundations.identity import queries
from boai.ground.core.actors import Actor
from boai.ground.kit.web.acts import ActPage
from boai.ground.kit.web.doors import door_of
from tests.doors.reading import Form, Page

START = ("/desk/", "/", "/give/", "/gifts/", "/verify/", "/trace/", "/lovelist/")
OUT = ("/account/logout", "/static/")
QUIET = (
    "django_session",
    "axes_",
    "sqlite_sequence",
    "trail_act",
    "donations_lookupattempt",
    "certificates_wrongcheck",
    "django_migrations",
)
"""Tables that may grow although an act was refused: sessions, counted attempts, the trail."""
CHINESE = re.compile(r"[\u4e00-\u9fff]{4}")
_WRITES = re.compile(r'^\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+"?(\w+)"?', re.IGNORECASE)


@dataclass(slots=True)
class Walk:
    """What was found: addresses by route, forms with who may send them."""

    addresses: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Route to (address, person)."""
    forms: list[tuple[str, str, Form]] = field(default_factory=list)
    """Person, page, form."""
    files: set[str] = field(default_factory=set)
    """Routes that answer files; one of each is enough."""
    broken: list[tuple[str, str, str]] = field(default_factory=list)
    _shapes: dict[tuple[str, ...], int] = field(default_factory=dict)

    def wants(self, form: Form) -> bool:
        """Whether a form of this shape was not yet taken twice."""
        names = sorted({re.sub(r"\d+", "#", name) for name in form.fields})
        shape = (route_of(form.action), *names)
        self._shapes[shape] = self._shapes.get(shape, 0) + 1
        return self._shapes[shape] <= 1


def route_of(address: str) -> str:
    """The pattern behind an address; empty where there is none."""
    try:
        return str(resolve(urlsplit(address).path).route)
    except Resolver404:
        return ""


def walk(walked: Walk, person: str, client: Client, *, each: int = 1) -> None:
    """Follow links from the desk; of each route ``each`` addresses."""
    waiting, seen = list(START), {}
    known: set[str] = set(waiting)
    while waiting:
        address = waiting.pop(0)
        route = route_of(address)
        if (not route and address != "/") or route in walked.files:
            continue
        if seen.get(route, 0) >= each:
            continue
        seen[route] = seen.get(route, 0) + 1
        answer = quietly(lambda address=address: client.get(address))
        if isinstance(answer, str) or answer.status_code >= 500:
            walked.broken.append((person, address, str(answer)))
            continue
        if answer.status_code != 200:
            continue
        walked.addresses.setdefault(route, (address, person))
        if not answer["Content-Type"].startswith("text/html"):
            walked.files.add(route)
            continue
        page = Page(urlsplit(address).path, answer.content.decode())
        for form in page.forms:
            if not form.action.startswith(OUT) and walked.wants(form):
                walked.forms.append((person, address, form))
        fresh = [one for one in page.links if one not in known and not one.startswith(OUT)]
        known.update(fresh)
        waiting.extend(fresh)


def quietly(act: Callable[[], HttpResponse]) -> HttpResponse | str:
    """The answer, or the name of what was raised."""
    try:
        return act()
    except Exception as error:
        return f"{type(error).__name__}: {str(error)[:200]}"


class Books:
    """What stands in the tables, to see whether a refused act changed anything."""

    def __init__(self) -> None:
        self._known: dict[str, int] = {}

    def changed(self, tables: set[str], inside: dict[str, int]) -> list[str]:
        """Tables whose contents inside the undone act differed from what stands now."""
        return [table for table in sorted(tables) if inside[table] != self.standing(table)]

    def standing(self, table: str) -> int:
        """The digest of a table as the story left it."""
        if table not in self._known:
            self._known[table] = digest_of(table)
        return self._known[table]


def digest_of(table: str) -> int:
    """A digest of every row of a table."""
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT * FROM "{table}"')
        return hash(tuple(sorted(repr(row) for row in cursor.fetchall())))


@contextmanager
def undone() -> Iterator[set[str]]:
    """Undo what is done inside; meanwhile tells the tables that were written to."""
    written: set[str] = set()

    def watch(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        found = _WRITES.match(sql)
        if found and not found[1].startswith(QUIET):
            written.add(found[1])
        return execute(sql, params, many, context)

    with transaction.atomic(), connection.execute_wrapper(watch):
        yield written
        transaction.set_rollback(True)


def act_pages(patterns: Any = None, before: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every page for one act, by its route."""
    for found in get_resolver().url_patterns if patterns is None else patterns:
        here = before + str(found.pattern)
        if isinstance(found, URLResolver):
            yield from act_pages(found.url_patterns, here)
        elif issubclass(getattr(found.callback, "view_class", object), ActPage):
            yield here, found


def reach(walked: Walk, people: dict[str, tuple[Actor, Client]]) -> list[str]:
    """Try the pages that no link led to with what the tables hold, newest first.

    Answers the routes that stayed out of reach.
    """
    left = []
    have = {route_of(form.action) for _person, _page, form in walked.forms}
    for route, pattern in act_pages():
        if route not in have and not _reached(walked, pattern, people):
            left.append(route)
    return left


def _reached(walked: Walk, pattern: URLPattern, people: dict[str, tuple[Actor, Client]]) -> bool:
    action = door_of(pattern.callback) or ""
    allowed = [
        (name, browser)
        for name, (actor, browser) in people.items()
        if actor.kind == "person" and queries.may(actor, action)
    ]
    for values in _candidates(pattern):
        address = reverse(str(pattern.name), kwargs=values)
        for name, browser in allowed:
            answer = quietly(lambda browser=browser, address=address: browser.get(address))
            if isinstance(answer, str) or answer.status_code >= 500:
                walked.broken.append((name, address, str(answer)))
            elif answer.status_code == 200:
                forms = Page(address, answer.content.decode()).forms
                own = [form for form in forms if form.action == address]
                if own:
                    walked.forms.append((name, address, own[0]))
                    return True
    return False


def _candidates(pattern: URLPattern) -> Iterator[dict[str, Any]]:
    converters = pattern.pattern.converters
    if not converters:
        yield {}
        return
    if len(converters) > 1:
        return
    [(name, converter)] = converters.items()
    label = str(pattern.name).partition("-")[0]
    for model in apps.get_app_config(label).get_models():
        wanted = "pk" if type(converter).__name__ == "IntConverter" else "number"
        if wanted == "pk" or any(field.name == "number" for field in model._meta.fields):
            newest = model._default_manager.order_by("-pk").values_list(wanted, flat=True)
            yield from ({name: value} for value in newest[:6])
