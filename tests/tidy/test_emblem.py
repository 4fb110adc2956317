"""The Red Cross emblem is protected by law: nothing in the package draws or ships it."""

import re

from tests.tidy.house import ROOT

GLYPHS = re.compile("[\u271a\u2719\u271b\u271c\u2716\u2795\U0001f7a3-\U0001f7ac\U0001f3e5\u26e8]")
DRAWN = re.compile(r"\bcross\(")


def test_no_template_or_style_draws_the_emblem() -> None:
    kinds = ("*.typ", "*.html", "*.css", "*.svg", "*.po")
    found = [
        str(path.relative_to(ROOT))
        for kind in kinds
        for path in (ROOT / "boai").rglob(kind)
        if "vendor" not in path.parts
        and (GLYPHS.search(path.read_text()) or DRAWN.search(path.read_text()))
    ]
    assert found == []
