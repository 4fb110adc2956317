"""Taking a whole file back: every gift that it brought is reversed, or none is.

One person asks, another confirms (I-18). Each gift goes the way of a gift booked by mistake
(``refunding``): its entry is reversed, its papers are cancelled, its leaf follows. All of it is one
transaction, so a file is never half taken back; that is why there is a limit.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from boai.foundations.identity import queries as identity
from boai.foundations.ledger import queries as ledger
from boai.foundations.trail.services import recording
from boai.ground.core.actors import Actor
from boai.ground.core.errors import NotFound, NotPermitted
from boai.relief.donations import errors, permissions, rules
from boai.relief.donations.models import Gift, Intake, IntakeUndo, Refund
from boai.relief.donations.services import refunding
from boai.relief.donations.values import gift_ref

MOST_GIFTS = 500
"""Gifts of one undoing: what others are kept waiting for."""
NAMED = 10
"""Gifts that a refusal names."""


@transaction.atomic
def propose_undo(actor: Actor, *, intake_id: int, reason: str, at: datetime) -> int:
    """Ask that everything a file brought be taken back; answers how many gifts that are.

    *Refuses*: ``NotFound``, ``NotPermitted``, the reason's refusals, ``IntakeCannotBeUndone``,
    ``IntakeUndoIsAskedFor``, ``FileIsTooLongToUndo``, ``GiftsOfFileAreUsed``.
    """
    intake, person = _own(actor, intake_id)
    why = rules.cleaned(reason, label="撤销原因", limit=300, field="reason", required=True)
    if IntakeUndo.objects.filter(intake_id=intake_id).exclude(state="withdrawn").exists():
        raise errors.IntakeUndoIsAskedFor(name=intake.file)
    gifts = _standing(intake)
    _refuse_used(gifts)
    IntakeUndo.objects.create(
        organisation_id=intake.organisation_id,
        intake_id=intake_id,
        reason=why,
        proposed_by=person,
        proposed_user=actor.user_id or 0,
        proposed_at=at,
        gifts=len(gifts),
        amount_fen=sum(gift.amount_fen or 0 for gift in gifts),
    )
    _record(actor, "propose-undo-intake", intake, len(gifts), at)
    return len(gifts)


@transaction.atomic
def confirm_undo(actor: Actor, *, intake_id: int, at: datetime) -> int:
    """The second person agrees: every gift of the file is reversed now; answers how many.

    *Refuses*: ``NotFound``, ``NotPermitted`` (also where who asked may not ask any more),
    ``UndoIsNotWaiting``, ``UndoNeedsAnother``, ``GiftsOfFileAreUsed``, and as
    ``refunding.pay_refund``: one refusal refuses all. *Posts* and *announces* as that, per gift.
    """
    intake, person = _own(actor, intake_id)
    undo = IntakeUndo.objects.select_for_update().filter(
        intake_id=intake_id, state="proposed"
    ).first()  # fmt: skip
    if undo is None:
        raise errors.UndoIsNotWaiting(name=intake.file)
    if undo.proposed_by == person:
        raise errors.UndoNeedsAnother
    asker = identity.actor_for(undo.proposed_user, organisation_id=intake.organisation_id)
    if permissions.require_refund(asker, intake.organisation_id) != undo.proposed_by:
        raise NotPermitted
    gifts = _standing(intake)
    _refuse_used(gifts)
    for gift in gifts:
        number = refunding.propose_reversal(
            asker, gift_number=gift.number, reason=undo.reason, at=at
        )
        refunding.pay_refund(actor, number=number, at=at)
    undo.state, undo.confirmed_by, undo.confirmed_at = "done", person, at
    undo.gifts, undo.amount_fen = len(gifts), sum(gift.amount_fen or 0 for gift in gifts)
    undo.save()
    _record(actor, "undo-intake", intake, len(gifts), at)
    return len(gifts)


@transaction.atomic
def withdraw_undo(actor: Actor, *, intake_id: int, at: datetime) -> None:
    """Give up an undoing that nobody has confirmed. *Refuses*: ``NotFound``, ``NotPermitted``,
    ``UndoIsNotWaiting``."""
    intake, _person = _own(actor, intake_id)
    undo = IntakeUndo.objects.select_for_update().filter(
        intake_id=intake_id, state="proposed"
    ).first()  # fmt: skip
    if undo is None:
        raise errors.UndoIsNotWaiting(name=intake.file)
    undo.state = "withdrawn"
    undo.save(update_fields=["state"])
    _record(actor, "withdraw-undo-intake", intake, undo.gifts, at)


def _own(actor: Actor, intake_id: int) -> tuple[Intake, int]:
    """The file under a lock and the person. *Refuses*: ``NotFound``, ``NotPermitted``."""
    intake = Intake.objects.select_for_update().filter(pk=intake_id).first()
    if intake is None:
        raise NotFound
    return intake, permissions.require_refund(actor, intake.organisation_id)


def _standing(intake: Intake) -> list[Gift]:
    """What the file brought and still stands. *Refuses* where it still runs, or nothing does."""
    gifts = Gift.objects.filter(intake_id=intake.pk, state="confirmed")
    if intake.state not in ("finished", "cancelled"):
        raise errors.IntakeCannotBeUndone(name=intake.file)
    found = list(gifts.order_by("pk")[: MOST_GIFTS + 1])
    if not found:
        raise errors.IntakeCannotBeUndone(name=intake.file)
    if len(found) > MOST_GIFTS:
        raise errors.FileIsTooLongToUndo(count=gifts.count(), limit=MOST_GIFTS)
    return found


def _refuse_used(gifts: Sequence[Gift]) -> None:
    """*Refuses* ``GiftsOfFileAreUsed``: money that is spent, given back or asked for already."""
    waiting = set(
        Refund.objects.filter(gift__in=[gift.pk for gift in gifts], state="proposed").values_list(
            "gift_id", flat=True
        )
    )
    used = [
        gift.number
        for gift in gifts
        if gift.pk in waiting or ledger.unspent_at_home(gift_ref(gift.number)) != gift.amount_fen
    ]
    if used:
        named = "、".join(used[:NAMED]) + ("……" if len(used) > NAMED else "")
        raise errors.GiftsOfFileAreUsed(count=len(used), places=named)


def _record(actor: Actor, verb: str, intake: Intake, gifts: int, at: datetime) -> None:
    recording.record(
        actor,
        verb,
        subject=f"donations.intake:{intake.pk}",
        at=at,
        organisation_id=intake.organisation_id,
        detail={"gifts": gifts},
    )
