"""Settling what was short, damaged or over: two people and a reason (I-19)."""

from datetime import datetime

from django.db import transaction

from boai.foundations.ledger.services.posting import post
from boai.foundations.ledger.values import Leg
from boai.foundations.trail.services.recording import record
from boai.ground.core.actors import Actor
from boai.ground.core.clock import day_of
from boai.ground.core.errors import NotFound
from boai.ground.core.events import announce
from boai.relief.dispatch import errors, permissions, rules
from boai.relief.dispatch.events import DiscrepancySettled
from boai.relief.dispatch.models import Discrepancy, Waybill
from boai.relief.dispatch.services import places
from boai.relief.dispatch.values import Outcome, WaybillState
from boai.relief.warehouse.services.adjusting import take_back


@transaction.atomic
def propose(actor: Actor, *, discrepancy_id: int, outcome: str, reason: str, at: datetime) -> None:
    """The first person says how a difference ended and why; nothing is booked yet.

    A proposal may be replaced until it is confirmed. *Refuses*: ``NotFound``, ``NotPermitted``,
    ``NobodySigns``, ``DifferenceNotWaiting``, ``OutcomeDoesNotFit``, ``ReasonMissing``.
    """
    difference, waybill = _open(discrepancy_id)
    person = permissions.require_settle(actor, waybill.organisation_id)
    if difference.state == "settled":
        raise errors.DifferenceNotWaiting
    if outcome not in list(Outcome) or not rules.outcome_fits(difference.kind, outcome):
        raise errors.OutcomeDoesNotFit(field="outcome")
    if not reason.strip():
        raise errors.ReasonMissing(field="reason")
    difference.state = "proposed"
    difference.outcome = outcome
    difference.reason = reason.strip()[:500]
    difference.proposed_by_id = person
    difference.proposed_at = at
    difference.save(update_fields=("state", "outcome", "reason", "proposed_by", "proposed_at"))
    record(
        actor,
        "propose-settlement",
        subject=f"dispatch.waybill:{waybill.number}",
        at=at,
        organisation_id=waybill.organisation_id,
        detail={"difference": difference.pk, "outcome": outcome},
    )


@transaction.atomic
def settle(actor: Actor, *, discrepancy_id: int, outcome: str, at: datetime) -> None:
    """The second person confirms the proposal seen; the goods leave transit for good.

    ``outcome`` is the one that was shown. *Refuses*: ``NotFound``, ``NotPermitted``,
    ``SamePersonTwice``, ``DifferenceNotWaiting`` (nothing proposed, another outcome proposed
    meanwhile, or settled already). *Posts* in transit to delivered, to on hand, or to written
    off. *Announces* ``DiscrepancySettled``.
    """
    difference, waybill = _open(discrepancy_id)
    permissions.require_settle(actor, waybill.organisation_id)
    if difference.state != "proposed" or difference.outcome != outcome:
        raise errors.DifferenceNotWaiting
    person = permissions.other_person(actor, difference.proposed_by_id)
    difference.state = "settled"
    difference.settled_by_id = person
    difference.settled_at = at
    difference.settled_on = day_of(at)
    difference.save(update_fields=("state", "settled_by", "settled_at", "settled_on"))
    _book(actor, difference, waybill, at)
    rest = Discrepancy.objects.filter(line__waybill=waybill).exclude(state="settled")
    if not rest.exists():
        waybill.state = WaybillState.SETTLED
        waybill.save(update_fields=["state"])
    record(
        actor,
        "settle-difference",
        subject=f"dispatch.waybill:{waybill.number}",
        at=at,
        organisation_id=waybill.organisation_id,
        detail={"difference": difference.pk, "outcome": difference.outcome},
    )
    announce(
        DiscrepancySettled(
            discrepancy_id=difference.pk,
            waybill_id=waybill.pk,
            number=waybill.number,
            organisation_id=waybill.organisation_id,
            receiver_id=waybill.receiver_id,
            lot_id=difference.line.lot_id,
            item_id=difference.line.item_id,
            outcome=difference.outcome,
            quantity=difference.quantity,
            at=at,
        )
    )


def _book(actor: Actor, difference: Discrepancy, waybill: Waybill, at: datetime) -> None:
    line, outcome = difference.line, difference.outcome
    if outcome == Outcome.EXPLAINED:
        return
    if outcome == Outcome.RETURNED:
        assert difference.proposed_by_id is not None
        take_back(
            actor,
            difference.proposed_by_id,
            lot_id=line.lot_id,
            quantity=difference.quantity,
            transport=waybill.number,
            reason=difference.reason,
            at=at,
        )
        return
    into = places.handed_over(line) if outcome == Outcome.DELIVERED else places.lost(line)
    post(
        actor,
        organisation_id=waybill.organisation_id,
        kind="difference-settled",
        key=f"dispatch.settle:{difference.pk}",
        legs=[Leg(into, places.on_the_way(line), difference.quantity)],
        at=at,
        inputs={"difference": difference.pk, "outcome": outcome},
        subject=f"dispatch.waybill:{waybill.number}",
    )


def _open(discrepancy_id: int) -> tuple[Discrepancy, Waybill]:
    found = (
        Discrepancy.objects.select_for_update(of=("self",))
        .select_related("line__waybill")
        .filter(pk=discrepancy_id)
        .first()
    )
    if found is None:
        raise NotFound
    # The waybill's row is the lock that keeps two settlements of one waybill apart.
    waybill = Waybill.objects.select_for_update().get(pk=found.line.waybill_id)
    found.line.waybill = waybill
    return found, waybill
