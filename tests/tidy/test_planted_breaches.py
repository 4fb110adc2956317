"""Each wall is tried: a breach of every kind is planted in a copy of the tree and must be found."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.tidy import checks
from tests.tidy.house import ROOT

PLANTED_FOR_THE_LINTER = {
    "upward": (
        "boai/foundations/ledger/services/planted.py",
        "from boai.relief.warehouse import queries\n",
    ),
    "sideways": (
        "boai/foundations/ledger/services/planted.py",
        "from boai.foundations.translog import queries\n",
    ),
    "hidden in a function": (
        "boai/relief/warehouse/services/planted.py",
        "def f() -> None:\n    from boai.relief.donations import queries\n",
    ),
    "giver's room meets receiver's room": (
        "boai/relief/donations/services/planted.py",
        "from boai.relief.allocation import queries\n",
    ),
    "a service imports a page": (
        "boai/relief/warehouse/services/planted.py",
        "from boai.relief.warehouse import web\n",
    ),
    "a model imports a service": (
        "boai/relief/warehouse/rules.py",
        "from boai.relief.warehouse import services\n",
    ),
    "Django in the pure ground": ("boai/ground/merkle/planted.py", "import django\n"),
    "a file of an unknown kind": ("boai/relief/warehouse/helpers.py", "X = 1\n"),
    "an unlisted room": ("boai/relief/loans/__init__.py", '"""Loans."""\n'),
}


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("house")
    shutil.copytree(
        ROOT / "boai",
        root / "boai",
        ignore=shutil.ignore_patterns("static", "fonts", "*.mo", "__pycache__"),
    )
    shutil.copy(ROOT / ".importlinter", root / ".importlinter")
    return root


def lint(root: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [f"{Path(sys.executable).parent}/lint-imports", "--no-cache"],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": str(root)},
    )


def test_the_copy_without_a_breach_passes(copy: Path) -> None:
    result = lint(copy)
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize("kind", PLANTED_FOR_THE_LINTER)
def test_the_linter_refuses(copy: Path, kind: str) -> None:
    name, text = PLANTED_FOR_THE_LINTER[kind]
    path = copy / name
    before = path.read_text() if path.exists() else None
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text((before or "") + "\n" + text)
    try:
        assert lint(copy).returncode != 0
    finally:
        path.write_text(before) if before is not None else path.unlink()
        if before is None and path.parent.name == "loans":
            path.parent.rmdir()


@pytest.mark.parametrize(
    ("name", "text", "check"),
    [
        (
            "boai/relief/donations/services/planted.py",
            "from boai.relief.warehouse.models import Lot\n",
            checks.through_the_wall,
        ),
        (
            "boai/relief/donations/web/planted.py",
            "def page(request):\n    Gift.objects.create()\n",
            checks.writes_outside_services,
        ),
        ("boai/relief/donations/services/utils.py", "X = 1\n", checks.badly_named_files),
        (
            "boai/relief/donations/services/planted.py",
            "def f():\n" + "    x = 1\n" * 80,
            lambda root: [p for p in checks.long_things(root) if "planted" in p],
        ),
        (
            "boai/relief/donations/services/planted.py",
            "def f(): ...\n",
            checks.services_without_docstring,
        ),
        (
            "boai/relief/donations/templates/donations/planted.html",
            '<p style="color:red">',
            checks.inline_code,
        ),
    ],
)
def test_the_tidy_checks_refuse(tmp_path: Path, name: str, text: str, check: object) -> None:
    assert check(tmp_path) == []  # type: ignore[operator]
    path = tmp_path / name
    path.parent.mkdir(parents=True)
    path.write_text(text)
    from tests.tidy import house

    house.source_files.cache_clear()
    found = check(tmp_path)  # type: ignore[operator]
    house.source_files.cache_clear()
    assert len(found) == 1
