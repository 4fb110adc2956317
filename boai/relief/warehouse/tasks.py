"""What waits in the warehouse: second signatures, inspections, goods that will expire."""

from collections.abc import Iterator
from datetime import timedelta

from django.urls import reverse
from django.utils.translation import gettext, ngettext

from boai.foundations.catalogue.queries import items_by_ids
from boai.ground.core.actors import Actor
from boai.ground.core.clock import day_of, now
from boai.ground.core.tasks import Task, offers_tasks
from boai.relief.warehouse import permissions, queries, rules
from boai.relief.warehouse.models import Adjustment, Lot

MOST = 20


@offers_tasks
def to_countersign(actor: Actor) -> Iterator[Task]:
    """Counted notes and proposed adjustments of others."""
    mine = actor.organisation_id
    if mine is None:
        return
    may_sign = permissions.may_receive(actor, mine)
    for note in queries.waiting_receipts(mine, actor.person_id)[: MOST if may_sign else 0]:
        yield Task(
            title=gettext("复核入库 %(number)s") % {"number": note.number},
            detail=note.donor_label,
            url=reverse("warehouse-countersign", args=[note.number]),
            since=note.counted_at,
            due=note.counted_at + timedelta(hours=2),
        )
    for one in queries.waiting_packings(mine, actor.person_id)[: MOST if may_sign else 0]:
        yield Task(
            title=gettext("复核组套与分装 %(number)s") % {"number": one.number},
            detail=one.store.name,
            url=reverse("warehouse-sign-packing", args=[one.number]),
            since=one.packed_at,
        )
    if not permissions.may_adjust(actor, mine):
        return
    rows = Adjustment.objects.filter(organisation_id=mine, state="proposed")
    for row in rows.exclude(proposed_by_id=actor.person_id).select_related("lot")[:MOST]:
        yield Task(
            title=gettext("复核盘点调整 %(number)s") % {"number": row.lot.number},
            detail=row.reason,
            url=reverse("warehouse-adjustment", args=[row.pk]),
            since=row.proposed_at,
        )


@offers_tasks
def to_inspect(actor: Actor) -> Iterator[Task]:
    """Lots in quarantine that this person did not count."""
    if actor.organisation_id is None or not permissions.may_inspect(actor, actor.organisation_id):
        return
    lots = list(
        Lot.objects.filter(organisation_id=actor.organisation_id, state="quarantine")
        .exclude(received_line__note__counted_by_id=actor.person_id)
        .order_by("received_at")[:MOST]
    )
    items = items_by_ids(lot.item_id for lot in lots)
    for lot in lots:
        yield Task(
            title=gettext("检验 %(item)s") % {"item": items[lot.item_id].name},
            detail=lot.number,
            url=reverse("warehouse-inspect", args=[lot.number]),
            since=lot.received_at,
        )


@offers_tasks
def near_expiry(actor: Actor) -> Iterator[Task]:
    """One line for all lots on hand that expire within the next 90 days."""
    if actor.organisation_id is None or not permissions.may_receive(actor, actor.organisation_id):
        return
    today = day_of(now())
    near = [
        line
        for line in queries.available(actor.organisation_id, today)
        if rules.is_near_expiry(line.expires_on, today)
    ]
    if near:
        yield Task(
            title=ngettext("%(n)s 个批次临近有效期", "%(n)s 个批次临近有效期", len(near))
            % {"n": len(near)},
            detail=gettext("请优先安排发出。"),
            url=f"{reverse('warehouse-stock')}?expiry=near&where=here",
            since=min(line.arrived_at for line in near),
        )
