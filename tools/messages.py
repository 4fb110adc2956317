"""The English catalogues: collect, compile and check them, room by room.

``python -m tools.messages update [room...]`` collects the Chinese source texts of each room into
``<room>/locale/en/LC_MESSAGES/django.po``, keeps what is translated and drops what is no longer
said. ``compile`` writes the ``.mo`` files (never in git). ``check`` exits 1 where a text has no
translation, a translation is marked fuzzy, is no longer used, or loses a placeholder.

Needs no GNU gettext: Babel reads Python, Django turns templates into something Babel can read.
"""

import argparse
import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

PACKAGE = Path(__file__).resolve().parent.parent / "boai"
KEYWORDS: dict[str, Any] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "law": (2,),
    "figure": (2,),
}
_PLACES = re.compile(r"%\((\w+)\)[sd]|\{(\w+)[^{}]*\}|%[sd]")
_CHINESE = re.compile(r"[\u3400-\u9fff]")


def rooms() -> dict[str, tuple[Path, ...]]:
    """Every place with a catalogue of its own: name -> folders, the first keeps the catalogue."""
    found: dict[str, tuple[Path, ...]] = {
        apps.parent.name: (apps.parent,) for apps in sorted(PACKAGE.glob("*/*/apps.py"))
    }
    ground = PACKAGE / "ground"
    found["kit"] = (ground / "kit", ground / "core", ground / "merkle")
    found["site"] = (PACKAGE / "site",)
    return found


def catalogue_path(home: Path) -> Path:
    """Where a room keeps its English."""
    return home / "locale" / "en" / "LC_MESSAGES" / "django.po"


def texts_in(path: Path) -> Iterator[tuple[Any, str | None]]:
    """The source texts of one file: (message id or pair of them, context)."""
    content = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        content = _as_python(content, str(path))
    stream = io.BytesIO(content.encode())
    for _line, message, _comments, context in extract("python", stream, keywords=KEYWORDS):
        first = message[0] if isinstance(message, tuple) else message
        if first and (path.suffix != ".py" or _CHINESE.search(first)):
            yield message, context


def _as_python(template: str, origin: str) -> str:
    from django.conf import settings
    from django.utils.translation.template import templatize

    if not settings.configured:
        settings.configure(USE_I18N=True)
    code = templatize(template, origin=origin)
    return "\n".join(line.strip() for line in code.splitlines())


def sources(folders: tuple[Path, ...]) -> list[Path]:
    """Python, page and document files that may hold texts."""
    return sorted(
        path
        for folder in folders
        for pattern in ("**/*.py", "templates/**/*.html", "templates/**/*.txt")
        for path in folder.glob(pattern)
        if "migrations" not in path.parts and "node_modules" not in path.parts
    )


def collect(folders: tuple[Path, ...]) -> Catalog:
    """All texts of one room as a fresh catalogue without translations."""
    fresh = Catalog(locale="en", charset="utf-8")
    for path in sources(folders):
        place = path.relative_to(PACKAGE.parent).as_posix()
        for message, context in texts_in(path):
            fresh.add(message, locations=[(place, 0)], context=context)
    return fresh


def stored(path: Path) -> Catalog:
    """The catalogue as it stands; empty where there is none."""
    if not path.exists():
        return Catalog(locale="en", charset="utf-8")
    with path.open("rb") as file:
        return read_po(file, locale="en", charset="utf-8")


def update(name: str) -> tuple[int, int]:
    """Collect one room. Answers how many texts it has and how many wait for English."""
    folders = rooms()[name]
    path = catalogue_path(folders[0])
    fresh, known = collect(folders), stored(path)
    for message in fresh:
        old = known.get(message.id, message.context) if message.id else None
        if old is not None and isinstance(old.id, str) is isinstance(message.id, str):
            message.string = old.string
            message.flags |= old.flags & {"fuzzy"}
    texts = [m for m in fresh if m.id]
    if texts or path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(_as_po(name, fresh))
    return len(texts), sum(1 for m in texts if not _said(m))


def _as_po(name: str, catalogue: Catalog) -> bytes:
    buffer = io.BytesIO()
    write_po(buffer, catalogue, omit_header=True, sort_output=True, include_lineno=False, width=100)
    head = (
        f"# English of the room {name}. SPDX-License-Identifier: Apache-2.0\n"
        'msgid ""\nmsgstr ""\n"Language: en\\n"\n"MIME-Version: 1.0\\n"\n'
        '"Content-Type: text/plain; charset=utf-8\\n"\n"Content-Transfer-Encoding: 8bit\\n"\n'
        '"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n\n'
    )
    return head.encode() + buffer.getvalue()


def _strings(message: Message) -> list[str]:
    said = message.string
    return [said] if isinstance(said, str) else [str(part) for part in said or ("",)]


def _ids(message: Message) -> list[str]:
    return [message.id] if isinstance(message.id, str) else list(message.id)


def _said(message: Message) -> bool:
    return all(_strings(message)) and "fuzzy" not in message.flags


def compile_all(package: Path = PACKAGE) -> int:
    """Write every ``.mo``; also Chinese as itself, so that Chinese never falls back to English."""
    done = 0
    for path in sorted(package.glob("**/locale/en/LC_MESSAGES/django.po")):
        catalogue = stored(path)
        with path.with_suffix(".mo").open("wb") as file:
            write_mo(file, catalogue)
        own = Catalog(locale="zh_Hans", charset="utf-8")
        for message in catalogue:
            if message.id:
                own.add(message.id, string=_own_words(message), context=message.context)
        home = path.parents[2] / "zh_Hans" / "LC_MESSAGES"
        home.mkdir(parents=True, exist_ok=True)
        with (home / "django.mo").open("wb") as file:
            write_mo(file, own)
        done += 1
    return done


def _own_words(message: Message) -> Any:
    return message.id if isinstance(message.id, str) else (message.id[0],)


def places(text: str) -> set[str]:
    """The named places of a text, ``{name}`` and ``%(name)s`` alike."""
    return {"".join(part for part in found.groups() if part) for found in _PLACES.finditer(text)}


def faults(name: str) -> list[str]:
    """What is wrong with one room's English, as lines to print."""
    folders = rooms()[name]
    known, fresh = stored(catalogue_path(folders[0])), collect(folders)
    found = []
    for message in fresh:
        if not message.id:
            continue
        said = known.get(message.id, message.context)
        shown = _ids(message)[0][:60].replace("\n", " ")
        if said is None or not all(_strings(said)):
            found.append(f"{name}: no English for “{shown}”")
        elif "fuzzy" in said.flags:
            found.append(f"{name}: fuzzy: “{shown}”")
        else:
            wanted = set().union(*(places(i) for i in _ids(message)))
            for text in _strings(said):
                if places(text) - wanted or (isinstance(said.id, str) and places(text) != wanted):
                    found.append(f"{name}: placeholders differ in “{shown}”")
    used = {(_ids(m)[0], m.context) for m in fresh if m.id}
    found += [
        f"{name}: no longer used: “{_ids(m)[0][:60]}”"
        for m in known
        if m.id and (_ids(m)[0], m.context) not in used
    ]
    return found


def main(arguments: list[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="tools.messages", description=__doc__)
    parser.add_argument("act", choices=("update", "compile", "check"))
    parser.add_argument("rooms", nargs="*", help="room names; all where none is given")
    given = parser.parse_args(arguments)
    names = given.rooms or sorted(rooms())
    unknown = [name for name in names if name not in rooms()]
    if unknown:
        parser.error(f"no such room: {', '.join(unknown)}")
    if given.act == "compile":
        print(f"{compile_all()} catalogues compiled")
        return 0
    if given.act == "update":
        for name in names:
            texts, waiting = update(name)
            print(f"{name}: {texts} texts, {waiting} without English")
        return 0
    found = [line for name in names for line in faults(name)]
    print("\n".join(found) or "all texts have their English")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
