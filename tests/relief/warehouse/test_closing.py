"""The end of the day: nine tenths of what came in has gone out, or somebody is told (H08)."""

from datetime import datetime, timedelta

from boai.foundations.notices.queries import inbox
from boai.relief.warehouse.services.closing import close_day
from tests.factories.goods import Stock, gloves, receive, send


def test_a_low_rate_is_told_and_a_good_one_is_not(stock: Stock, at: datetime) -> None:
    [lot] = receive(stock, gloves(stock, 100), at=at)
    send(stock, {lot: 89}, at=at)
    evening = at.replace(hour=20)
    assert close_day(evening) == [stock.city]
    assert any("890‰" in notice.title for notice in inbox(stock.world.cast.keeper))
    send(stock, {lot: 1}, at=at)
    assert close_day(evening) == []
    assert close_day(evening + timedelta(days=1)) == []
