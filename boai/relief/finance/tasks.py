"""What waits for whom in finance."""

from collections.abc import Iterator

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext

from boai.ground.core.actors import Actor
from boai.ground.core.money import yuan
from boai.ground.core.tasks import Task, offers_tasks
from boai.relief.finance import permissions
from boai.relief.finance.models import Disbursement
from boai.relief.finance.queries import purchases_to_receive
from boai.relief.finance.values import Basis, State

MOST = 12


@offers_tasks
def waiting_disbursements(actor: Actor) -> Iterator[Task]:
    """Decisions to record, directions to countersign, payments, large purchases, receipts."""
    if actor.organisation_id is None or actor.person_id is None:
        return
    own = Disbursement.objects.filter(organisation_id=actor.organisation_id)
    waiting = own.filter(state=State.PROPOSED).exclude(proposed_by_id=actor.person_id)
    if permissions.may_here(actor, "finance.record-decision"):
        rows = waiting.filter(basis=Basis.COLLECTIVE)
        yield from _tasks(rows, gettext("登记集体决策"), "finance-decide")
    if permissions.may_here(actor, "finance.decide") and "ACC" in actor.roles:
        rows = waiting.filter(basis=Basis.DIRECTION)
        yield from _tasks(rows, gettext("核对定向捐赠"), "finance-countersign", urgent=True)
    if permissions.may_here(actor, "finance.pay"):
        rows = own.filter(state=State.DECIDED)
        rows = rows.exclude(proposed_by_id=actor.person_id).exclude(decided_by_id=actor.person_id)
        yield from _tasks(rows, gettext("付款"), "finance-pay")
    if "WH" in actor.roles and permissions.may_here(actor, "finance.receive-purchase"):
        bought = [row.id for row in purchases_to_receive(actor.organisation_id)[:MOST]]
        rows = own.filter(pk__in=bought)
        yield from _tasks(rows, gettext("采购收货"), "finance-receive")
    if "SUP" in actor.roles:
        rows = own.filter(is_large=True, state__in=[State.PROPOSED, State.DECIDED])
        yield from _tasks(rows, gettext("大额采购，付款前过目"), "finance-disbursement")
    if permissions.may_here(actor, "finance.confirm"):
        paid_to_us = Disbursement.objects.filter(
            payee_organisation_id=actor.organisation_id, state=State.PAID
        )
        yield from _tasks(paid_to_us, gettext("确认收款"), "finance-confirm")


def _tasks(
    rows: QuerySet[Disbursement], title: str, url_name: str, *, urgent: bool = False
) -> Iterator[Task]:
    for row in rows.order_by("proposed_at")[:MOST]:
        yield Task(
            title=f"{title} {row.number}",
            detail=f"{yuan(row.amount_fen)} 元 · {row.purpose[:40]}",
            url=reverse(url_name, args=[row.number]),
            since=row.decided_at or row.proposed_at,
            urgent=urgent,
        )
