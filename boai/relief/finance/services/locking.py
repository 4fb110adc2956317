"""One disbursement, locked for the rest of the act."""

from django.utils.translation import gettext

from boai.relief.finance import errors
from boai.relief.finance.models import Disbursement
from boai.relief.finance.values import STATE_LABELS


def locked(disbursement_id: int) -> Disbursement:
    """The row, locked, so that two at once see each other. *Refuses* ``NotFound``."""
    rows = Disbursement.objects.select_for_update(of=("self",)).filter(pk=disbursement_id)
    row = rows.first()
    if row is None:
        raise errors.NotFound
    return row


def need_state(row: Disbursement, *states: str) -> None:
    """Go on only from one of these states. *Refuses* ``NotWaitingForThis``."""
    if row.state not in states:
        raise errors.NotWaitingForThis(state=gettext(STATE_LABELS[row.state]))
