"""A production start with an unsafe value is refused, naming it."""

from types import SimpleNamespace
from typing import Any

import pytest

from boai.site.startup import reasons_against_starting

SAFE = {
    "BOAI_MODE": "production",
    "DEBUG": False,
    "SECRET_KEY": "kJ8s-2mQvX0pLr7yTn4wZb6dFh9gCa1eUiOo3RtYsE5",
    "ALLOWED_HOSTS": ["give.example.org"],
    "BOAI_PUBLIC_URL": "https://give.example.org",
    "BOAI_CHANNELS": ["wechat"],
    "BOAI_FIELD_KEYS": {"k1": b"x" * 32},
    "BOAI_LOG_ORIGIN": "give.example.org/log",
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
