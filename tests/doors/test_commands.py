"""``boai`` with wrong words, wrong files and files that are not what they say.

Exit 2 for wrong usage, 1 for what does not hold; a sentence in Chinese; never a traceback. Usage of
every command stands in ``tests/site/test_cli.py``, each importer's own refusals in its room.
"""

import json
import os
import zipfile
from pathlib import Path

import pytest
from django.core.management.base import CommandError

from boai.ground.core.imports import importers
from tests.doors.walking import CHINESE, Books, digest_of, undone
from tests.factories.world import World
from tests.site.test_cli import run


@pytest.fixture
def bad_files(tmp_path: Path) -> dict[str, Path]:
    """Files that no importer can use."""
    contents = {
        "empty.csv": b"",
        "empty.xlsx": b"",
        "spaces.csv": b" \r\n \r\n",
        "junk.xlsx": os.urandom(4_000),
        "junk.xls": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + os.urandom(4_000),
        "junk.csv": bytes(range(256)) * 40,
        "nul.csv": "姓名,金额\n张\x00三,1\x00\n".encode(),
        "unclosed.csv": '姓名,金额\n"张三,100\n'.encode(),
        "wide.csv": ",".join(f"列{n}" for n in range(10_000)).encode(),
        "page.csv": b"<html><script>alert(1)</script></html>",
        "amounts.csv": "姓名,金额\n张三,NaN\n李四,1e12\n王五,-1\n赵六,0.001\n".encode(),
    }
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    with zipfile.ZipFile(tmp_path / "bomb.xlsx", "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("[Content_Types].xml", "<Types/>")
        packed.writestr("xl/workbook.xml", "<workbook/>")
        packed.writestr("xl/worksheets/sheet1.xml", b"0" * 60_000_000)
    with zipfile.ZipFile(tmp_path / "way-up.xlsx", "w") as packed:
        packed.writestr("../../way-up.xml", "x")
    return {path.name: path for path in tmp_path.iterdir()}


def ended(*words: str) -> int:
    """The exit code of an import."""
    try:
        return run("import_files", *words)
    except CommandError as error:
        return error.returncode


KINDS = (
    "gifts",
    "goods-received",
    "goods-issued",
    "needs",
    "organisations",
    "facilities",
    "divisions",
    "catalogue",
)

READING = ("importfile", "quarantine", "donations_intake", "donations_stagedgift")
"""Tables that tell of the reading itself: which file came, and why each line was not taken."""


@pytest.mark.parametrize("kind", KINDS)
def test_unusable_files_are_refused_in_words(
    kind: str, world: World, bad_files: dict[str, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    assert kind in importers()
    books = Books()
    for name, path in sorted(bad_files.items()):
        with undone() as written:
            code = ended(kind, str(path), "--org", "T-C", "--json")
            inside = {table: digest_of(table) for table in written}
        told = capsys.readouterr()
        [report] = json.loads(told.out)
        assert report["accepted"] == 0, (kind, name)
        assert code == 1, (kind, name, report)
        assert CHINESE.search("".join(p["message"] for p in report["problems"])), (kind, name)
        assert "Traceback" not in told.err
        kept = {t for t in written if not any(word in t for word in READING)}
        assert books.changed(kept, inside) == [], (kind, name)


@pytest.mark.parametrize(
    "words",
    [
        ("poems", "FILE"),
        ("gifts", "MISSING", "--org", "T-C"),
        ("gifts", "FOLDER", "--org", "T-C"),
        ("gifts", "FILE", "--org", "没有这个组织"),
        ("gifts", "FILE", "--org", "x" * 10_000),
        ("gifts", "FILE"),
        ("gifts", "FILE", "--org", "T-C", "--day", "昨天"),
        ("gifts", "FILE", "--org", "T-C", "--day", "2009-02-29"),
        ("gifts", "FILE", "--org", "T-C", "--day", "0000-00-00"),
    ],
)
def test_wrong_words_are_wrong_usage(
    words: tuple[str, ...],
    world: World,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    file = tmp_path / "list.csv"
    file.write_text("姓名,金额\n张三,100\n")
    named = {"FILE": str(file), "MISSING": str(tmp_path / "no.csv"), "FOLDER": str(tmp_path)}
    assert ended(*(named.get(word, word) for word in words)) == 2


def test_an_unknown_profile_is_refused(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "list.csv"
    file.write_text("姓名,金额\n张三,100\n")
    assert ended("gifts", str(file), "--org", "T-C", "--profile", "没有") in (1, 2)
    assert "Traceback" not in capsys.readouterr().err
