"""Taking in files of any length: part by part, killed at any row, cancelled, always accounted for."""

import csv
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from boai.foundations.certificates.models import Paper
from boai.foundations.ledger.models import Entry, FundInflow, Posting
from boai.foundations.translog.models import Leaf
from boai.ground.core.actors import SYSTEM
from boai.ground.core.clock import CHINA
from boai.ground.core.errors import NotPermitted
from boai.ground.core.imports import FileReport, ImportOrder, importers
from boai.relief.donations.errors import IntakeIsCancelled
from boai.relief.donations.models import Donor, Gift, Intake, StagedGift
from boai.relief.donations.services import booking, intake, settling
from boai.relief.donations.values import GiftOrder
from tests.factories.books import _role_afterwards, storm  # noqa: F401
from tests.factories.world import World, make_world

HEADING = ["交易单号", "捐赠日期", "捐赠人", "捐赠金额", "附言"]


def listed(path: Path, rows: list[list[str]], encoding: str = "utf-8") -> Path:
    with path.open("w", newline="", encoding=encoding) as file:
        csv.writer(file).writerows([HEADING, *rows])
    return path


def good(count: int) -> list[list[str]]:
    return [
        [f"W{n:08d}", "2020-01-28", f"张{n % 7}", f"{n + 1}.0{n % 10}", "加油"]
        for n in range(count)
    ]


def take_in(world: World, at: datetime, path: Path, **more: Any) -> FileReport:
    order: dict[str, Any] = {
        "actor": SYSTEM,
        "organisation_id": world.places.city,
        "at": at,
    } | more
    report = importers()["gifts"](ImportOrder(path=path, **order))
    assert report.rows == (report.accepted + report.duplicate + report.quarantined + report.refused)
    return report


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parts of seven rows, so that a short file has many boundaries."""
    monkeypatch.setattr(intake, "PART", 7)


class Stop(Exception):
    """The machine went down."""


@pytest.mark.parametrize("at_part", range(8))
def test_goes_on_where_it_was_broken_off(
    world: World,
    at: datetime,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    small_parts: None,
    at_part: int,
) -> None:
    path = listed(tmp_path / "a.csv", good(24))
    calls = iter(range(100))
    real: Callable[[int], Intake] = intake._locked

    def stopping(intake_id: int) -> Intake:
        if next(calls) == at_part:
            raise Stop
        return real(intake_id)

    monkeypatch.setattr(intake, "_locked", stopping)
    with pytest.raises(Stop):
        take_in(world, at, path)
    left = Intake.objects.get()
    assert Gift.objects.count() == left.accepted == left.position
    report = take_in(world, at, path)
    assert (report.accepted, report.duplicate, Intake.objects.count()) == (24, 0, 1)
    assert Gift.objects.count() == 24 and not StagedGift.objects.exists()
    again = take_in(world, at, path)
    assert (again.accepted, again.duplicate) == (0, 24)


def test_a_part_is_all_or_nothing(
    world: World,
    at: datetime,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    small_parts: None,
) -> None:
    path = listed(tmp_path / "a.csv", good(20))
    real, parts = booking.book_gifts, iter(range(9))

    def failing(*args: Any, **named: Any) -> Any:
        done = real(*args, **named)
        if next(parts) == 1:
            raise Stop
        return done

    monkeypatch.setattr(settling, "book_gifts", failing)
    with pytest.raises(Stop):
        take_in(world, at, path)
    assert Intake.objects.get().position == 7
    for model, expected in ((Gift, 7), (Entry, 7), (Posting, 7), (FundInflow, 7), (Paper, 14)):
        assert model._default_manager.count() == expected
    assert Leaf.objects.filter(kind="gift-confirmed").count() == 7
    assert take_in(world, at, path).accepted == 20


def test_part_boundaries_change_no_verdict(
    world: World, at: datetime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = good(9)
    rows += [rows[2], [*rows[3][:3], "999.00", ""], ["W99", "2020-01-28", "乙", "零", ""]]
    rows += [["W98", "2031-01-01", "丙", "5.00", ""], ["W97", "2020-01-28", "丁" * 300, "5.00", ""]]
    path = listed(tmp_path / "a.csv", rows)
    tried = [take_in(world, at, path, dry_run=True)]
    monkeypatch.setattr(intake, "PART", 2)
    tried.append(take_in(world, at, path, dry_run=True))
    assert not Gift.objects.exists() and not Intake.objects.exists()
    tried.append(take_in(world, at, path))
    assert tried[0] == tried[1] == tried[2]
    ends = (tried[0].accepted, tried[0].duplicate, tried[0].quarantined, tried[0].refused)
    assert ends == (9, 1, 1, 3)
    assert [p.code for p in tried[0].problems] == [
        "ReferenceIsRepeated", "AmountIsNotReadable", "GiftIsInTheFuture", "TextIsTooLong",
    ]  # fmt: skip
    left = StagedGift.objects.values_list("verdict", "donor", "memo")
    assert {(donor, memo) for _verdict, donor, memo in left} == {(None, "")}
    assert sorted(verdict for verdict, _d, _m in left) == ["quarantined", *["refused"] * 3]


def test_equal_rows_without_numbers_across_parts(
    world: World, at: datetime, tmp_path: Path, small_parts: None
) -> None:
    rows = [["", "2020-01-28", "甲", "5.00", ""]] * 20
    path = listed(tmp_path / "a.csv", rows)
    assert take_in(world, at, path).accepted == 20
    longer = listed(tmp_path / "b.csv", [*rows, rows[0], rows[0]])
    report = take_in(world, at, longer)
    assert (report.accepted, report.duplicate) == (2, 20)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_any_encoding_reads_as_a_stream(
    world: World, at: datetime, tmp_path: Path, encoding: str
) -> None:
    path = listed(tmp_path / "a.csv", good(3), encoding)
    assert take_in(world, at, path).accepted == 3
    assert {donor.name for donor in Donor.objects.all()} == {"张0", "张1", "张2"}


def test_cancelled_stays_cancelled_and_what_is_booked_stays(
    world: World,
    at: datetime,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    small_parts: None,
) -> None:
    path = listed(tmp_path / "a.csv", good(20))

    def cancelling(done: int, whole: int) -> None:
        now = Intake.objects.get()
        if now.position >= 7:
            with pytest.raises(NotPermitted):
                intake.cancel(world.cast.outsider, intake_id=now.pk, at=at)
            intake.cancel(world.cast.cashier, intake_id=now.pk, at=at)

    with pytest.raises(IntakeIsCancelled):
        take_in(world, at, path, progress=cancelling)
    left = Intake.objects.get()
    assert (left.state, left.position, Gift.objects.count()) == ("cancelled", 7, 7)
    assert not StagedGift.objects.exists()
    report = take_in(world, at, path)
    assert (report.accepted, report.duplicate) == (13, 7)


def test_progress_is_shown_and_kept(
    world: World, at: datetime, tmp_path: Path, small_parts: None
) -> None:
    seen: list[tuple[int, int]] = []
    path = listed(tmp_path / "a.csv", good(20))
    take_in(world, at, path, progress=lambda done, whole: seen.append((done, whole)))
    assert [done for done, _whole in seen] == sorted(done for done, _whole in seen)
    assert seen[-1] == (40, 40)
    row = intake.as_row(Intake.objects.get())
    assert (row.state, row.rows, row.position, row.accepted) == ("finished", 20, 20, 20)


def test_the_database_lets_no_intake_go_back(world: World, at: datetime, tmp_path: Path) -> None:
    take_in(world, at, listed(tmp_path / "a.csv", good(3)))
    for change in ({"state": "posting"}, {"position": 0}, {"accepted": 2}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Intake.objects.update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        Intake.objects.all().delete()


def test_one_by_one_and_as_a_file_are_the_same_books(
    world: World, at: datetime, tmp_path: Path
) -> None:
    take_in(world, at, listed(tmp_path / "a.csv", good(60)))
    for row in good(60):
        amount = int(row[3].replace(".", ""))
        booking.book_gifts(
            SYSTEM,
            organisation_id=world.places.county,
            appeal_id=None,
            orders=[
                GiftOrder(
                    amount_fen=amount,
                    channel="qr",
                    channel_reference=row[0],
                    given_at=datetime(2020, 1, 28, tzinfo=CHINA),
                    merchant="T-D1",
                    donor_name=row[2],
                    message="加油",
                )
            ],
            at=at,
        )
    pairs = [shapes(place) for place in (world.places.city, world.places.county)]
    assert pairs[0] == pairs[1] and len(pairs[0]) == 60


def shapes(organisation_id: int) -> list[tuple[object, ...]]:
    """Everything that was written for each gift, numbers and random parts aside."""
    found: list[tuple[object, ...]] = []
    for gift in Gift.objects.filter(organisation_id=organisation_id).order_by("pk"):
        ref = f"donations.gift:{gift.number}"
        entry = Entry.objects.get(subject=ref)
        (posting,) = Posting.objects.filter(entry=entry)
        inflow = FundInflow.objects.get(source=ref)
        papers = Paper.objects.filter(subject=ref).order_by("kind")
        leaf = Leaf.objects.get(ref=ref)
        assert gift.entry_id == entry.pk and inflow.posting_id == posting.pk
        assert gift.donor is not None
        code = gift.merchant.partition("/")[0]
        found.append(
            (
                gift.amount_fen, gift.channel_reference, gift.given_at, gift.message, gift.state,
                gift.donor.name, gift.donor.kind, entry.kind, entry.key == ref, entry.at,
                posting.amount, posting.into_fund, inflow.amount, inflow.at,
                [(p.kind, p.holder, {**p.facts, "gift_number": ""}) for p in papers],
                [Leaf.objects.get(ref=f"certificates.paper:{p.number}").kind for p in papers],
                leaf.body.replace(gift.number, "N").replace(code, "C").replace(
                    f'"fund":{gift.fund_id}', '"fund":0'
                ),
            )
        )  # fmt: skip
    return found


CHILD = """
import sys
from datetime import datetime
from pathlib import Path
import django
django.setup()
from django.conf import settings
from django.db import connections
settings.DATABASES["default"]["NAME"] = sys.argv[3]
connections["default"].settings_dict["NAME"] = sys.argv[3]
from boai.ground.core.actors import SYSTEM
from boai.ground.core.clock import CHINA
from boai.ground.core.imports import ImportOrder, importers
from boai.relief.donations.services import intake
intake.PART = 20
order = ImportOrder(SYSTEM, Path(sys.argv[1]), int(sys.argv[2]), datetime(2020, 1, 29, 10, tzinfo=CHINA))
report = importers()["gifts"](order)
print(report.accepted, report.duplicate)
"""


def test_a_killed_process_leaves_whole_parts(
    storm: None,  # noqa: F811
    at: datetime,
    tmp_path: Path,
) -> None:
    world = make_world(at)
    path = listed(tmp_path / "a.csv", good(1200))
    command = [sys.executable, "-c", CHILD, str(path), str(world.places.city)]
    command.append(str(connection.settings_dict["NAME"]))
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "boai.site.settings"}
    for wanted in (100, 500):
        child = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE)
        deadline = time.monotonic() + 60
        while child.poll() is None and time.monotonic() < deadline:
            if Gift.objects.count() >= wanted:
                child.send_signal(signal.SIGKILL)
                break
            time.sleep(0.02)
        child.wait()
        left = Intake.objects.get()
        booked = Gift.objects.count()
        assert child.returncode == -signal.SIGKILL and wanted <= booked < 1200
        assert booked == left.accepted == left.position
        assert Paper.objects.count() == 2 * booked == 2 * Posting.objects.count()
        assert Leaf.objects.count() == 3 * booked
    report = take_in(world, at, path)
    assert (report.accepted, report.duplicate, Intake.objects.count()) == (1200, 0, 1)
    assert Gift.objects.count() == FundInflow.objects.count() == 1200


def test_a_days_hint_makes_another_intake(world: World, at: datetime, tmp_path: Path) -> None:
    path = listed(tmp_path / "a.csv", [["W1", "", "甲", "1.00", ""]])
    take_in(world, at, path, day=date(2020, 1, 20))
    take_in(world, at, path, day=date(2020, 1, 21))
    assert Intake.objects.count() == 2 and Gift.objects.count() == 1
