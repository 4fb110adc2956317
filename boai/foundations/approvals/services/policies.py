"""Setting how cases of a kind are decided."""

from datetime import datetime

from django.db import transaction

from boai.foundations.approvals import permissions
from boai.foundations.approvals.errors import PolicyIsImpossible
from boai.foundations.approvals.models import ApprovalPolicy
from boai.foundations.approvals.rules import policy_is_possible
from boai.foundations.approvals.values import PolicyValues
from boai.foundations.trail.services.recording import record
from boai.ground.core.actors import Actor


def set_policy(
    actor: Actor, *, kind: str, organisation_id: int | None, policy: PolicyValues, at: datetime
) -> int:
    """Set the policy for a kind from now on; open cases keep the one they were opened with.

    *Refuses*: ``PolicyIsImpossible``, ``NotPermitted``.
    """
    permissions.require_policy(actor, organisation_id)
    if not policy_is_possible(policy):
        raise PolicyIsImpossible
    with transaction.atomic():
        made = ApprovalPolicy.objects.create(
            kind=kind,
            organisation_id=organisation_id,
            quorum=policy.quorum,
            share_numerator=policy.share_numerator,
            share_denominator=policy.share_denominator,
            warn_first=policy.warn_first,
            warn_second=policy.warn_second,
            flag_after=policy.flag_after,
            since=at,
        )
        record(
            actor,
            "set-approval-policy",
            subject=f"approvals.policy:{made.pk}",
            at=at,
            organisation_id=organisation_id,
            detail={"kind": kind, "quorum": policy.quorum},
        )
    return int(made.pk)
