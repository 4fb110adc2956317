"""A small world: a province, a city society with two counties, outside bodies, a foreign tree."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from boai.foundations.organisations.services import registering
from boai.ground.core.actors import SYSTEM
from tests.factories.people import Cast, engage_cast


@dataclass(frozen=True, slots=True)
class Places:
    """Organisation ids by the part they play."""

    province: int
    city: int
    county: int
    second_county: int
    hospital: int
    second_hospital: int
    command: int
    company: int
    supervisor: int
    foreign_city: int
    """A society of another tree, whose people must see nothing here."""


@dataclass(frozen=True, slots=True)
class World:
    """Places and the people in them, from ``since`` on."""

    places: Places
    cast: Cast
    since: datetime


def make_places(at: datetime) -> Places:
    """Register the organisations."""

    def register(
        code: str, name: str, kind: str, level: str, parent: int | None, division: str
    ) -> int:
        return registering.register(
            SYSTEM,
            code=code,
            name=name,
            kind=kind,
            level=level,
            parent_id=parent,
            division_code=division,
            at=at,
        )

    province = register("T-P", "测江省红十字会", "society", "province", None, "980000")
    city = register("T-C", "测州市红十字会", "society", "city", province, "980100")
    foreign_province = register("T-XP", "异江省红十字会", "society", "province", None, "970000")
    return Places(
        province=province,
        city=city,
        county=register("T-D1", "测州市东区红十字会", "society", "county", city, "980102"),
        second_county=register("T-D2", "测州市西县红十字会", "society", "county", city, "980103"),
        hospital=register("T-H1", "测州市第一医院", "hospital", "", None, "980100"),
        second_hospital=register("T-H2", "测州市第二医院", "hospital", "", None, "980100"),
        command=register("T-Z", "测州市防控指挥部", "command", "", None, "980100"),
        company=register("T-Q", "测州医疗器械有限公司", "company", "", None, "980100"),
        supervisor=register("T-S", "测州市审计局", "supervisor", "", None, "980100"),
        foreign_city=register(
            "T-XC", "异州市红十字会", "society", "city", foreign_province, "970100"
        ),
    )


def make_world(at: datetime) -> World:
    """Places and cast, in office since a week before ``at``."""
    since = at - timedelta(days=7)
    places = make_places(since)
    cast = engage_cast(
        province=places.province,
        city=places.city,
        county=places.county,
        hospital=places.hospital,
        second_hospital=places.second_hospital,
        command=places.command,
        supervisor=places.supervisor,
        foreign_city=places.foreign_city,
        at=since,
    )
    return World(places=places, cast=cast, since=since)
