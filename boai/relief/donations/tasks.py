"""What waits for somebody in this room."""

from collections.abc import Iterable

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext

from boai.foundations.identity.queries import may
from boai.ground.core.actors import Actor
from boai.ground.core.money import yuan
from boai.ground.core.tasks import Task, offers_tasks
from boai.relief.donations.models import (
    Appeal,
    Gift,
    IntakeUndo,
    PaymentOrder,
    Refund,
    StatementFile,
    ToldPayment,
)

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
    live = Refund.objects.filter(order=OuterRef("pk")).exclude(state="withdrawn")
    due = PaymentOrder.objects.filter(
        ~Exists(live), organisation_id=actor.organisation_id or 0, state="refund-due"
    )
    for order in due.order_by("paid_at")[:MOST]:
        yield Task(
            title=gettext("项目暂停后的支付须原路退回"),
            detail=f"{order.number} ¥{yuan(order.amount_fen)}",
            url=reverse("donations-order-return", args=[order.number]),
            since=order.paid_at or order.placed_at,
            urgent=True,
        )


@offers_tasks
def payments_not_booked(actor: Actor) -> Iterable[Task]:
    """Payments that a channel has told and that could not be booked; they are tried again."""
    if not _may(actor, "donations.reverse"):
        return
    orders = PaymentOrder.objects.filter(organisation_id=actor.organisation_id or 0)
    stuck = ToldPayment.objects.filter(
        outcome="", tries__gt=0, order_number__in=orders.values("number")
    )
    for row in stuck.order_by("told_at")[:MOST]:
        yield Task(
            title=gettext("渠道已告知、尚未入账的支付"),
            detail=f"{row.order_number} ¥{yuan(row.amount_fen)}",
            url=reverse("donations-payments"),
            since=row.told_at,
            urgent=True,
        )


@offers_tasks
def refunds_to_pay(actor: Actor) -> Iterable[Task]:
    """Refunds that another person has asked for."""
    if not _may(actor, "donations.reverse"):
        return
    waiting = Refund.objects.filter(
        organisation_id=actor.organisation_id or 0, state="proposed"
    ).exclude(proposed_by=actor.person_id or 0)
    for row in waiting.order_by("proposed_at")[:MOST]:
        yield Task(
            title=gettext("复核退款 {number}").format(number=row.number),
            detail=f"¥{yuan(row.amount_fen)}",
            url=reverse("donations-refund", args=[row.number]),
            since=row.proposed_at,
        )


@offers_tasks
def files_to_take_in(actor: Actor) -> Iterable[Task]:
    """Files that somebody else has brought and checked, accountants above all."""
    if not _may(actor, "donations.confirm") or not _may(actor, "donations.import"):
        return
    waiting = StatementFile.objects.filter(
        organisation_id=actor.organisation_id or 0, state="kept"
    ).exclude(brought_by=actor.person_id or 0)
    for row in waiting.order_by("brought_at")[:MOST]:
        yield Task(
            title=gettext("收下同事上传的文件"),
            detail=row.name,
            url=reverse("donations-statement", args=[row.pk]),
            since=row.brought_at,
        )


@offers_tasks
def files_to_take_back(actor: Actor) -> Iterable[Task]:
    """Whole files that another person has asked to take back."""
    if not _may(actor, "donations.reverse"):
        return
    waiting = IntakeUndo.objects.filter(
        organisation_id=actor.organisation_id or 0, state="proposed"
    ).exclude(proposed_by=actor.person_id or 0)
    for row in waiting.order_by("proposed_at")[:MOST]:
        yield Task(
            title=gettext("复核撤销整个文件"),
            detail=f"¥{yuan(row.amount_fen)}",
            url=reverse("donations-intake-undo-confirm", args=[row.intake_id]),
            since=row.proposed_at,
        )


def _may(actor: Actor, action: str) -> bool:
    return actor.organisation_id is not None and may(
        actor, action, organisation_id=actor.organisation_id
    )
