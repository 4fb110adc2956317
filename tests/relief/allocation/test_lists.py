"""List 1: what is on it, how it is marked, that it is frozen."""

from datetime import date, datetime, timedelta

import pytest
from django.db import DatabaseError, transaction

from boai.foundations.organisations.services.settings import set_value
from boai.ground.core.actors import SYSTEM
from boai.ground.core.errors import NotPermitted
from boai.relief.allocation import queries
from boai.relief.allocation.errors import ListIsFrozen, ListIsNotThatDay
from boai.relief.allocation.models import AvailableList, ListLine
from boai.relief.allocation.services import auditing, listing
from boai.relief.warehouse.services.receiving import expect_goods
from boai.relief.warehouse.values import CountedLine, ExpectedLine
from tests.factories.goods import Stock, gloves, receive


def expect(stock: Stock, day: date, at: datetime) -> None:
    expect_goods(
        SYSTEM,
        organisation_id=stock.city,
        store_id=stock.store_id,
        origin="test.source:E1",
        donor_label="爱心企业",
        lines=[ExpectedLine(stock.caps, 500, expected_on=day)],
        at=at,
    )


def test_list_holds_carried_arrived_and_expected_each_marked(stock: Stock, at: datetime) -> None:
    [old] = receive(stock, gloves(stock, 10), at=at.replace(hour=15))
    [new] = receive(stock, gloves(stock, 20), at=at.replace(hour=16, minute=30))
    expect(stock, date(2020, 1, 30), at)
    expect(stock, date(2020, 2, 3), at)
    made = listing.freeze_list(
        stock.world.cast.task_officer, organisation_id=stock.city, at=at.replace(hour=20)
    )
    found = queries.available_list(made)
    assert found.for_day == date(2020, 1, 30)
    assert [(x.lot_id, x.mark, x.quantity) for x in found.lines] == [
        (old, "carried", 10),
        (new, "arrived", 20),
        (None, "expected", 500),
    ]


def test_the_job_at_the_cut_off_counts_as_new_what_came_since_yesterdays(
    stock: Stock, at: datetime
) -> None:
    receive(stock, gloves(stock, 10), at=at - timedelta(days=1))
    receive(stock, gloves(stock, 20), at=at)
    assert listing.freeze_due_lists(at.replace(hour=16)) == 1
    found = queries.latest_list(stock.city)
    assert found is not None
    assert [x.mark for x in found.lines] == ["carried", "arrived"]
    assert listing.freeze_due_lists(at.replace(hour=16, minute=1)) == 0


def test_cut_off_is_a_setting(stock: Stock, at: datetime) -> None:
    set_value(SYSTEM, organisation_id=stock.city, key="allocation.cut-off", value="09:00", at=at)
    made = listing.freeze_list(SYSTEM, organisation_id=stock.city, at=at)
    assert queries.available_list(made).for_day == date(2020, 1, 30)


def test_quarantined_goods_are_not_on_the_list(stock: Stock, at: datetime) -> None:
    receive(stock, CountedLine(stock.alcohol, 5), at=at)
    made = listing.freeze_list(SYSTEM, organisation_id=stock.city, at=at.replace(hour=16))
    assert queries.available_list(made).lines == ()


def test_one_list_a_day_for_today_or_tomorrow_by_those_who_may(stock: Stock, at: datetime) -> None:
    officer = stock.world.cast.task_officer
    listing.freeze_list(officer, organisation_id=stock.city, at=at)
    with pytest.raises(ListIsFrozen):
        listing.freeze_list(officer, organisation_id=stock.city, at=at)
    with pytest.raises(ListIsNotThatDay):
        listing.freeze_list(officer, organisation_id=stock.city, for_day=date(2020, 1, 20), at=at)
    for stranger in (stock.world.cast.outsider, stock.world.cast.hospital_user):
        with pytest.raises(NotPermitted):
            listing.freeze_list(stranger, organisation_id=stock.city, at=at)


def test_a_frozen_list_cannot_change(stock: Stock, at: datetime) -> None:
    receive(stock, gloves(stock, 10), at=at)
    listing.freeze_list(SYSTEM, organisation_id=stock.city, at=at)
    for act in (
        lambda: ListLine.objects.update(quantity=11),
        lambda: ListLine.objects.all().delete(),
        lambda: AvailableList.objects.update(digest="0" * 64),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()
    assert auditing.lists_agree_with_their_digest().breaches == ()
