"""The house style as tests."""

import configparser
import json
import subprocess
from pathlib import Path

from django.apps import apps
from django.db.models import ForeignKey, OneToOneField

from boai.site.rooms import ROOMS
from tests.tidy import checks
from tests.tidy.house import ROOT, room_of

RATCHET = Path(__file__).with_name("ratchet.json")


def test_rooms_agree_in_settings_linter_and_readme() -> None:
    linter = configparser.ConfigParser()
    linter.read(ROOT / ".importlinter")
    inside = linter["importlinter:contract:inside"]["containers"].split()
    assert sorted(inside) == sorted(ROOMS)
    readme = (ROOT / "README.md").read_text()
    assert [room for room in ROOMS if f"`{room.rsplit('.', 1)[1]}`" not in readme] == []


def test_every_room_has_its_page() -> None:
    ground = ("boai.ground.core", "boai.ground.merkle", "boai.ground.kit", "boai.site")
    paths = [ROOT / room.replace(".", "/") / "README.md" for room in (*ground, *ROOMS)]
    assert [str(p) for p in paths if not p.exists() or len(p.read_text()) < 400] == []


def test_nobody_reaches_through_a_wall() -> None:
    assert checks.through_the_wall(ROOT) == []


def test_only_services_write() -> None:
    assert checks.writes_outside_services(ROOT) == []


def test_file_names_say_what_is_in_them() -> None:
    assert checks.badly_named_files(ROOT) == []


def test_sizes_never_grow() -> None:
    allowed = json.loads(RATCHET.read_text())
    grown = {
        place: size
        for place, size in checks.long_things(ROOT).items()
        if size > allowed.get(place, 0)
    }
    assert grown == {}


def test_templates_hold_no_inline_code() -> None:
    assert checks.inline_code(ROOT) == []


def test_models_say_which_personal_data_they_hold() -> None:
    assert checks.models_without_pii_line(ROOT) == []


def test_services_say_what_they_do() -> None:
    assert checks.services_without_docstring(ROOT) == []


def test_foreign_keys_between_rooms_point_down_protect_and_have_no_way_back() -> None:
    floor = {room: number for number, room in enumerate(ROOMS)}
    wrong = []
    for model in apps.get_models():
        here = room_of(model.__module__)
        for field in model._meta.local_fields:
            if not isinstance(field, (ForeignKey, OneToOneField)):
                continue
            there = room_of(field.related_model.__module__)
            if here is None or there is None or here == there:
                continue
            protects = field.remote_field.on_delete.__name__ == "PROTECT"
            hidden = field.remote_field.related_name in ("+", None) and field.remote_field.hidden
            if floor[there] >= floor[here] or not protects or not hidden:
                wrong.append(f"{model.__name__}.{field.name}")
    assert wrong == []


def test_nothing_is_left_open_in_the_code() -> None:
    marks = "TO" + "DO|FIX" + "ME|XX" + "X"
    found = subprocess.run(
        ["git", "grep", "-nE", marks, "--", "*.py", "*.html", "*.js", "*.md", ":!*/vendor/*"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.stdout == ""
