"""Some three thousand gifts of money: a rush in the first days, then a long tail."""

from datetime import datetime, time, timedelta
from functools import partial

from boai.foundations.organisations.services.settings import set_value
from boai.ground.core.actors import SYSTEM
from boai.ground.core.clock import start_of
from boai.relief.donations.services import booking, counter
from boai.relief.donations.values import GiftOrder
from boai.site.demo import names
from boai.site.demo.stage import Stage, minutes

DAYS = 30
EXAMPLE = "demo.example"
"""Setting that keeps the number of the gift that visitors look up first."""
EXAMPLE_CODE = "200129"
BATCHES = ((time(12, 0), time(6, 0)), (time(18, 0), time(12, 0)), (time(23, 50), time(18, 0)))
"""When channels are booked, and since when."""
CHANNELS = {"wechatpay": 60, "alipay": 25, "unionpay": 5, "bank": 10}


def write(stage: Stage) -> None:
    """Every day's gifts, three batches a day; now and then somebody comes to the counter."""
    stage.diary.on(0, time(9, 2), partial(_breakfast_money, stage))
    weights = [max(1.0, 14.0 - day * 1.1) if day < 12 else 1.6 for day in range(DAYS)]
    whole = 3000 * stage.size
    for day, weight in enumerate(weights):
        expected = whole * weight / sum(weights)
        for until, since in BATCHES:
            count = max(1, round(expected / len(BATCHES)))
            stage.diary.on(day, until, partial(_batch, stage, count, since))
    for day in range(1, DAYS, 4):
        stage.diary.on(day, time(10, 20), partial(_cash, stage))


def _breakfast_money(stage: Stage, at: datetime) -> None:
    """The first gift of all, twenty yuan: what visitors of the demo look up first."""
    order = GiftOrder(
        amount_fen=20_00,
        channel="wechatpay",
        channel_reference=f"42000{at:%Y%m%d}00000000",
        merchant="1900000109",
        given_at=at,
        donor_name="林小雨",
        phone="13000001234",
        named=True,
        display_name="林小雨",
        message="这是我的早餐钱，给医生护士。",
        query_code=EXAMPLE_CODE,
    )
    booked = booking.book_gifts(
        stage.people["cashier"],
        organisation_id=stage.society,
        appeal_id=stage.appeal_id,
        orders=[order],
        at=at,
    )
    set_value(SYSTEM, organisation_id=stage.society, key=EXAMPLE, value=booked.numbers[0], at=at)


def _batch(stage: Stage, count: int, since: time, at: datetime) -> None:
    first = datetime.combine(at.date(), since, tzinfo=at.tzinfo)
    if at.date() == stage.diary.first_day:
        first = max(first, start_of(at.date()) + timedelta(hours=9, minutes=5))
    if first >= at:
        return
    orders = [_order(stage, first, at) for _ in range(count)]
    orders.sort(key=lambda order: order.given_at)
    booking.book_gifts(
        stage.people["cashier"],
        organisation_id=stage.society,
        appeal_id=stage.appeal_id,
        orders=orders,
        at=at,
    )


def _order(stage: Stage, first: datetime, last: datetime) -> GiftOrder:
    dice = stage.dice
    stage.notes["transaction"] = running = stage.notes.get("transaction", 0) + 1
    channel = dice.choices(list(CHANNELS), list(CHANNELS.values()))[0]
    by_firm = channel == "bank" and dice.random() < 0.12
    given_at = first + (last - first) * dice.random()
    name = dice.choice(names.COMPANIES) if by_firm else names.person_name(dice)
    named = by_firm or dice.random() < 0.55
    directed = dice.random() < 0.004
    return GiftOrder(
        amount_fen=names.company_amount(dice) if by_firm else names.amount(dice),
        channel=channel,
        channel_reference=f"42000{given_at:%Y%m%d}{running:08d}",
        merchant="1900000109",
        given_at=given_at,
        donor_name=name if named or dice.random() < 0.6 else "",
        donor_kind="organisation" if by_firm else "person",
        phone="" if by_firm or dice.random() < 0.7 else names.phone(dice),
        named=named,
        display_name=name if named else "",
        message=dice.choice(names.WISHES) if dice.random() < 0.18 else "",
        directed_to=stage.places[dice.choice(("hospital1", "hospital3"))] if directed else None,
    )


def _cash(stage: Stage, at: datetime) -> None:
    """Cash at the counter: two people count it."""
    name = names.person_name(stage.dice)
    number = counter.register_cash_gift(
        stage.people["intake"],
        organisation_id=stage.society,
        appeal_id=stage.appeal_id,
        amount_fen=names.amount(stage.dice) * 2,
        donor_name=name,
        named=True,
        display_name=name,
        message="现场送来，请转交一线。",
        at=at,
    )
    stage.diary.at(
        at + minutes(6),
        partial(_countersign, stage, number),
    )


def _countersign(stage: Stage, number: str, at: datetime) -> None:
    counter.countersign_cash_gift(stage.people["cashier"], number=number, at=at)
