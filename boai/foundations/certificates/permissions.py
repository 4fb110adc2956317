"""Who may issue, replace and cancel papers."""

from boai.foundations.identity.services.authorising import require
from boai.ground.core.actors import Actor


def require_issue(actor: Actor, organisation_id: int) -> None:
    """Intake clerks, cashiers, and the system itself after a confirmed gift."""
    require(actor, "certificates.issue", organisation_id=organisation_id)


def require_cancel(actor: Actor, organisation_id: int) -> None:
    """Cancelling takes a paper out of somebody's hands: cashiers and accountants."""
    require(actor, "certificates.cancel", organisation_id=organisation_id)
