"""Every real file through the page: each is understood and shown, or refused in words."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from boai.ground.core.actors import Actor
from boai.relief.donations.models import Gift, StatementFile
from tests.factories.published import HOME, shared_data
from tests.factories.world import World

Browser = Callable[[Actor | None], Client]
FOLDERS = (
    "wuhan-redcross-2020/channels",
    "wuhan-redcross-2020/cash",
    "hubei-redcross-2020",
    "bank-statements-cn",
    "bank-statements-intl",
    "charity-bank-statement-vn-2024",
)
WHAT_CAME = {
    # name, in parts: booked, duplicate, for a person, refused; totals that agree, that differ
    "云闪付用户捐赠明细（2月11日）": (568, 0, 0, 0, 0, 0),
    "云闪付用户捐赠明细（2月1日）": (2151, 0, 0, 0, 1, 0),
    "2020年1月24日.xlsx": (1207, 0, 0, 0, 1, 0),
    "2020年1月24日的副本": (1207, 0, 0, 0, 0, 0),
    "2020年2月11日": (1688, 0, 0, 0, 0, 0),
    "2020年2月12日": (1585, 0, 0, 0, 0, 0),
    "2020年2月1日": (3775, 0, 0, 0, 1, 0),
    "交通银行账户": (2855, 0, 0, 0, 1, 1),
    "农业银行账户": (745, 0, 0, 0, 1, 1),
    "第6期": (100, 0, 0, 0, 0, 0),
    "公示7-1": (100, 0, 0, 0, 0, 1),
    "公示9-1": (101, 0, 0, 0, 0, 2),
    "donate01": (60, 0, 0, 0, 1, 0),
    "donate02": (1633, 0, 0, 0, 1, 0),
    "donate03": (1995, 0, 0, 0, 1, 0),
    "donate04": (1995, 0, 0, 0, 1, 0),
    "abc_debit": (1, 0, 1, 3, 0, 0),
    "alipay-example": (1, 0, 4, 5, 0, 0),
    "boc-example": (1, 0, 3, 13, 0, 0),
    "bocom_debit": (1, 0, 2, 3, 0, 0),
    "ccb-": (0, 0, 0, 6, 0, 0),
    "icbc-": (0, 0, 0, 12, 0, 0),
    "wechat-records.csv": (4, 0, 12, 11, 0, 0),
    "wechat-records.xlsx": (4, 4, 24, 22, 0, 0),
    "all-balance-types": (0, 0, 0, 1, 0, 1),
    "v2.minimal": (0, 0, 0, 1, 0, 1),
    "multi.statement": (0, 0, 0, 2, 2, 0),
    "camt053.v4": (0, 0, 0, 1, 0, 1),
    "camt053.v8": (0, 0, 0, 1, 0, 1),
    "camt054.v4": (0, 0, 0, 1, 0, 0),
    "ASNB": (0, 0, 0, 8, 31, 0),
    "betterplace": (0, 0, 0, 97, 26, 0),
    "cmxl": (0, 0, 0, 16, 3, 0),
    "abnamro": (0, 0, 0, 10, 0, 2),
    "jejik-ing": (0, 0, 0, 7, 0, 1),
    "agribank": (0, 0, 2493, 0, 0, 0),
}
FOLLOWS = {
    "boc-example": True,
    "agribank": True,
    "abc_debit": False,
    "bocom_debit": False,
    "ccb-": False,
}
"""Whether the running balances follow, where a list has them: three are made-up examples."""
LONG = ("2020年1月25日", "支付宝账户", "donate05")
"""Too long to be counted while somebody waits: shown as understood, counted by the worker."""
UNKNOWN = ("hubei-donation.csv",)
FILES = [
    path.relative_to(HOME).as_posix()
    for folder in FOLDERS
    for path in sorted((HOME / folder).glob("*"))
    if path.suffix != ".md"
] or ["hubei-redcross-2020/donate01.xls"]


@pytest.mark.parametrize("name", FILES)
def test_a_real_file(world: World, client_for: Browser, name: str) -> None:
    path: Path = shared_data(name.partition("/")[0]).parent / name
    browser = client_for(world.cast.cashier)
    upload = SimpleUploadedFile(path.name, path.read_bytes())
    assert browser.post(reverse("donations-bring"), {"file": upload}).status_code == 302
    file = StatementFile.objects.get()
    answer = browser.get(reverse("donations-statement", args=[file.pk]))
    shown = answer.content.decode()
    assert answer.status_code == 200 and not Gift.objects.exists()
    assert "前几行是这样理解的" in shown or path.name in UNKNOWN
    if path.name in UNKNOWN:
        assert file.found == {"unknown": True} and "没有认出表头" in shown
    elif any(part in name for part in LONG):
        assert file.found == {} and "正在后台核对" in shown
    else:
        [expected] = [came for part, came in WHAT_CAME.items() if part in name]
        ends = [file.found[end] for end in ("accepted", "duplicate", "quarantined", "refused")]
        agree = [stated == computed for _w, _l, stated, computed, _u in file.found["totals"]]
        assert (*ends, agree.count(True), agree.count(False)) == expected
        follows = [told for part, told in FOLLOWS.items() if part in name]
        assert [told for _sheet, told in file.found["balances"]] == follows
