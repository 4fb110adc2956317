"""Lists ask the database as often for thirty rows as for one."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from boai.ground.core.actors import Actor
from tests.factories.goods import Stock, count, gloves, receive, send


@pytest.mark.parametrize(
    "page",
    [
        "warehouse-stock",
        "warehouse-notes",
        "warehouse-issues",
        "warehouse-items",
        "warehouse-arrivals",
        "dispatch-waybills",
        "desk",
    ],
)
def test_lists_do_not_ask_row_by_row(
    stock: Stock, at: datetime, client_for: Callable[[Actor | None], Client], page: str
) -> None:
    client = client_for(stock.world.cast.second_keeper)

    def fill(times: int) -> None:
        for number in range(times):
            [lot] = receive(stock, gloves(stock, 10), at=at, origin=f"test.source:{number}")
            count(stock, gloves(stock, 10), at=at)
            send(stock, {lot: 3}, at=at)

    def asked() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert client.get(reverse(page)).status_code == 200
        return len(seen)

    fill(1)
    asked()
    one = asked()
    fill(8)
    assert asked() <= one
