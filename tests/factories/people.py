"""The cast: named people by role, each a natural person with an account and a post."""

from dataclasses import dataclass, fields
from datetime import datetime

from boai.foundations.identity import queries
from boai.foundations.identity.services import appointing
from boai.foundations.identity.values import check_character
from boai.ground.core.actors import SYSTEM, Actor

_RUNNING = {"next": 0}


def invented_identity_number(running: int) -> str:
    """A number with a fitting check character in a division that does not exist."""
    body = f"980101{1950 + running % 55:04d}01{1 + running % 28:02d}{running % 1000:03d}"
    return body + check_character(body)


def engage(
    name: str,
    username: str,
    organisation_id: int,
    *roles: str,
    at: datetime,
    person_id: int | None = None,
    password: str | None = None,
) -> Actor:
    """Register a person (or take a known one), open an account, appoint to the roles."""
    if person_id is None:
        _RUNNING["next"] += 1
        person_id = appointing.register_person(
            SYSTEM,
            name=name,
            identity_number=invented_identity_number(_RUNNING["next"]),
            at=at,
        )
    user_id = appointing.open_account(
        SYSTEM,
        person_id=person_id,
        organisation_id=organisation_id,
        username=username,
        password=password,
        at=at,
    )
    for role in roles:
        appointing.appoint(
            SYSTEM, user_id=user_id, organisation_id=organisation_id, role=role, at=at
        )
    return queries.actor_for(user_id)


def other_account_of(actor: Actor, organisation_id: int, *roles: str, at: datetime) -> Actor:
    """The same natural person through a second account, opened by another organisation."""
    assert actor.person_id is not None
    return engage(
        "", f"twin-{actor.user_id}", organisation_id, *roles, at=at, person_id=actor.person_id
    )


@dataclass(frozen=True, slots=True)
class Cast:
    """Who is who. Everybody belongs to the city society unless the comment says otherwise."""

    intake: Actor
    cashier: Actor
    accountant: Actor
    programme: Actor
    keeper: Actor
    second_keeper: Actor
    third_keeper: Actor
    task_officer: Actor
    committee: tuple[Actor, Actor, Actor, Actor]
    """Also hold APP in the command."""
    driver: Actor
    receiver: Actor
    """REC of the first hospital."""
    second_receiver: Actor
    """REC of the second hospital."""
    hospital_user: Actor
    """HOS of the first hospital."""
    second_hospital_user: Actor
    """HOS of the second hospital."""
    publisher: Actor
    second_publisher: Actor
    supervisor: Actor
    auditor: Actor
    """EXT, of the audit office."""
    data_protector: Actor
    system_admin: Actor
    security_admin: Actor
    audit_admin: Actor
    volunteer: Actor
    county_keeper: Actor
    """WH of the first county."""
    province_programme: Actor
    """PRG of the province."""
    outsider: Actor
    """Holds many roles in a society of another tree."""

    def everybody(self) -> dict[str, Actor]:
        """All by name; committee members numbered."""
        found: dict[str, Actor] = {}
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, tuple):
                found |= {f"{field.name}_{n}": one for n, one in enumerate(value, 1)}
            else:
                found[field.name] = value
        return found


OUTSIDER_ROLES = ("INT", "CAS", "WH", "TSK", "APP", "PUBL", "ACC", "PRG", "HOS", "REC")


def engage_cast(
    *,
    province: int,
    city: int,
    county: int,
    hospital: int,
    second_hospital: int,
    command: int,
    supervisor: int,
    foreign_city: int,
    at: datetime,
) -> Cast:
    """Engage everybody."""

    def here(name: str, username: str, *roles: str) -> Actor:
        return engage(name, username, city, *roles, at=at)

    def member(name: str, username: str) -> Actor:
        actor = here(name, username, "APP")
        assert actor.user_id is not None
        appointing.appoint(
            SYSTEM, user_id=actor.user_id, organisation_id=command, role="APP", at=at
        )
        return actor

    return Cast(
        intake=here("陈受理", "intake", "INT"),
        cashier=here("钱出纳", "cashier", "CAS"),
        accountant=here("孙会计", "accountant", "ACC"),
        programme=here("李项目", "programme", "PRG"),
        keeper=here("周保管", "keeper", "WH"),
        second_keeper=here("吴保管", "keeper2", "WH"),
        third_keeper=here("郑保管", "keeper3", "WH"),
        task_officer=here("王任务", "task", "TSK"),
        committee=(
            member("冯委员", "member1"),
            member("褚委员", "member2"),
            member("卫委员", "member3"),
            member("蒋委员", "member4"),
        ),
        driver=here("沈司机", "driver", "DRV"),
        receiver=engage("韩签收", "receiver", hospital, "REC", at=at),
        second_receiver=engage("杨签收", "receiver2", second_hospital, "REC", at=at),
        hospital_user=engage("朱需求", "hospital", hospital, "HOS", at=at),
        second_hospital_user=engage("秦需求", "hospital2", second_hospital, "HOS", at=at),
        publisher=here("尤公开", "publisher", "PUBL"),
        second_publisher=here("许公开", "publisher2", "PUBL"),
        supervisor=here("何监督", "supervisor", "SUP"),
        auditor=engage("吕审计", "auditor", supervisor, "EXT", at=at),
        data_protector=here("施保护", "dpo", "DPO"),
        system_admin=here("张系统", "sysadmin", "SYS"),
        security_admin=here("孔安全", "secadmin", "SEC"),
        audit_admin=here("曹审管", "audadmin", "AUD"),
        volunteer=here("严志愿", "volunteer", "VOL"),
        county_keeper=engage("华县管", "countykeeper", county, "WH", at=at),
        province_programme=engage("金省项", "provinceprg", province, "PRG", at=at),
        outsider=engage("魏外人", "outsider", foreign_city, *OUTSIDER_ROLES, at=at),
    )
