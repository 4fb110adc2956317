"""A peer that is not installed is said to be missing; nothing is measured, nothing breaks."""

import importlib.util
import json
from pathlib import Path
from typing import Any

import pytest

from boai.site.bench import running


def test_a_peer_that_is_not_there_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = importlib.util.find_spec

    def find_spec(name: str, package: str | None = None) -> Any:
        return None if name == "hordak" else real(name, package)

    monkeypatch.setattr(importlib.util, "find_spec", find_spec)
    written = tmp_path / "outcome.json"
    given = {
        "name": "bulk-peers",
        "database": "postgresql",
        "size": 10,
        "home": str(tmp_path),
        "address": "postgresql:///nowhere",
        "written": str(written),
    }
    running.inside(json.dumps(given))
    told = json.loads(written.read_text())
    assert told["ratio"] is None and told["met"] is None
    assert told["note"] == ("not run: django-hordak is not installed (pip install 'boai[bench]')")
