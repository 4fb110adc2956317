"""Who may look after persons, accounts and posts."""

from boai.foundations.identity.queries import may
from boai.ground.core.actors import Actor
from boai.ground.core.errors import NotPermitted


def require(actor: Actor, action: str, *, organisation_id: int | None = None) -> None:
    """Let the act pass if the matrix allows it. *Refuses*: ``NotPermitted``."""
    if not may(actor, action, organisation_id=organisation_id):
        raise NotPermitted


def require_open_accounts(actor: Actor, organisation_id: int | None = None) -> None:
    """System administrators open accounts, without rights."""
    require(actor, "identity.open-account", organisation_id=organisation_id)


def require_appoint(actor: Actor, organisation_id: int) -> None:
    """Security administrators grant and end posts."""
    require(actor, "identity.appoint", organisation_id=organisation_id)
