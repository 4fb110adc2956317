"""What waits in dispatch: loading, second signatures, hand-overs, differences."""

from collections.abc import Iterator
from datetime import timedelta

from django.urls import reverse
from django.utils.translation import gettext

from boai.foundations.identity.queries import may
from boai.foundations.organisations import queries as organisations
from boai.ground.core.actors import Actor
from boai.ground.core.tasks import Task, offers_tasks
from boai.relief.dispatch.models import Discrepancy, Return, Waybill

MOST = 20


@offers_tasks
def to_load(actor: Actor) -> Iterator[Task]:
    """Waybills to load, and loaded ones that another keeper must sign."""
    mine = actor.organisation_id
    if mine is None or not may(actor, "dispatch.load", organisation_id=mine):
        return
    rows = list(
        Waybill.objects.filter(organisation_id=mine, state__in=["ordered", "loading"]).order_by(
            "ordered_at"
        )[: 2 * MOST]
    )
    names = organisations.rows(row.receiver_id for row in rows)
    for row in rows:
        receiver = names[row.receiver_id].name
        if row.state == "ordered":
            yield Task(
                title=gettext("拣货装车：%(unit)s") % {"unit": receiver},
                detail=row.number,
                url=reverse("dispatch-load", args=[row.number]),
                since=row.ordered_at,
                due=row.ordered_at + timedelta(hours=4),
            )
        elif row.loaded_by_id != actor.person_id and row.loaded_at is not None:
            yield Task(
                title=gettext("复核发车：%(unit)s") % {"unit": receiver},
                detail=row.number,
                url=reverse("dispatch-countersign", args=[row.number]),
                since=row.loaded_at,
                urgent=True,
            )


@offers_tasks
def to_receive(actor: Actor) -> Iterator[Task]:
    """Goods on the way to the receiver's unit."""
    mine = actor.organisation_id
    if mine is None or not may(actor, "dispatch.deliver", organisation_id=mine):
        return
    for row in Waybill.objects.filter(receiver_id=mine, state="in_transit").order_by("departed_at")[
        :MOST
    ]:
        yield Task(
            title=gettext("清点签收 %(number)s") % {"number": row.number},
            detail=row.vehicle,
            url=reverse("dispatch-sign", args=[row.number]),
            since=row.departed_at or row.ordered_at,
        )


@offers_tasks
def to_take_back(actor: Actor) -> Iterator[Task]:
    """Goods that units send back: to count, and to sign after another keeper has counted."""
    mine = actor.organisation_id
    if mine is None or not may(actor, "warehouse.receive", organisation_id=mine):
        return
    rows = Return.objects.filter(waybill__organisation_id=mine, state__in=["sent", "counted"])
    rows = rows.exclude(sent_by_id=actor.person_id).exclude(
        state="counted", counted_by_id=actor.person_id
    )
    for row in rows.select_related("waybill__receiver").order_by("sent_at")[:MOST]:
        counted = row.state == "counted"
        title = gettext("复核退回 %(number)s") if counted else gettext("清点退回 %(number)s")
        name = "dispatch-receive-return" if counted else "dispatch-count-return"
        yield Task(
            title=title % {"number": row.number},
            detail=row.waybill.receiver.name,
            url=reverse(name, args=[row.number]),
            since=row.counted_at or row.sent_at,
        )


@offers_tasks
def to_settle(actor: Actor) -> Iterator[Task]:
    """Differences to propose, and proposals of others to sign."""
    mine = actor.organisation_id
    if mine is None or not may(actor, "dispatch.settle", organisation_id=mine):
        return
    rows = (
        Discrepancy.objects.filter(line__waybill__organisation_id=mine)
        .exclude(state="settled")
        .exclude(state="proposed", proposed_by_id=actor.person_id)
        .select_related("line__waybill")
        .order_by("found_at")[:MOST]
    )
    for row in rows:
        title = gettext("复核差异处理") if row.state == "proposed" else gettext("处理交接差异")
        yield Task(
            title=title,
            detail=row.line.waybill.number,
            url=reverse("dispatch-difference", args=[row.pk]),
            since=row.found_at,
            due=row.found_at + timedelta(days=1),
        )
