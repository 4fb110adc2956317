"""Putting a matter before a committee, and taking it back."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from boai.foundations.approvals import errors, permissions, queries
from boai.foundations.approvals.events import CaseOpened, CaseVoided
from boai.foundations.approvals.models import Case, Member
from boai.foundations.approvals.rules import policy_is_possible
from boai.foundations.approvals.services.telling import tell_members
from boai.foundations.approvals.values import PolicyValues
from boai.foundations.trail.services.recording import record
from boai.ground.core.actors import Actor
from boai.ground.core.canonical import digest
from boai.ground.core.errors import NotFound
from boai.ground.core.events import announce


def open_case(
    actor: Actor,
    *,
    kind: str,
    subject: str,
    organisation_id: int,
    title: str,
    content: dict[str, Any],
    policy: PolicyValues | None = None,
    committee: Sequence[int],
    excluded: Sequence[int] = (),
    at: datetime,
    replaces: int | None = None,
) -> int:
    """Put a matter before a committee; the clock starts.

    ``content`` is exactly what members see and is frozen; keys are shown as labels, lists of
    dictionaries as tables. ``committee`` and ``excluded`` are person ids; who opens a case is
    excluded from deciding it. Without ``policy`` the one set for the kind holds.

    *Refuses*: ``TooFewMayDecide``, ``PolicyIsImpossible``, ``SubjectHasAnOpenCase``,
    ``NotPermitted``. *Announces* ``CaseOpened``.
    """
    permissions.require_open(actor)
    policy = policy or queries.policy_for(kind, organisation_id, at=at)
    if not policy_is_possible(policy):
        raise errors.PolicyIsImpossible
    out = set(excluded) | ({actor.person_id} if actor.person_id is not None else set())
    members = list(dict.fromkeys(committee))
    left = sum(1 for person in members if person not in out)
    if left < policy.quorum:
        raise errors.TooFewMayDecide(left=left, quorum=policy.quorum)
    with transaction.atomic():
        try:
            with transaction.atomic():
                case = Case.objects.create(
                    kind=kind,
                    subject=subject,
                    organisation_id=organisation_id,
                    title=title[:200],
                    content=content,
                    digest=digest(content),
                    quorum=policy.quorum,
                    share_numerator=policy.share_numerator,
                    share_denominator=policy.share_denominator,
                    warn_first=policy.warn_first,
                    warn_second=policy.warn_second,
                    flag_after=policy.flag_after,
                    opened_at=at,
                    opened_by_person_id=actor.person_id,
                    replaces_id=replaces,
                )
        except IntegrityError as error:
            raise errors.SubjectHasAnOpenCase from error
        Member.objects.bulk_create(
            Member(case=case, person_id=person, excluded=person in out) for person in members
        )
        record(
            actor,
            "open-case",
            subject=f"approvals.case:{case.pk}",
            at=at,
            organisation_id=organisation_id,
            detail={"kind": kind, "about": subject, "digest": case.digest},
        )
        tell_members(queries.row_of(case), 0, at=at)
        announce(CaseOpened(case.pk, kind, subject, organisation_id, case.digest, at))
    return int(case.pk)


def void_case(actor: Actor, *, case_id: int, reason: str, at: datetime) -> None:
    """End an open case without a decision, for example because its content has changed.

    *Refuses*: ``CaseIsDecided``, ``ReasonIsMissing``, ``NotFound``, ``NotPermitted``.
    *Announces* ``CaseVoided``.
    """
    permissions.require_void(actor)
    if not reason.strip():
        raise errors.ReasonIsMissing(field="reason")
    with transaction.atomic():
        case = Case.objects.select_for_update().filter(pk=case_id).first()
        if case is None:
            raise NotFound
        if case.state != Case.State.OPEN:
            raise errors.CaseIsDecided
        case.state = Case.State.VOID
        case.decided_at = at
        case.void_reason = reason.strip()[:300]
        case.save(update_fields=["state", "decided_at", "void_reason"])
        record(
            actor,
            "void-case",
            subject=f"approvals.case:{case.pk}",
            at=at,
            organisation_id=case.organisation_id,
        )
        announce(CaseVoided(case.pk, case.kind, case.subject, case.organisation_id, at))


def replace_case(
    actor: Actor,
    *,
    case_id: int,
    content: dict[str, Any],
    reason: str,
    at: datetime,
) -> int:
    """Void an open case and open it anew with changed content: earlier votes count no more (I-23).

    *Refuses* as ``void_case`` and ``open_case``. *Announces* ``CaseVoided``, ``CaseOpened``.
    """
    with transaction.atomic():
        before = queries.case(case_id)
        void_case(actor, case_id=case_id, reason=reason, at=at)
        return open_case(
            actor,
            kind=before.kind,
            subject=before.subject,
            organisation_id=before.organisation_id,
            title=before.title,
            content=content,
            policy=before.policy,
            committee=before.committee,
            excluded=before.excluded,
            at=at,
            replaces=case_id,
        )
