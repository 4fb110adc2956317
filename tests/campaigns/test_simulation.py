"""G1's own judge: the model is right by hand, runs repeat, every planted fault finds what it breaks."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.campaigns import frame
from tests.campaigns.simulation.model import Entry, Fund, Lot, Model, feasible, shares


@pytest.fixture
def model() -> Model:
    return Model()


def given(model: Model, fund: Fund, **gifts: int) -> dict[str, Entry]:
    """Gifts into a fund, each with its entry."""
    made = {}
    for source, amount in gifts.items():
        entry = Entry(fund.society, "gift", banks=[("main", amount, True)])
        entry.came.append(model.receive(fund, source, amount))
        made[source] = model.enter(entry)
    return made


def test_the_oldest_money_is_spent_first_and_a_refund_takes_its_own(model: Model) -> None:
    fund = model.fund(1, 7)
    given(model, fund, a=30, b=50, c=20)
    model.take_oldest(fund, 40, "spend", "x")
    model.take_own(model.gifts["c"], 5, "refund", "r")
    model.take_oldest(fund, 45, "spend", "y")
    assert model.sources_of("x") == {"a": 30, "b": 10}
    assert model.sources_of("y") == {"b": 40, "c": 5}
    assert model.uses_of("c") == {"r": 5, "y": 5}
    assert (fund.balance, model.left["c"]) == (10, 10)


def test_money_that_is_handed_on_keeps_its_givers(model: Model) -> None:
    here, there = model.fund(1, 7), model.fund(2, 8)
    given(model, here, a=30, b=50)
    given(model, there, z=5)
    model.go_on(model.take_oldest(here, 40, "transfer", "t"), there)
    model.take_oldest(there, 37, "spend", "x")
    assert model.sources_of("t") == {"a": 30, "b": 10}
    assert model.sources_of("x") == {"z": 5, "a": 30, "b": 2}
    assert model.uses_of("b") == {"x": 2}
    assert model.left["b"] == 48


def test_a_spending_taken_back_is_no_use_of_anybodys_money(model: Model) -> None:
    fund = model.fund(1, 7)
    given(model, fund, a=30, b=50)
    spent = Entry(7, "spend", banks=[("main", -40, False)])
    spent.went.append(model.take_oldest(fund, 40, "spend", "x"))
    model.enter(spent)
    assert model.against_reversing(spent) == set()
    model.enter(model.reverse(spent))
    assert model.sources_of("x") == {} == model.uses_of("a")
    assert model.banks[7, "main"] == 80 == fund.balance
    assert "AlreadyReversed" in model.against_reversing(spent)
    model.take_oldest(fund, 45, "spend", "y")
    assert model.sources_of("y") == {"b": 40, "a": 5}


def test_a_gift_that_is_partly_spent_cannot_be_taken_back(model: Model) -> None:
    fund = model.fund(1, 7)
    entries = given(model, fund, a=30, b=50)
    model.take_oldest(fund, 10, "spend", "x")
    assert model.against_reversing(entries["a"]) == {"PartlySpent"}
    assert model.against_reversing(entries["b"]) == set()


def test_legs_build_on_one_another_and_no_place_goes_below_nothing() -> None:
    lot = Lot(1, 7, 1, "item:1")
    door, shelf, road = ("origin", "donor"), ("on_hand", "s"), ("in_transit", "w")
    assert feasible([(lot, door, shelf, 10), (lot, shelf, road, 10)])
    assert not feasible([(lot, shelf, road, 10), (lot, door, shelf, 10)])
    lot.move(door, shelf, 5)
    with pytest.raises(AssertionError):
        lot.move(shelf, road, 6)


def test_shares_sum_to_the_whole() -> None:
    assert shares(100, [1, 1, 1]) == [34, 33, 33]
    assert shares(7, [3, 3, 1]) == [3, 3, 1]


TWICE = """
import json, shutil, sys
from pathlib import Path
from tests.campaigns import frame
from tests.campaigns.frame import Plan
home = Path(sys.argv[1])
frame.prepare(Plan("G1", "probe", 5, "sqlite", home / "first", ""))
from django.conf import settings
settings.BOAI_WATCHES_CLOCK = False
from django.db import connection
connection.close()
shutil.copytree(home / "first", home / "second")
import os
said = []
for name in ("first", "second"):
    if os.fork() == 0:
        settings.BOAI_HOME = home / name
        settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = str(
            home / name / "boai.sqlite3"
        )
        from tests.campaigns.simulation.run import simulate
        ran = simulate(5, 300, desks_first=True, say=lambda text: None)
        (home / f"{name}.json").write_text(json.dumps([ran.digest, ran.broken]))
        os._exit(0)
    os.wait()
"""

PLANTED = """
import os, sys
from pathlib import Path
from tests.campaigns import frame
from tests.campaigns.frame import Plan
plan = Plan("G1", "probe", 5, "sqlite", Path(sys.argv[1]) / "home", "")
frame.prepare(plan)
from django.db import connection
connection.close()
frame.load()
from tests.campaigns.faults import books
for name, fault in frame.FAULTS.items():
    if fault.plant.__module__ == books.__name__:
        child = os.fork()
        if child == 0:
            try:
                fault.plant(plan)
            except BaseException as error:
                print(name, repr(error), flush=True)
                os._exit(1)
            os._exit(0)
        print(name, os.waitpid(child, 0)[1], flush=True)
"""


def run(program: str, folder: Path) -> str:
    for name in ("first", "home"):
        (folder / name).mkdir()
    done = subprocess.run(
        [sys.executable, "-c", program, str(folder)],
        cwd=frame.ROOT,
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


@pytest.mark.long
def test_one_seed_on_one_commit_does_the_same_twice(tmp_path: Path) -> None:
    run(TWICE, tmp_path)
    first, second = ((tmp_path / f"{name}.json").read_text() for name in ("first", "second"))
    assert first == second
    assert first.endswith("[]]")


@pytest.mark.long
def test_every_fault_of_the_books_finds_what_it_breaks(tmp_path: Path) -> None:
    said = [line for line in run(PLANTED, tmp_path).splitlines() if "数据库" not in line]
    assert len(said) >= 14
    assert [line for line in said if not line.endswith(" 0")] == []
