"""Goods in a store: items, a store, lots received by two keepers, goods set aside and sent."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from boai.foundations.catalogue.queries import item_by_code
from boai.foundations.catalogue.services.seeding import seed_catalogue
from boai.ground.core.actors import SYSTEM, Actor
from boai.relief.dispatch.services import loading, ordering
from boai.relief.dispatch.values import OrderLine
from boai.relief.warehouse import queries
from boai.relief.warehouse.services import issuing, receiving
from boai.relief.warehouse.services.stores import open_store
from boai.relief.warehouse.values import CountedLine
from tests.factories.people import other_account_of
from tests.factories.world import World


@dataclass(frozen=True, slots=True)
class Stock:
    """A store of the city and three items: gloves and caps (free), alcohol (regulated)."""

    world: World
    store_id: int
    gloves: int
    caps: int
    alcohol: int

    @property
    def city(self) -> int:
        """The society that owns the store."""
        return self.world.places.city


def make_stock(world: World, at: datetime) -> Stock:
    """Open the store; the items are those of the shipped catalogue."""
    seed_catalogue(SYSTEM)

    def item(code: str) -> int:
        row = item_by_code(code)
        assert row is not None
        return row.id

    return Stock(
        world=world,
        store_id=open_store(SYSTEM, organisation_id=world.places.city, name="一号库", at=at),
        gloves=item("GLOVE-EXAM"),
        caps=item("CAP"),
        alcohol=item("ALCOHOL75"),
    )


def count(
    stock: Stock,
    *lines: CountedLine,
    at: datetime,
    origin: str = "test.source:S1",
    donor_label: str = "爱心企业",
) -> int:
    """The first keeper counts; answers the note."""
    return receiving.open_note(
        stock.world.cast.keeper,
        organisation_id=stock.city,
        store_id=stock.store_id,
        origin=origin,
        donor_label=donor_label,
        lines=lines,
        at=at,
    )


def receive(
    stock: Stock, *lines: CountedLine, at: datetime, origin: str = "test.source:S1"
) -> list[int]:
    """Two keepers receive; answers the lots."""
    note = count(stock, *lines, at=at, origin=origin)
    row = queries.received_note(note)
    assert row is not None
    return receiving.countersign_receipt(
        stock.world.cast.second_keeper, note_id=note, digest=row.digest, at=at
    )


def gloves(
    stock: Stock, quantity: int, *, expires_on: date | None = None, directed_to: int | None = None
) -> CountedLine:
    """A line of gloves."""
    return CountedLine(
        stock.gloves, quantity, bin="A-01", expires_on=expires_on, directed_to=directed_to
    )


def order(
    stock: Stock, lots: dict[int, int], *, at: datetime, for_ref: str = "allocation.request:1"
) -> int:
    """Set the lots aside and make out a waybill to the first hospital."""
    item_of = {lot.id: lot.item_id for lot in queries.lots(lot_ids=lots)}
    hospital = stock.world.places.hospital
    for lot_id, quantity in lots.items():
        issuing.reserve(
            SYSTEM,
            organisation_id=stock.city,
            item_id=item_of[lot_id],
            quantity=quantity,
            for_ref=for_ref,
            at=at,
            lot_ids=[lot_id],
            receiver_id=hospital,
        )
    return ordering.order_delivery(
        SYSTEM,
        organisation_id=stock.city,
        receiver_id=hospital,
        for_ref=for_ref,
        lines=[OrderLine(lot_id, quantity) for lot_id, quantity in lots.items()],
        at=at,
    )


def send(stock: Stock, lots: dict[int, int], *, at: datetime) -> int:
    """Order, load and countersign: the goods are on the way; answers the waybill."""
    waybill = order(stock, lots, at=at)
    digest = loading.load(
        stock.world.cast.keeper, waybill_id=waybill, vehicle="江A·12345", driver="沈司机", at=at
    )
    loading.countersign(stock.world.cast.second_keeper, waybill_id=waybill, digest=digest, at=at)
    return waybill


def twin_of_keeper(stock: Stock, at: datetime) -> Actor:
    """The first keeper again, as a second account that the county opened would act here.

    Identity gives it no post in the city; the rooms must refuse it even if it had one.
    """
    twin = other_account_of(stock.world.cast.keeper, stock.world.places.county, at=at)
    return replace(stock.world.cast.keeper, user_id=twin.user_id)
