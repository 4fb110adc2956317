"""Reading a page as a browser does: its links and its forms."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import quote, urlencode, urljoin, urlsplit

from django.test import Client


@dataclass(slots=True)
class Field:
    """One field of a form."""

    name: str
    kind: str
    value: str = ""
    options: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Form:
    """A form that is sent by POST."""

    action: str
    fields: dict[str, Field] = field(default_factory=dict)

    def filled(self) -> dict[str, str]:
        """Values that a willing hand would send."""
        return {
            one.name: good_value(one)
            for one in self.fields.values()
            if one.kind not in ("file", "submit")
        }

    def of_kind(self, *kinds: str) -> list[str]:
        """Names of the fields of these kinds; of fields that differ by a number only the first."""
        found = {}
        for one in self.fields.values():
            if one.kind in kinds:
                found.setdefault(re.sub(r"\d+", "#", one.name), one.name)
        return list(found.values())


NUMBERLIKE = ("amount", "quantity", "counted", "damaged", "price", "value", "count", "target")
DAYLIKE = ("_on", "day", "date", "until", "since")
GUESSES = {
    "item": "N95口罩",
    "title": "试验",
    "slug": "shi-yan",
    "phone": "13800000000",
    "version": "试-1",
    "username": "tester9",
}


def good_value(one: Field) -> str:
    """What the field shows, or a plain guess."""
    if one.value:
        return one.value
    if one.kind == "choice":
        return next((option for option in one.options if option), "")
    if one.kind == "checkbox":
        return "on"
    if one.kind == "number":
        return "1"
    if one.kind == "day":
        return "2026-12-31"
    last = one.name.rpartition("-")[2]
    return GUESSES.get(last, "试验" if one.kind == "text" else "")


class Page(HTMLParser):
    """Links and POST forms of one page."""

    def __init__(self, address: str, html: str) -> None:
        super().__init__()
        self.address = address
        self.links: list[str] = []
        self.forms: list[Form] = []
        self._form: Form | None = None
        self._choice: Field | None = None
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Collect links, forms and fields."""
        have = {name: value or "" for name, value in attrs}
        if tag == "a" and have.get("href", "").startswith(("/", "?", ".")):
            self.links.append(
                urlsplit(urljoin(self.address, have["href"]))._replace(fragment="").geturl()
            )
        elif tag == "form":
            post = have.get("method", "").lower() == "post"
            action = urljoin(self.address, have.get("action") or self.address)
            self._form = Form(action) if post else None
            if self._form is not None:
                self.forms.append(self._form)
        elif self._form is not None and have.get("name"):
            self._take(tag, have, self._form)
        elif tag == "option" and self._choice is not None:
            self._choice.options.append(have.get("value", ""))
            if "selected" in have:
                self._choice.value = have.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        """A form or a choice ends."""
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._choice = None

    def _take(self, tag: str, have: dict[str, str], form: Form) -> None:
        name, value = have["name"], have.get("value", "")
        if name == "csrfmiddlewaretoken" or tag == "button":
            return
        kind = have.get("type", "text") if tag == "input" else "text"
        if tag == "select":
            self._choice = form.fields[name] = Field(name, "choice")
        elif kind in ("radio", "checkbox"):
            one = form.fields.setdefault(name, Field(name, "choice" if kind == "radio" else kind))
            one.options.append(value)
            if "checked" in have:
                one.value = value or "on"
        elif tag in ("input", "textarea"):
            form.fields[name] = Field(name, kind_of(name, kind), value)


def kind_of(name: str, shown: str) -> str:
    """The kind of a text field by how it is shown and named."""
    if shown in ("file", "hidden", "submit"):
        return shown
    last = name.rpartition("-")[2] if name.startswith("lines-") else name
    if shown == "number" or any(part in last for part in NUMBERLIKE):
        return "number"
    if shown == "date" or any(last.endswith(part) for part in DAYLIKE):
        return "day"
    return "text"


def send(client: Client, address: str, values: dict[str, str]):  # type: ignore[no-untyped-def]
    """POST as a form in bytes, so that halves of characters pass, too."""
    body = urlencode(values, quote_via=quote, errors="surrogatepass")
    return client.post(address, body, content_type="application/x-www-form-urlencoded")
