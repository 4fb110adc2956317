"""What waits for whom about receipts."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext

from boai.ground.core.actors import Actor
from boai.ground.core.money import yuan
from boai.ground.core.tasks import Task, offers_tasks
from boai.relief.receipts import permissions, queries
from boai.relief.receipts.models import Block
from boai.relief.receipts.values import SLIP_LABELS, BlockState

MOST = 12


@offers_tasks
def waiting_receipts(actor: Actor) -> Iterator[Task]:
    """Slips of others to review, applications of others to take into stock."""
    if actor.organisation_id is None or actor.person_id is None:
        return
    if permissions.may_here(actor, "receipts.review"):
        rows = queries.waiting_slips(actor.organisation_id)
        for slip in rows.exclude(asked_by_id=actor.person_id)[:MOST]:
            about = slip.receipt
            amount = about.amount_fen if about else slip.amount_fen or 0
            number = about.serial if about else slip.allowance.subject.partition(":")[2]
            yield Task(
                title=f"{gettext('复核票据')}：{gettext(SLIP_LABELS[slip.kind])}",
                detail=f"{yuan(amount)} 元 · {number}",
                url=reverse("receipts-review", args=[slip.pk]),
                since=slip.asked_at,
            )
    if permissions.may_here(actor, "receipts.grant"):
        waiting = Block.objects.filter(
            organisation_id=actor.organisation_id, state=BlockState.APPLIED
        )
        for block in waiting.exclude(applied_by_id=actor.person_id).order_by("pk")[:MOST]:
            yield Task(
                title=gettext("号段入库"),
                detail=f"{block.wanted} 份 · {block.purpose[:40]}",
                url=reverse("receipts-block", args=[block.pk]),
                since=block.applied_at,
            )
