"""Blocks of numbers: applied for, then taken into stock by another person (S0-18, S3-19)."""

from datetime import datetime

from django.db import transaction

from boai.foundations.trail.services.recording import record
from boai.ground.core.actors import Actor
from boai.ground.kit.db.series import take_numbers
from boai.relief.receipts import errors, permissions, rules
from boai.relief.receipts.models import Block
from boai.relief.receipts.values import LARGEST_BLOCK, BlockState, Medium


@transaction.atomic
def apply_for_block(
    actor: Actor,
    *,
    organisation_id: int,
    wanted: int,
    medium: str = Medium.ELECTRONIC,
    purpose: str = "",
    at: datetime,
) -> int:
    """Write down that numbers were applied for at the finance department. Answers the block's id.

    *Refuses*: ``NotPermitted``, ``WantedIsNotReadable``, ``TextIsTooLong``.
    """
    person = permissions.require_apply(actor, organisation_id)
    if not 1 <= wanted <= LARGEST_BLOCK:
        raise errors.WantedIsNotReadable(field="wanted", most=LARGEST_BLOCK)
    refusal = rules.reason_against_text("用途", purpose.strip(), 200, "purpose")
    if refusal:
        raise refusal
    row = Block.objects.create(
        organisation_id=organisation_id,
        medium=Medium(medium),
        wanted=wanted,
        purpose=purpose.strip(),
        applied_by_id=person,
        applied_at=at,
    )
    _record(actor, "apply-block", row, at)
    return row.pk


@transaction.atomic
def take_into_stock(
    actor: Actor,
    *,
    block_id: int,
    code: str,
    first: int,
    last: int,
    document: str = "",
    at: datetime,
) -> None:
    """The finance department granted these numbers: they are in hand from now on.

    *Refuses*: ``NotFound``, ``NotPermitted``, ``BlockIsNotWaiting``, ``GranterMustBeAnother``,
    ``CodeIsNotReadable``, ``NumbersAreNotReadable``, ``MoreThanApplied``, ``BlockOverlaps``,
    ``TextIsTooLong``.
    """
    row, person = _waiting(actor, block_id)
    refusal = rules.reason_against_block(code, first, last, row.wanted)
    refusal = refusal or rules.reason_against_text("凭证号", document.strip(), 80, "document")
    if refusal:
        raise refusal
    # Two who register blocks of one code at a moment go one after the other, whatever society.
    take_numbers(f"receipts-blocks:{code}")
    taken = Block.objects.filter(code=code, state=BlockState.HELD)
    if taken.filter(first_number__lte=last, last_number__gte=first).exists():
        raise errors.BlockOverlaps(field="first", code=code, first=first, last=last)
    row.state, row.code, row.first_number, row.last_number = BlockState.HELD, code, first, last
    row.document, row.granted_by_id, row.granted_at = document.strip(), person, at
    row.save(update_fields=ANSWER)
    _record(actor, "take-block", row, at)


@transaction.atomic
def close_application(actor: Actor, *, block_id: int, at: datetime) -> None:
    """The finance department did not grant it, or nobody needs it any more.

    *Refuses*: ``NotFound``, ``NotPermitted``, ``BlockIsNotWaiting``, ``GranterMustBeAnother``.
    """
    row, person = _waiting(actor, block_id)
    row.state, row.granted_by_id, row.granted_at = BlockState.REFUSED, person, at
    row.save(update_fields=ANSWER)
    _record(actor, "close-block", row, at)


ANSWER = [
    "state",
    "code",
    "first_number",
    "last_number",
    "document",
    "granted_by",
    "granted_at",
]


def _waiting(actor: Actor, block_id: int) -> tuple[Block, int]:
    row = Block.objects.select_for_update().filter(pk=block_id).first()
    if row is None:
        raise errors.NotFound
    person = permissions.require_grant(actor, row.organisation_id)
    if row.state != BlockState.APPLIED:
        raise errors.BlockIsNotWaiting
    if person == row.applied_by_id:
        raise errors.GranterMustBeAnother
    return row, person


def _record(actor: Actor, verb: str, row: Block, at: datetime) -> None:
    record(
        actor,
        verb,
        subject=f"receipts.block:{row.pk}",
        at=at,
        organisation_id=row.organisation_id,
        detail={
            "wanted": row.wanted,
            "code": row.code,
            "first": row.first_number,
            "last": row.last_number,
        },
    )
