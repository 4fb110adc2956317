"""Public pages: without sign-in, without personal data; the desk of the publishers."""

import io
import json
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import translation

from boai.foundations.translog.services.sequencing import sequence
from boai.relief.donations.services import refunding
from boai.window.disclosure.errors import NumberIsUnknown
from boai.window.disclosure.queries.tracing import POSITIONS, trace
from tests.window.disclosure.test_bulletins import DAY, FIRST, prepare, run


def page(path, status=200):
    answer = Client().get(path)
    assert answer.status_code == status, (path, answer.status_code)
    content = b"".join(answer) if answer.streaming else answer.content
    return content.decode()


def test_a_gift_of_goods_is_traced(story, at):
    number, lot = story.give_caps(1000, counted=990, at=at)
    waybill = story.deliver(lot, 300, accepted=290, at=at + timedelta(hours=1))
    sequence(at)
    document = trace(number)
    [line] = document["lines"]
    assert line["received"] == sum(line[place] for place in POSITIONS) == 990
    assert (line["on_hand"], line["delivered"], line["in_transit"]) == (690, 290, 10)
    assert line["lots"][0]["deliveries"][0]["receiver"] == "测州市第一医院"
    text = page(f"/trace/{number.lower()}/")
    for words in ("某某医疗", "测州市第一医院", waybill, "可验证", "比发出少 10"):
        assert words in text
    lot_number = line["lots"][0]["number"]
    assert trace(lot_number)["gifts"] == [{"number": number}]
    assert trace(waybill)["gifts"] == [{"number": number}]
    assert number in page(f"/trace/{lot_number}/")
    assert number in page(f"/trace/{waybill}/")


def test_what_was_given_back_stands_beside_what_was_used(story, at):
    [number] = story.give(10_000, at=at)
    cast = story.world.cast
    refund = refunding.propose_refund(
        cast.accountant, gift_number=number, amount_fen=4_000, reason="多捐了", at=at
    )
    assert "已退还" not in page(f"/trace/{number}/")
    refunding.pay_refund(cast.cashier, number=refund, at=at + timedelta(hours=1))
    text = page(f"/trace/{number}/")
    assert "已退还" in text
    for amount in ("100.00", "40.00", "60.00"):
        assert f"¥{amount}" in text


def test_a_gift_of_money_is_traced(story, at):
    [number] = story.give(10000, at=at, donor_name="张三丰", phone="13812345678", message="加油")
    document = trace(number)
    assert document["amount_fen"] == 10000
    assert document["unspent_fen"] + sum(u["amount_fen"] for u in document["uses"]) == 10000
    text = page(f"/trace/{number}/")
    assert "爱心人士" in text
    assert "张三丰" not in text
    assert "尚未使用" in text
    out = io.StringIO()
    call_command("trace", number, "--json", stdout=out)
    assert json.loads(out.getvalue())["unspent_fen"] == 10000
    call_command("gift", number, "--json", stdout=out)
    with pytest.raises(CommandError):
        call_command("trace", "JZ20200101000001X")


def test_what_is_unknown_is_said_kindly(story):
    assert "没有找到编号" in page("/trace/NOTHING/", 404)
    assert Client().get("/trace/", {"number": "ab c"}).status_code == 302
    assert "追踪去向" in page("/trace/")
    for odd in ("<script>", "%00", "'" * 200, "０"):
        assert Client().get(f"/trace/{odd}/").status_code == 404
    with pytest.raises(NumberIsUnknown):
        trace("")


def test_the_love_list(story, at):
    story.give(10000, 20000, at=at, donor_name="张三丰")
    story.give(5, at=at + DAY, donor_name="李四", named=True, display_name="李四一家")
    story.give_caps(100, counted=100, at=at)
    text = page("/lovelist/")
    assert "李四一家" in text
    assert "爱心人士" in text
    assert "张三丰" not in text
    assert "300.05" in text
    assert "某某医疗" in text
    found = page("/lovelist/?q=李四")
    assert "李四一家" in found
    assert "某某医疗" not in found.partition('id="love-rows"')[2]
    assert "5" in page(f"/lovelist/?day=2020-01-30&appeal={story.appeal.id}")
    sheet = page("/lovelist/?export=csv")
    assert "张三丰" not in sheet
    assert sheet.count("\r\n") >= 5
    page("/lovelist/?page=99&appeal=x&day=x&kind=x")


def test_bulletins_are_read_by_everybody(story, at):
    assert "还没有公示" in page("/bulletins/")
    story.give(10000, at=at)
    story.give_caps(100, counted=90, at=at)
    row = run(story, FIRST, at + DAY)
    sequence(at + DAY)
    assert row.number in page("/bulletins/")
    text = page(f"/bulletins/{row.number}/")
    assert "100.00" in text
    assert row.digest in text
    assert "已公布" in text
    assert json.loads(page(f"/bulletins/{row.number}/json"))["money"]["in_fen"] == 10000
    assert "10000" in page(f"/bulletins/{row.number}/csv")
    answer = Client().get(f"/bulletins/{row.number}/pdf")
    assert answer.content.startswith(b"%PDF")
    page("/bulletins/GB20200130000001X/", 404)


def test_open_data_comes_from_the_log(story, at):
    story.give(10000, at=at, donor_name="张三丰", named=True, display_name="张三丰")
    story.give_caps(100, counted=90, at=at)
    sequence(at)
    assert "datapackage.json" in page("/open-data/")
    sheet = page("/open-data/gifts.csv")
    assert "10000" in sheet
    assert "张三丰" not in sheet
    records = json.loads(page("/open-data/gifts.json"))["records"]
    assert [r["amount_fen"] for r in records] == [10000, None]
    assert records[1]["quantity"] == 90
    assert len(json.loads(page("/open-data/datapackage.json"))["resources"]) == 4
    page("/open-data/secrets.csv", 404)
    page("/open-data/secrets.json", 404)


def test_the_desk_prepares_and_publishes(story, client_for):
    cast = story.world.cast
    first, second = client_for(cast.publisher), client_for(cast.second_publisher)
    assert "待编制" in first.get("/desk/disclosure/").content.decode()
    where = f"/desk/disclosure/prepare/{story.appeal.slug}/{FIRST.isoformat()}/"
    assert first.get(where).status_code == 200
    draft = first.post(where)
    assert draft.status_code == 302
    refused = first.post(draft.url)
    assert refused.status_code == 422
    assert "编制人不能发布" in refused.content.decode()
    assert "期末余额" in second.get(draft.url).content.decode()
    done = second.post(draft.url)
    assert done.status_code == 302
    number = done.url.strip("/").rpartition("/")[2]
    fix = f"/desk/disclosure/correct/{number}/"
    assert first.get(fix).status_code == 200
    assert first.post(fix, {"reason": ""}).status_code == 422
    again = first.post(fix, {"reason": "漏记一笔"})
    assert again.status_code == 302
    aside = again.url.replace("/draft/", "/withdraw/")
    assert first.get(aside).status_code == 200
    assert first.post(aside).status_code == 302
    bad = f"/desk/disclosure/prepare/{story.appeal.slug}/2020-13-45/"
    assert first.post(bad).status_code == 404


def test_strangers_stay_outside(story, at, client_for):
    row = prepare(story, FIRST)
    for actor in (story.world.cast.keeper, story.world.cast.outsider):
        client = client_for(actor)
        assert client.get(f"/desk/disclosure/draft/{row.id}/").status_code in (403, 404)
        assert client.post(f"/desk/disclosure/draft/{row.id}/").status_code in (403, 404)
    assert Client().get("/desk/disclosure/").status_code == 302


def test_pages_speak_english(story, at):
    [number] = story.give(10000, at=at)
    for path in ("/trace/", f"/trace/{number}/", "/lovelist/", "/bulletins/", "/open-data/"):
        answer = Client(headers={"accept-language": "en"}).get(path)
        assert answer.status_code == 200
    translation.activate("zh-hans")
