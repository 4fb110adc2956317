"""Who may: the authorisation matrix, asked for the society whose money it is."""

from boai.foundations.identity.queries import may
from boai.foundations.identity.services.authorising import require
from boai.ground.core.actors import Actor
from boai.ground.core.errors import NotPermitted


def _require_here(actor: Actor, action: str, organisation_id: int) -> None:
    """The matrix allows it, and the money is the actor's own society's."""
    require(actor, action, organisation_id=organisation_id)
    if actor.kind == "person" and actor.organisation_id != organisation_id:
        raise NotPermitted


def _person(actor: Actor) -> int:
    """The natural person who signs. *Refuses* ``NotPermitted`` where nobody does."""
    if actor.person_id is None:
        raise NotPermitted
    return actor.person_id


def require_propose(actor: Actor, organisation_id: int) -> None:
    """Ask for money from a fund. *Refuses* ``NotPermitted``."""
    _require_here(actor, "finance.propose", organisation_id)


def require_record_decision(actor: Actor, organisation_id: int) -> int:
    """Record a meeting's decision; answers the person. *Refuses* ``NotPermitted``."""
    _require_here(actor, "finance.record-decision", organisation_id)
    return _person(actor)


def require_decide(actor: Actor, organisation_id: int) -> int:
    """Countersign a giver's direction; answers the person. *Refuses* ``NotPermitted``."""
    _require_here(actor, "finance.decide", organisation_id)
    return _person(actor)


def require_pay(actor: Actor, organisation_id: int) -> int:
    """Pay; answers the person. *Refuses* ``NotPermitted``."""
    _require_here(actor, "finance.pay", organisation_id)
    return _person(actor)


def require_receive_purchase(actor: Actor, organisation_id: int) -> None:
    """Hand bought goods to the store. *Refuses* ``NotPermitted``."""
    _require_here(actor, "finance.receive-purchase", organisation_id)


def require_confirm(actor: Actor, payee_organisation_id: int) -> int:
    """Say for the payee that the money came; answers the person. *Refuses* ``NotPermitted``."""
    _require_here(actor, "finance.confirm", payee_organisation_id)
    return _person(actor)


def may_here(actor: Actor, action: str) -> bool:
    """Whether the to-do list of the actor's own organisation should offer an action."""
    if actor.organisation_id is None:
        return False
    return may(actor, action, organisation_id=actor.organisation_id)


def require_order_directed(actor: Actor, organisation_id: int) -> None:
    """Order the payment of a directed gift as it arrives. *Refuses* ``NotPermitted``."""
    _require_here(actor, "finance.order-directed", organisation_id)


def require_assign_codes(actor: Actor, organisation_id: int) -> int:
    """Say which account of the accounting rules stands for what; answers the person.

    *Refuses* ``NotPermitted``.
    """
    _require_here(actor, "finance.assign-codes", organisation_id)
    return _person(actor)
