"""What waits for the people of the room."""

from collections.abc import Iterable
from datetime import timedelta

from django.urls import reverse
from django.utils.translation import gettext as _

from boai.ground.core.actors import Actor
from boai.ground.core.tasks import Task, offers_tasks
from boai.relief.allocation import queries
from boai.relief.allocation.models import Request
from boai.relief.allocation.values import RequestRow

LIMIT = timedelta(minutes=10)
MOST = 50


@offers_tasks
def requests_to_propose(actor: Actor) -> Iterable[Task]:
    """For the task force: submitted requests; the ten-minute clock runs."""
    if not actor.roles & {"TSK", "PRG"}:
        return
    waiting = queries.visible_requests(actor).filter(state="submitted").order_by("submitted_at")
    for row in queries.request_rows(waiting[:MOST]):
        if queries.is_of(actor, row.society_id):
            yield Task(
                title=_("待拟配：%(number)s") % {"number": row.number},
                detail=row.reason[:60],
                url=reverse("allocation-propose", args=[row.id]),
                since=row.submitted_at,
                due=row.submitted_at + LIMIT,
                urgent=True,
            )


@offers_tasks
def requests_returned(actor: Actor) -> Iterable[Task]:
    """For the unit: requests that came back."""
    if "HOS" not in actor.roles or actor.organisation_id is None:
        return
    for row in _of(actor, "returned"):
        yield Task(
            title=_("申请被退回：%(number)s") % {"number": row.number},
            detail=row.returned_reason[:60],
            url=reverse("allocation-request", args=[row.id]),
            since=row.submitted_at,
        )


@offers_tasks
def papers_to_complete(actor: Actor) -> Iterable[Task]:
    """For the task force: papers of emergency requests that are still to come (A06)."""
    if not actor.roles & {"TSK", "PRG"} or actor.organisation_id is None:
        return
    for row in queries.papers_outstanding(actor.organisation_id)[:MOST]:
        yield Task(
            title=_("待补手续：%(number)s") % {"number": row.number},
            detail=_("应急调拨先行决策，纸质手续须补齐"),
            url=reverse("allocation-request", args=[row.id]),
            since=row.decided_at or row.submitted_at,
        )


def _of(actor: Actor, state: str) -> list[RequestRow]:
    found = Request.objects.filter(receiver_id=actor.organisation_id, state=state)
    return queries.request_rows(found.order_by("submitted_at")[:MOST])
