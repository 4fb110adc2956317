"""A production start with an unsafe value is refused, naming it."""

import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import connection

from boai.site import health, startup
from boai.site.startup import reasons_against_serving, reasons_against_starting, wal_can_corrupt

SAFE = {
    "BOAI_MODE": "production",
    "DEBUG": False,
    "SECRET_KEY": "kJ8s-2mQvX0pLr7yTn4wZb6dFh9gCa1eUiOo3RtYsE5",
    "ALLOWED_HOSTS": ["give.example.org"],
    "BOAI_PUBLIC_URL": "https://give.example.org",
    "BOAI_CHANNELS": ["wechat"],
    "BOAI_FIELD_KEYS": {"k1": b"x" * 32},
    "BOAI_LOG_ORIGIN": "give.example.org/log",
    "BOAI_WATCHES_CLOCK": True,
}


def reasons(**changed: Any) -> list[str]:
    environment = changed.pop("environment", {})
    return reasons_against_starting(SimpleNamespace(**{**SAFE, **changed}), environment)


def test_safe_values_start() -> None:
    assert reasons() == []


@pytest.mark.parametrize(
    ("name", "value", "named"),
    [
        ("DEBUG", True, "DEBUG"),
        ("SECRET_KEY", "short", "BOAI_SECRET_KEY"),
        ("SECRET_KEY", "a" * 60, "BOAI_SECRET_KEY"),
        ("SECRET_KEY", "django-insecure-kJ8s2mQvX0pLr7yTn4wZb6dFh9gCa1eU", "BOAI_SECRET_KEY"),
        ("ALLOWED_HOSTS", ["*"], "BOAI_HOSTS"),
        ("ALLOWED_HOSTS", ["localhost"], "BOAI_HOSTS"),
        ("BOAI_PUBLIC_URL", "http://give.example.org", "BOAI_PUBLIC_URL"),
        ("BOAI_CHANNELS", ["wechat", "sandbox"], "BOAI_CHANNELS"),
        ("BOAI_FIELD_KEYS", {}, "BOAI_FIELD_KEYS"),
        ("BOAI_FIELD_KEYS", {"k1": b"short"}, "BOAI_FIELD_KEYS"),
        ("BOAI_LOG_ORIGIN", "boai.local/log", "BOAI_LOG_ORIGIN"),
        ("BOAI_WATCHES_CLOCK", False, "BOAI_WATCHES_CLOCK"),
        ("BOAI_MODE", "prod", "BOAI_MODE"),
        ("environment", {"BOAI_BEHIND_TLS": "0"}, "BOAI_BEHIND_TLS"),
    ],
)
def test_each_unsafe_value_is_named(name: str, value: Any, named: str) -> None:
    found = reasons(**{name: value})
    assert any(text.startswith(named) for text in found)


def test_the_secret_itself_is_never_shown() -> None:
    assert "hunter2" not in "".join(reasons(SECRET_KEY="hunter2"))


def test_demo_mode_starts() -> None:
    assert reasons(BOAI_MODE="demo", DEBUG=True) == []


@pytest.mark.parametrize(
    ("version", "corrupts"),
    [
        ((3, 6, 23), False),
        ((3, 7, 0), True),
        ((3, 40, 1), True),
        ((3, 44, 5), True),
        ((3, 44, 6), False),
        ((3, 45, 0), True),
        ((3, 50, 6), True),
        ((3, 50, 7), False),
        ((3, 51, 2), True),
        ((3, 51, 3), False),
        ((4, 0, 0), False),
    ],
)
def test_the_versions_of_sqlite_whose_log_can_corrupt(version: Any, corrupts: bool) -> None:
    assert wal_can_corrupt("wal", version) is corrupts
    assert not wal_can_corrupt("delete", version)


def test_serving_with_such_a_log_is_refused_and_shown(db: None, monkeypatch: Any) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("about the embedded database")
    monkeypatch.setattr(startup, "journal_mode", lambda: "wal")
    monkeypatch.setattr("sqlite3.sqlite_version_info", (3, 40, 1))
    assert ["WAL" in text for text in reasons_against_serving()] == [True]
    assert health._engine()[0] is False
    monkeypatch.setattr("sqlite3.sqlite_version_info", (3, 51, 3))
    assert reasons_against_serving() == []
    assert health._engine()[0] is True


def test_the_health_page_says_the_journal_mode_and_why(db: None, monkeypatch: Any) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("about the embedded database")
    mode = startup.journal_mode()
    monkeypatch.setattr("sqlite3.sqlite_version_info", (3, 40, 1))
    fine, detail = health._engine()
    assert fine and mode in detail and "WAL" in detail
    monkeypatch.setattr("sqlite3.sqlite_version_info", (3, 51, 3))
    assert "WAL" not in health._engine()[1]


def test_in_production_a_role_that_reaches_history_does_not_serve(db: None) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("an embedded database knows no roles")
    given = SimpleNamespace(BOAI_MODE="production", DATABASES={"default": {}, "owner": {}})
    found = reasons_against_serving(given)
    assert [text.partition("：")[0] for text in found] == [
        "BOAI_DATABASE_OWNER_URL",
        "BOAI_DATABASE_URL",
    ]
    assert reasons_against_serving(SimpleNamespace(BOAI_MODE="demo", DATABASES={})) == []


def imported(before: str, **environment: str) -> tuple[int, str]:
    """Import the entry for web servers in a process of its own, as any of them does."""
    done = subprocess.run(
        [sys.executable, "-c", f"{before}\nimport boai.site.wsgi"],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "boai.site.settings", **environment},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
    )
    return done.returncode, done.stderr


@pytest.mark.parametrize(("mode", "starts"), [("delete", True), ("wal", False)])
def test_the_entry_for_other_servers_refuses_as_well(
    tmp_path: Path, mode: str, starts: bool
) -> None:
    """Not only ``boai serve`` asks whether the database as it is reached is safe."""
    file = tmp_path / "boai.sqlite3"
    code, told = imported(
        "import sqlite3; sqlite3.sqlite_version_info = (3, 40, 1);"
        f"sqlite3.connect({str(file)!r}).execute('PRAGMA journal_mode={mode}')",
        BOAI_HOME=str(tmp_path),
        BOAI_DATABASE_URL=f"sqlite:///{file}",
    )
    assert (code == 0) is starts, told
    assert ("WAL" in told) is not starts


def test_the_entry_for_other_servers_wants_the_serving_role(db: None, tmp_path: Path) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("an embedded database knows no roles")
    address = urlsplit(os.environ["BOAI_DATABASE_URL"])
    name = connection.settings_dict["NAME"]
    code, told = imported(
        "",
        BOAI_HOME=str(tmp_path),
        BOAI_MODE="production",
        BOAI_DATABASE_URL=f"{address.scheme}://{address.netloc}/{name}",
    )
    assert code != 0
    assert "服务角色能改动" in told
