"""Collective decisions, the countersignature under a giver's direction, and calling off."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from boai.foundations.trail.services import evidence as keeping
from boai.foundations.trail.services.recording import record
from boai.ground.core.actors import Actor
from boai.ground.core.clock import day_of
from boai.ground.core.events import announce
from boai.relief.finance import errors, permissions
from boai.relief.finance.events import DisbursementDecided
from boai.relief.finance.models import Attendee, Decision, Disbursement
from boai.relief.finance.services.locking import locked, need_state
from boai.relief.finance.values import FEWEST_ATTENDEES, Basis, State


@transaction.atomic
def record_collective_decision(
    actor: Actor,
    *,
    disbursement_ids: Sequence[int],
    meeting: str,
    held_on: date,
    attendees: Sequence[int],
    approved: bool,
    minutes: str,
    at: datetime,
    evidence: bytes | None = None,
    filename: str = "",
) -> int:
    """Record a meeting's decision on one or more disbursements (H11). Answers the decision's id.

    ``attendees`` are person numbers. *Refuses*: ``NotPermitted``; ``NotWaitingForThis``;
    ``ProposerCannotDecide`` when the recorder asked for one of them; ``TooFewAttendees``;
    ``DecisionIsNotWritten``; ``DecisionIsInTheFuture``; the evidence's own refusals. *Announces*
    ``DisbursementDecided`` for each.
    """
    rows = [locked(id) for id in dict.fromkeys(disbursement_ids)]
    if not rows:
        raise errors.NotFound
    organisation_id = rows[0].organisation_id
    person = permissions.require_record_decision(actor, organisation_id)
    for row in rows:
        if row.organisation_id != organisation_id:
            raise errors.NotFound
        need_state(row, State.PROPOSED)
        if row.proposed_by_id == person:
            raise errors.ProposerCannotDecide
    _check_record(meeting, held_on, attendees, minutes, at)
    key = ""
    if evidence:
        key = keeping.attach(
            actor,
            subject=f"finance.disbursement:{rows[0].number}",
            content=evidence,
            filename=filename,
            at=at,
            organisation_id=organisation_id,
        )
    decision = Decision.objects.create(
        organisation_id=organisation_id,
        meeting=meeting.strip()[:120],
        held_on=held_on,
        approved=approved,
        minutes=minutes.strip()[:4000],
        evidence_key=key,
        recorded_by_id=person,
        recorded_at=at,
    )
    Attendee.objects.bulk_create(
        [Attendee(decision=decision, person_id=id) for id in dict.fromkeys(attendees)]
    )
    for row in rows:
        row.decision = decision
        _decide(actor, row, person, approved=approved, at=at)
    return int(decision.pk)


def _check_record(
    meeting: str, held_on: date, attendees: Sequence[int], minutes: str, at: datetime
) -> None:
    if not meeting.strip() or not minutes.strip():
        raise errors.DecisionIsNotWritten(field="minutes" if meeting.strip() else "meeting")
    if held_on > day_of(at):
        raise errors.DecisionIsInTheFuture(field="held_on")
    present = len(set(attendees))
    if present < FEWEST_ATTENDEES:
        raise errors.TooFewAttendees(field="attendees", fewest=FEWEST_ATTENDEES, given=present)


@transaction.atomic
def countersign_direction(actor: Actor, *, disbursement_id: int, at: datetime) -> None:
    """The accountant has compared the order with the giver's direction, and signs (A10).

    *Refuses*: ``NotPermitted``; ``NotWaitingForThis``; ``NoCollectiveDecision`` where the order
    does not rest on a direction; ``ProposerCannotDecide``. *Announces* ``DisbursementDecided``.
    """
    row = locked(disbursement_id)
    person = permissions.require_decide(actor, row.organisation_id)
    need_state(row, State.PROPOSED)
    if row.basis != Basis.DIRECTION:
        raise errors.NoCollectiveDecision
    if row.proposed_by_id == person:
        raise errors.ProposerCannotDecide
    _decide(actor, row, person, approved=True, at=at)


def _decide(actor: Actor, row: Disbursement, person: int, *, approved: bool, at: datetime) -> None:
    row.state = State.DECIDED if approved else State.REFUSED
    row.decided_by_id = person
    row.decided_at = at
    row.save(update_fields=["state", "decision", "decided_by", "decided_at"])
    record(
        actor,
        "decide-disbursement",
        subject=f"finance.disbursement:{row.number}",
        at=at,
        organisation_id=row.organisation_id,
        detail={"approved": approved, "decision": row.decision_id, "basis": row.basis},
    )
    announce(
        DisbursementDecided(
            disbursement_id=row.pk,
            number=row.number,
            organisation_id=row.organisation_id,
            approved=approved,
            at=at,
        )
    )


@transaction.atomic
def call_off(actor: Actor, *, disbursement_id: int, reason: str, at: datetime) -> None:
    """Give up a disbursement that has not been paid; its number stays used.

    *Refuses*: ``NotPermitted``; ``NotWaitingForThis``; ``PurposeIsMissing`` without a reason.
    """
    row = locked(disbursement_id)
    permissions.require_propose(actor, row.organisation_id)
    need_state(row, State.PROPOSED, State.DECIDED)
    if not reason.strip():
        raise errors.PurposeIsMissing(field="reason")
    row.state = State.CANCELLED
    row.ended_reason = reason.strip()[:400]
    row.save(update_fields=["state", "ended_reason"])
    record(
        actor,
        "call-off-disbursement",
        subject=f"finance.disbursement:{row.number}",
        at=at,
        organisation_id=row.organisation_id,
    )


@transaction.atomic
def withdraw_directed_payment(actor: Actor, *, source: str, reason: str, at: datetime) -> bool:
    """Call off the unpaid order of a directed gift that is taken back; whether there was one.

    *Refuses*: ``NotPermitted``; ``NotWaitingForThis`` when the order has been paid.
    """
    row = Disbursement.objects.filter(source=source).exclude(state=State.CANCELLED).first()
    if row is None:
        return False
    row = locked(row.pk)
    permissions.require_order_directed(actor, row.organisation_id)
    need_state(row, State.PROPOSED, State.DECIDED)
    row.state = State.CANCELLED
    row.ended_reason = reason.strip()[:400]
    row.save(update_fields=["state", "ended_reason"])
    record(
        actor,
        "withdraw-directed-payment",
        subject=f"finance.disbursement:{row.number}",
        at=at,
        organisation_id=row.organisation_id,
        detail={"source": source},
    )
    return True
