"""The society in which the writers act, and the one random thread that a run draws from."""

from dataclasses import dataclass
from datetime import datetime
from random import Random

from django.db import connections

from boai.ground.core.actors import SYSTEM
from tests.factories.goods import Stock

RICH = 10**13
"""So much money, and so many pieces, that only races aimed at scarcity meet it."""
BANK = "ICBC"
ITEM = "item:1"


@dataclass(frozen=True, slots=True)
class Ground:
    """Who and what is there. ``books`` is a society in which writers post straight to the books;
    its two funds and its lot belong to no room above."""

    at: datetime
    stock: Stock
    appeal: int
    appeal_fund: int
    books: int
    fund: int
    other_fund: int
    lot: int = 900_001

    @property
    def city(self) -> int:
        """The society whose rooms are used."""
        return self.stock.city


def prepare_ground() -> Ground:
    """Engage people, open an appeal and a store, fill the books that writers post to."""
    from boai.foundations.ledger.services import funds, posting
    from boai.foundations.ledger.values import AccountKey, Leg
    from boai.ground.core.clock import now
    from tests.factories.books import stand_alone
    from tests.factories.goods import make_stock
    from tests.factories.world import make_world
    from tests.relief.donations.conftest import open_one

    stand_alone()
    at = now().replace(microsecond=0)
    world = make_world(at)
    stock = make_stock(world, at)
    appeal = open_one(world, at)
    books = world.places.county

    def fund(name: str) -> int:
        opened = funds.open_fund(
            SYSTEM,
            organisation_id=books,
            name=name,
            restriction="unrestricted",
            purpose=name,
            at=at,
        )
        funds.receive_into_fund(
            SYSTEM,
            fund_id=opened,
            source=f"campaign.gift:{name}",
            amount=RICH,
            bank=BANK,
            key=f"start:{name}",
            at=at,
            inputs={},
        )
        return opened

    ground = Ground(at, stock, appeal.id, appeal.fund_id, books, fund("甲"), fund("乙"))
    posting.post(
        SYSTEM,
        organisation_id=books,
        kind="move",
        key="start:goods",
        legs=[
            Leg(
                AccountKey(books, "on_hand", "store:1", ITEM, ground.lot),
                AccountKey(books, "origin", "store:1", ITEM, ground.lot),
                RICH,
            )
        ],
        at=at,
        inputs={},
    )
    return ground


def fresh_lot(ground: Ground, quantity: int) -> int:
    """Two keepers receive so many gloves as a lot of their own."""
    from tests.factories.goods import gloves, receive

    return receive(ground.stock, gloves(ground.stock, quantity), at=ground.at)[0]


def draw(seed: int, *path: int) -> Random:
    """A random thread of its own for each place of a run, from the run's one seed."""
    return Random(":".join(str(n) for n in (seed, *path)))


def let_go() -> None:
    """Close every connection: a child must never inherit one."""
    connections.close_all()
