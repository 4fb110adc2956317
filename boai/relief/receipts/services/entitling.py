"""How much may be receipted for a thing: said by the room that knows the thing, never guessed here.

Nothing is written for things that nobody asks a receipt for (docs/decisions/0014).
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from boai.ground.core.actors import Actor
from boai.relief.receipts import permissions
from boai.relief.receipts.models import Allowance, Entitlement, Receipt, Slip
from boai.relief.receipts.services import closing, issuing
from boai.relief.receipts.values import EntitlementOrder, SlipState, State


@transaction.atomic
def entitle_many(
    actor: Actor, *, organisation_id: int, orders: Sequence[EntitlementOrder], at: datetime
) -> None:
    """Lay down once how much of each thing may be receipted; told again, nothing changes. A few
    statements, however many things there are.

    *Refuses*: ``NotPermitted``.
    """
    permissions.require_entitle(actor, organisation_id)
    fresh = [Allowance(subject=o.subject, organisation_id=organisation_id) for o in orders]
    Allowance.objects.bulk_create(fresh, ignore_conflicts=True)
    locked = Allowance.objects.select_for_update().filter(subject__in=[o.subject for o in orders])
    rows = {row.subject: row for row in locked.order_by("pk")}
    causes = [o.cause for o in orders]
    known = set(Entitlement.objects.filter(cause__in=causes).values_list("cause", "reason"))
    Entitlement.objects.bulk_create(
        Entitlement(
            allowance=rows[o.subject],
            amount_fen=o.amount_fen,
            reason=o.reason,
            cause=o.cause,
            at=at,
        )
        for o in orders
        if (o.cause, o.reason) not in known
    )


@transaction.atomic
def give_back(
    actor: Actor,
    *,
    subject: str,
    left_fen: int,
    reason: str,
    cause: str,
    asked_by: int,
    why: str,
    at: datetime,
) -> list[str]:
    """A part of the thing, or all of it, was given back: ``left_fen`` is what still counts.

    Where nobody ever asked for a receipt nothing happens. Slips that ask for more than is left go
    back to whoever wrote them. Receipts that say more are reversed whole in the same transaction,
    newest first, by the two persons of the giving back; the rest may then be receipted anew. Answers
    the serials of the red receipts.

    *Refuses*: ``NotPermitted``, ``StockIsUsedUp`` (a red receipt has a number of its own),
    ``ReviewerMustBeAnother``.
    """
    row = Allowance.objects.select_for_update().filter(subject=subject).first()
    if row is None or row.entitled_fen <= left_fen:
        return []
    permissions.require_review(actor, row.organisation_id)
    _return_slips(row, left_fen, why, actor, at)
    reds = _reverse_down_to(actor, row, left_fen, asked_by, why, at)
    Entitlement.objects.create(
        allowance=row,
        amount_fen=left_fen - row.entitled_fen,
        reason=reason,
        cause=cause,
        at=at,
    )
    return reds


def _return_slips(row: Allowance, left_fen: int, why: str, actor: Actor, at: datetime) -> None:
    """Nothing that was asked for before stands, where it and what is receipted exceed the rest."""
    waiting = Slip.objects.select_for_update().filter(allowance=row, state=SlipState.WAITING)
    asked = sum(slip.amount_fen or 0 for slip in waiting)
    if not waiting or row.receipted_fen + asked <= left_fen:
        return
    waiting.update(state=SlipState.RETURNED, answer=why[:300], reviewed_at=at)


def _reverse_down_to(
    actor: Actor, row: Allowance, left_fen: int, asked_by: int, why: str, at: datetime
) -> list[str]:
    over = row.receipted_fen - left_fen
    chosen: list[Receipt] = []
    for receipt in Receipt.objects.filter(allowance=row, kind="blue", state=State.ISSUED).order_by(
        "-pk"
    ):
        if over <= 0:
            break
        chosen.append(receipt)
        over -= receipt.amount_fen
    if not chosen:
        return []
    slips = closing.write_reversals(chosen, asked_by=asked_by, reason=why, at=at)
    return issuing.write(actor, slips, at=at)
