"""Places and people of the story, and how they sign in."""

from dataclasses import dataclass
from datetime import datetime

from boai.foundations.approvals.services.policies import set_policy
from boai.foundations.approvals.values import PolicyValues
from boai.foundations.identity import queries as identity
from boai.foundations.identity.services import appointing
from boai.foundations.identity.values import ROLES, check_character
from boai.foundations.organisations.services.registering import register
from boai.foundations.organisations.services.settings import set_value
from boai.ground.core.actors import SYSTEM, Actor

SOCIETY = "江州市红十字会"
PASSWORD = "jiangzhou-demo"  # noqa: S105  it is printed for everybody who tries the demo
HOSPITALS = ("hospital1", "hospital2", "hospital3", "hospital4", "hospital5")


@dataclass(frozen=True, slots=True)
class Place:
    """One organisation of the story; codes 99 belong to no real division."""

    key: str
    code: str
    name: str
    kind: str
    level: str = ""
    parent: str = ""
    division: str = "990100"


PLACES = (
    Place("province", "JN", "江南省红十字会", "society", "province", "", "990000"),
    Place("city", "JZ", SOCIETY, "society", "city", "province"),
    Place("county1", "JZ-01", "江州市临江区红十字会", "society", "county", "city", "990102"),
    Place("county2", "JZ-02", "江州市北塔区红十字会", "society", "county", "city", "990103"),
    Place("county3", "JZ-03", "江州市云溪区红十字会", "society", "county", "city", "990104"),
    Place("county4", "JZ-04", "江州市南浦县红十字会", "society", "county", "city", "990121"),
    Place("county5", "JZ-05", "江州市青石县红十字会", "society", "county", "city", "990122"),
    Place("county6", "JZ-06", "江州市白鹭县红十字会", "society", "county", "city", "990123"),
    Place("hospital1", "JZ-H1", "江州市第一人民医院", "hospital"),
    Place("hospital2", "JZ-H2", "江州市中心医院", "hospital"),
    Place("hospital3", "JZ-H3", "江州市传染病医院", "hospital"),
    Place("hospital4", "JZ-H4", "江州市妇幼保健院", "hospital"),
    Place("hospital5", "JZ-H5", "南浦县人民医院", "hospital", division="990121"),
    Place("command", "JZ-ZHB", "江州市疫情防控指挥部", "command"),
    Place("supplier", "JZ-GYS", "江南康卫医疗用品有限公司", "company"),
    Place("auditor", "JZ-SJ", "江州市审计局", "supervisor"),
)


@dataclass(frozen=True, slots=True)
class Part:
    """One person of the story: sign-in name, name, post."""

    key: str
    name: str
    place: str
    role: str
    also: str = ""
    """A second place with the same role."""


PARTS = (
    Part("intake", "陈思齐", "city", "INT"),
    Part("cashier", "钱玉珍", "city", "CAS"),
    Part("cashier2", "邵国平", "city", "CAS"),
    Part("accountant", "孙立诚", "city", "ACC"),
    Part("programme", "李望舒", "city", "PRG"),
    Part("keeper1", "周大勇", "city", "WH"),
    Part("keeper2", "吴晓岚", "city", "WH"),
    Part("keeper3", "郑守仁", "city", "WH"),
    Part("task1", "王致远", "city", "TSK"),
    Part("task2", "何秋实", "city", "TSK"),
    Part("app1", "冯济民", "city", "APP", "command"),
    Part("app2", "褚云飞", "city", "APP", "command"),
    Part("app3", "卫长青", "city", "APP", "command"),
    Part("app4", "蒋若溪", "city", "APP", "command"),
    Part("app5", "沈怀远", "city", "APP", "command"),
    Part("driver", "韩铁牛", "city", "DRV"),
    Part("public1", "尤佳音", "city", "PUBL"),
    Part("public2", "许明镜", "city", "PUBL"),
    Part("supervisor", "严正平", "city", "SUP"),
    Part("dpo", "施慎言", "city", "DPO"),
    Part("sysadmin", "张守拙", "city", "SYS"),
    Part("secadmin", "孔令安", "city", "SEC"),
    Part("audadmin", "曹清源", "city", "AUD"),
    Part("volunteer", "秦小满", "city", "VOL"),
    Part("auditor", "吕秉公", "auditor", "EXT"),
    Part("province", "金怀瑾", "province", "PRG"),
    Part("county", "华春生", "county4", "WH"),
    Part("countyfin", "田秀英", "county4", "ACC"),
    *(
        Part(f"need{n}", name, f"hospital{n}", "HOS")
        for n, name in enumerate(["杨柳青", "朱砂", "尤溪", "许诺", "何田田"], 1)
    ),
    *(
        Part(f"receive{n}", name, f"hospital{n}", "REC")
        for n, name in enumerate(["潘安康", "葛全", "范雨声", "鲁直", "苗春"], 1)
    ),
)


def found_places(at: datetime) -> dict[str, int]:
    """Register the organisations; the committee of the command decides on epidemic goods."""
    ids: dict[str, int] = {}
    for place in PLACES:
        ids[place.key] = register(
            SYSTEM,
            code=place.code,
            name=place.name,
            kind=place.kind,
            level=place.level,
            parent_id=ids.get(place.parent),
            division_code=place.division,
            at=at,
        )
    set_value(
        SYSTEM,
        organisation_id=ids["city"],
        key="allocation.authority-epidemic",
        value=ids["command"],
        at=at,
    )
    set_policy(
        SYSTEM,
        kind="allocation.request",
        organisation_id=ids["city"],
        policy=PolicyValues(quorum=3),
        at=at,
    )
    return ids


def engage_people(places: dict[str, int], at: datetime) -> dict[str, Actor]:
    """Register persons, open accounts with the demo's password, appoint."""
    people: dict[str, Actor] = {}
    for running, part in enumerate(PARTS, 1):
        body = (
            f"990100{1960 + running % 40}{1 + running % 12:02d}{1 + running % 28:02d}{running:03d}"
        )
        user_id = appointing.enrol(
            SYSTEM,
            name=part.name,
            identity_number=body + check_character(body),
            organisation_id=places[part.place],
            username=part.key,
            password=PASSWORD,
            at=at,
        )
        for place in filter(None, (part.place, part.also)):
            appointing.appoint(
                SYSTEM, user_id=user_id, organisation_id=places[place], role=part.role, at=at
            )
        people[part.key] = identity.actor_for(user_id)
    return people


def sign_ins() -> list[tuple[str, str, str, str]]:
    """User name, name, role and place of everybody, for the table that ``make run`` prints."""
    names = {place.key: place.name for place in PLACES}
    return [(part.key, part.name, ROLES[part.role], names[part.place]) for part in PARTS]
