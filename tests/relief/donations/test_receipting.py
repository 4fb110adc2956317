"""Receipts of gifts: never above the net value, followed by refunds and reversals."""

from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
from django.test import Client

from boai.ground.core.actors import SYSTEM, Actor
from boai.ground.core.errors import NotPermitted
from boai.ground.core.laws import all_laws
from boai.relief.donations import errors
from boai.relief.donations.models import Gift
from boai.relief.donations.services import receipting, refunding
from boai.relief.donations.values import gift_ref
from boai.relief.receipts import errors as wrong
from boai.relief.receipts import queries as receipts
from boai.relief.receipts.models import Allowance, Receipt, Slip
from boai.relief.receipts.services import reviewing, stock
from tests.factories.people import engage
from tests.factories.world import World
from tests.relief.donations.conftest import Opened
from tests.relief.donations.test_refunding import HOUR, give, give_back

Browser = Callable[[Actor | None], Client]


@pytest.fixture(autouse=True)
def laws_hold(db: None) -> Iterator[None]:
    """Every law of the house, after each test."""
    yield
    broken = {law.id: f.breaches for law in all_laws() if (f := law.check()).breaches}
    assert broken == {}


@pytest.fixture
def numbers(world: World, at: datetime) -> int:
    """Twenty numbers in hand."""
    id = stock.apply_for_block(
        world.cast.cashier, organisation_id=world.places.city, wanted=20, at=at
    )
    stock.take_into_stock(
        world.cast.accountant, block_id=id, code="98010126", first=1, last=20, at=at
    )
    return id


def ask(world: World, number: str, fen: int | None, at: datetime) -> int:
    return receipting.ask_receipt(
        world.cast.cashier, gift_number=number, amount_fen=fen, payer="何同学", at=at
    )


def issue(world: World, number: str, fen: int | None, at: datetime) -> str:
    slip = ask(world, number, fen, at)
    [serial] = reviewing.review(world.cast.accountant, slip_id=slip, at=at)
    return serial


def live(number: str) -> list[tuple[str, str, int]]:
    return [(r.kind, r.state, r.amount_fen) for r in receipts.receipts_of(gift_ref(number))]


@pytest.mark.usefixtures("numbers")
def test_over_all_of_a_gift_or_in_parts(world: World, appeal: Opened, at: datetime) -> None:
    number = give(world, appeal, 10_000, at)
    assert not Allowance.objects.exists(), "a gift that nobody asks for leaves no row"
    issue(world, number, 3_000, at)
    issue(world, number, None, at)
    assert live(number) == [("blue", "issued", 3_000), ("blue", "issued", 7_000)]
    with pytest.raises(wrong.AboveWhatWasGiven):
        ask(world, number, 1, at)


@pytest.mark.usefixtures("numbers")
def test_a_refund_reverses_what_says_too_much(world: World, appeal: Opened, at: datetime) -> None:
    number = give(world, appeal, 10_000, at)
    for fen in (6_000, 4_000):
        issue(world, number, fen, at)
    give_back(world, number, 2_000, at)
    assert live(number) == [
        ("blue", "issued", 6_000),
        ("blue", "reversed", 4_000),
        ("red", "issued", -4_000),
    ]
    red = Receipt.objects.get(kind="red")
    cast = world.cast
    assert (red.collector_id, red.reviewer_id) == (
        cast.accountant.person_id,
        cast.cashier.person_id,
    )
    issue(world, number, None, at + HOUR)
    assert live(number)[-1] == ("blue", "issued", 2_000)


@pytest.mark.usefixtures("numbers")
def test_a_refund_leaves_alone_what_still_fits(world: World, appeal: Opened, at: datetime) -> None:
    number = give(world, appeal, 10_000, at)
    issue(world, number, 6_000, at)
    slip = ask(world, number, 3_500, at)
    give_back(world, number, 1_000, at)
    assert live(number) == [("blue", "issued", 6_000)]
    assert Slip.objects.get(pk=slip).state == "returned"
    found = receipts.allowance(gift_ref(number))
    assert found is not None and found.free_fen == 3_000


@pytest.mark.usefixtures("numbers")
def test_a_reversed_gift_keeps_no_receipt(world: World, appeal: Opened, at: datetime) -> None:
    number = give(world, appeal, 10_000, at)
    issue(world, number, None, at)
    asked = refunding.propose_reversal(
        world.cast.accountant, gift_number=number, reason="重复入账", at=at
    )
    refunding.pay_refund(world.cast.cashier, number=asked, at=at + HOUR)
    assert live(number)[-1] == ("red", "issued", -10_000)
    with pytest.raises(errors.GiftIsNotConfirmed):
        ask(world, number, 1, at)


def test_without_a_number_for_the_red_one_nothing_goes_back(
    world: World, appeal: Opened, at: datetime
) -> None:
    """Refused whole: neither the money nor the receipt moves, and the words say what to do."""
    id = stock.apply_for_block(
        world.cast.cashier, organisation_id=world.places.city, wanted=1, at=at
    )
    stock.take_into_stock(
        world.cast.accountant, block_id=id, code="98010126", first=1, last=1, at=at
    )
    number = give(world, appeal, 10_000, at)
    issue(world, number, None, at)
    with pytest.raises(wrong.StockIsUsedUp, match="申领号段"):
        give_back(world, number, 2_000, at)
    assert live(number) == [("blue", "issued", 10_000)]


@pytest.mark.usefixtures("numbers")
def test_a_refund_before_anybody_asked_counts_too(
    world: World, appeal: Opened, at: datetime
) -> None:
    number = give(world, appeal, 10_000, at)
    give_back(world, number, 2_000, at)
    issue(world, number, None, at + HOUR)
    assert live(number) == [("blue", "issued", 8_000)]


@pytest.mark.usefixtures("numbers")
def test_many_at_once(world: World, appeal: Opened, at: datetime) -> None:
    given = [give(world, appeal, fen, at) for fen in (100, 200, 300)]
    issue(world, given[1], None, at)
    slips = receipting.ask_receipts(world.cast.cashier, gift_numbers=given, at=at)
    assert len(slips) == 2, "the one that has its receipt is passed over"
    reviewing.review_many(world.cast.accountant, slip_ids=slips, at=at)
    assert set(Receipt.objects.values_list("amount_fen", flat=True)) == {100, 200, 300}
    assert {row.payer for row in Receipt.objects.all()} == {"何同学"}
    with pytest.raises(errors.NothingLeftToReceipt):
        receipting.ask_receipts(world.cast.cashier, gift_numbers=given, at=at)
    for wanted in ([], [f"JZ{n}" for n in range(1001)]):
        with pytest.raises(errors.TooManyAtOnce):
            receipting.ask_receipts(world.cast.cashier, gift_numbers=wanted, at=at)


def test_goods_without_a_value_have_no_receipt(world: World, appeal: Opened, at: datetime) -> None:
    """H03: refused with what to do; the gift stays registered."""
    Gift.objects.create(
        number="JW1",
        kind="in-kind",
        organisation_id=world.places.city,
        appeal_id=appeal.id,
        channel="goods",
        channel_reference="JW1",
        given_at=at,
        registered_at=at,
        query_code="000000",
    )
    with pytest.raises(errors.GiftIsNotConfirmed):
        ask(world, "JW1", None, at)


def test_strangers(world: World, appeal: Opened, at: datetime) -> None:
    number = give(world, appeal, 100, at)
    foreign = engage("路小远", "f-cas", world.places.foreign_city, "CAS", at=world.since)
    for actor in (foreign, world.cast.keeper, SYSTEM):
        with pytest.raises(NotPermitted):
            receipting.ask_receipt(actor, gift_number=number, payer="何", at=at)
    with pytest.raises(errors.GiftIsNotFound):
        receipting.ask_receipt(world.cast.cashier, gift_number="JZ0", payer="何", at=at)


@pytest.mark.usefixtures("numbers")
def test_from_the_gifts_page_to_the_paper(
    world: World, appeal: Opened, at: datetime, client_for: Browser
) -> None:
    number = give(world, appeal, 12_300, at)
    clerk, reviewer = client_for(world.cast.cashier), client_for(world.cast.accountant)
    page = clerk.get(f"/desk/donations/gifts/{number}/")
    assert "填开票据" in page.content.decode()
    way = f"/desk/donations/gifts/{number}/receipt/"
    shown = clerk.get(way).content.decode()
    assert "何同学" in shown and "123.00" in shown
    good = {"payer": "何同学", "amount_fen": "123", "medium": "electronic"}
    for field, value, words in (
        ("amount_fen", "123.01", "最多还可开具"),
        ("amount_fen", "0", "不在可接受的范围内"),
        ("payer", "", "必填"),
        ("payer_uscc", "91420100", "校验不通过"),
    ):
        answer = clerk.post(way, {**good, field: value})
        assert answer.status_code == 422, field
        assert words in answer.content.decode() or field == "payer"
    assert clerk.post(way, good).status_code == 302
    slip = Slip.objects.get()
    own = clerk.post(f"/desk/receipts/waiting/{slip.pk}/")
    assert own.status_code == 422 and "须为两人" in own.content.decode()
    answer = reviewer.post(f"/desk/receipts/waiting/{slip.pk}/")
    serial = Receipt.objects.get().serial
    assert answer["Location"] == f"/desk/receipts/{serial}/"
    assert serial in clerk.get(f"/desk/donations/gifts/{number}/").content.decode()


@pytest.mark.usefixtures("numbers")
def test_a_day_at_once_through_the_page(
    world: World, appeal: Opened, at: datetime, client_for: Browser
) -> None:
    for fen in (100, 200):
        give(world, appeal, fen, at)
    clerk, reviewer = client_for(world.cast.cashier), client_for(world.cast.accountant)
    day = {"since": "2020-01-29", "until": "2020-01-29", "medium": "electronic"}
    assert clerk.post("/desk/donations/receipts/", {**day, "channel": "alipay"}).status_code == 422
    for since, until in (
        ("9999-12-31", "9999-12-31"),
        ("0001-01-01", "2020-01-29"),
        ("2020-01-30", "2020-01-29"),
    ):
        answer = clerk.post("/desk/donations/receipts/", {**day, "since": since, "until": until})
        assert answer.status_code == 422 and "截止日期不能早于" in answer.content.decode()
    answer = clerk.post("/desk/donations/receipts/", day, follow=True)
    assert "已填开 2 张" in answer.content.decode()
    page = reviewer.get("/desk/receipts/waiting/all/").content.decode()
    assert "何同学" in page and "3.00" in page
    chosen = ",".join(str(pk) for pk in Slip.objects.values_list("pk", flat=True))
    answer = reviewer.post("/desk/receipts/waiting/all/", {"chosen": chosen}, follow=True)
    assert "已开具 2 张票据" in answer.content.decode()
    assert (
        reviewer.post("/desk/receipts/waiting/all/", {"chosen": "x,1," + "9" * 5000}).status_code
        == 422
    )
