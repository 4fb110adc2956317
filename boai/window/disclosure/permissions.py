"""Who may prepare and publish bulletins."""

from boai.foundations.identity.queries import may
from boai.foundations.identity.services.authorising import require
from boai.ground.core.actors import Actor
from boai.window.disclosure.errors import NobodySigns


def require_prepare(actor: Actor, organisation_id: int) -> int | None:
    """Prepare a bulletin; answers the person, empty for the system. *Refuses* ``NotPermitted``."""
    require(actor, "disclosure.prepare", organisation_id=organisation_id)
    return actor.person_id


def require_publish(actor: Actor, organisation_id: int) -> int:
    """Publish a bulletin; answers the person. *Refuses* ``NotPermitted``, ``NobodySigns``."""
    require(actor, "disclosure.publish", organisation_id=organisation_id)
    if actor.person_id is None:
        raise NobodySigns
    return actor.person_id


def may_prepare(actor: Actor, organisation_id: int) -> bool:
    """Whether the to-do list should offer bulletins to prepare."""
    return may(actor, "disclosure.prepare", organisation_id=organisation_id)


def may_publish(actor: Actor, organisation_id: int) -> bool:
    """Whether the to-do list should offer drafts to publish."""
    return may(actor, "disclosure.publish", organisation_id=organisation_id)
