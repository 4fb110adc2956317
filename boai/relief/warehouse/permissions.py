"""Who may: the authorisation matrix, asked for the organisation that owns the goods."""

from boai.foundations.identity.queries import may
from boai.foundations.identity.services.authorising import require
from boai.ground.core.actors import Actor
from boai.relief.warehouse.errors import NobodySigns, SamePersonTwice


def require_stores(actor: Actor, organisation_id: int) -> None:
    """Name stores and bins. *Refuses* ``NotPermitted``."""
    require(actor, "warehouse.stores", organisation_id=organisation_id)


def require_announce(actor: Actor, organisation_id: int) -> None:
    """Announce goods to the store. *Refuses* ``NotPermitted``."""
    require(actor, "warehouse.expect", organisation_id=organisation_id)


def require_receive(actor: Actor, organisation_id: int) -> int:
    """Count or countersign a receipt; answers the person. *Refuses* ``NotPermitted``."""
    require(actor, "warehouse.receive", organisation_id=organisation_id)
    return person_of(actor)


def require_inspect(actor: Actor, organisation_id: int) -> int:
    """Judge a lot's quality; answers the person. *Refuses* ``NotPermitted``."""
    require(actor, "warehouse.inspect", organisation_id=organisation_id)
    return person_of(actor)


def require_reserve(actor: Actor, organisation_id: int) -> None:
    """Set goods aside for an approved reason. *Refuses* ``NotPermitted``."""
    require(actor, "warehouse.reserve", organisation_id=organisation_id)


def require_issue(actor: Actor, organisation_id: int) -> int:
    """Pick or countersign an issue; answers the person. *Refuses* ``NotPermitted``."""
    require(actor, "warehouse.issue", organisation_id=organisation_id)
    return person_of(actor)


def require_adjust(actor: Actor, organisation_id: int) -> int:
    """Propose or countersign an adjustment; answers the person. *Refuses* ``NotPermitted``."""
    require(actor, "warehouse.count", organisation_id=organisation_id)
    return person_of(actor)


def require_see(actor: Actor, organisation_id: int) -> None:
    """See stock. *Refuses* ``NotPermitted``."""
    require(actor, "warehouse.see", organisation_id=organisation_id)


def may_receive(actor: Actor, organisation_id: int) -> bool:
    """Whether the to-do list should offer receipts."""
    return may(actor, "warehouse.receive", organisation_id=organisation_id)


def may_inspect(actor: Actor, organisation_id: int) -> bool:
    """Whether the to-do list should offer inspections."""
    return may(actor, "warehouse.inspect", organisation_id=organisation_id)


def may_adjust(actor: Actor, organisation_id: int) -> bool:
    """Whether the to-do list should offer adjustments."""
    return may(actor, "warehouse.count", organisation_id=organisation_id)


def person_of(actor: Actor) -> int:
    """The natural person who signs. *Refuses* ``NobodySigns`` for systems and machines."""
    if actor.kind != "person" or actor.person_id is None:
        raise NobodySigns
    return actor.person_id


def other_person(actor: Actor, first_person_id: int) -> int:
    """The second signature. *Refuses* ``SamePersonTwice`` (H01, I-18)."""
    person = person_of(actor)
    if person == first_person_id:
        raise SamePersonTwice
    return person
