"""The societies and people of the simulation: a small tree, two of them with a desk of their own."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from boai.foundations.catalogue.queries import item_by_code
from boai.foundations.catalogue.services import kits, listing
from boai.foundations.organisations import queries as organisations
from boai.ground.core.actors import SYSTEM, Actor
from boai.relief.donations.services import appeals
from boai.relief.warehouse.services.stores import open_store
from tests.campaigns.simulation.engine import Simulation
from tests.campaigns.simulation.model import Fund
from tests.factories.people import other_account_of
from tests.factories.world import World, make_world
from tests.flows.steps import Office, open_office
from tests.flows.town import office_of

KIT_PARTS = (2, 1)
"""So many gloves and caps go into one kit."""


@dataclass(slots=True)
class Appeal:
    """An open appeal."""

    id: int
    slug: str
    ref: str
    fund: Fund


@dataclass(slots=True, eq=False)
class Desk:
    """A society whose people do everything through the services of every room."""

    society: int
    office: Office
    twin: Actor
    """The first keeper through a second account."""
    cash_twin: Actor
    member_twin: Actor
    hospital: int
    hospital_code: str
    receiver: Actor
    asker: Actor
    company: int
    store: int
    free: list[int]
    regulated: list[int]
    kit: int
    """Put together from the free items, as many of each as ``KIT_PARTS`` says."""
    appeals: list[Appeal] = field(default_factory=list)
    funds: dict[tuple[str, int | None], Fund] = field(default_factory=dict)
    """By appeal's title and directed unit."""
    sister: int = 0
    now: dict[str, list[Any]] = field(default_factory=dict)
    """What is under way, by kind: each room's planners keep their matters here."""

    def under_way(self, kind: str) -> list[Any]:
        """Matters of a kind."""
        return self.now.setdefault(kind, [])


@dataclass(slots=True)
class Tree:
    """All of it."""

    national: int
    province: int
    desks: list[Desk]
    clerks: list[Actor]


def build(sim: Simulation) -> Tree:
    """Register the societies, engage the people, open appeals and stores."""
    world = make_world(sim.at)
    national = organisations.by_code_or_name("中国红十字会总会")
    assert national is not None
    places, cast = world.places, world.cast
    city = _desk(sim, world, places.city, office_of(world), places.hospital, cast.receiver)
    county = _desk(
        sim,
        world,
        places.county,
        open_office(places.county, sim.at),
        places.second_hospital,
        cast.second_receiver,
    )
    city.asker, county.asker = cast.hospital_user, cast.second_hospital_user
    city.sister, county.sister = county.society, city.society
    for desk, name in ((city, "shi"), (county, "xian")):
        desk.appeals += [_appeal(sim, desk, f"{name}-{n}") for n in (1, 2)]
    clerks = [cast.accountant, cast.cashier, cast.province_programme, SYSTEM]
    return Tree(national.id, places.province, [city, county], clerks)


def _desk(
    sim: Simulation, world: World, society: int, office: Office, hospital: int, receiver: Actor
) -> Desk:
    def item(code: str) -> int:
        row = item_by_code(code)
        assert row is not None
        return row.id

    unit = organisations.row(hospital)
    assert unit is not None
    elsewhere = world.places.second_county

    def twin_of(actor: Actor, at: datetime) -> Actor:
        return replace(actor, user_id=other_account_of(actor, elsewhere, at=at).user_id)

    return Desk(
        society=society,
        office=office,
        twin=twin_of(office.keeper, sim.at),
        cash_twin=twin_of(office.cashier, sim.at),
        member_twin=twin_of(office.committee[0], sim.at),
        hospital=hospital,
        hospital_code=unit.code,
        receiver=receiver,
        asker=receiver,
        company=world.places.company,
        store=open_store(SYSTEM, organisation_id=society, name="模拟一号库", at=sim.at),
        free=[item("GLOVE-EXAM"), item("CAP")],
        regulated=[item("ALCOHOL75"), item("MASK-SUR")],
        kit=_kit(sim, [item("GLOVE-EXAM"), item("CAP")]),
    )


def _kit(sim: Simulation, parts: list[int]) -> int:
    """The kit of both desks, listed by the first of them."""
    known = item_by_code("SIM-KIT")
    if known is not None:
        return known.id
    made = listing.list_item(
        SYSTEM, code="SIM-KIT", name="模拟防护包", category_code="L1", unit="包", at=sim.at
    )
    listed = dict(zip(parts, KIT_PARTS, strict=True))
    kits.list_kit(SYSTEM, kit_id=made, parts=listed, at=sim.at)
    return made


def _appeal(sim: Simulation, desk: Desk, slug: str) -> Appeal:
    office, at = desk.office, sim.at
    rule = appeals.adopt_rule_version(
        office.programme,
        organisation_id=desk.society,
        version="2020-01",
        title="捐赠须知",
        text="善款善物全部用于疫情防控。",
        at=at,
    )
    made = appeals.draft_appeal(
        office.programme,
        organisation_id=desk.society,
        slug=slug,
        title=f"专项 {slug}",
        purpose="用于疫情防控。",
        rule_version_id=rule,
        at=at,
    )
    appeals.approve_appeal(office.committee[0], appeal_id=made, basis="防指〔2020〕3号", at=at)
    fund_id = appeals.open_appeal(office.programme, appeal_id=made, at=at)
    ref = f"donations.appeal:{slug}"
    fund = sim.model.fund(fund_id, desk.society, restriction="appeal", appeal=ref)
    desk.funds[slug, None] = fund
    return Appeal(made, slug, ref, fund)
