"""Who may open, decide, void and set policies."""

from boai.foundations.identity.services.authorising import require
from boai.ground.core.actors import Actor


def require_open(actor: Actor) -> None:
    """Those who may ask a committee; the room that asks has checked its own action."""
    require(actor, "approvals.open")


def require_decide(actor: Actor) -> None:
    """Committee members; whether they sit on this committee is a rule of the case."""
    require(actor, "approvals.decide")


def require_void(actor: Actor) -> None:
    """Those who may withdraw what they asked."""
    require(actor, "approvals.void")


def require_policy(actor: Actor, organisation_id: int | None) -> None:
    """Who may set the rules of deciding."""
    require(actor, "approvals.policy", organisation_id=organisation_id)
