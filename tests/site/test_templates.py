"""Every template of the house can be parsed, and every icon it names exists."""

import re
from pathlib import Path

import pytest
from django.template import Engine, Template, engines

import boai

ROOT = Path(boai.__file__).parent
TEMPLATES = sorted(p for p in ROOT.glob("**/templates/**/*.html"))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: str(p.relative_to(ROOT)))
def test_every_template_can_be_parsed(path: Path) -> None:
    engine: Engine = engines["django"].engine  # type: ignore[attr-defined]
    Template(path.read_text(), engine=engine)


def test_every_icon_that_is_named_is_in_the_sprite() -> None:
    sprite = (ROOT / "ground/kit/static/kit/icons.svg").read_text()
    known = set(re.findall(r'<symbol id="([^"]+)"', sprite))
    named = {
        (path.name, name)
        for path in TEMPLATES
        for name in re.findall(r'{% icon "([^"]+)"', path.read_text())
    }
    for path in ROOT.glob("**/*.py"):
        if path.name in {"navigation.py"}:
            named |= {
                (str(path.parent.name), n) for n in re.findall(r'icon="([^"]+)"', path.read_text())
            }
    missing = sorted(pair for pair in named if pair[1] not in known)
    assert not missing
