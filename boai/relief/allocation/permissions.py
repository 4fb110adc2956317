"""Who may: the matrix, and for the task force also whose request it is."""

from boai.foundations.identity.queries import may
from boai.foundations.identity.services.authorising import require
from boai.ground.core.actors import Actor
from boai.ground.core.errors import NotPermitted
from boai.relief.allocation.queries import is_of


def require_need(actor: Actor, organisation_id: int, society_id: int) -> None:
    """Post or end a need: the unit itself, or the society for it. *Refuses* ``NotPermitted``."""
    if not (
        may(actor, "allocation.need", organisation_id=organisation_id)
        or may(actor, "allocation.need", organisation_id=society_id)
    ):
        raise NotPermitted


def require_import(actor: Actor, society_id: int) -> None:
    """Take in lists of needs. *Refuses* ``NotPermitted``."""
    require(actor, "allocation.import", organisation_id=society_id)


def require_freeze(actor: Actor, society_id: int) -> None:
    """Freeze list 1. *Refuses* ``NotPermitted``."""
    require(actor, "allocation.freeze", organisation_id=society_id)


def require_request(actor: Actor, receiver_id: int, society_id: int) -> None:
    """Submit a request: the unit for itself, or the society or task force for it."""
    require(actor, "allocation.request")
    if not (actor.organisation_id == receiver_id or is_of(actor, society_id)):
        raise NotPermitted


def require_propose(actor: Actor, society_id: int) -> None:
    """Propose an allocation. *Refuses* ``NotPermitted``."""
    require(actor, "allocation.propose")
    if not is_of(actor, society_id):
        raise NotPermitted


def may_see_request(actor: Actor, receiver_id: int, society_id: int) -> bool:
    """The receiving unit, the society, and those who decide for it."""
    return may(actor, "allocation.see") and (
        actor.organisation_id == receiver_id or is_of(actor, society_id)
    )
