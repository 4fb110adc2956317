"""What waits for somebody in this room."""

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext

from boai.foundations.identity.queries import may
from boai.ground.core.actors import Actor
from boai.ground.core.money import yuan
from boai.ground.core.tasks import Task, offers_tasks
from boai.relief.donations.models import Appeal, Gift, PaymentOrder

MOST = 20


@offers_tasks
def cash_to_countersign(actor: Actor) -> Iterable[Task]:
    """Cash that another person has registered."""
    if not _may(actor, "donations.cash"):
        return
    waiting = Gift.objects.filter(
        organisation_id=actor.organisation_id or 0, channel="counter", state="announced"
    ).exclude(registered_by=actor.person_id)
    for gift in waiting.order_by("registered_at")[:MOST]:
        yield Task(
            title=gettext("复核现金捐赠 {number}").format(number=gift.number),
            detail=f"¥{yuan(gift.amount_fen or 0)}",
            url=reverse("donations-cash-countersign", args=[gift.number]),
            since=gift.registered_at,
            urgent=True,
        )


@offers_tasks
def appeals_to_approve(actor: Actor) -> Iterable[Task]:
    """Drafts that wait for the command."""
    if not _may(actor, "donations.approve-appeal"):
        return
    drafts = Appeal.objects.filter(
        organisation_id=actor.organisation_id or 0, state="draft"
    ).exclude(drafted_by=actor.person_id)
    for appeal in drafts.order_by("drafted_at")[:MOST]:
        yield Task(
            title=gettext("批准募捐项目"),
            detail=appeal.title,
            url=reverse("donations-appeal", args=[appeal.pk]),
            since=appeal.drafted_at,
        )


@offers_tasks
def appeals_to_open(actor: Actor) -> Iterable[Task]:
    """Approved appeals that are not published yet."""
    if not _may(actor, "donations.appeal"):
        return
    ready = Appeal.objects.filter(organisation_id=actor.organisation_id or 0, state="approved")
    for appeal in ready.order_by("approved_at")[:MOST]:
        yield Task(
            title=gettext("发布已批准的募捐项目"),
            detail=appeal.title,
            url=reverse("donations-appeal", args=[appeal.pk]),
            since=appeal.approved_at or appeal.drafted_at,
        )


@offers_tasks
def payments_to_refund(actor: Actor) -> Iterable[Task]:
    """Payments that arrived after the suspension."""
    if not _may(actor, "donations.reverse"):
        return
    due = PaymentOrder.objects.filter(
        organisation_id=actor.organisation_id or 0, state="refund-due"
    )
    for order in due.order_by("paid_at")[:MOST]:
        yield Task(
            title=gettext("项目暂停后的支付须原路退回"),
            detail=f"{order.number} ¥{yuan(order.amount_fen)}",
            url=reverse("donations-payments") + "?state=refund-due",
            since=order.paid_at or order.placed_at,
            urgent=True,
        )


def _may(actor: Actor, action: str) -> bool:
    return actor.organisation_id is not None and may(
        actor, action, organisation_id=actor.organisation_id
    )
