"""A payment that is told of online and stands in the channel's bill as well is one gift (I-10)."""

from datetime import datetime
from pathlib import Path

import pytest

from boai.ground.core.actors import PUBLIC
from boai.relief.donations.errors import NotificationContradicts
from boai.relief.donations.models import Gift, PaymentOrder, ToldPayment
from boai.relief.donations.services import accepting, draining, giving, sharing
from boai.relief.donations.values import PaidNews
from tests.factories.world import World
from tests.relief.donations.conftest import Opened
from tests.relief.donations.test_intake import listed, take_in

MERCHANT = "1900000001"


@pytest.fixture
def channel(world: World, at: datetime, tmp_path: Path) -> str:
    """The channel to which lists of this kind belong, learnt from one that was taken in."""
    take_in(world, at, listed(tmp_path / "first.csv", [row("W0", "1.00")]))
    return Gift.objects.get().channel


def row(number: str, yuan: str) -> list[str]:
    return [number, "2020-01-28", "张三", yuan, ""]


def told(appeal: Opened, at: datetime, channel: str, transaction: str, fen: int) -> PaidNews:
    placed = giving.place_order(
        PUBLIC,
        appeal_id=appeal.id,
        amount_fen=fen,
        channel=channel,
        merchant=MERCHANT,
        form_key=transaction,
        at=at,
    )
    return PaidNews(
        channel, MERCHANT, "", f"N{transaction}", placed.number, transaction, fen, "CNY", "paid",
        at, f"{int(transaction[1:]):064d}",
    )  # fmt: skip


def test_the_bill_after_the_notification_adds_nothing(
    world: World, appeal: Opened, at: datetime, channel: str, tmp_path: Path
) -> None:
    news = [told(appeal, at, channel, f"W{n}", 1000) for n in (1, 2)]
    assert len(sharing.confirm_plain(news, at=at)) == 2
    bill = [row("W1", "10.00"), row("W2", "10.01"), row("W3", "10.00")]
    report = take_in(world, at, listed(tmp_path / "bill.csv", bill))
    assert (report.duplicate, report.quarantined, report.accepted) == (1, 1, 1)
    booked = Gift.objects.filter(channel_reference__in=("W1", "W2", "W3"))
    assert sorted(booked.values_list("channel_reference", "amount_fen")) == [
        ("W1", 1000),
        ("W2", 1000),
        ("W3", 1000),
    ]


def test_the_notification_after_the_bill_is_for_a_person(
    world: World, appeal: Opened, at: datetime, channel: str, tmp_path: Path
) -> None:
    take_in(world, at, listed(tmp_path / "bill.csv", [row("W1", "10.00")]))
    late, plain = (told(appeal, at, channel, f"W{n}", 1000) for n in (1, 2))
    assert sharing.confirm_plain([late, plain], at=at) == {plain.notification_id}
    with pytest.raises(NotificationContradicts) as refused:
        giving.confirm_payment(late, at=at)
    assert refused.value.context["reason"] == "transaction-known"
    assert accepting.accept(late, at=at)
    draining.drain(at)
    assert ToldPayment.objects.get().outcome == "refused"
    assert Gift.objects.filter(channel_reference="W1").count() == 1
    assert PaymentOrder.objects.get(number=late.order_number).state == "placed"
