"""Telling the finance department's platform of electronic receipts: after commit, again and again
until it answers, never twice under two keys."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, Protocol

from django.db import transaction

from boai.ground.core.canonical import digest
from boai.relief.receipts.errors import FiscalReceiptStands
from boai.relief.receipts.models import Receipt, Transmission
from boai.relief.receipts.values import FiscalAnswer, FiscalState, Medium

FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(hours=1)
DUE = (FiscalState.WAITING, FiscalState.SENT)


class Tells(Protocol):
    """A platform as this room asks it; answers are believed already."""

    def submit(self, key: str, content: dict[str, Any]) -> FiscalAnswer: ...
    def query(self, key: str) -> FiscalAnswer | None: ...


def queue(rows: Sequence[Receipt], at: datetime) -> None:
    """Put electronic receipts on their way, in the transaction that issues them, as one set."""
    Transmission.objects.bulk_create(
        Transmission(
            receipt=row, key=row.serial, content_digest=digest(content(row)), next_try_at=at
        )
        for row in rows
        if row.medium == Medium.ELECTRONIC
    )


def content(row: Receipt) -> dict[str, Any]:
    """What the platform is told: the fields of 财综〔2024〕1号 article 6."""
    day: date = row.issued_on
    return {
        "code": row.code,
        "number": row.number,
        "original": row.original.serial if row.original else "",
        "payer": row.payer,
        "payer_uscc": row.payer_uscc,
        "payee": row.payee,
        "project_code": row.project_code,
        "project": row.project,
        "unit": row.unit,
        "quantity": 1,
        "amount_fen": row.amount_fen,
        "note": row.note,
        "collector": row.collector_name,
        "reviewer": row.reviewer_name,
        "issued_on": day.isoformat(),
    }


def call_off(row: Receipt) -> None:
    """The receipt is being voided: it is not told, if nobody was told yet.

    *Refuses*: ``FiscalReceiptStands`` once it was sent, whatever the answer will be.
    """
    found = Transmission.objects.select_for_update().filter(receipt=row).first()
    if found is None or found.state == FiscalState.REFUSED:
        return
    if found.state != FiscalState.WAITING:
        raise FiscalReceiptStands(serial=row.serial)
    found.state = FiscalState.CALLED_OFF
    found.save(update_fields=["state"])


def deliver_due(at: datetime, platform: Tells, limit: int = 100) -> tuple[int, int]:
    """Tell the platform what is due; answers how many were answered and how many failed.

    What is sent is written down and committed before the call, so that a crash between call and
    answer is known: the next try asks first, and sends again under the same key only where the
    platform knows nothing. One that fails waits twice as long each time, at most an hour.
    """
    rows = Transmission.objects.filter(state__in=DUE, next_try_at__lte=at).order_by("pk")
    answered = failed = 0
    for pk in list(rows.values_list("pk", flat=True)[:limit]):
        row = _mark_sent(pk, at)
        if row is None:
            continue
        try:
            known = platform.query(row.key) if row.attempts > 1 else None
            answer = known or platform.submit(row.key, content(row.receipt))
        except Exception as failure:  # whatever a platform's client raises, the row survives it
            _fail(row, type(failure).__name__)
            failed += 1
        else:
            _settle(row, answer, at)
            answered += 1
    return answered, failed


@transaction.atomic
def _mark_sent(pk: int, at: datetime) -> Transmission | None:
    """Take one on, unless another worker has it or a red one comes before its original."""
    features = transaction.get_connection().features
    rows = Transmission.objects.select_for_update(
        of=("self",), skip_locked=bool(features.has_select_for_update_skip_locked)
    )
    rows = rows.select_related("receipt", "receipt__original")
    row = rows.filter(pk=pk, state__in=DUE, next_try_at__lte=at).first()
    if row is None:
        return None
    first = row.receipt.original_id
    if first and Transmission.objects.filter(receipt_id=first, state__in=DUE).exists():
        return None
    row.state, row.sent_at = FiscalState.SENT, row.sent_at or at
    row.next_try_at = at + min(FIRST_WAIT * 2**row.attempts, LONGEST_WAIT)
    row.attempts = min(row.attempts + 1, 20)
    row.save(update_fields=["state", "sent_at", "next_try_at", "attempts"])
    return row


def _fail(row: Transmission, failure: str) -> None:
    Transmission.objects.filter(pk=row.pk, state=FiscalState.SENT).update(failure=failure[:60])


@transaction.atomic
def _settle(row: Transmission, answer: FiscalAnswer, at: datetime) -> None:
    """Write the answer down once; an answer that comes after another changes nothing."""
    now = Transmission.objects.select_for_update().get(pk=row.pk)
    if now.state != FiscalState.SENT:
        return
    now.state = FiscalState.ISSUED if answer.issued else FiscalState.REFUSED
    now.answered_at, now.signature, now.failure = at, answer.signature, ""
    now.fiscal_code, now.reason = answer.check_code, answer.reason
    now.save(
        update_fields=["state", "answered_at", "signature", "failure", "fiscal_code", "reason"]
    )
