"""A giver on a phone, from the appeal to where the money goes."""

import re
import time

import pytest

from tests.browser.conftest import OpenPage, Running

pytestmark = pytest.mark.browser


def test_a_giver_gives_twenty_yuan_and_follows_it(open_page: OpenPage, running: Running) -> None:
    page = open_page()
    page.goto("/")
    page.get_by_role("link", name="我要捐款").first.click()
    page.wait_for_url("**/give/fangkong/")

    # Nothing chosen: said beside the field, nothing lost.
    page.get_by_role("button", name="去支付").click()
    page.get_by_text("请选择或填写捐款金额").wait_for()

    page.fill("input[name=amount]", "20")
    assert page.locator("#amount-words").inner_text() == "贰拾元整"
    page.fill("input[name=display_name]", "林小满")
    page.check("input[name=named]")
    page.get_by_text("手机号和给一线的话").click()
    page.fill("input[name=phone]", "13800001234")
    page.fill("textarea[name=message]", "一线加油")
    page.get_by_role("button", name="去支付").click()

    page.wait_for_url("**/pay/sandbox/**")
    assert "演练" in page.locator("#main").inner_text()
    began = time.monotonic()
    page.get_by_role("button", name="支付 ¥20.00").click()
    page.wait_for_url("**/give/done/**")
    picture = page.locator("#main img").first
    picture.wait_for()
    page.wait_for_function("document.querySelector('#main img').naturalWidth > 300")
    assert time.monotonic() - began < 10

    done = page.locator("#main").inner_text()
    number = re.search(r"JZ\d{14,}[0-9A-Z]", done)
    code = re.search(r"^\d{6}$", done, re.MULTILINE)
    assert number and code
    assert "林小满" in done

    # The paper can be had as a file, and checked by anyone.
    href = page.get_by_role("link", name="证书 PDF").get_attribute("href")
    assert href
    assert page.request.get(href).body()[:5] == b"%PDF-"

    page.get_by_role("link", name="看它去哪里").click()
    page.wait_for_url(f"**/trace/{number[0]}/")
    assert "尚未使用" in page.locator("#main").inner_text()

    # The worker has sequenced the log: the step carries its proof.
    running.boai("log", "checkpoint")
    page.goto("/gifts/")
    page.fill("input[name=number]", number[0])
    page.fill("input[name=query_code]", code[0])
    page.get_by_role("button", name="查询").click()
    page.get_by_text("¥20.00").first.wait_for()

    # A wrong code answers as a wrong number does, and shows nothing.
    page.goto("/gifts/")
    page.fill("input[name=number]", number[0])
    page.fill("input[name=query_code]", "000000" if code[0] != "000000" else "111111")
    page.get_by_role("button", name="查询").click()
    assert "¥20.00" not in page.locator("#main").inner_text()

    page.goto("/lovelist/?q=林小满")
    page.get_by_text("林小满").first.wait_for()

    answer = running.boai("trace", number[0], "--json")
    assert '"unspent_fen": 2000' in answer or '"unspent_fen":2000' in answer


@pytest.mark.parametrize("amount", ["0", "0.001", "1000000000000", "-1", "一百"])
def test_a_wrong_amount_is_refused_in_chinese(open_page: OpenPage, amount: str) -> None:
    page = open_page()
    page.goto("/give/fangkong/")
    page.fill("input[name=amount]", amount)
    page.fill("input[name=display_name]", "林小满")
    page.get_by_role("button", name="去支付").click()
    page.locator("[role=alert], .invalid-feedback").first.wait_for()
    assert page.url.endswith("/give/fangkong/")
    assert page.input_value("input[name=display_name]") == "林小满"
