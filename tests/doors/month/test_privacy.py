"""What a giver, a receiver or a picture told in confidence never comes out in public.

Marks are planted in every such field through the doors; then everything public is fetched: pages,
downloads, the log's export, papers without their code. No mark is in any of it.
"""

import io
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client
from PIL import Image

from boai.foundations.certificates import queries as certificates
from boai.foundations.trail.services import evidence
from boai.foundations.translog.services.exporting import export_log
from boai.foundations.translog.services.sequencing import sequence
from boai.relief.dispatch import queries as dispatch
from boai.relief.donations.models import PaymentOrder
from boai.relief.donations.services import registering
from boai.relief.donations.values import AnnouncedLine
from tests.doors.month.conftest import Story, open_browser
from tests.doors.reading import Page
from tests.doors.walking import START, route_of

pytestmark = pytest.mark.long
MARKS = {
    "name": "欧阳暗香",
    "phone": "13912348765",
    "message": "只给一线看的悄悄话",
    "company": "暗香浮动医药有限公司",
    "contact": "13887654321",
    "wish": "不公开的捐赠意愿",
    "note": "收货人写的私下备注",
    "place": "EXIF-4X7Q9Z",
}


def give(slug: str) -> str:
    """An anonymous gift of money from the page to the payment; answers the token."""
    browser = Client()
    sent = {
        "amount": "66",
        "display_name": MARKS["name"],
        "phone": MARKS["phone"],
        "message": MARKS["message"],
        "_key": "f" * 32,
    }
    answer = browser.post(f"/give/{slug}/", sent)
    assert answer.status_code == 302
    paid = browser.post(answer["Location"], {"outcome": "pay"})
    assert paid.status_code == 302
    order = PaymentOrder.objects.order_by("-pk")[0]
    assert order.gift is not None
    return order.gift.number


def plant(story: Story) -> list[str]:
    """Plant every mark; answers the numbers of the gifts."""
    money = give("fangkong")
    goods = registering.announce_gift_in_kind(
        story.person("intake"),
        organisation_id=story.society,
        appeal_id=None,
        lines=[AnnouncedLine(item_id=1, quantity=5)],
        donor_name=MARKS["company"],
        phone=MARKS["contact"],
        purpose=MARKS["wish"],
        message=MARKS["message"],
        at=story.at,
    )
    picture = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = exif[0x013B] = MARKS["place"]
    Image.new("RGB", (50, 40), "blue").save(picture, "JPEG", exif=exif)
    assert MARKS["place"].encode() in picture.getvalue()
    [waybill, *_] = dispatch.waybills(organisation_id=story.society)
    key = evidence.attach(
        story.person("receive4"),
        subject=f"dispatch.waybill:{waybill.number}",
        content=picture.getvalue(),
        filename=f"{MARKS['note']}.jpg",
        at=story.at,
    )
    found = evidence.read(key)
    assert found is not None and MARKS["place"].encode() not in found[0]
    return [money, getattr(goods, "number", goods)]


def shapes(mark: str) -> list[bytes]:
    """A mark raw, in addresses, as escapes, and a telephone also in its parts."""
    found = [mark.encode(), quote(mark).encode(), mark.encode("unicode_escape")]
    return [*found, mark[::-1].encode()]


def test_nothing_told_in_confidence_comes_out(
    story: Story, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BOAI_SANDBOX_DELIVERY", "direct")
    numbers = plant(story)
    sequence(story.at)
    leaks: list[tuple[str, str]] = []

    def look(where: str, content: bytes) -> None:
        leaks.extend((where, n) for n, m in MARKS.items() for s in shapes(m) if s in content)

    seen = fetch_everything(numbers, look)
    assert seen > 40
    # The proofs that a holder takes along and may hand to anybody.
    papers = certificates.papers_of(f"donations.gift:{numbers[0]}")
    assert len(papers) == 2
    for paper in papers:
        for ending in ("html", "tlog-proof"):
            name = f"/papers/{paper.number}.{ending}"
            answer = open_browser(None).get(name, {"c": paper.check_code})
            assert answer.status_code == 200
            look(name, answer.content)
    export_log(tmp_path / "log")
    files = [path for path in (tmp_path / "log").rglob("*") if path.is_file()]
    files += [path for path in story.home.rglob("*") if path.is_file() and "log" in path.parts]
    assert files
    for path in files:
        look(path.name, path.read_bytes())
    assert leaks == []


def fetch_everything(numbers: list[str], look: Any) -> int:
    """Every public address that a visitor finds or may guess; answers how many."""
    browser, seen, routes = open_browser(None), set(), {}
    waiting = [
        *START,
        "/bulletins/",
        "/open-data/",
        "/open-data/datapackage.json",
        "/log/",
        "/log/checkpoint",
        "/api/v1/openapi.json",
        "/lovelist/?export=csv",
        "/lovelist/?export=xlsx",
    ]
    for number in numbers:
        waiting += [
            f"/trace/{number}/",
            f"/api/v1/gifts/{number}",
            f"/gifts/?number={number}",
            f"/lovelist/?q={number}",
            f"/verify/?n={number}",
            f"/papers/{number}.pdf",
            f"/log/leaf/donations.gift:{number}",
            f"/log/proof/donations.gift:{number}",
        ]
    waiting += [f"/lovelist/?q={quote(mark[:2])}" for mark in MARKS.values()]
    while waiting:
        address = waiting.pop(0)
        if address in seen or address.startswith("/desk/") or "/account/" in address:
            continue
        route = route_of(address)
        if address.count("/") > 2 and routes.get(route, 0) > 6:
            continue
        seen.add(address)
        routes[route] = routes.get(route, 0) + 1
        answer = browser.get(address)
        assert answer.status_code < 500, address
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        if "q=" not in address:
            look(address, content)
        if answer["Content-Type"].startswith("text/html"):
            waiting += Page(address, content.decode()).links
    return len(seen)
