"""Expenses of a measured society: asked for, decided and paid by its people, as anywhere."""

from dataclasses import dataclass

from boai.ground.core.actors import Actor

PEOPLE = (
    ("programme", "PRG"),
    ("cashier", "CAS"),
    ("one", "APP"),
    ("two", "APP"),
    ("three", "APP"),
)


@dataclass(frozen=True, slots=True)
class Office:
    """Who spends, and to whom it goes."""

    organisation_id: int
    supplier: int
    people: dict[str, Actor]


def office(organisation_id: int) -> Office:
    """Engage the people that an expense needs, and a supplier."""
    from boai.foundations.identity import queries as identity
    from boai.foundations.identity.services import appointing
    from boai.foundations.identity.values import check_character
    from boai.foundations.organisations.services import registering
    from boai.ground.core.actors import SYSTEM
    from boai.ground.core.clock import now

    at = now()
    people = {}
    for running, (name, role) in enumerate(PEOPLE, 1):
        body = f"990100198{running}0101{running:03d}"
        user_id = appointing.enrol(
            SYSTEM,
            name=f"量测{name}",
            identity_number=body + check_character(body),
            organisation_id=organisation_id,
            username=f"bench-{name}",
            password=f"bench-{name}-{body}",
            at=at,
        )
        appointing.appoint(
            SYSTEM, user_id=user_id, organisation_id=organisation_id, role=role, at=at
        )
        people[name] = identity.actor_for(user_id)
    supplier = registering.register(
        SYSTEM, code="BENCH-S", name="量测供应商", kind="company", at=at
    )
    return Office(organisation_id, supplier, people)


def spend(who: Office, fund_id: int, bank: str, count: int, part: int) -> None:
    """So many payments of so many fen each out of a fund, under one collective decision."""
    from boai.ground.core.clock import day_of, now
    from boai.relief.finance.services import deciding, paying, proposing

    at = now()
    asked = [
        proposing.propose_disbursement(
            who.people["programme"],
            organisation_id=who.organisation_id,
            fund_id=fund_id,
            kind="payment",
            payee_organisation_id=who.supplier,
            amount=part,
            purpose="量测",
            at=at,
        )
        for _n in range(count)
    ]
    committee = [who.people[name].person_id or 0 for name in ("one", "two", "three")]
    deciding.record_collective_decision(
        who.people["one"],
        disbursement_ids=asked,
        meeting="量测会议",
        held_on=day_of(at),
        attendees=committee,
        approved=True,
        minutes="量测",
        at=at,
    )
    for disbursement_id in asked:
        paying.pay(who.people["cashier"], disbursement_id=disbursement_id, bank=bank, at=at)
