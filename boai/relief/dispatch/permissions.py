"""Who may carry, sign for and settle: the authorisation matrix."""

from boai.foundations.identity.queries import grants, may
from boai.foundations.identity.services.authorising import require
from boai.foundations.organisations.queries import is_within
from boai.ground.core.actors import Actor
from boai.ground.core.errors import NotFound, NotPermitted
from boai.relief.warehouse.errors import NobodySigns, SamePersonTwice


def _require_here(actor: Actor, action: str, organisation_id: int) -> None:
    """The matrix, and for persons the sending organisation itself (reach ``A`` goes no further)."""
    require(actor, action, organisation_id=organisation_id)
    if actor.kind == "person" and actor.organisation_id != organisation_id:
        raise NotPermitted


def require_order(actor: Actor, organisation_id: int) -> None:
    """Make out or cancel waybills. *Refuses* ``NotPermitted``."""
    _require_here(actor, "dispatch.order", organisation_id)


def require_load(actor: Actor, organisation_id: int) -> int:
    """Load or countersign; answers the person. *Refuses* ``NotPermitted``, ``NobodySigns``."""
    _require_here(actor, "dispatch.load", organisation_id)
    return person_of(actor)


def require_deliver(actor: Actor, receiver_id: int) -> int:
    """Sign for goods, at the receiving organisation only; answers the person.

    *Refuses* ``NotPermitted``; ``NotFound`` for a receiver of another organisation, so that a
    foreign waybill cannot be told from none.
    """
    require(actor, "dispatch.deliver", organisation_id=receiver_id)
    if actor.organisation_id != receiver_id:
        raise NotFound
    return person_of(actor)


def require_take_back(actor: Actor, organisation_id: int) -> int:
    """Count or sign for goods that come back, as for any goods that come in; answers the person.

    *Refuses* ``NotPermitted``, ``NobodySigns``.
    """
    _require_here(actor, "warehouse.receive", organisation_id)
    return person_of(actor)


def require_settle(actor: Actor, organisation_id: int) -> int:
    """Propose or confirm a settlement; answers the person. *Refuses* ``NotPermitted``."""
    _require_here(actor, "dispatch.settle", organisation_id)
    return person_of(actor)


def may_see(actor: Actor, organisation_id: int, receiver_id: int) -> bool:
    """Whether the actor may look at a waybill: staff of the sender or of the receiver, and those
    who oversee the sender (reach ``T``)."""
    mine = actor.organisation_id
    if mine in (organisation_id, receiver_id):
        return may(actor, "dispatch.see", organisation_id=mine)
    oversees = any(grant.reach == "T" for grant in grants(actor, "dispatch.see"))
    return oversees and mine is not None and is_within(organisation_id, mine)


def person_of(actor: Actor) -> int:
    """The natural person who signs. *Refuses* ``NobodySigns``."""
    if actor.kind != "person" or actor.person_id is None:
        raise NobodySigns
    return actor.person_id


def other_person(actor: Actor, first_person_id: int | None) -> int:
    """The second signature. *Refuses* ``SamePersonTwice`` (H01, I-18)."""
    person = person_of(actor)
    if person == first_person_id:
        raise SamePersonTwice
    return person
