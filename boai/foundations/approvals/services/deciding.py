"""Voting and standing aside."""

from datetime import datetime

from django.db import transaction

from boai.foundations.approvals import errors, permissions, queries
from boai.foundations.approvals.events import CaseDecided
from boai.foundations.approvals.models import Case, Recusal, Vote
from boai.foundations.approvals.rules import is_late, minutes_between, outcome
from boai.foundations.approvals.values import CaseRow
from boai.foundations.trail.services.recording import record
from boai.ground.core.actors import Actor
from boai.ground.core.errors import NotFound, NotPermitted
from boai.ground.core.events import announce


def vote(
    actor: Actor, *, case_id: int, digest: str, approve: bool, reason: str = "", at: datetime
) -> CaseRow:
    """Agree or refuse, on exactly the content whose digest was shown; may decide the case.

    *Refuses*: ``ContentHasChanged`` (I-23), ``CaseIsDecided``, ``NotOnTheCommittee``,
    ``CaseIsYourOwn``, ``YouHaveVoted`` (also through another account, I-21),
    ``YouHaveStoodAside``, ``ReasonIsMissing`` (for a refusal), ``NotPermitted``.
    *Announces* ``CaseDecided`` when the vote decides.
    """
    permissions.require_decide(actor)
    reason = _worded(reason, needed=not approve)
    with transaction.atomic():
        case, person_id, user_id = _before_speaking(actor, case_id)
        if digest != case.digest:
            raise errors.ContentHasChanged
        if case.recusals.filter(person_id=person_id).exists():
            raise errors.YouHaveStoodAside
        Vote.objects.create(
            case=case,
            person_id=person_id,
            user_id=user_id,
            approve=approve,
            reason=reason,
            digest=digest,
            cast_at=at,
        )
        record(
            actor,
            "vote",
            subject=f"approvals.case:{case.pk}",
            at=at,
            organisation_id=case.organisation_id,
            detail={"approve": approve, "digest": digest},
        )
        _decide_if_ripe(case, at)
        return queries.row_of(case)


def recuse(actor: Actor, *, case_id: int, interest: str, at: datetime) -> CaseRow:
    """Stand aside, naming the interest. Fewer may vote then; the quorum stays.

    *Refuses*: ``CaseIsDecided``, ``NotOnTheCommittee``, ``CaseIsYourOwn``, ``YouHaveVoted``,
    ``YouHaveStoodAside``, ``ReasonIsMissing``, ``NotPermitted``. *Announces* ``CaseDecided``
    where the votes already cast now suffice.
    """
    permissions.require_decide(actor)
    interest = _worded(interest, needed=True)
    with transaction.atomic():
        case, person_id, _ = _before_speaking(actor, case_id)
        if case.recusals.filter(person_id=person_id).exists():
            raise errors.YouHaveStoodAside
        Recusal.objects.create(case=case, person_id=person_id, interest=interest, declared_at=at)
        record(
            actor,
            "recuse",
            subject=f"approvals.case:{case.pk}",
            at=at,
            organisation_id=case.organisation_id,
        )
        _decide_if_ripe(case, at)
        return queries.row_of(case)


def _worded(text: str, *, needed: bool) -> str:
    text = " ".join(text.split())
    if (needed and not text) or len(text) > 500:
        raise errors.ReasonIsMissing(field="reason")
    return text


def _before_speaking(actor: Actor, case_id: int) -> tuple[Case, int, int]:
    """Lock the case, so that votes are counted one after another, and check who speaks."""
    if actor.person_id is None or actor.user_id is None:
        raise NotPermitted
    case = Case.objects.select_for_update().filter(pk=case_id).first()
    if case is None:
        raise NotFound
    member = case.members.filter(person_id=actor.person_id).first()
    if member is None:
        raise errors.NotOnTheCommittee
    if member.excluded:
        raise errors.CaseIsYourOwn
    if case.votes.filter(person_id=actor.person_id).exists():
        raise errors.YouHaveVoted
    if case.state == Case.State.VOID and Case.objects.filter(replaces=case).exists():
        raise errors.ContentHasChanged
    if case.state != Case.State.OPEN:
        raise errors.CaseIsDecided
    return case, actor.person_id, actor.user_id


def _decide_if_ripe(case: Case, at: datetime) -> None:
    row = queries.row_of(case)
    found = outcome(row.tally)
    if found is None:
        return
    case.state = found
    case.decided_at = at
    case.minutes = minutes_between(case.opened_at, at)
    case.late = is_late(case.opened_at, at, row.policy)
    case.save(update_fields=["state", "decided_at", "minutes", "late"])
    announce(
        CaseDecided(
            case_id=case.pk,
            kind=case.kind,
            subject=case.subject,
            organisation_id=case.organisation_id,
            outcome=found,
            digest=case.digest,
            minutes=case.minutes,
            late=case.late,
            at=at,
        )
    )
