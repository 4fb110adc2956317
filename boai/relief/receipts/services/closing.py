"""Taking receipts back: voided before anybody took them, reversed by a red receipt afterwards."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext

from boai.foundations.trail.services.recording import record
from boai.ground.core.actors import Actor
from boai.ground.core.events import announce
from boai.relief.receipts import permissions
from boai.relief.receipts.errors import ReceiptIsNotValid
from boai.relief.receipts.events import ReceiptVoided
from boai.relief.receipts.models import Receipt, Slip, Voiding
from boai.relief.receipts.services import reporting
from boai.relief.receipts.services.asking import locked_receipt, refuse_taking_back
from boai.relief.receipts.values import STATE_LABELS, SlipKind, State, receipt_ref


def void(actor: Actor, slip: Slip, *, person: int, at: datetime) -> None:
    """Void the receipt of an agreed slip. For ``reviewing``; the number stays used.

    *Refuses*: ``ReceiptIsNotValid``, ``WasHandedOver``, ``FiscalReceiptStands``. *Announces*: ``ReceiptVoided``.
    """
    assert slip.receipt is not None
    row = locked_receipt(slip.receipt.serial)
    refuse_taking_back(row, SlipKind.VOID)
    reporting.call_off(row)
    Voiding.objects.create(
        receipt=row,
        slip=slip,
        asked_by_id=slip.asked_by_id,
        reviewed_by_id=person,
        reason=slip.reason,
        at=at,
    )
    record(
        actor,
        "void-receipt",
        subject=receipt_ref(row.serial),
        at=at,
        organisation_id=row.organisation_id,
        detail={"slip": slip.pk},
    )
    announce(ReceiptVoided(row.organisation_id, row.serial, row.allowance.subject, at))


def write_reversals(
    receipts: Sequence[Receipt], *, asked_by: int, reason: str, at: datetime
) -> list[Slip]:
    """Slips for receipts that must be reversed because their gift goes back. A slip that waits for
    one of them already is given back first: it asks for what happens anyway."""
    waiting = Slip.objects.filter(receipt__in=receipts, state="waiting")
    waiting.update(state="returned", answer=reason[:300], reviewed_at=at)
    return Slip.objects.bulk_create(
        Slip(
            organisation_id=row.organisation_id,
            allowance_id=row.allowance_id,
            kind=SlipKind.REVERSE,
            receipt=row,
            medium=row.medium,
            reason=reason[:300],
            asked_by_id=asked_by,
            asked_at=at,
        )
        for row in receipts
    )


@transaction.atomic
def hand_over(actor: Actor, *, serial: str, at: datetime) -> None:
    """The giver has the receipt in hand: from now on it can only be reversed. Told again, nothing
    changes. *Refuses*: ``NotFound``, ``NotPermitted``, ``ReceiptIsNotValid``."""
    row = locked_receipt(serial)
    permissions.require_draw(actor, row.organisation_id)
    if row.state == State.VOIDED:
        raise ReceiptIsNotValid(serial=row.serial, state=gettext(STATE_LABELS[row.state]))
    if row.handed_at is not None:
        return
    row.handed_at = at
    row.save(update_fields=["handed_at"])
    record(
        actor,
        "hand-over-receipt",
        subject=receipt_ref(row.serial),
        at=at,
        organisation_id=row.organisation_id,
    )
