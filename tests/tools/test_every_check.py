"""``tools.test``: what a failed check printed is at hand when it is over."""

import sys

import pytest

from tools import test as every


def test_a_failed_check_keeps_its_last_lines(capsys: pytest.CaptureFixture[str]) -> None:
    many = "for n in range(200): print('line', n)\nraise SystemExit(3)"
    outcome = every.run("a check", [sys.executable, "-c", many])
    assert outcome.end == "failed"
    assert outcome.last[-1] == "line 199\n"
    assert len(outcome.last) == every.SAID_AGAIN
    assert "line 0\n" in capsys.readouterr().out


def test_what_goes_to_standard_error_is_kept_too() -> None:
    outcome = every.run("a check", [sys.executable, "-c", "raise ValueError('why')"])
    assert outcome.last[-1] == "ValueError: why\n"


def test_a_good_check_passes() -> None:
    assert every.run("a check", [sys.executable, "-c", "print('fine')"]).end == "passed"


def test_the_last_lines_of_the_failed_stand_beneath_the_summary(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ended = [every.Outcome("good", "passed"), every.Outcome("bad", "failed", 1.0, ["why\n"])]
    monkeypatch.setattr(every, "static", lambda: ended)
    assert every.main("fast") == 1
    assert capsys.readouterr().out.endswith("== bad failed; its last lines again\nwhy\n")
