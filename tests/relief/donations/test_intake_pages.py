"""The pages of files that were taken in: who sees what, progress, rows that were not taken."""

import csv
import io
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from boai.ground.core import clock
from boai.ground.core.actors import Actor
from boai.relief.donations.models import Intake, StagedGift
from boai.relief.donations.services import intake
from tests.factories.world import World
from tests.relief.donations.test_intake import good, listed, take_in

Browser = Callable[[Actor | None], Client]
LIST = reverse("donations-intakes")
BAD = [
    ["W90000001", "2020-01-28", "张三", "不详", "加油"],
    ["W90000002", "没有这一天", "李四", "5.00", "加油"],
]


@pytest.fixture
def now() -> datetime:
    return clock.now()


@pytest.fixture
def taken(world: World, now: datetime, tmp_path: Path) -> Intake:
    """A list of twelve gifts, ten of them good, taken in by the cashier."""
    path = listed(tmp_path / "一月账单.csv", [*good(10), *BAD])
    take_in(world, now, path, actor=world.cast.cashier)
    return Intake.objects.get()


def running(world: World, now: datetime, state: str, **more: int) -> Intake:
    """A file that is being taken in by somebody else."""
    return Intake.objects.create(
        organisation_id=world.places.city,
        digest=f"{state}{Intake.objects.count()}",
        file="二月账单.csv",
        by="system",
        state=state,
        begun_at=now - timedelta(seconds=10),
        moved_at=now,
        **more,
    )


def page(intake: Intake, name: str = "donations-intake") -> str:
    return reverse(name, args=[intake.pk])


def test_nothing_taken_in_yet(world: World, client_for: Browser) -> None:
    told = client_for(world.cast.cashier).get(LIST).content.decode()
    assert "还没有导入过文件" in told


def test_the_list_says_who_what_and_how_it_ended(
    world: World, taken: Intake, now: datetime, client_for: Browser
) -> None:
    running(world, now, "reading")
    browser = client_for(world.cast.intake)
    told = browser.get(LIST).content.decode()
    for part in ("一月账单.csv", world.cast.cashier.name, "已完成", page(taken), "正在读取"):
        assert part in told
    assert "系统" in told
    assert "二月" not in browser.get(LIST, {"state": "finished"}).content.decode()
    assert "一月" not in browser.get(LIST, {"q": "二月"}).content.decode()
    lines = list(csv.reader(io.StringIO(
        browser.get(LIST, {"q": "一月", "export": "csv"}).content.decode("utf-8-sig")
    )))  # fmt: skip
    row = dict(zip(*lines, strict=True))
    assert (row["行数"], row["入账"], row["重复"]) == ("12", "10", "0")
    assert int(row["待核对"]) + int(row["拒收"]) == 2
    assert row["金额（含重复）"] == f"{taken.amount_fen / 100:.2f}"


def test_rows_that_were_not_taken_stand_with_their_reasons(
    world: World, taken: Intake, client_for: Browser
) -> None:
    browser = client_for(world.cast.intake)
    told = browser.get(page(taken)).content.decode()
    assert "金额不是能识别的数字" in told and "日期不能识别" in told
    assert "hx-trigger" not in told.partition('id="intake-progress"')[2].partition(">")[0]
    sheet = browser.get(page(taken), {"export": "csv"})
    assert sheet["Content-Type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(sheet.content.decode("utf-8-sig"))))
    assert [row["行"] for row in rows] == ["12", "13"]
    assert all(row["原因"] and row["结果"] for row in rows)
    assert "张三" not in sheet.content.decode("utf-8-sig")


def test_no_cell_of_the_file_is_a_formula(world: World, taken: Intake, client_for: Browser) -> None:
    """A sheet may be called anything; opened in a spreadsheet it must stay text."""
    wanted = ["=HYPERLINK(1)", "@SUM(A1)"]
    for row, sheet in zip(StagedGift.objects.order_by("pk"), wanted, strict=True):
        StagedGift.objects.filter(pk=row.pk).update(sheet=sheet)
    sheet = client_for(world.cast.intake).get(page(taken), {"export": "csv"})
    rows = list(csv.DictReader(io.StringIO(sheet.content.decode("utf-8-sig"))))
    assert [row["工作表"] for row in rows] == [f"'{name}" for name in wanted]


def test_all_rows_taken(world: World, now: datetime, tmp_path: Path, client_for: Browser) -> None:
    take_in(world, now, listed(tmp_path / "a.csv", good(3)))
    told = client_for(world.cast.cashier).get(page(Intake.objects.get())).content.decode()
    assert "没有未收下的行" in told


def test_progress_goes_on_after_a_reload_and_ends(
    world: World, now: datetime, client_for: Browser
) -> None:
    """What the bar shows is read from the records each time, never kept in the browser."""
    browser = client_for(world.cast.cashier)
    reading = running(world, now, "reading", staged=40)
    assert "已读 40 行" in browser.get(page(reading)).content.decode()
    file = running(world, now, "posting", staged=100, rows=100, position=20, accepted=20)
    url = page(file, "donations-intake-progress")
    for told in (browser.get(page(file)).content.decode(), browser.get(url).content.decode()):
        assert f'hx-get="{url}"' in told and 'hx-trigger="every' in told
        assert '<progress max="100" value="20"' in told
        assert "20 / 100" in told and "约还需 40 秒" in told
    assert "HX-Refresh" not in browser.get(url)
    Intake.objects.filter(pk=file.pk).update(position=60, accepted=60)
    assert '<progress max="100" value="60"' in browser.get(page(file)).content.decode()
    intake.cancel(world.cast.cashier, intake_id=file.pk, at=now)
    ended = browser.get(url)
    assert ended["HX-Refresh"] == "true"
    assert "已取消" in ended.content.decode() and "hx-get" not in ended.content.decode()


def test_visitors_sign_in_and_strangers_see_nothing(
    world: World, taken: Intake, client_for: Browser
) -> None:
    for url in (LIST, page(taken), page(taken, "donations-intake-progress")):
        assert client_for(None).get(url).status_code == 302
        assert client_for(world.cast.driver).get(url).status_code == 403
        answer = client_for(world.cast.outsider).get(url)
        assert "一月账单" not in answer.content.decode()
        assert answer.status_code in (403, 404) or url == LIST
    assert client_for(world.cast.cashier).get(page(taken)).status_code == 200
    assert client_for(world.cast.cashier).get(LIST + "999999/").status_code == 404


def test_as_many_queries_for_thirty_as_for_one(
    world: World, now: datetime, client_for: Browser
) -> None:
    browser = client_for(world.cast.cashier)

    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert browser.get(LIST).status_code == 200
        return len(seen)

    running(world, now, "finished")
    queries()
    one = queries()
    for _n in range(29):
        running(world, now, "finished")
    assert queries() == one
