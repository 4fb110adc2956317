"""Who may look after persons, accounts and posts."""

from boai.foundations.identity.services.authorising import require
from boai.ground.core.actors import Actor


def require_open_accounts(actor: Actor, organisation_id: int | None = None) -> None:
    """System administrators open accounts, without rights."""
    require(actor, "identity.open-account", organisation_id=organisation_id)


def require_appoint(actor: Actor, organisation_id: int) -> None:
    """Security administrators grant and end posts."""
    require(actor, "identity.appoint", organisation_id=organisation_id)
