"""Who may: the authorisation matrix, asked for the society whose receipts they are."""

from boai.foundations.identity import queries as identity
from boai.foundations.identity.services.authorising import require
from boai.ground.core.actors import Actor
from boai.ground.core.errors import NotPermitted


def _person_here(actor: Actor, action: str, organisation_id: int) -> int:
    """The matrix allows it, in the person's own society. *Refuses* ``NotPermitted``."""
    require(actor, action, organisation_id=organisation_id)
    if actor.person_id is None or actor.organisation_id != organisation_id:
        raise NotPermitted
    return actor.person_id


def require_apply(actor: Actor, organisation_id: int) -> int:
    """Apply for numbers; answers the person."""
    return _person_here(actor, "receipts.apply", organisation_id)


def require_grant(actor: Actor, organisation_id: int) -> int:
    """Take granted numbers into stock; answers the person."""
    return _person_here(actor, "receipts.grant", organisation_id)


def require_draw(actor: Actor, organisation_id: int) -> int:
    """Ask that a receipt be issued, voided or reversed; answers the person."""
    return _person_here(actor, "receipts.draw", organisation_id)


def require_review(actor: Actor, organisation_id: int) -> int:
    """Be the second person; answers the person."""
    return _person_here(actor, "receipts.review", organisation_id)


def require_entitle(actor: Actor, organisation_id: int) -> None:
    """Say how much may be receipted: follows from a gift, so it is the system's own act."""
    require(actor, "receipts.entitle", organisation_id=organisation_id)


def may_here(actor: Actor, action: str) -> bool:
    """Whether the actor's own society lets them."""
    if actor.organisation_id is None:
        return False
    return identity.may(actor, action, organisation_id=actor.organisation_id)


def sees_masked(actor: Actor) -> bool:
    """Whether payers' names are masked for this reader."""
    return identity.sees_masked(actor, "receipts.see")
