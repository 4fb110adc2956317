"""Money in the city society's funds, and what is asked of them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

import pytest

from boai.foundations.ledger.services import funds, numbering
from boai.ground.core.actors import SYSTEM
from boai.ground.core.laws import all_laws
from boai.relief.finance.services import disbursing
from boai.relief.finance.values import OrderedLine
from tests.factories.goods import Stock, make_stock
from tests.factories.world import World

APPEAL = "donations.appeal:YQ"


@dataclass(frozen=True, slots=True)
class Money:
    """Three funds of the city society with a million yuan each, a store beside."""

    world: World
    stock: Stock
    appeal: int
    free: int
    directed: int
    at: datetime

    def propose(self, amount: int = 1_000_000, kind: str = "payment", **more: object) -> int:
        """The programme officer asks for money from the appeal's fund."""
        places = self.world.places
        return disbursing.propose_disbursement(
            **{
                "actor": self.world.cast.programme,
                "organisation_id": places.city,
                "fund_id": self.appeal,
                "kind": kind,
                "payee_organisation_id": places.hospital,
                "amount": amount,
                "purpose": "发热门诊改造",
                "at": self.at,
                **more,
            }  # type: ignore[arg-type]
        )

    def buy(self, quantity: int = 100, price: int = 250) -> int:
        """The programme officer asks for gloves."""
        return self.propose(
            amount=quantity * price,
            kind="purchase",
            payee_organisation_id=self.world.places.company,
            lines=[OrderedLine(self.stock.gloves, quantity, price)],
        )

    def decide(self, *ids: int, approved: bool = True, **more: object) -> int:
        """The accountant records what the meeting decided."""
        cast = self.world.cast
        return disbursing.record_collective_decision(
            **{
                "actor": cast.accountant,
                "disbursement_ids": ids,
                "meeting": "第 3 次党组会议",
                "held_on": self.at.date(),
                "attendees": [m.person_id for m in cast.committee],
                "approved": approved,
                "minutes": "同意拨付。",
                "at": self.at,
                **more,
            }  # type: ignore[arg-type]
        )

    def pay(self, id: int, **more: object) -> str:
        """The cashier pays."""
        return disbursing.pay(
            **{
                "actor": self.world.cast.cashier,
                "disbursement_id": id,
                "bank": "ICBC",
                "at": self.at,
                **more,
            }  # type: ignore[arg-type]
        )


@pytest.fixture
def money(world: World, at: datetime) -> Iterator[Money]:
    """Funds with money; after the test the laws of books and finance hold."""
    city = world.places.city

    def fund(name: str, restriction: str, **more: object) -> int:
        fund_id = funds.open_fund(
            SYSTEM,
            organisation_id=city,
            name=name,
            restriction=restriction,  # type: ignore[arg-type]
            purpose=name,
            at=at,
            **more,  # type: ignore[arg-type]
        )
        funds.receive_into_fund(
            SYSTEM,
            fund_id=fund_id,
            source=f"donations.gift:{name}",
            amount=100_000_000,
            bank="ICBC",
            key=name,
            at=at,
            inputs={},
        )
        return fund_id

    yield Money(
        world=world,
        stock=make_stock(world, at),
        appeal=fund("疫情防控", "appeal", appeal=APPEAL),
        free=fund("非限定", "unrestricted"),
        directed=fund("定向一院", "directed", beneficiary_organisation_id=world.places.hospital),
        at=at,
    )
    numbering.number_all()
    broken = {
        law.id: found.breaches
        for law in all_laws()
        if law.id.startswith(("ledger", "finance", "warehouse")) and (found := law.check()).breaches
    }
    assert broken == {}


Pages = Callable[..., object]
