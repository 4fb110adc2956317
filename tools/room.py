"""``make room NAME=loans WING=life``: a new room from the template, with its inside in place.

The build stays red until the room is on the linter's list, in ``boai/site/rooms.py`` and in the
README's map: the floor is a decision, so the tool does not take it.
"""

import argparse
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WINGS = ("foundations", "relief", "life", "care", "society", "window")

FILES = {
    "__init__.py": '"""{title}: what this room is for, in one sentence."""\n',
    "apps.py": '"""The room registers itself."""\n\nfrom boai.ground.kit.apps import RoomConfig\n\n\n'
    'class {title}Config(RoomConfig):\n    """{title}."""\n\n    name = "boai.{wing}.{name}"\n'
    '    label = "{name}"\n',
    "README.md": "# {name}\n\n## Purpose\n\n## Nouns\n\n## Laws\n\n## Who calls it\n\n## What it announces\n",
    "errors.py": '"""What this room refuses."""\n',
    "values.py": '"""Enums, ids and frozen rows that pass through the wall."""\n',
    "events.py": '"""The facts this room announces."""\n',
    "rules.py": '"""What holds, pure: no database, no clock."""\n',
    "models.py": '"""Tables and constraints."""\n',
    "queries.py": '"""Reads; those shown outside return frozen rows."""\n',
    "permissions.py": '"""Who may."""\n',
    "services/__init__.py": '"""The acts of this room."""\n',
    "web/__init__.py": '"""Doors for people."""\n',
    "urls.py": '"""Paths."""\n\nfrom django.urls import URLPattern\n\npublic: list[URLPattern] = []\n'
    "staff: list[URLPattern] = []\n",
    "navigation.py": '"""Menu entries."""\n\nfrom boai.ground.kit.web.navigation import Entry\n\n'
    "entries: list[Entry] = []\n",
    "migrations/__init__.py": "",
}


def main() -> int:
    """Make the folder, its files and the mirror under ``tests/``."""
    ask = argparse.ArgumentParser(description="Make a new room from the template.")
    ask.add_argument("--name", required=True)
    ask.add_argument("--wing", required=True, choices=WINGS)
    given = ask.parse_args()
    if not re.fullmatch(r"[a-z]{3,20}", given.name):
        print("a room's name is one word in small letters", file=sys.stderr)
        return 2
    home = ROOT / "boai" / given.wing / given.name
    if home.exists():
        print(f"{home.relative_to(ROOT)} is there already", file=sys.stderr)
        return 1
    wing = home.parent / "__init__.py"
    if not wing.exists():
        wing.parent.mkdir(parents=True, exist_ok=True)
        wing.write_text(f'"""The {given.wing} wing."""\n')
    for name, text in FILES.items():
        path = home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.format(name=given.name, wing=given.wing, title=given.name.title()))
    mirror = ROOT / "tests" / given.wing / given.name
    mirror.mkdir(parents=True)
    (mirror / "__init__.py").write_text("")
    print(f"Made {home.relative_to(ROOT)} and {mirror.relative_to(ROOT)}.")
    print("Now: the floor in .importlinter, the line in boai/site/rooms.py, the row in README.md.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
