"""A small emergency: an appeal, gifts of money and goods, a delivery."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from boai.ground.core.laws import all_laws
from boai.relief.dispatch import queries as dispatch
from boai.relief.dispatch.services import delivering
from boai.relief.donations import queries as donations
from boai.relief.donations.services import booking, registering
from boai.relief.donations.values import AnnouncedLine, GiftOrder
from boai.relief.warehouse.values import CountedLine
from tests.factories.goods import Stock, make_stock, receive, send
from tests.factories.world import World
from tests.relief.donations.conftest import Opened, open_one


@dataclass
class Story:
    """The town on the day of the appeal and after."""

    world: World
    stock: Stock
    appeal: Opened
    at: datetime

    @property
    def city(self) -> int:
        return self.world.places.city

    def give(self, *fen: int, at: datetime, **more: object) -> list[str]:
        """Gifts of money; answers their numbers."""
        orders = [
            GiftOrder(
                amount_fen=amount,
                channel="bank",
                channel_reference=f"{at.isoformat()}-{place}-{amount}",
                given_at=at,
                **more,
            )
            for place, amount in enumerate(fen)
        ]
        result = booking.book_gifts(
            self.world.cast.cashier,
            organisation_id=self.city,
            appeal_id=self.appeal.id,
            orders=orders,
            at=at,
        )
        return list(result.numbers)

    def give_caps(self, quantity: int, *, counted: int, at: datetime) -> tuple[str, int]:
        """A gift of caps, received by two keepers; answers the number and the lot."""
        made = registering.announce_gift_in_kind(
            self.world.cast.intake,
            organisation_id=self.city,
            appeal_id=self.appeal.id,
            lines=[AnnouncedLine(self.stock.caps, quantity)],
            donor_name="某某医疗器械有限公司",
            named=True,
            display_name="某某医疗",
            at=at,
        )
        line = donations.gift(made.number).lines[0]
        [lot] = receive(
            self.stock,
            CountedLine(
                self.stock.caps,
                counted,
                bin="A-01",
                origin_line=f"donations.gift-line:{line.id}",
            ),
            at=at + timedelta(minutes=5),
            origin=f"donations.gift:{made.number}",
        )
        return made.number, lot

    def deliver(self, lot: int, quantity: int, *, accepted: int, at: datetime) -> str:
        """Send and sign for; answers the waybill's number."""
        waybill_id = send(self.stock, {lot: quantity}, at=at)
        row = dispatch.waybill(waybill_id)
        delivering.sign(
            self.world.cast.receiver,
            waybill_id=waybill_id,
            counted={row.lines[0].id: accepted},
            at=at + timedelta(hours=2),
        )
        return row.number


@pytest.fixture
def story(world: World, at: datetime):
    """The appeal is open, the store stands; afterwards every law holds."""
    yield Story(world, make_stock(world, at), open_one(world, at), at)
    broken = {law.id: found.breaches for law in all_laws() if (found := law.check()).breaches}
    assert broken == {}
