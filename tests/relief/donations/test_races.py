"""Many at the same moment on one PostgreSQL: one of them acts, the others are answered in words."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Barrier

import pytest
from django.db import connection

from boai.ground.core.actors import PUBLIC, SYSTEM
from boai.ground.core.errors import Refusal
from boai.relief.donations.channels import checkout
from boai.relief.donations.channels.sandbox import platform
from boai.relief.donations.channels.wechatpay.receiving import take_notification
from boai.relief.donations.models import Gift, PaymentNotification, PaymentOrder, RuleVersion
from boai.relief.donations.services import appeals, booking
from boai.relief.donations.values import GiftOrder
from tests.factories.books import _role_afterwards, storm  # noqa: F401
from tests.factories.world import World, make_world
from tests.relief.donations.conftest import Opened, open_one


def at_once(acts: list[Callable[[], object]]) -> list[object]:
    """Run acts at the same moment, each on its own connection; answers or names of refusals."""
    start = Barrier(len(acts))

    def run(act: Callable[[], object]) -> object:
        try:
            start.wait()
            return act()
        except Refusal as refusal:
            return refusal.code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


@pytest.fixture
def busy(storm: None, at: datetime) -> tuple[World, Opened]:  # noqa: F811
    """A city with an open appeal in a database that threads may write to."""
    world = make_world(at)
    return world, open_one(world, at)


def pay(appeal: Opened, at: datetime) -> str:
    return checkout.start_payment(
        PUBLIC, appeal_id=appeal.id, amount_fen=6600, form_key="k1", at=at
    ).number


def test_one_form_sent_eight_times_is_one_order(busy: tuple[World, Opened], at: datetime) -> None:
    answers = at_once([lambda: pay(busy[1], at)] * 8)
    assert len(set(answers)) == 1
    assert PaymentOrder.objects.count() == 1


def test_one_notification_eight_times_is_answered_eight_times(
    busy: tuple[World, Opened], at: datetime
) -> None:
    told = platform.notification(order_number=pay(busy[1], at), amount_fen=6600, at=at)
    answers = at_once([lambda: take_notification(told.headers, told.body, at=at).http] * 8)
    assert answers == [204] * 8
    assert Gift.objects.count() == PaymentNotification.objects.count() == 1


def test_one_bank_line_in_eight_files_is_one_gift(busy: tuple[World, Opened], at: datetime) -> None:
    def book() -> int:
        order = GiftOrder(
            amount_fen=700, channel="wechat", channel_reference="20200129001", given_at=at
        )
        return booking.book_gifts(
            SYSTEM,
            organisation_id=busy[0].places.city,
            appeal_id=None,
            orders=[order],
            at=at,
        ).duplicate

    assert sorted(at_once([book] * 8)) == [0] + [1] * 7  # type: ignore[type-var]
    assert Gift.objects.count() == 1


@pytest.mark.parametrize("alike", ["slug", "title"])
def test_one_appeal_is_drafted_once(busy: tuple[World, Opened], at: datetime, alike: str) -> None:
    world, _ = busy

    def draft(n: int) -> object:
        return appeals.draft_appeal(
            world.cast.programme,
            organisation_id=world.places.city,
            slug="xin" if alike == "slug" else f"xin{n}",
            title="新" if alike == "title" else f"新 {n}",
            purpose="采购防护物资",
            rule_version_id=RuleVersion.objects.values_list("pk", flat=True)[0],
            at=at,
        )

    answers = at_once([lambda n=n: draft(n) for n in range(8)])
    refused = [answer for answer in answers if isinstance(answer, str)]
    assert len(refused) == 7
    assert set(refused) == {f"Appeal{alike.capitalize()}IsTaken"}
