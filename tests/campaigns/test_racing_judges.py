"""The judges of the storm, the kills and the races: what they must see, they see."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.campaigns.writers import keeping, reading
from tests.campaigns.writers.ground import draw
from tests.campaigns.writers.racing import Answer, exactly, same

GOOD: dict[str, Any] = {
    "sides": [
        (1, "bank", "CNY", 70),
        (2, "fund", "CNY", -100),
        (3, "expense", "CNY", 30),
        (4, "on_hand", "item:1", 5),
        (5, "origin", "item:1", -5),
    ],
    "stored": {1: 50, 4: 5},
    "waiting": {1: 20},
    "funds": {2: 100},
}


def test_a_trial_balance_that_holds() -> None:
    assert reading.judge(**GOOD) == []


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"sides": GOOD["sides"][:-1]}, "item:1 totals 5"),
        ({"sides": [*GOOD["sides"], (9, None, None, 1)]}, "unknown account 9"),
        ({"stored": {1: 70, 4: 5}}, "account 1 (bank) is stored as 70"),
        ({"stored": {1: 50}}, "account 4 (on_hand) is stored as None"),
        ({"funds": {2: 99}}, "fund account 2: flows 99"),
        ({"stored": {1: 50, 4: 5, 8: -1}}, "balance 8 is -1"),
        (
            {
                "sides": [(4, "on_hand", "item:1", -5), (5, "origin", "item:1", 5)],
                "stored": {4: -5},
            },
            "account 4 (on_hand) holds -5",
        ),
    ],
)
def test_each_way_to_be_wrong_is_named(change: dict[str, Any], found: str) -> None:
    assert any(line.startswith(found) for line in reading.judge(**(GOOD | change)))


class Told(reading.Reader):
    """A reader of what a test tells it."""

    def __init__(self, movements: list[tuple[int, int, int, int]]) -> None:
        self.movements = movements

    def rows(self, sql: str) -> list[Any]:
        kinds = [(1, "origin"), (2, "on_hand"), (3, "reserved")]
        return kinds if "ledger_account" in sql else self.movements


def test_a_prefix_below_zero_is_found_even_if_the_end_is_sound() -> None:
    in_first = [(1, 2, 1, 10), (2, 3, 2, 10)]
    assert reading.replay(Told(in_first)) == (2, [])
    walked, wrong = reading.replay(Told(in_first[::-1]))
    assert walked == 2
    assert wrong == ["movement 2 leaves account 2 at -10"]


def test_a_journal_sorts_out_what_was_answered_and_what_was_not(tmp_path: Path) -> None:
    def line(mark: str, key: str, what: Any = None) -> str:
        return json.dumps([mark, {"act": "take", "key": key}, what])

    told = [
        line("sent", "a"), line("done", "a", 7),
        line("sent", "b"), line("refused", "b", "NotEnough"),
        line("sent", "c"), line("unknown", "c", "OperationalError"),
        line("sent", "d"), line("escaped", "d", "IntegrityError"),
        line("sent", "e"),
    ]  # fmt: skip
    (tmp_path / "told").write_text("\n".join(told))
    found = keeping.read(tmp_path / "told")
    assert found.sent == 5
    assert [(order["key"], answer) for order, answer in found.done] == [("a", 7)]
    assert dict(found.refused) == {"NotEnough": 1}
    assert [order["key"] for order in found.open] == ["c", "e"]
    assert found.escaped == ["take d: IntegrityError"]
    assert dict(found.troubles) == {"OperationalError": 1}
    assert keeping.read(tmp_path / "killed before it began").sent == 0


def test_a_set_is_all_there_or_not_at_all() -> None:
    assert keeping._together([keeping.WHOLE] * 3) == keeping.WHOLE
    assert keeping._together([keeping.ABSENT] * 3) == keeping.ABSENT
    assert keeping._together([keeping.WHOLE, keeping.ABSENT]).startswith("of 2, 1 whole")


def test_exactly_the_allowed_number_and_only_known_refusals() -> None:
    done, no, other = Answer("done", 1), Answer("refused", "NotEnough"), Answer("refused", "Odd")
    assert list(exactly([done, no, no], 1, "NotEnough")) == []
    assert list(exactly([done, done, no], 1, "NotEnough")) == ["2 succeeded, 1 are allowed"]
    assert list(exactly([done, other], 1, "NotEnough")) == ["refused as {'Odd': 1}"]
    assert list(same(3, 4, "left")) == ["left: 3 instead of 4"]


def test_one_seed_draws_the_same_thread_again() -> None:
    assert draw(7, 1, 2).random() == draw(7, 1, 2).random() != draw(7, 1, 3).random()
