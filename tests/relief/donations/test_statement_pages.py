"""Files brought through the browser: looked at, taken in by the worker, removed, refused in words."""

import io
import stat
import zipfile
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from boai.foundations.trail.models import Act
from boai.ground.core import clock
from boai.ground.core.actors import Actor
from boai.ground.kit.models import JobRun
from boai.relief.donations import jobs
from boai.relief.donations.importing import carrying, looking
from boai.relief.donations.models import Gift, Intake, StatementFile
from boai.relief.donations.services import auditing_files, intake, intake_files
from boai.relief.donations.web import statement_pages
from tests.factories.world import World
from tests.relief.donations.test_intake import HEADING, good

Browser = Callable[[Actor | None], Client]
NEW = reverse("donations-bring")
LIST = reverse("donations-intakes")


def content(rows: list[list[str]], heading: list[str] = HEADING, encoding: str = "utf-8") -> bytes:
    return "\n".join(",".join(row) for row in [heading, *rows]).encode(encoding)


def upload(browser: Client, data: bytes, name: str = "一月账单.csv", **more: str) -> HttpResponse:
    return browser.post(NEW, {"file": SimpleUploadedFile(name, data), **more})  # type: ignore[return-value]


def brought(browser: Client, data: bytes, name: str = "一月账单.csv") -> StatementFile:
    answer = upload(browser, data, name)
    assert answer.status_code == 302, answer.content.decode()
    return StatementFile.objects.latest("pk")


def page(file: StatementFile, name: str = "donations-statement") -> str:
    return reverse(name, args=[file.pk])


def text(answer: HttpResponse) -> str:
    return answer.content.decode()


@pytest.fixture
def now() -> datetime:
    return clock.now()


BAD = [["W90000001", "2020-01-28", "张三丰", "不详", "加油"]]


@pytest.mark.parametrize("encoding,told", [("utf-8", "UTF-8"), ("gb18030", "GB 18030")])
def test_what_is_understood_is_shown_and_nothing_is_booked(
    world: World, client_for: Browser, encoding: str, told: str
) -> None:
    browser = client_for(world.cast.cashier)
    rows = [*good(3), *BAD, ["合计", "", "", "6.03", ""]]
    file = brought(browser, content(rows, encoding=encoding))
    shown = text(browser.get(page(file)))
    for part in (told, "文本表格", "捐赠日期", "捐赠人", "交易单号", "W00000000", "¥1.00", "张0"):
        assert part in shown
    assert "金额不是能识别的数字" in shown and "收下并入账" in shown
    assert file.found["accepted"] == 3 and file.found["refused"] == 1
    assert file.found["totals"][0][2:] == [603, 603, "fen"] and "相符" in shown
    assert not Gift.objects.exists() and not Intake.objects.exists()
    assert page(file) in text(browser.get(LIST))


def test_the_content_is_sealed_and_goes_when_its_rows_are_staged(
    world: World, client_for: Browser, own_home: Path, django_capture_on_commit_callbacks: Callable
) -> None:
    browser = client_for(world.cast.cashier)
    file = brought(browser, content(good(12)))
    [path] = [each for each in (own_home / "statements").rglob("*") if each.is_file()]
    assert b"W0000" not in path.read_bytes()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    answer = browser.post(page(file, "donations-statement-take-in"))
    assert answer.status_code == 302
    assert "正在读取" in text(browser.get(page(file)))
    with django_capture_on_commit_callbacks(execute=True):
        jobs.take_in_files(clock.now())
    file.refresh_from_db()
    row = Intake.objects.get()
    assert (file.state, file.intake_id, path.exists()) == ("taken", row.pk, False)
    assert (row.state, row.accepted, row.by) == ("finished", 12, world.cast.cashier.label)
    assert Gift.objects.count() == 12
    assert browser.get(page(file))["Location"] == reverse("donations-intake", args=[row.pk])
    again = brought(browser, content(good(12)))
    assert (again.found["accepted"], again.found["duplicate"]) == (0, 12)


def test_an_accountant_prepares_and_a_cashier_books(world: World, client_for: Browser) -> None:
    accountant, cashier = client_for(world.cast.accountant), client_for(world.cast.cashier)
    file = brought(accountant, content(good(2)))
    shown = text(accountant.get(page(file)))
    assert "请由出纳或捐赠登记员办理" in shown and "收下并入账" not in shown
    assert "收下同事上传的文件" in text(cashier.get("/desk/"))
    assert "收下同事上传的文件" not in text(accountant.get("/desk/"))
    refused = accountant.post(page(file, "donations-statement-take-in"))
    assert refused.status_code == 422 and "会计人员不能自己办理" in text(refused)
    file.refresh_from_db()
    assert file.state == "kept"
    cashier.post(page(file, "donations-statement-take-in"))
    carrying.carry(clock.now(), patience=60)
    assert Intake.objects.get().accepted == 2


def test_who_lost_the_post_meanwhile_books_nothing(
    world: World, client_for: Browser, now: datetime
) -> None:
    browser = client_for(world.cast.cashier)
    file = brought(browser, content(good(2)))
    browser.post(page(file, "donations-statement-take-in"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(carrying.identity, "actor_for", lambda *a, **k: world.cast.driver)
        carrying.carry(now, patience=60)
    file.refresh_from_db()
    assert file.state == "kept" and "没有办理此事的权限" in file.stopped
    assert "上次没有收下" in text(browser.get(page(file)))
    assert not Gift.objects.exists()


def test_names_are_masked_for_whom_the_matrix_masks_them(world: World, client_for: Browser) -> None:
    rows = [["W1", "2020-01-28", "欧阳小红", "5.00", "给小明加油"]]
    file = brought(client_for(world.cast.intake), content(rows))
    shown = text(client_for(world.cast.intake).get(page(file)))
    assert "欧阳小红" not in shown and "欧**红" in shown and "小明" not in shown
    assert "欧阳小红" in text(client_for(world.cast.cashier).get(page(file)))
    assert "欧阳" not in str(list(Act.objects.values_list("detail", flat=True)))


def bomb() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", b"0" * 30_000_000)
    return made.getvalue()


def archive() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as packed:
        packed.writestr("a.txt", "x")
    return made.getvalue()


LOCKED = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(3000) + "EncryptedPackage".encode("utf-16-le")
REFUSED = {
    "空.csv": (b"", "是空的"),
    "纸.pdf": (b"%PDF-1.7\n" + bytes(900), "不是表格或对账单"),
    "图.csv": (b"\x89PNG\r\n\x1a\n" + bytes(900), "不是表格或对账单"),
    "锁.xlsx": (LOCKED + bytes(5000), "设有打开密码"),
    "弹.xlsx": (bomb(), "解压后过大"),
    "包.zip": (archive(), "不是能识别的表格"),
    "乱.xls": (b"\xd0\xcf\x11\xe0" + bytes(4000), "不是能识别的表格"),
    "断.xml": (
        b'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><Bk',
        "无法读下去",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_list_is_refused_and_not_kept(
    world: World, client_for: Browser, own_home: Path, name: str
) -> None:
    data, told = REFUSED[name]
    answer = upload(client_for(world.cast.cashier), data, name)
    assert answer.status_code == 422 and told in text(answer)
    assert not StatementFile.objects.exists()
    assert not list((own_home / "statements").rglob("*.*"))


def test_nothing_chosen_and_too_large(
    world: World, client_for: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = client_for(world.cast.cashier)
    assert browser.post(NEW, {}).status_code == 422
    monkeypatch.setattr(statement_pages, "LARGEST_FILE", 100)
    answer = upload(browser, content(good(30)))
    assert answer.status_code == 422 and "超过上限" in text(answer)


def test_a_table_of_unknown_columns_is_kept_and_not_offered(
    world: World, client_for: Browser
) -> None:
    browser = client_for(world.cast.cashier)
    file = brought(browser, content([["1", "2"]], heading=["甲栏", "乙栏"]))
    shown = text(browser.get(page(file)))
    assert "没有认出表头" in shown and "收下并入账" not in shown


def test_strangers_find_nothing(world: World, client_for: Browser) -> None:
    file = brought(client_for(world.cast.cashier), content(good(1)))
    acts = ("donations-statement-take-in", "donations-statement-remove", "donations-statement-turn")
    for url in (
        page(file),
        page(file, "donations-statement-progress"),
        *(page(file, a) for a in acts),
    ):
        assert client_for(None).get(url).status_code == 302
        assert client_for(world.cast.driver).get(url).status_code == 403
        assert client_for(world.cast.outsider).get(url).status_code in (403, 404)
    for act in acts:
        assert client_for(world.cast.outsider).post(page(file, act)).status_code in (403, 404)
    file.refresh_from_db()
    assert file.state == "kept"
    assert client_for(world.cast.cashier).get(LIST + "files/99999/").status_code == 404


def test_a_file_given_up_or_forgotten_leaves_nothing(
    world: World,
    client_for: Browser,
    own_home: Path,
    now: datetime,
    django_capture_on_commit_callbacks: Callable,
) -> None:
    browser = client_for(world.cast.cashier)
    first, second = brought(browser, content(good(1))), brought(browser, content(good(2)))
    with django_capture_on_commit_callbacks(execute=True):
        assert browser.post(page(first, "donations-statement-remove")).status_code == 302
        assert intake_files.forget_old(now) == 0
        assert intake_files.forget_old(now + timedelta(days=8)) == 1
    assert not [each for each in (own_home / "statements").rglob("*") if each.is_file()]
    assert set(StatementFile.objects.values_list("state", flat=True)) == {"gone"}
    assert "没有留存内容" in text(browser.get(page(second)))
    for name in ("donations-statement-take-in",):
        assert browser.post(page(first, name)).status_code == 422


def test_the_same_content_again_is_the_same_file(world: World, client_for: Browser) -> None:
    browser = client_for(world.cast.cashier)
    first = brought(browser, content(good(2)))
    assert brought(browser, content(good(2)), "另一个名字.csv").pk == first.pk
    upload(browser, content(good(2)), day="2020-01-31")
    first.refresh_from_db()
    assert str(first.day) == "2020-01-31" and first.found


def test_without_a_worker_the_page_goes_on_itself(
    world: World, client_for: Browser, now: datetime
) -> None:
    browser = client_for(world.cast.cashier)
    file = brought(browser, content(good(3)))
    browser.post(page(file, "donations-statement-take-in"))
    progress = page(file, "donations-statement-progress")
    assert "后台程序没有运行" in text(browser.get(progress))
    JobRun.objects.create(name=carrying.JOB, last_started=now)
    assert "后台程序没有运行" not in text(browser.get(progress))
    browser.post(page(file, "donations-statement-turn"))
    assert Intake.objects.get().state == "finished"
    assert browser.get(progress)["HX-Refresh"] == "true"


def test_a_turn_that_is_too_short_goes_on_in_the_next(
    world: World, client_for: Browser, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "PART", 5)
    browser = client_for(world.cast.cashier)
    file = brought(browser, content(good(23)))
    browser.post(page(file, "donations-statement-take-in"))
    for turn in range(40):
        carrying.carry(now, patience=-1 if turn < 30 else 60)
    row = Intake.objects.get()
    assert (row.state, row.accepted, row.duplicate) == ("finished", 23, 0)
    assert Gift.objects.count() == 23


def test_a_long_file_is_looked_through_by_the_worker(
    world: World, client_for: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looking, "LOOKED_AT_ONCE", 3)
    browser = client_for(world.cast.cashier)
    file = brought(browser, content(good(9)))
    assert file.found == {} and "正在后台核对" in text(browser.get(page(file)))
    carrying.carry(clock.now(), patience=60)
    file.refresh_from_db()
    assert file.found["accepted"] == 9 and not Gift.objects.exists()


def test_cancel_and_resume(world: World, client_for: Browser, now: datetime) -> None:
    browser = client_for(world.cast.cashier)
    file = brought(browser, content(good(3)))
    browser.post(page(file, "donations-statement-take-in"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(carrying, "_book", lambda *_: None)
        carrying.carry(now, patience=60)
    row = Intake.objects.get()
    assert (row.state, row.carried_by) == ("posting", world.cast.cashier.user_id)
    intake.halt(row.pk, why="停了")
    assert "办理已停下：停了" in text(browser.get(reverse("donations-intake", args=[row.pk])))
    resume = reverse("donations-intake-resume", args=[row.pk])
    assert client_for(world.cast.accountant).post(resume).status_code == 422
    assert browser.post(resume).status_code == 302
    row.refresh_from_db()
    assert row.carried_by == world.cast.cashier.user_id and row.halted is None
    cancel = reverse("donations-intake-cancel", args=[row.pk])
    assert client_for(world.cast.outsider).post(cancel).status_code in (403, 404)
    assert "取消导入" in text(browser.get(cancel))
    assert browser.post(cancel).status_code == 302
    carrying.carry(now, patience=60)
    row.refresh_from_db()
    assert row.state == "cancelled" and not Gift.objects.exists()
    assert browser.post(resume).status_code == 422


def test_one_broken_off_while_read_asks_for_its_file(
    world: World, client_for: Browser, now: datetime
) -> None:
    row = Intake.objects.create(
        organisation_id=world.places.city, digest="x", file="断.csv", by="system",
        begun_at=now - timedelta(hours=1), moved_at=now - timedelta(hours=1),
    )  # fmt: skip
    browser = client_for(world.cast.cashier)
    assert "请重新上传同一文件" in text(browser.get(reverse("donations-intake", args=[row.pk])))
    answer = browser.post(reverse("donations-intake-resume", args=[row.pk]))
    assert answer.status_code == 422 and "重新上传同一文件" in text(answer)


def test_a_file_nobody_can_read_keeps_no_other_waiting(
    world: World, client_for: Browser, now: datetime
) -> None:
    browser = client_for(world.cast.cashier)
    bad, fine = brought(browser, content(good(1))), brought(browser, content(good(4)))
    for each in (bad, fine):
        browser.post(page(each, "donations-statement-take-in"))
    real = carrying.open_list
    with pytest.MonkeyPatch.context() as patch:
        calls = iter([True, False])
        patch.setattr(carrying, "open_list", lambda *a: real(*a) if not next(calls) else [][0])
        carrying.carry(now, patience=60)
    bad.refresh_from_db()
    assert bad.state == "kept" and "读取文件时出错" in bad.stopped
    assert Intake.objects.get().accepted == 4


def test_the_law_finds_content_that_is_lost_or_left(
    world: World, client_for: Browser, own_home: Path, now: datetime
) -> None:
    file = brought(client_for(world.cast.cashier), content(good(1)))
    held = auditing_files.kept_files_are_whole_and_ended_ones_gone
    assert held().breaches == () and held().checked == 1
    path = intake_files.place_of(file)
    sealed = path.read_bytes()
    path.write_bytes(sealed[:-1] + b"x")
    assert "missing or another" in str(held().breaches[0])
    path.with_name("9-stranger").write_bytes(b"x")
    assert "content of no file" in str(held().breaches[1])


GUARDED = {
    "a file that was removed brought back": "UPDATE donations_statementfile SET state = 'kept',"
    " ended_at = NULL WHERE state = 'gone'",
    "taken in without being asked for": "UPDATE donations_statementfile SET state = 'taken',"
    " intake_id = 1, ended_at = brought_at WHERE state = 'kept'",
    "asked by nobody": "UPDATE donations_statementfile SET state = 'asked' WHERE state = 'kept'",
    "another's content": "UPDATE donations_statementfile SET sha256 = 'x'",
    "deleted": "DELETE FROM donations_statementfile",
}


@pytest.mark.parametrize("tried", GUARDED)
def test_the_database_refuses(world: World, client_for: Browser, now: datetime, tried: str) -> None:
    browser = client_for(world.cast.cashier)
    gone, _kept = brought(browser, content(good(1))), brought(browser, content(good(2)))
    intake_files.give_up(world.cast.cashier, file_id=gone.pk, at=now)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(GUARDED[tried])
        connection.check_constraints()
