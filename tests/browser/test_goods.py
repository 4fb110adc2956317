"""Goods from receiving to the hospital's signature: two people, a committee, a short delivery."""

import json
import re
import subprocess
import sys

import pytest
from playwright.sync_api import Locator, Page
from playwright.sync_api import TimeoutError as Late

from tests.browser.conftest import DESK, PHONE, OpenPage, Running

pytestmark = pytest.mark.browser


def sign_in(open_page: OpenPage, username: str, size: dict[str, int] = PHONE) -> Page:
    page = open_page(size)
    page.goto("/account/login/")
    page.fill("input[name=login]", username)
    page.fill("input[name=password]", "jiangzhou-demo")
    page.press("input[name=password]", "Enter")
    page.wait_for_url("**/desk/**")
    return page


def press(page: Page, name: str) -> None:
    """Press a button and confirm in the dialog where it asks."""
    with page.expect_navigation():
        page.get_by_role("button", name=re.compile(name)).last.click()
        asked: Locator = page.locator("dialog[open]")
        try:
            asked.wait_for(timeout=1500)
        except Late:
            return
        asked.get_by_role("button", name="确认").click()


def main_text(page: Page) -> str:
    return page.locator("body").inner_text()


@pytest.fixture
def list_at_any_hour(running: Running) -> None:
    """Let list 1 be frozen for tomorrow whatever the hour at which the suite runs."""
    words = (
        "from boai.foundations.organisations.services.settings import set_value\n"
        "from boai.foundations.organisations.queries import by_code_or_name\n"
        "from boai.ground.core.actors import SYSTEM\n"
        "from boai.ground.core.clock import now\n"
        "society = by_code_or_name('江州市红十字会').id\n"
        "set_value(SYSTEM, organisation_id=society, key='allocation.cut-off', value='00:00', at=now())"
    )
    subprocess.run(
        [sys.executable, "manage.py", "shell", "-c", words], env=running.environment, check=True
    )


def test_goods_go_from_the_gate_to_the_ward(
    open_page: OpenPage, running: Running, list_at_any_hour: None
) -> None:
    clerk = sign_in(open_page, "intake", DESK)
    clerk.goto("/desk/donations/goods/")
    clerk.fill("input[name=lines-0-item]", "棉被")
    clerk.fill("input[name=lines-0-quantity]", "500")
    clerk.fill("input[name=donor_name]", "江州长风纺织厂")
    clerk.check("input[name=named]")
    clerk.fill("input[name=display_name]", "江州长风纺织厂")
    press(clerk, "登记")
    gift = re.search(r"JW\d{14,}[0-9A-Z]", main_text(clerk))
    assert gift

    keeper = sign_in(open_page, "keeper1")
    keeper.goto("/desk/warehouse/arrivals/")
    keeper.get_by_text("江州长风纺织厂").first.click()
    keeper.fill("input[name=lines-0-quantity]", "498")
    press(keeper, "清点完毕")
    note = re.search(r"RK\d{14,}[0-9A-Z]", keeper.url)
    assert note

    # One person does not sign twice.
    keeper.goto(f"/desk/warehouse/notes/{note[0]}/sign/")
    assert keeper.get_by_role("button", name=re.compile("签字入库")).count() == 0

    second = sign_in(open_page, "keeper2")
    second.goto(f"/desk/warehouse/notes/{note[0]}/sign/")
    second.check("input[name=seen]")
    press(second, "签字入库")
    lot = re.search(r"LT\d{14,}[0-9A-Z]", main_text(second))
    assert lot

    officer = sign_in(open_page, "task1", DESK)
    officer.goto("/desk/allocation/lists/freeze/")
    press(officer, "立即生成")
    officer.goto(f"{officer.url}?q=棉被")
    assert "498" in main_text(officer)

    hospital = sign_in(open_page, "need2")
    hospital.goto("/desk/allocation/requests/new/")
    line = hospital.locator("tr").filter(has_text="棉被").first
    line.locator("input[type=number]").fill("100")
    hospital.fill("textarea[name=reason]", "隔离病房夜间降温")
    press(hospital, "提交申请")
    request = re.search(r"DB\d{14,}[0-9A-Z]", main_text(hospital))
    assert request

    officer.goto("/desk/")
    officer.get_by_text(request[0]).first.click()
    press(officer, "提请集体决策")

    # The clerk may not decide, and is told so without being shown the case.
    clerk.goto("/desk/approvals/")
    assert request[0] not in main_text(clerk)

    for username in ("app1", "app2", "app3", "app4"):
        member = sign_in(open_page, username)
        member.goto("/desk/")
        member.get_by_text(request[0]).first.click()
        assert "100" in main_text(member)
        press(member, "^同意$")
    assert "决策完毕：同意" in main_text(member)

    keeper.goto("/desk/")
    keeper.get_by_text("装车").first.click()
    keeper.goto("/desk/dispatch/?q=江州市中心医院")
    keeper.locator("a[href*='/dispatch/waybills/YD']").first.click()
    keeper.wait_for_url("**/waybills/YD*/")
    waybill = keeper.url.rstrip("/").rsplit("/", 1)[1]
    keeper.goto(f"/desk/dispatch/waybills/{waybill}/load/")
    assert lot[0] in main_text(keeper)
    keeper.fill("input[name=vehicle]", "江A·88888")
    keeper.check("input[name=picked]")
    press(keeper, "已装车")
    second.goto(f"/desk/dispatch/waybills/{waybill}/countersign/")
    second.locator("form input[type=checkbox]").check()
    press(second, "签字发车")
    assert "在途" in main_text(second)

    receiver = sign_in(open_page, "receive2")
    receiver.goto("/desk/")
    receiver.goto(f"/desk/dispatch/waybills/{waybill}/sign/")
    receiver.locator("input[name^=counted-]").fill("98")
    receiver.fill("textarea[name=note]", "少两床，司机在场")
    press(receiver, "签收")
    assert "98" in main_text(receiver)

    public = open_page()
    public.goto(f"/trace/{gift[0]}/")
    shown = main_text(public)
    assert "江州市中心医院" in shown and lot[0] in shown

    traced = json.loads(running.boai("trace", gift[0], "--json"))
    (of_lot,) = [one for line in traced["lines"] for one in line["lots"]]
    assert (of_lot["on_hand"], of_lot["in_transit"], of_lot["delivered"]) == (398, 2, 98)
    held = json.loads(running.boai("audit", "--json"))
    assert held["ok"], [law for law in held["laws"] if law["breaches"]]
