"""Reads. Rows that leave the room carry no payer's name, except to whoever has the check code."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.db.models import Count, Max, Q, QuerySet, Sum

from boai.ground.kit.db.sealed import blind_index
from boai.relief.receipts import rules
from boai.relief.receipts.models import Allowance, Block, Receipt, Slip
from boai.relief.receipts.rules import tidy_code, tidy_serial
from boai.relief.receipts.values import (
    AllowanceRow,
    BlockRow,
    BlockState,
    CheckedReceipt,
    ReceiptRow,
    SlipState,
)


def allowance(subject: str) -> AllowanceRow | None:
    """How much may be receipted for one thing; nothing where nobody ever asked."""
    return allowances([subject]).get(subject)


def allowances(subjects: Iterable[str]) -> dict[str, AllowanceRow]:
    """As ``allowance`` for many, in one read."""
    rows = Allowance.objects.filter(subject__in=list(subjects)).annotate(
        waiting=Sum(
            "slips__amount_fen", filter=Q(slips__state=SlipState.WAITING, slips__kind="issue")
        )
    )
    return {
        row.subject: AllowanceRow(
            subject=row.subject,
            organisation_id=row.organisation_id,
            entitled_fen=row.entitled_fen,
            receipted_fen=row.receipted_fen,
            waiting_fen=row.waiting or 0,
        )
        for row in rows
    }


def entitled_under(prefix: str) -> dict[str, int]:
    """How much may be receipted for each thing whose reference begins so."""
    rows = Allowance.objects.filter(subject__startswith=prefix)
    return dict(rows.values_list("subject", "entitled_fen"))


def receipts_of(subject: str) -> list[ReceiptRow]:
    """Every receipt of one thing, oldest first, red and voided ones too."""
    return [_row(row) for row in _receipts().filter(allowance__subject=subject).order_by("pk")]


def receipt(serial: str) -> ReceiptRow | None:
    """One receipt by its serial."""
    found = _receipts().filter(serial=tidy_serial(serial)).first()
    return _row(found) if found is not None else None


def checked(serial: str, code: str) -> CheckedReceipt | None:
    """The receipt that bears this serial and this check code, and whether its record is as it was
    written (H18); nothing where either is wrong."""
    found = _receipts().filter(serial=tidy_serial(serial), check_code=tidy_code(code)).first()
    return as_checked(found) if found is not None else None


def as_checked(found: Receipt) -> CheckedReceipt:
    """All that a receipt says, computed against its digest and seal."""
    return CheckedReceipt(
        row=_row(found),
        payer=found.payer,
        payer_uscc=found.payer_uscc,
        payee=found.payee,
        project_code=found.project_code,
        project=found.project,
        unit=found.unit,
        note=found.note,
        untouched=is_untouched(found, seal_before(found)),
    )


def seal_before(found: Receipt) -> str:
    """The seal of the number before in the same block; empty for the first."""
    before = Receipt.objects.filter(block_id=found.block_id, number=found.number - 1)
    return next(iter(before.values_list("seal", flat=True)), "")


def is_untouched(found: Receipt, before: str) -> bool:
    """Whether a stored receipt still says what it said when it was issued."""
    own = rules.receipt_digest(content_of(found))
    return own == found.digest and seal_of(before, own) == found.seal


def content_of(row: Receipt) -> dict[str, Any]:
    """Everything that a receipt says and that its digest covers."""
    return {
        "serial": row.serial,
        "kind": row.kind,
        "medium": row.medium,
        "original": row.original.serial if row.original else "",
        "organisation": row.organisation_id,
        "subject": row.allowance.subject,
        "amount_fen": row.amount_fen,
        "payer": row.payer,
        "payer_uscc": row.payer_uscc,
        "payee": row.payee,
        "project_code": row.project_code,
        "project": row.project,
        "unit": row.unit,
        "note": row.note,
        "collector": [row.collector_id, row.collector_name],
        "reviewer": [row.reviewer_id, row.reviewer_name],
        "issued_on": row.issued_on,
        "issued_at": row.issued_at,
        "check_code": row.check_code,
    }


def seal_of(before: str, digest: str) -> str:
    """The seal that chains a digest to the number before, under the house's own key."""
    return blind_index("receipts-seal", f"{before}{digest}")


def blocks(organisation_id: int) -> list[BlockRow]:
    """Every block of a society with what became of its numbers, newest first."""
    own = Block.objects.filter(organisation_id=organisation_id).order_by("-pk")
    return _blocks(own)


def block(block_id: int) -> BlockRow | None:
    """One block."""
    return next(iter(_blocks(Block.objects.filter(pk=block_id))), None)


def in_hand(organisation_id: int, medium: str) -> int:
    """How many numbers a society has left."""
    own = Block.objects.filter(
        organisation_id=organisation_id, medium=medium, state=BlockState.HELD
    )
    return sum(row.in_hand for row in _blocks(own))


def receipts_issued(organisation_id: int, first: date, last: date) -> QuerySet[Receipt]:
    """The receipts of a society of some days, as a lazy set."""
    return _receipts().filter(organisation_id=organisation_id, issued_on__range=(first, last))


def waiting_slips(organisation_id: int) -> QuerySet[Slip]:
    """What waits for the second person, oldest first."""
    rows = Slip.objects.filter(organisation_id=organisation_id, state=SlipState.WAITING)
    return rows.select_related("allowance", "receipt").order_by("asked_at", "pk")


def last_numbers(block_ids: Sequence[int]) -> dict[int, tuple[int, str]]:
    """The last number used of each block and its seal, in two reads."""
    lasts = Receipt.objects.filter(block_id__in=block_ids).values("block_id")
    found = Q(pk__in=[])
    for row in lasts.annotate(last=Max("number")).order_by():
        found |= Q(block_id=row["block_id"], number=row["last"])
    rows = Receipt.objects.filter(found).values_list("block_id", "number", "seal")
    return {block_id: (number, seal) for block_id, number, seal in rows}


def _receipts() -> QuerySet[Receipt]:
    return Receipt.objects.select_related("allowance", "original", "reversal", "transmission")


def _row(row: Receipt) -> ReceiptRow:
    red = getattr(row, "reversal", None)
    told = getattr(row, "transmission", None)
    return ReceiptRow(
        id=row.pk,
        serial=row.serial,
        kind=row.kind,
        state=row.state,
        medium=row.medium,
        organisation_id=row.organisation_id,
        subject=row.allowance.subject,
        amount_fen=row.amount_fen,
        original=row.original.serial if row.original else "",
        reversed_by=red.serial if red is not None else "",
        collector=row.collector_name,
        reviewer=row.reviewer_name,
        issued_at=row.issued_at,
        handed_at=row.handed_at,
        check_code=row.check_code,
        digest=row.digest,
        fiscal_state=told.state if told is not None else "",
        fiscal_code=told.fiscal_code if told is not None else "",
    )


def _blocks(rows: QuerySet[Block]) -> list[BlockRow]:
    counted = rows.annotate(
        used=Count("receipts"), voided=Count("receipts", filter=Q(receipts__state="voided"))
    )
    return [
        BlockRow(
            id=row.pk,
            organisation_id=row.organisation_id,
            state=row.state,
            medium=row.medium,
            wanted=row.wanted,
            purpose=row.purpose,
            applied_by=row.applied_by_id,
            applied_at=row.applied_at,
            code=row.code,
            first=row.first_number,
            last=row.last_number,
            granted_by=row.granted_by_id,
            granted_at=row.granted_at,
            document=row.document,
            used=row.used,
            voided=row.voided,
        )
        for row in counted
    ]
