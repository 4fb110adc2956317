"""A city society with numbers in hand and things that may be receipted."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import pytest

from boai.ground.core.actors import SYSTEM, Actor
from boai.ground.core.laws import all_laws
from boai.relief.receipts.services import asking, entitling, reviewing, stock
from boai.relief.receipts.values import EntitlementOrder, SlipOrder
from tests.factories.people import engage
from tests.factories.world import World

CODE = "98010126"


@dataclass(frozen=True, slots=True)
class Office:
    """The receipts' desk of the city: who writes, who reviews, and shortcuts for both."""

    world: World
    at: datetime
    clerk: Actor
    reviewer: Actor
    city: int

    def block(self, first: int = 1, last: int = 20, code: str = CODE, **more: str) -> int:
        """Applied for by the cashier, taken into stock by the accountant."""
        id = stock.apply_for_block(
            self.clerk, organisation_id=self.city, wanted=last - first + 1, at=self.at, **more
        )
        stock.take_into_stock(
            self.reviewer, block_id=id, code=code, first=first, last=last, at=self.at
        )
        return id

    def entitle(self, key: str = "G1", fen: int = 10_000) -> str:
        """Something that may be receipted."""
        subject = f"donations.gift:{key}"
        order = EntitlementOrder(subject, fen, "gift", subject)
        entitling.entitle_many(SYSTEM, organisation_id=self.city, orders=[order], at=self.at)
        return subject

    def ask(self, subject: str, fen: int = 10_000, payer: str = "何同学") -> int:
        """The clerk's slip."""
        order = SlipOrder(subject, fen, payer)
        return asking.ask(self.clerk, organisation_id=self.city, order=order, at=self.at)

    def issue(self, subject: str, fen: int = 10_000, payer: str = "何同学") -> str:
        """Asked for and reviewed."""
        [serial] = reviewing.review(
            self.reviewer, slip_id=self.ask(subject, fen, payer), at=self.at
        )
        return serial

    def back(self, serial: str, kind: str) -> list[str]:
        """Voided or reversed by both."""
        slip = asking.ask_back(self.clerk, serial=serial, kind=kind, reason="填写错误", at=self.at)
        return reviewing.review(self.reviewer, slip_id=slip, at=self.at)


@pytest.fixture
def office(world: World, at: datetime) -> Iterator[Office]:
    """The desk; after the test every law of receipts holds."""
    cast = world.cast
    yield Office(world, at, cast.cashier, cast.accountant, world.places.city)
    broken = {
        law.id: found.breaches
        for law in all_laws()
        if law.id.startswith("receipts") and (found := law.check()).breaches
    }
    assert broken == {}


@pytest.fixture
def foreign_cashier(world: World, at: datetime) -> Actor:
    """A cashier of a society of another tree."""
    return engage("路小远", "foreign-cas", world.places.foreign_city, "CAS", "ACC", at=world.since)
