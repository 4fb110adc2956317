"""``boai``: exit codes, JSON on standard output, nothing pretended."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import load_command_class

from boai.ground.core import imports, laws
from boai.ground.core.errors import Refusal
from boai.ground.core.imports import FileReport, ImportOrder, Problem, Total
from boai.ground.core.laws import Law, verdict
from boai.site import cli


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ([], 2),
        (["--help"], 0),
        (["--version"], 0),
        (["destroy"], 2),
        (["audit", "--nonsense"], 2),
        (["import"], 2),
    ],
)
def test_usage(words: list[str], code: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(words) == code


def test_a_command_that_does_not_exist_here_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(cli.COMMANDS, "fly", ("no_such_command", ""))
    assert cli.main(["fly"]) == 2
    seen = capsys.readouterr()
    assert "not available in this version" in seen.err
    assert seen.out == ""


def run(name: str, *words: str) -> int:
    """A command as ``cli`` runs it, without closing the test's connection."""

    def act() -> None:
        command = load_command_class("boai.site", name)
        command._called_from_command_line = True
        options = vars(command.create_parser("boai", name).parse_args(list(words)))
        command.handle(**options)

    return cli._ended(act)


BROKEN = Law("site-99", "试验法则", lambda: verdict(3, [("ledger.entry:7", "差 1 分")]))
HELD = Law("site-98", "试验法则二", lambda: verdict(2))


@pytest.fixture
def two_laws(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(laws, "_laws", {"site-98": HELD, "site-99": BROKEN})


def test_audit_prints_each_law_and_breach(
    two_laws: None, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("audit", "--json") == 1
    document = json.loads(capsys.readouterr().out)
    assert document["ok"] is False
    assert document["laws"][1] == {
        "id": "site-99",
        "text": "试验法则",
        "checked": 3,
        "breaches": [{"subject": "ledger.entry:7", "found": "差 1 分"}],
    }


def test_audit_of_one_law(two_laws: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("audit", "--law", "site-98", "--json") == 0
    assert json.loads(capsys.readouterr().out)["ok"] is True


class FileInflates(Refusal):
    text = "文件过大。"


def take_in(order: ImportOrder) -> FileReport:
    if "bomb" in order.path.name:
        raise FileInflates
    report = FileReport(order.path.name, "papers", "plain", rows=2, accepted=1, refused=1)
    report.totals.append(Total("Sheet1", "合计", 3, 4))
    report.problems.append(Problem("Sheet1", 2, "数量", "NotANumber", "不是数字"))
    if "good" in order.path.name:
        report.refused, report.accepted = 0, 2
    return report


@pytest.fixture
def papers(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setattr(imports, "_importers", {"papers": take_in, "divisions": take_in})
    for name in ("good.csv", "bad.csv", "bomb.xlsx"):
        (tmp_path / name).write_text("x")
    return tmp_path


@pytest.mark.django_db
def test_import_reports_each_file(
    papers: Path, world: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    good, bad, bomb = (str(papers / n) for n in ("good.csv", "bad.csv", "bomb.xlsx"))
    assert run("import_files", "divisions", good, "--json") == 0
    [report] = json.loads(capsys.readouterr().out)
    assert report["rows"] == report["accepted"] + report["duplicate"] + report["quarantined"]
    assert report["totals"][0]["agrees"] is False
    assert run("import_files", "divisions", good, bad, "--json") == 1
    capsys.readouterr()
    assert run("import_files", "divisions", bomb, "--json") == 1
    assert json.loads(capsys.readouterr().out)[0]["problems"][0]["code"] == "FileInflates"


@pytest.mark.django_db
def test_import_in_words(papers: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("import_files", "divisions", str(papers / "bad.csv")) == 1
    told = capsys.readouterr().out
    assert "拒绝 1" in told
    assert "原载 3，计算 4，不符" in told
    assert "Sheet1 2 数量：不是数字" in told


@pytest.mark.django_db
@pytest.mark.parametrize(
    "words",
    [
        ("poems", "good.csv"),
        ("papers", "good.csv"),
        ("papers", "good.csv", "--org", "没有这个组织"),
        ("divisions", "missing.csv"),
        ("divisions", "good.csv", "--day", "yesterday"),
    ],
)
def test_wrong_usage_of_import(papers: Path, words: tuple[str, ...]) -> None:
    from django.core.management.base import CommandError

    kind, name, *rest = words
    try:
        code = run("import_files", kind, str(papers / name), *rest)
    except CommandError as error:
        code = error.returncode
    assert code == 2
