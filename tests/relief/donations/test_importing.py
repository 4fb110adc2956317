"""``boai import gifts``: every row accounted for, nothing twice, identical rows kept."""

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from boai.foundations.organisations.services import registering
from boai.ground.core.actors import SYSTEM
from boai.ground.core.errors import NotPermitted
from boai.ground.core.imports import FileReport, ImportOrder, importers
from boai.relief.donations.channels.statements.errors import (
    FileIsNotAListOfGifts,
    ProfileDoesNotFit,
)
from boai.relief.donations.models import Donor, Gift
from tests.factories.published import shared_data, workbook
from tests.factories.world import World

HEADING = ["序号", "捐赠日期", "捐赠(单位/姓名）", "捐赠金额（元）", "备注"]


def take_in(world: World, at: datetime, path: Path, **more: object) -> FileReport:
    order = {"actor": SYSTEM, "organisation_id": world.places.city, "at": at} | more
    report = importers()["gifts"](ImportOrder(path=path, **order))  # type: ignore[arg-type]
    ends = report.accepted + report.duplicate + report.quarantined + report.refused
    assert report.rows == ends
    return report


def numbered(count: int, first: int = 0) -> list[list[object]]:
    return [[f"01022020012800{n:04d}000081753152", float(n + 1)] for n in range(first, count)]


def test_accepted_once_then_only_duplicates(world: World, at: datetime, tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", [["交易单号", "金额"], *numbered(5)])
    first = take_in(world, at, path)
    assert (first.accepted, first.amount_fen, first.profile) == (5, 1500, "transactions")
    copy = workbook(
        tmp_path / "副本.xlsx", [["金额", "", "交易单号 "], *[[a, "", n] for n, a in numbered(6)]]
    )
    second = take_in(world, at, copy)
    assert (second.accepted, second.duplicate, second.amount_fen) == (1, 5, 2100)
    assert Gift.objects.count() == 6
    assert {g.state for g in Gift.objects.all()} == {"confirmed"}


def test_identical_rows_are_kept_and_a_republication_adds_nothing(
    world: World, at: datetime, tmp_path: Path
) -> None:
    rows = [[n, "2020.01.26", "甲集团\t", 100.0, ""] for n in range(1, 10)]
    one = workbook(tmp_path / "1.xlsx", [["名单"], HEADING, *rows])
    assert take_in(world, at, one).accepted == 9
    other_words = [[n, "2020-01-26", "甲集团", "100.00", "转赠"] for n in range(1, 11)]
    two = workbook(tmp_path / "2.xlsx", [["新名单（截至24:00）"], HEADING, *other_words])
    report = take_in(world, at, two)
    assert (report.accepted, report.duplicate) == (1, 9)
    assert Gift.objects.count() == 10


def test_two_accounts_are_two_gifts_but_the_list_over_all_is_not_a_third(
    world: World, at: datetime, tmp_path: Path
) -> None:
    rows = [["捐赠人", "金额"], ["张伟", 100.0]]
    day = date(2020, 1, 28)
    for name, title, accepted in (
        ("1", "捐赠明细（甲银行账户）", 1),
        ("2", "捐赠明细（乙银行账户）", 1),
        ("3", "大额捐赠公示", 0),
    ):
        path = workbook(tmp_path / f"{name}.xlsx", [[title], *rows])
        assert take_in(world, at, path, day=day).accepted == accepted
    thrice = workbook(tmp_path / "4.xlsx", [["大额捐赠公示"], *rows, rows[1], rows[1]])
    report = take_in(world, at, thrice, day=day)
    assert (report.accepted, report.duplicate) == (1, 2)
    assert take_in(world, at, thrice, day=day).duplicate == 3


def test_another_organisation_has_its_own_gifts(world: World, at: datetime, tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", [["交易单号", "金额"], *numbered(2)])
    take_in(world, at, path)
    other = take_in(world, at, path, organisation_id=world.places.county)
    assert other.accepted == 2


def test_a_number_with_another_amount_waits_for_a_person(
    world: World, at: datetime, tmp_path: Path
) -> None:
    path = workbook(tmp_path / "a.xlsx", [["交易单号", "金额"], *numbered(2)])
    take_in(world, at, path)
    changed = [[numbered(1)[0][0], 99.0]]
    report = take_in(world, at, workbook(tmp_path / "b.xlsx", [["交易单号", "金额"], *changed]))
    assert (report.quarantined, report.problems[0].code) == (1, "AmountDiffersFromBooked")
    assert Gift.objects.count() == 2


def test_refused_rows_say_where_and_why(world: World, at: datetime, tmp_path: Path) -> None:
    tomorrow = (at + timedelta(days=1)).date().isoformat()
    path = workbook(
        tmp_path / "a.xlsx",
        [
            HEADING,
            [1, "2020.01.26", "甲", 0.0, ""],
            [2, "改日", "乙", 5.0, ""],
            [3, tomorrow, "丙", 5.0, ""],
            [4, "2020.01.26", "名" * 10_000, 5.0, ""],
            [5, "2020.01.26", "=HYPERLINK(1)", 5.0, ""],
        ],
    )
    report = take_in(world, at, path)
    assert (report.accepted, report.refused, report.amount_fen) == (1, 4, 500)
    assert [(p.sheet, p.row, p.code) for p in report.problems] == [
        ("Sheet1", 2, "AmountIsNotPositive"),
        ("Sheet1", 3, "DayIsNotReadable"),
        ("Sheet1", 4, "GiftIsInTheFuture"),
        ("Sheet1", 5, "TextIsTooLong"),
    ]
    assert report.problems[0].column == "D" and "金额" in report.problems[0].message


def test_a_dry_run_writes_nothing(world: World, at: datetime, tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", [["交易单号", "金额"], *numbered(3)])
    assert take_in(world, at, path, dry_run=True).accepted == 3
    assert not Gift.objects.exists() and not Donor.objects.exists()


def test_whole_files_that_are_refused(world: World, at: datetime, tmp_path: Path) -> None:
    goods = workbook(tmp_path / "g.xlsx", [["捐赠单位", "品名", "数量"], ["甲", "口罩", 5]])
    with pytest.raises(FileIsNotAListOfGifts):
        take_in(world, at, goods)
    gifts = workbook(tmp_path / "a.xlsx", [["交易单号", "金额"], *numbered(1)])
    with pytest.raises(ProfileDoesNotFit):
        take_in(world, at, gifts, profile="dated-list")
    for stranger in (world.cast.keeper, world.cast.outsider):
        with pytest.raises(NotPermitted):
            take_in(world, at, gifts, actor=stranger)
    assert take_in(world, at, gifts, actor=world.cast.cashier, profile="transactions").accepted


def test_statements_do_not_grow_with_rows(world: World, at: datetime, tmp_path: Path) -> None:
    counts = []
    for name, rows in (("a", numbered(20)), ("b", numbered(420, 20))):
        path = workbook(tmp_path / f"{name}.xlsx", [["交易单号", "金额"], *rows])
        with CaptureQueriesContext(connection) as asked:
            take_in(world, at, path)
        counts.append(len(asked))
    assert counts[1] < counts[0] * 2  # batches of the databases, not rows


def test_hubei_published_most_of_its_first_list_again(world: World, at: datetime) -> None:
    folder = shared_data("hubei-redcross-2020")
    later = at + timedelta(days=30)
    expected = {1: (60, 0), 2: (1575, 58)}
    for number, (accepted, duplicate) in expected.items():
        report = take_in(world, later, folder / f"donate0{number}.xls")
        assert (report.accepted, report.duplicate) == (accepted, duplicate)
        assert report.totals[0].agrees and report.amount_fen == report.totals[0].stated
        again = take_in(world, later, folder / f"donate0{number}.xls")
        assert (again.accepted, again.duplicate) == (0, report.rows)


def test_a_province_may_not_be_mixed_up(world: World, at: datetime, tmp_path: Path) -> None:
    twin = registering.register(
        SYSTEM,
        code="T-Z9",
        name="测州市南区红十字会",
        kind="society",
        level="county",
        parent_id=world.places.city,
        division_code="980104",
        at=at,
    )
    path = workbook(tmp_path / "a.xlsx", [HEADING, [1, "2020.01.26", "甲", 1.0, ""]])
    take_in(world, at, path)
    assert take_in(world, at, path, organisation_id=twin).accepted == 1
