"""Writing receipts under the next numbers of the blocks in hand, any number at once."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext

from boai.foundations.identity import queries as identity
from boai.foundations.organisations import queries as organisations
from boai.foundations.trail.services.recording import record_many
from boai.foundations.trail.values import ActOrder
from boai.ground.core.actors import Actor
from boai.ground.core.clock import day_of
from boai.ground.core.events import announce
from boai.ground.kit.db.sane_time import require_sane_clock
from boai.relief.receipts import errors, permissions, queries, rules
from boai.relief.receipts.events import IssuedReceipt, ReceiptsIssued
from boai.relief.receipts.models import Block, Receipt, Slip
from boai.relief.receipts.services import reporting
from boai.relief.receipts.values import (
    MEDIUM_LABELS,
    PROJECT,
    PROJECT_SETTING,
    BlockState,
    Kind,
    SlipKind,
    SlipState,
    receipt_ref,
    serial_of,
)


def write(actor: Actor, slips: Sequence[Slip], *, at: datetime) -> list[str]:
    """Issue what agreed slips of one society ask for; answers the serials. For the services of
    this room, inside their transaction: the actor is the reviewer, who wrote none of the slips.

    Amounts need no look here: the allowance's own constraint says no. *Refuses*: ``NotPermitted``,
    ``ReviewerMustBeAnother``, ``StockIsUsedUp``, ``ClockIsNotSane``. *Announces*: ``ReceiptsIssued``.
    """
    require_sane_clock()
    organisation_id = slips[0].organisation_id
    person = permissions.require_review(actor, organisation_id)
    if any(slip.asked_by_id == person for slip in slips):
        raise errors.ReviewerMustBeAnother
    rows: list[Receipt] = []
    names = identity.person_names({person, *(slip.asked_by_id for slip in slips)})
    for medium in sorted({slip.medium for slip in slips}):
        mine = [slip for slip in slips if slip.medium == medium]
        rows += _numbered(organisation_id, medium, mine, person, names, at)
    Receipt.objects.bulk_create(rows)
    reporting.queue(rows, at)
    Slip.objects.filter(pk__in=[slip.pk for slip in slips]).update(
        state=SlipState.DONE, reviewed_by_id=person, reviewed_at=at
    )
    _tell(actor, organisation_id, rows, at)
    return [row.serial for row in rows]


def _numbered(
    organisation_id: int,
    medium: str,
    slips: Sequence[Slip],
    person: int,
    names: dict[int, str],
    at: datetime,
) -> list[Receipt]:
    """Receipts with number, digest and seal, each chained to the one before."""
    payee = organisations.row(organisation_id)
    project_code = str(organisations.setting(organisation_id, PROJECT_SETTING, "") or "")
    rows, seals = [], _Seals(organisation_id, medium, len(slips))
    for slip in slips:
        row = _as_asked(slip)
        row.payee = payee.name if payee else ""
        row.project_code, row.project = project_code[:20], PROJECT
        row.collector_id, row.reviewer_id = slip.asked_by_id, person
        row.collector_name, row.reviewer_name = names[slip.asked_by_id], names[person]
        row.issued_at, row.issued_on = at, day_of(at)
        row.check_code = rules.new_check_code()
        seals.number(row)
        rows.append(row)
    return rows


def _as_asked(slip: Slip) -> Receipt:
    """What the slip says; a red receipt repeats its original with the sign turned."""
    if slip.kind == SlipKind.ISSUE:
        return Receipt(
            organisation_id=slip.organisation_id,
            allowance=slip.allowance,
            slip=slip,
            kind=Kind.BLUE,
            medium=slip.medium,
            amount_fen=slip.amount_fen or 0,
            payer=slip.payer,
            payer_uscc=slip.payer_uscc,
            unit=slip.unit,
            note=slip.note,
        )
    first = slip.receipt
    assert first is not None
    return Receipt(
        organisation_id=slip.organisation_id,
        allowance=slip.allowance,
        slip=slip,
        kind=Kind.RED,
        original=first,
        medium=first.medium,
        amount_fen=-first.amount_fen,
        payer=first.payer,
        payer_uscc=first.payer_uscc,
        unit=first.unit,
        # In the paper's own language, whatever language the reviewer reads.
        note=f"红冲 {first.serial}：{slip.reason}"[:300],
    )


class _Seals:
    """The numbers that come next, oldest block first, with the seal of the one before.

    The blocks stay locked until commit, so of two at one moment the second waits and goes on after
    the first; a refused act leaves no gap.
    """

    def __init__(self, organisation_id: int, medium: str, wanted: int) -> None:
        held = Block.objects.select_for_update().filter(
            organisation_id=organisation_id, medium=medium, state=BlockState.HELD
        )
        blocks = list(held.order_by("pk"))
        lasts = queries.last_numbers([block.pk for block in blocks])
        self._places: list[tuple[Block, int, str]] = []
        left = 0
        for block in blocks:
            number, seal = lasts.get(block.pk, ((block.first_number or 1) - 1, ""))
            free = (block.last_number or 0) - number
            if free > 0:
                self._places.append((block, number, seal))
                left += free
        if left < wanted:
            label = gettext(MEDIUM_LABELS[medium])
            raise errors.StockIsUsedUp(wanted=wanted, left=left, medium=label)

    def number(self, row: Receipt) -> None:
        """Give a receipt the next number, and close it with digest and seal."""
        block, number, seal = self._places[0]
        number += 1
        row.block, row.code, row.number = block, block.code, number
        row.serial = serial_of(block.code, number)
        row.digest = rules.receipt_digest(queries.content_of(row))
        row.seal = queries.seal_of(seal, row.digest)
        if number == block.last_number:
            self._places.pop(0)
        else:
            self._places[0] = (block, number, row.seal)


def _tell(actor: Actor, organisation_id: int, rows: Sequence[Receipt], at: datetime) -> None:
    record_many(
        actor,
        [
            ActOrder(
                "issue-receipt" if row.kind == Kind.BLUE else "reverse-receipt",
                receipt_ref(row.original.serial if row.original else row.serial),
                organisation_id,
                {"serial": row.serial, "amount_fen": row.amount_fen, "digest": row.digest},
            )
            for row in rows
        ],
        at=at,
    )
    announce(
        ReceiptsIssued(
            organisation_id,
            tuple(
                IssuedReceipt(
                    serial=row.serial,
                    kind=row.kind,
                    subject=row.allowance.subject,
                    amount_fen=row.amount_fen,
                    digest=row.digest,
                    original=row.original.serial if row.original else "",
                )
                for row in rows
            ),
            at,
        )
    )
