"""The pages of receipts: what they show, to whom, and that lists cost the same however long."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from boai.ground.core.actors import Actor
from boai.relief.receipts.models import Block, Receipt, Slip
from tests.factories.books import drop_trigger

from .conftest import CODE, Office

Browser = Callable[[Actor | None], Client]


def text(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, address
    return answer.content.decode()


def test_numbers_through_the_pages(office: Office, client_for: Browser) -> None:
    clerk, other = client_for(office.clerk), client_for(office.reviewer)
    answer = clerk.post(
        "/desk/receipts/stock/apply/", {"medium": "electronic", "wanted": "10", "purpose": "日常"}
    )
    block = Block.objects.get()
    way = f"/desk/receipts/stock/{block.pk}/"
    assert answer["Location"] == way
    assert "须由另一名同事登记入库" in text(clerk, way)
    assert f'href="{way}take/"' in text(other, way)
    assert "take/" not in text(clerk, way)
    good = {"code": CODE, "first": "1", "last": "10", "document": "财票领2020-1"}
    assert "须为两人" in clerk.post(way + "take/", good).content.decode()
    assert other.post(way + "take/", {**good, "last": "11"}).status_code == 422
    assert other.post(way + "take/", {**good, "first": "x"}).status_code == 422
    assert other.post(way + "take/", good).status_code == 302
    assert "0000000001 – 0000000010" in text(other, "/desk/receipts/stock/")
    serial = office.issue(office.entitle())
    page = text(clerk, way)
    assert "领购" in page and serial in page and "0000000002 – 0000000010" in page
    assert office.reviewer.name in page


def test_void_and_red_through_the_pages(office: Office, client_for: Browser) -> None:
    office.block()
    subject = office.entitle(fen=20_000)
    first, second = office.issue(subject), office.issue(subject)
    clerk, other = client_for(office.clerk), client_for(office.reviewer)
    for serial, act in ((first, "void"), (second, "reverse")):
        way = f"/desk/receipts/{serial}/{act}/"
        assert clerk.post(way, {"reason": ""}).status_code == 422
        assert clerk.post(way, {"reason": "抬头有误"}).status_code == 302
        again = clerk.post(way, {"reason": "抬头有误"})
        assert again.status_code == 422 and "已有待复核" in again.content.decode()
        slip = Slip.objects.get(receipt__serial=serial)
        assert "抬头有误" in text(other, f"/desk/receipts/waiting/{slip.pk}/")
        assert other.post(f"/desk/receipts/waiting/{slip.pk}/").status_code == 302
    assert "已作废" in text(clerk, f"/desk/receipts/{first}/")
    page = text(clerk, f"/desk/receipts/{second}/")
    assert "已红冲" in page and Receipt.objects.get(kind="red").serial in page
    late = office.issue(subject)
    assert clerk.post(f"/desk/receipts/{late}/hand-over/").status_code == 302
    refused = clerk.post(f"/desk/receipts/{late}/void/", {"reason": "错"})
    assert refused.status_code == 422 and "请收回后办理红冲" in refused.content.decode()


def test_sent_back_and_withdrawn_through_the_pages(office: Office, client_for: Browser) -> None:
    subject = office.entitle()
    clerk, other = client_for(office.clerk), client_for(office.reviewer)
    slip = office.ask(subject)
    way = f"/desk/receipts/waiting/{slip}/"
    assert other.post(way + "return/", {"reason": "名称不符"}).status_code == 302
    assert "名称不符" in text(other, way)
    slip = office.ask(subject)
    assert clerk.post(f"/desk/receipts/waiting/{slip}/withdraw/").status_code == 302
    refused = other.post(f"/desk/receipts/waiting/{slip}/")
    assert refused.status_code == 422 and "已撤回" in refused.content.decode()


def test_who_sees_whose_name(office: Office, client_for: Browser, foreign_cashier: Actor) -> None:
    office.block()
    serial = office.issue(office.entitle(), payer="欧阳小红")
    cast = office.world.cast
    assert "欧阳小红" in text(client_for(cast.cashier), "/desk/receipts/")
    for actor in (cast.intake, cast.supervisor):
        pages = [
            text(client_for(actor), way) for way in ("/desk/receipts/", f"/desk/receipts/{serial}/")
        ]
        assert all("欧阳小红" not in page and "欧**红" in page for page in pages)
    stranger = client_for(foreign_cashier)
    assert serial not in text(stranger, "/desk/receipts/")
    for way in ("", "voucher.pdf", "void/", "reverse/", "hand-over/"):
        text(stranger, f"/desk/receipts/{serial}/{way}", 404)
    text(client_for(cast.keeper), "/desk/receipts/", 403)
    assert client_for(None).get("/desk/receipts/").status_code == 302


def test_the_search_finds_serial_number_and_gift(office: Office, client_for: Browser) -> None:
    office.block()
    serial = office.issue(office.entitle("JZ9"))
    client = client_for(office.clerk)
    for asked in (serial, serial.replace("-", ""), "1", "JZ9", "jz9"):
        assert serial in text(client, f"/desk/receipts/?q={asked}"), asked
    for asked in ("2", "JZ8", "何同学"):
        assert f"/desk/receipts/{serial}/" not in text(client, f"/desk/receipts/?q={asked}")


@pytest.mark.parametrize(
    "way", ["/desk/receipts/", "/desk/receipts/waiting/", "/desk/receipts/stock/"]
)
def test_lists_cost_the_same_however_long(office: Office, client_for: Browser, way: str) -> None:
    client = client_for(office.reviewer)

    def asked() -> int:
        client.get(way)
        with CaptureQueriesContext(connection) as found:
            assert client.get(way).status_code == 200
        return len(found)

    counts = []
    for batch in range(2):
        for n in range(1 if batch == 0 else 12):
            first = 1 + 100 * (batch * 20 + n)
            office.block(first, first + 9)
            subject = office.entitle(f"G{batch}-{n}", 20_000)
            office.issue(subject)
            office.ask(subject)
        counts.append(asked())
    assert counts[0] == counts[1]


def test_everybody_may_check_a_receipt(office: Office, client_for: Browser) -> None:
    office.block()
    serial = office.issue(office.entitle())
    code = Receipt.objects.get().check_code
    visitor = client_for(None)
    assert "校验码" in text(visitor, "/receipts/")
    page = text(visitor, f"/receipts/?n={serial}&c={code}")
    assert "有效。" in page and "何同学" in page and "壹佰元整" in page
    for n, c in ((serial, "WRONG234"), (serial[:-1] + "9", code), ("乱", "写"), ("\x00", "")):
        answer = visitor.get("/receipts/", {"n": n, "c": c})
        assert answer.status_code == 422
        assert "没有与此号码和校验码相符的票据" in answer.content.decode()
        assert "何同学" not in answer.content.decode()
    assert visitor.get(f"/receipts/{serial}.pdf").status_code == 404
    paper = visitor.get(f"/receipts/{serial}.pdf?c={code}")
    assert paper.content.startswith(b"%PDF") and paper["Cache-Control"] == "private, no-store"
    office.back(serial, "reverse")
    assert "已红冲，不再有效" in text(visitor, f"/receipts/?n={serial}&c={code}")


def test_guessing_comes_to_an_end(office: Office, client_for: Browser) -> None:
    visitor = client_for(None)
    for _n in range(20):
        visitor.get("/receipts/?n=98010126-1&c=AAAAAAAA")
    assert visitor.get("/receipts/?n=98010126-1&c=AAAAAAAA").status_code == 429


def test_an_altered_record_is_shown_as_altered(office: Office, client_for: Browser) -> None:
    """H18: neither its words nor its paper are given out any more."""
    office.block()
    serial = office.issue(office.entitle())
    row = Receipt.objects.get()
    drop_trigger("receipts_receipt", "receipts_receipt_append_only_update")
    Receipt.objects.update(note="改过")
    visitor = client_for(None)
    page = text(visitor, f"/receipts/?n={serial}&c={row.check_code}")
    assert "核验不通过" in page and "改过" not in page
    assert visitor.get(f"/receipts/{serial}.pdf?c={row.check_code}").status_code == 404
    assert "核验不通过" in text(client_for(office.clerk), f"/desk/receipts/{serial}/")
    Receipt.objects.update(note=row.note)


def test_the_paper_says_that_it_is_no_fiscal_receipt(office: Office, client_for: Browser) -> None:
    office.block()
    subject = office.entitle(fen=20_000)
    serials = [office.issue(subject), office.issue(subject)]
    serials += office.back(serials[1], "reverse")
    for serial in serials:
        paper = client_for(office.clerk).get(f"/desk/receipts/{serial}/voucher.pdf")
        assert paper.content.startswith(b"%PDF")


def test_tasks(office: Office, client_for: Browser) -> None:
    office.ask(office.entitle())
    assert "复核票据" in text(client_for(office.reviewer), "/desk/")
    assert "复核票据：" not in text(client_for(office.clerk), "/desk/")
