"""Channels against the books: exact by number, what is left over named, days closed in turn."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from boai.ground.core.actors import PUBLIC, Actor
from boai.ground.core.errors import NotFound, NotPermitted
from boai.ground.core.laws import all_laws
from boai.relief.donations import errors
from boai.relief.donations.channels import checkout
from boai.relief.donations.channels.sandbox import platform
from boai.relief.donations.channels.wechatpay.receiving import take_notification
from boai.relief.donations.models import ChannelLine, DayClosing, Gift, Pairing
from boai.relief.donations.models.reconciling import FollowedItem
from boai.relief.donations.services import booking, reconciling, refunding
from boai.relief.donations.services import reconciling_days as days
from boai.relief.donations.services import reconciling_refusals as refusals
from boai.relief.donations.services.reconciling_days import BillLine
from boai.relief.donations.values import GiftOrder
from tests.factories.world import World
from tests.relief.donations.conftest import Opened

DAY = date(2020, 1, 29)
MERCHANT = platform.MERCHANT
PAGE = "/desk/donations/reconciling/"
PLACE = f"{DAY}/sandbox/{MERCHANT}"


@pytest.fixture(autouse=True)
def laws_hold(db: None) -> Iterator[None]:
    """The laws of the room, after each test."""
    yield
    own = [law for law in all_laws() if law.id.startswith("donations-")]
    assert {law.id: f.breaches for law in own if (f := law.check()).breaches} == {}


def pay(appeal: Opened, fen: int, key: str, at: datetime, name: str = "张三") -> str:
    """A payment on the phone, told by its channel: the gift's number."""
    placed = checkout.start_payment(
        PUBLIC, appeal_id=appeal.id, amount_fen=fen, form_key=key, name=name, at=at
    )
    told = platform.notification(
        order_number=placed.number, amount_fen=fen, at=at, transaction=f"42000{key}"
    )
    assert take_notification(told.headers, told.body, at=at).http == 204
    return Gift.objects.get(channel_reference=f"42000{key}").number


def book(world: World, fen: int, reference: str, at: datetime, **more: Any) -> str:
    """A gift that somebody booked without a channel's word."""
    order = GiftOrder(
        amount_fen=fen, channel="sandbox", merchant=MERCHANT, channel_reference=reference,
        given_at=at, **{"donor_name": "李四", **more},
    )  # fmt: skip
    [number] = booking.book_gifts(
        world.cast.cashier, organisation_id=world.places.city, appeal_id=None, orders=[order], at=at
    ).numbers
    return number


def bill(world: World, *lines: tuple[str, int, str], at: datetime, day: date = DAY) -> Any:
    return days.take_in_bill(
        world.cast.accountant,
        organisation_id=world.places.city,
        channel="sandbox",
        merchant=MERCHANT,
        file="账单.csv",
        lines=[BillLine(reference, fen, day, name) for reference, fen, name in lines],
        at=at,
    )


def own(world: World, day: date = DAY) -> dict[str, Any]:
    return {
        "organisation_id": world.places.city,
        "channel": "sandbox",
        "merchant": MERCHANT,
        "day": day,
    }


def stands(world: World) -> tuple[int, int, int, int, int]:
    row = reconciling.account_day(*own(world).values())
    return row.channel_count, row.channel_fen, row.books_count, row.books_fen, row.left_over


def sides(world: World) -> list[tuple[str, str]]:
    return [(row.side, row.reference) for row in reconciling.left_over(*own(world).values())]


def test_what_was_told_and_booked_ends_at_zero(world: World, appeal: Opened, at: datetime) -> None:
    for n in range(3):
        pay(appeal, 1000 + n, f"A{n}", at)
    assert stands(world) == (3, 3003, 3, 3003, 0)
    row = days.close_day(world.cast.accountant, **own(world), at=at)
    assert (row.difference_fen, row.left_over) == (0, 0)


def test_a_bill_names_what_is_missing_on_either_side(
    world: World, appeal: Opened, at: datetime
) -> None:
    pay(appeal, 1000, "A", at)
    pay(appeal, 2000, "B", at)
    book(world, 700, "X1", at)
    bill(world, ("42000A", 1000, ""), ("42000B", 2001, ""), ("42000Z", 500, ""), at=at)
    assert stands(world) == (3, 3501, 3, 3700, 3)
    assert sorted(sides(world)) == [("amount", "42000B"), ("books", "X1"), ("channel", "42000Z")]


def test_the_day_of_the_bill_counts_where_the_two_differ(
    world: World, appeal: Opened, at: datetime
) -> None:
    """Paid before midnight, on the bill of the next day: matched there, gone here."""
    pay(appeal, 1000, "A", at)
    bill(world, ("42000A", 1000, ""), at=at, day=DAY + timedelta(days=1))
    assert stands(world) == (0, 0, 0, 0, 0)
    row = reconciling.account_day(*own(world, DAY + timedelta(days=1)).values())
    assert (row.channel_fen, row.books_fen, row.left_over) == (1000, 1000, 0)


def test_a_list_is_the_word_of_its_channel(world: World, at: datetime) -> None:
    book(world, 700, "X1", at, source="Sheet1!3")
    assert stands(world) == (1, 700, 1, 700, 0)


def test_the_same_payment_from_a_list_again_is_a_double(
    world: World, appeal: Opened, at: datetime
) -> None:
    pay(appeal, 1000, "A", at)
    again = GiftOrder(
        amount_fen=1000, channel="sandbox", merchant="T-C", channel_reference="42000A", given_at=at,
        source="Sheet1!3",
    )  # fmt: skip
    booking.book_gifts(
        world.cast.cashier, organisation_id=world.places.city, appeal_id=None, orders=[again], at=at
    )
    assert sides(world) == [("double", "42000A")]


def test_refunds_are_compared_by_order(world: World, appeal: Opened, at: datetime) -> None:
    number = pay(appeal, 1000, "A", at)
    order = Gift.objects.get(number=number).source.partition(":")[2]
    told = platform.returned(
        order_number=order,
        transaction="42000A",
        request="R1",
        total_fen=1000,
        amount_fen=300,
        at=at,
    )
    assert take_notification(told.headers, told.body, at=at).http == 204
    [row] = reconciling.left_over(*own(world).values())
    assert (row.side, row.channel_fen, row.books_fen) == ("refund", 300, 0)
    asked = refunding.propose_refund(
        world.cast.accountant, gift_number=number, amount_fen=300, reason="申请", at=at
    )
    refunding.pay_refund(world.cast.cashier, number=asked, at=at)
    assert sides(world) == []


def test_the_same_bill_again_adds_nothing(world: World, at: datetime) -> None:
    lines = [("Z1", 500, "王五"), ("Z2", 600, "")]
    assert bill(world, *lines, at=at) == (2, 0)
    assert bill(world, *lines, at=at) == (0, 2)
    with pytest.raises(refusals.BillContradictsItself):
        bill(world, ("Z3", 1, ""), ("Z1", 501, ""), at=at)
    with pytest.raises(refusals.BillIsNotReadable):
        bill(world, at=at)
    assert ChannelLine.objects.count() == 2


def test_a_counterpart_is_proposed_by_amount_day_and_name(world: World, at: datetime) -> None:
    near = book(world, 500, "X1", at, donor_name="王小五")
    book(world, 500, "X2", at, donor_name="赵六")
    bill(world, ("Z1", 500, "王五"), ("Z2", 999, "王五"), at=at)
    rows = reconciling.left_over(*own(world).values())
    found = days.proposals(rows)
    assert list(found) == ["channel:sandbox:Z1"]
    assert found["channel:sandbox:Z1"].gift_number == near


def test_two_equally_good_counterparts_are_not_proposed(world: World, at: datetime) -> None:
    book(world, 500, "X1", at)
    book(world, 500, "X2", at)
    bill(world, ("Z1", 500, "王五"), at=at)
    assert days.proposals(reconciling.left_over(*own(world).values())) == {}


def join(world: World, gift: str, line: str, at: datetime, note: str = "线下补登") -> None:
    days.pair(
        world.cast.accountant,
        organisation_id=world.places.city,
        line_id=ChannelLine.objects.get(reference=line).pk,
        gift_number=gift,
        note=note,
        at=at,
    )


def test_a_person_pairs_and_the_day_ends_at_zero(world: World, at: datetime) -> None:
    gift, other = book(world, 500, "X1", at), book(world, 501, "X2", at)
    bill(world, ("Z1", 500, ""), ("Z2", 500, ""), at=at)
    for wrong in (other, "JZ0"):
        with pytest.raises((refusals.PairDoesNotFit, NotFound)):
            join(world, wrong, "Z1", at)
    with pytest.raises(errors.TextIsMissing):
        join(world, gift, "Z1", at, note=" ")
    join(world, gift, "Z1", at)
    with pytest.raises(refusals.PairDoesNotFit):
        join(world, gift, "Z2", at)
    assert sides(world) == [("channel", "Z2"), ("books", "X2")]
    assert stands(world)[4] == 2


def test_a_day_is_closed_and_opened_in_turn(world: World, at: datetime) -> None:
    close: dict[str, Any] = {**own(world), "at": at}
    accountant = world.cast.accountant
    bill(world, ("Z1", 500, ""), at=at)
    with pytest.raises(refusals.DayIsNotClosed):
        days.reopen_day(accountant, **close, note="错")
    with pytest.raises(refusals.DifferenceNeedsNote):
        days.close_day(accountant, **close)
    days.close_day(accountant, **close, note="次日到账")
    with pytest.raises(refusals.DayIsClosed):
        days.close_day(accountant, **close, note="再关")
    with pytest.raises(refusals.DayIsClosed):
        bill(world, ("Z2", 1, ""), at=at)
    gift = book(world, 500, "X1", at)
    with pytest.raises(refusals.DayIsClosed):
        join(world, gift, "Z1", at)
    with pytest.raises(errors.TextIsMissing):
        days.reopen_day(accountant, **close, note="")
    days.reopen_day(accountant, **close, note="补账单")
    join(world, gift, "Z1", at)
    days.close_day(accountant, **close)
    rows = DayClosing.objects.order_by("turn").values_list("deed", "difference_fen", "left_over")
    assert list(rows) == [("closed", 500, 1), ("reopened", 0, 2), ("closed", 0, 0)]


def test_strangers_and_others_are_refused(world: World, at: datetime) -> None:
    for person in (PUBLIC, world.cast.outsider, world.cast.keeper):
        with pytest.raises(NotPermitted):
            days.close_day(person, **own(world), note="关", at=at)
    with pytest.raises(NotPermitted):
        days.follow(
            world.cast.outsider,
            organisation_id=world.places.city,
            item="x",
            owner=1,
            note="",
            at=at,
        )


def raw(model: Any, **fields: Any) -> None:
    with transaction.atomic():
        model.objects.create(**fields)


def test_the_database_keeps_days_and_pairs(world: World, at: datetime) -> None:
    gift, other = book(world, 500, "X1", at), book(world, 501, "X2", at)
    bill(world, ("Z1", 500, ""), at=at)
    line = ChannelLine.objects.get()
    closing = {
        **own(world), "turn": 1, "deed": "closed", "channel_fen": 0, "books_fen": 0,
        "difference_fen": 0, "left_over": 0, "by": 1, "at": at,
    }  # fmt: skip
    for change in (
        {"deed": "reopened", "note": "x"},
        {"turn": 2},
        {"difference_fen": 1},
        {"left_over": 1},
        {"deed": "lost", "note": "x"},
    ):
        with pytest.raises(IntegrityError):
            raw(DayClosing, **{**closing, **change})
    wrong = Gift.objects.get(number=other)
    with pytest.raises(IntegrityError):
        raw(Pairing, line=line, gift=wrong, note="x", by=1, at=at)
    raw(DayClosing, **closing)
    for change in ({}, {"turn": 2}, {"turn": 3, "deed": "reopened", "note": "x"}):
        with pytest.raises(IntegrityError):
            raw(DayClosing, **{**closing, **change})
    right = Gift.objects.get(number=gift)
    with pytest.raises(IntegrityError):
        raw(Pairing, line=line, gift=right, note="x", by=1, at=at)
    with pytest.raises(IntegrityError):
        raw(
            ChannelLine,
            **own(world),
            reference="Z9",
            amount_fen=1,
            file="f",
            taken_by=1,
            taken_at=at,
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        DayClosing.objects.update(note="anders")
    with pytest.raises(IntegrityError), transaction.atomic():
        ChannelLine.objects.all().delete()


def test_any_number_of_payments_is_as_many_statements(
    world: World, appeal: Opened, at: datetime
) -> None:
    from django.db import connection

    def statements() -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            reconciling.accounts(world.places.city, DAY)
            days.proposals(reconciling.left_over(*own(world).values()))
        return len(seen)

    pay(appeal, 1000, "A", at)
    bill(world, ("Z0", 500, "王五"), at=at)
    one = statements()
    for n in range(30):
        pay(appeal, 1000, f"B{n}", at)
        book(world, 500, f"X{n}", at)
    bill(world, *((f"Z{n}", 500, "王五") for n in range(1, 30)), at=at)
    assert statements() == one
    assert stands(world)[4] == 60


def test_the_pages(
    client_for: Callable[[Actor | None], Client], world: World, appeal: Opened, at: datetime
) -> None:
    pay(appeal, 1000, "A", at)
    gift = book(world, 500, "X1", at, donor_name="王五")
    desk = client_for(world.cast.accountant)
    text = "交易单号,交易时间,金额（元）,付款人\n" + "".join(
        f"{number},2020-01-29 10:00:00,{yuan},{name}\n"
        for number, yuan, name in (("`42000A", "10.00", "张三"), ("`Z1", "5.00", "王五"))
    ).replace("`", "")
    from django.core.files.uploadedfile import SimpleUploadedFile

    sent = {
        "channel": "sandbox",
        "merchant": MERCHANT,
        "file": SimpleUploadedFile("账单.csv", text.encode()),
    }
    answer = desk.post(f"{PAGE}bill/", sent)
    assert answer.status_code == 302, answer.content.decode()[-3000:]
    assert answer["Location"] == f"{PAGE}?day={DAY}"
    assert MERCHANT in desk.get(f"{PAGE}?day={DAY}").content.decode()
    page = desk.get(f"{PAGE}day/{PLACE}").content.decode()
    assert gift in page
    assert "姓名相似 100%" in page
    assert desk.get(f"{PAGE}day/{PLACE}?side=channel&export=csv").status_code == 200
    line = ChannelLine.objects.get(reference="Z1").pk
    follow = f"{PAGE}follow/{PLACE}?item=channel:sandbox:Z1"
    assert desk.post(follow, {"note": "已联系付款人"}).status_code == 302
    assert FollowedItem.objects.get().owner == world.cast.accountant.person_id
    assert "已联系付款人" in desk.get(f"{PAGE}day/{PLACE}").content.decode()
    assert desk.post(f"{PAGE}close/{PLACE}", {"note": ""}).status_code == 422
    pair = f"{PAGE}pair/{PLACE}/line/{line}?gift={gift}"
    assert gift in desk.get(pair).content.decode()
    assert desk.post(pair, {"gift_number": gift, "note": "同一人"}).status_code == 302
    assert desk.post(f"{PAGE}close/{PLACE}", {"note": ""}).status_code == 302
    assert desk.post(f"{PAGE}reopen/{PLACE}", {"note": ""}).status_code == 422
    assert desk.post(f"{PAGE}reopen/{PLACE}", {"note": "漏行"}).status_code == 302
    assert "漏行" in desk.get(f"{PAGE}day/{PLACE}").content.decode()
    assert desk.get(f"{PAGE}day/never/sandbox/x").status_code == 404
    for person in (None, world.cast.outsider):
        answer = client_for(person).get(f"{PAGE}day/{PLACE}")
        assert answer.status_code in (302, 403, 404) or gift not in answer.content.decode()


def test_a_channel_that_has_said_nothing_is_unknown_and_not_nothing(
    world: World, appeal: Opened, at: datetime, client_for: Callable[..., Client]
) -> None:
    book(world, 700, "X1", at)
    row = reconciling.account_day(*own(world).values())
    assert (row.heard_count, row.heard_fen, row.heard_difference_fen) == (None, None, None)
    accountant = client_for(world.cast.accountant)
    page = accountant.get(PAGE, {"day": DAY.isoformat()})
    assert "没有渠道记录" in page.content.decode() and "未知" in page.content.decode()
    bill(world, ("42000Z", 500, ""), at=at)
    page = accountant.get(PAGE, {"day": DAY.isoformat()})
    assert "没有渠道记录" not in page.content.decode()
    assert reconciling.account_day(*own(world).values()).heard_difference_fen == -200
