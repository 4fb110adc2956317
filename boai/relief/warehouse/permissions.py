"""Who may: the authorisation matrix, asked for the organisation that owns the goods."""

from boai.foundations.identity.queries import may
from boai.foundations.identity.services.authorising import require
from boai.ground.core.actors import Actor
from boai.ground.core.errors import NotPermitted
from boai.relief.warehouse.errors import NobodySigns, SamePersonTwice


def _require_here(actor: Actor, action: str, organisation_id: int) -> None:
    """The matrix, and for persons the organisation whose goods these are.

    Assigned reach (``A``) is no reach into another society's stores: who works there is assigned
    there by a post.
    """
    require(actor, action, organisation_id=organisation_id)
    if actor.kind == "person" and actor.organisation_id != organisation_id:
        raise NotPermitted


def require_stores(actor: Actor, organisation_id: int) -> None:
    """Name stores and bins. *Refuses* ``NotPermitted``."""
    _require_here(actor, "warehouse.stores", organisation_id)


def require_announce(actor: Actor, organisation_id: int) -> None:
    """Announce goods to the store. *Refuses* ``NotPermitted``."""
    _require_here(actor, "warehouse.expect", organisation_id)


def require_receive(actor: Actor, organisation_id: int) -> int:
    """Count or countersign a receipt; answers the person. *Refuses* ``NotPermitted``."""
    _require_here(actor, "warehouse.receive", organisation_id)
    return person_of(actor)


def require_inspect(actor: Actor, organisation_id: int) -> int:
    """Judge a lot's quality; answers the person. *Refuses* ``NotPermitted``."""
    _require_here(actor, "warehouse.inspect", organisation_id)
    return person_of(actor)


def require_reserve(actor: Actor, organisation_id: int) -> None:
    """Set goods aside for an approved reason. *Refuses* ``NotPermitted``."""
    _require_here(actor, "warehouse.reserve", organisation_id)


def require_issue(actor: Actor, organisation_id: int) -> int:
    """Pick or countersign an issue; answers the person. *Refuses* ``NotPermitted``."""
    _require_here(actor, "warehouse.issue", organisation_id)
    return person_of(actor)


def require_adjust(actor: Actor, organisation_id: int) -> int:
    """Propose or countersign an adjustment; answers the person. *Refuses* ``NotPermitted``."""
    _require_here(actor, "warehouse.count", organisation_id)
    return person_of(actor)


def require_see(actor: Actor, organisation_id: int) -> None:
    """See stock. *Refuses* ``NotPermitted``."""
    _require_here(actor, "warehouse.see", organisation_id)


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
