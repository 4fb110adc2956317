"""The first person: a slip that asks for a receipt, or that one be taken back."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext
from stdnum.cn import uscc as credit_code

from boai.foundations.trail.services.recording import record_many
from boai.foundations.trail.values import ActOrder
from boai.ground.core.actors import Actor
from boai.relief.receipts import errors, permissions, queries, rules
from boai.relief.receipts.models import Allowance, Receipt, Slip
from boai.relief.receipts.values import (
    STATE_LABELS,
    AllowanceRow,
    Medium,
    SlipKind,
    SlipOrder,
    SlipState,
    receipt_ref,
)


def ask(actor: Actor, *, organisation_id: int, order: SlipOrder, at: datetime) -> int:
    """Draw up one receipt; another person reviews it. Answers the slip's id.

    *Refuses*: as ``ask_many``.
    """
    return ask_many(actor, organisation_id=organisation_id, orders=[order], at=at)[0]


@transaction.atomic
def ask_many(
    actor: Actor, *, organisation_id: int, orders: Sequence[SlipOrder], at: datetime
) -> list[int]:
    """Draw up many receipts in one act, one statement a step. Answers the slips' ids in order.

    *Refuses*: ``NotPermitted``, ``NothingMayBeReceipted``, ``AmountIsNotAboveZero``,
    ``AmountOutOfRange``, ``AboveWhatWasGiven``, ``PayerIsMissing``, ``TextIsTooLong``,
    ``UsccIsWrong``; one refused order refuses all.
    """
    person = permissions.require_draw(actor, organisation_id)
    subjects = {order.subject for order in orders}
    locked = Allowance.objects.select_for_update().filter(
        subject__in=subjects, organisation_id=organisation_id
    )
    ids = {row.subject: row.pk for row in locked.order_by("pk")}
    known = queries.allowances(ids)
    left = {subject: row.free_fen for subject, row in known.items()}
    for order in orders:
        _refuse_wrong(order, known.get(order.subject), left)
        left[order.subject] -= order.amount_fen
    rows = Slip.objects.bulk_create(
        Slip(
            organisation_id=organisation_id,
            allowance_id=ids[order.subject],
            kind=SlipKind.ISSUE,
            medium=Medium(order.medium),
            amount_fen=order.amount_fen,
            payer=order.payer.strip(),
            payer_uscc=order.payer_uscc.strip().upper(),
            unit=order.unit,
            note=order.note.strip(),
            asked_by_id=person,
            asked_at=at,
        )
        for order in orders
    )
    acts = [
        ActOrder("ask-receipt", order.subject, organisation_id, {"amount_fen": order.amount_fen})
        for order in orders
    ]
    record_many(actor, acts, at=at)
    return [row.pk for row in rows]


@transaction.atomic
def ask_back(actor: Actor, *, serial: str, kind: str, reason: str, at: datetime) -> int:
    """Ask that a receipt be voided (nobody has taken it yet) or reversed. Answers the slip's id.

    *Refuses*: ``NotFound``, ``NotPermitted``, ``ReasonIsMissing``, ``TextIsTooLong``,
    ``RedStaysRed``, ``ReceiptIsNotValid``, ``WasHandedOver``, ``AlreadyAskedFor``.
    """
    row = locked_receipt(serial)
    person = permissions.require_draw(actor, row.organisation_id)
    why = reason.strip()
    if not why:
        raise errors.ReasonIsMissing(field="reason")
    refusal = rules.reason_against_text("原因", why, rules.LONGEST_REASON, "reason")
    if refusal:
        raise refusal
    refuse_taking_back(row, SlipKind(kind))
    if Slip.objects.filter(receipt=row, state=SlipState.WAITING).exists():
        raise errors.AlreadyAskedFor(serial=row.serial)
    slip = Slip.objects.create(
        organisation_id=row.organisation_id,
        allowance_id=row.allowance_id,
        kind=SlipKind(kind),
        receipt=row,
        medium=row.medium,
        reason=why,
        asked_by_id=person,
        asked_at=at,
    )
    detail = {"slip": slip.pk, "kind": slip.kind}
    order = ActOrder("ask-back-receipt", receipt_ref(row.serial), row.organisation_id, detail)
    record_many(actor, [order], at=at)
    return slip.pk


def locked_receipt(serial: str) -> Receipt:
    """The receipt, locked until the end of the act. *Refuses* ``NotFound``."""
    rows = Receipt.objects.select_for_update(of=("self",)).select_related("allowance")
    row = rows.filter(serial=rules.tidy_serial(serial)).first()
    if row is None:
        raise errors.NotFound
    return row


def refuse_taking_back(row: Receipt, kind: SlipKind) -> None:
    """Say no to voiding what was handed over, and to taking back twice."""
    label = gettext(STATE_LABELS[row.state])
    refusal = rules.reason_against_taking_back(row.serial, row.kind, row.state, label)
    if refusal:
        raise refusal
    if kind == SlipKind.VOID and row.handed_at is not None:
        raise errors.WasHandedOver(serial=row.serial)


def _refuse_wrong(order: SlipOrder, known: AllowanceRow | None, left: dict[str, int]) -> None:
    refusal = rules.reason_against_asking(order, known, left.get(order.subject, 0))
    if refusal:
        raise refusal
    uscc = order.payer_uscc.strip().upper()
    if uscc and not credit_code.is_valid(uscc):
        raise errors.UsccIsWrong(field="payer_uscc", uscc=uscc[:18])
