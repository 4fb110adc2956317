"""The second person: agrees, sends back; or the first one takes the slip back."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext

from boai.foundations.trail.services.recording import record
from boai.ground.core.actors import Actor
from boai.relief.receipts import errors, permissions
from boai.relief.receipts.models import Allowance, Slip
from boai.relief.receipts.services import closing, issuing
from boai.relief.receipts.services.asking import refuse_taking_back
from boai.relief.receipts.values import SLIP_STATE_LABELS, SlipKind, SlipState


def review(actor: Actor, *, slip_id: int, at: datetime) -> list[str]:
    """Agree to one slip. Answers the serial that was issued; nothing for a voiding.

    *Refuses*: as ``review_many``.
    """
    return review_many(actor, slip_ids=[slip_id], at=at)


@transaction.atomic
def review_many(actor: Actor, *, slip_ids: Sequence[int], at: datetime) -> list[str]:
    """Agree to slips: receipts are issued under the next numbers, or voided, or reversed. Numbers,
    digests and rows of all that is issued are written as one set. Answers the new serials.

    *Refuses*: ``NothingChosen``, ``NotFound``, ``NotPermitted``, ``SlipIsNotWaiting``,
    ``ReviewerMustBeAnother`` (S1-22), ``StockIsUsedUp``, ``ReceiptIsNotValid``, ``WasHandedOver``;
    one refused slip refuses all. *Announces*: ``ReceiptsIssued``, ``ReceiptVoided``.
    """
    slips, person = _waiting(actor, slip_ids)
    if any(slip.asked_by_id == person for slip in slips):
        raise errors.ReviewerMustBeAnother
    for slip in slips:
        if slip.kind == SlipKind.VOID:
            closing.void(actor, slip, person=person, at=at)
            _close(slip, SlipState.DONE, person, "", at)
        elif slip.receipt is not None:
            refuse_taking_back(slip.receipt, SlipKind.REVERSE)
    written = [slip for slip in slips if slip.kind != SlipKind.VOID]
    return issuing.write(actor, written, at=at) if written else []


@transaction.atomic
def send_back(actor: Actor, *, slip_id: int, answer: str, at: datetime) -> None:
    """Do not agree, and say why.

    *Refuses*: ``NotFound``, ``NotPermitted``, ``SlipIsNotWaiting``, ``ReviewerMustBeAnother``,
    ``ReasonIsMissing``.
    """
    (slip,), person = _waiting(actor, [slip_id])
    if slip.asked_by_id == person:
        raise errors.ReviewerMustBeAnother
    if not answer.strip():
        raise errors.ReasonIsMissing(field="reason")
    _close(slip, SlipState.RETURNED, person, answer.strip()[:300], at)
    _record(actor, "return-slip", slip, at)


@transaction.atomic
def withdraw(actor: Actor, *, slip_id: int, at: datetime) -> None:
    """Take one's own slip back before it is answered.

    *Refuses*: ``NotFound``, ``NotPermitted`` (another's slip), ``SlipIsNotWaiting``.
    """
    slip = Slip.objects.select_for_update(of=("self",)).filter(pk=slip_id).first()
    if slip is None:
        raise errors.NotFound
    person = permissions.require_draw(actor, slip.organisation_id)
    if slip.asked_by_id != person:
        raise errors.NotPermitted
    _need_waiting(slip)
    _close(slip, SlipState.WITHDRAWN, None, "", at)
    _record(actor, "withdraw-slip", slip, at)


def _waiting(actor: Actor, slip_ids: Sequence[int]) -> tuple[list[Slip], int]:
    """The slips with their allowances, locked in one order; and the person who looks at them."""
    if not slip_ids:
        raise errors.NothingChosen
    wanted = Slip.objects.filter(pk__in=set(slip_ids))
    # First what several slips may share, then the slips: whoever asks goes the same way.
    subjects = wanted.values_list("allowance_id", flat=True)
    list(Allowance.objects.select_for_update().filter(pk__in=list(subjects)).order_by("pk"))
    rows = wanted.select_for_update(of=("self",)).select_related(
        "allowance", "receipt", "receipt__allowance"
    )
    slips = list(rows.order_by("pk"))
    if len(slips) != len(set(slip_ids)) or len({slip.organisation_id for slip in slips}) != 1:
        raise errors.NotFound
    person = permissions.require_review(actor, slips[0].organisation_id)
    for slip in slips:
        _need_waiting(slip)
    return slips, person


def _need_waiting(slip: Slip) -> None:
    if slip.state != SlipState.WAITING:
        raise errors.SlipIsNotWaiting(state=gettext(SLIP_STATE_LABELS[slip.state]))


def _close(slip: Slip, state: str, person: int | None, answer: str, at: datetime) -> None:
    slip.state, slip.reviewed_by_id, slip.reviewed_at, slip.answer = state, person, at, answer
    slip.save(update_fields=["state", "reviewed_by", "reviewed_at", "answer"])


def _record(actor: Actor, verb: str, slip: Slip, at: datetime) -> None:
    record(
        actor,
        verb,
        subject=f"receipts.slip:{slip.pk}",
        at=at,
        organisation_id=slip.organisation_id,
        detail={"kind": slip.kind},
    )
