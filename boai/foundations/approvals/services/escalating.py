"""The clock: warnings and the flag. It never decides (H07)."""

from datetime import datetime

from django.db import transaction

from boai.foundations.approvals import queries
from boai.foundations.approvals.events import CaseRunsLate
from boai.foundations.approvals.models import Case
from boai.foundations.approvals.rules import stage
from boai.foundations.approvals.services.telling import tell_members
from boai.ground.core.events import announce


def escalate(at: datetime) -> int:
    """Warn the committees of open cases at each stage, once; answer how many were warned.

    *Announces* ``CaseRunsLate`` when the limit has passed. Nothing is ever approved by time.
    """
    warned = 0
    for case_id in Case.objects.filter(state=Case.State.OPEN, warned__lt=3).values_list(
        "id", flat=True
    ):
        with transaction.atomic():
            case = Case.objects.select_for_update().get(pk=case_id)
            row = queries.row_of(case)
            reached = stage(case.opened_at, at, row.policy)
            if case.state != Case.State.OPEN or reached <= case.warned:
                continue
            case.warned = reached
            case.save(update_fields=["warned"])
            tell_members(row, reached, at=at)
            if reached == 3:
                announce(CaseRunsLate(case.pk, case.kind, case.subject, case.organisation_id, at))
            warned += 1
    return warned
