"""Both front pages list the same commands, and none that does not exist."""

import re
from pathlib import Path

import pytest

from boai.site.cli import COMMANDS

ROOT = Path(__file__).resolve().parents[2]


def listed(name: str) -> list[str]:
    """What the left column of the table of commands names, in order."""
    _before, _heading, rest = (
        (ROOT / name)
        .read_text("utf-8")
        .partition("| command | does |" if name == "README.md" else "| 命令 | 作用 |")
    )
    rows = [line for line in rest.strip().split("\n\n")[0].splitlines()[1:] if line]
    return [word for row in rows for word in re.findall(r"`([^`]+)`", row.split("|")[1])]


def test_the_chinese_page_lists_the_same_commands() -> None:
    assert len(listed("README.md")) > 10
    assert listed("README.zh-CN.md") == listed("README.md")


@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md"])
def test_every_listed_command_exists(name: str) -> None:
    words = [one.split()[1] for one in listed(name) if one.startswith("boai ")]
    assert set(words) <= set(COMMANDS)
