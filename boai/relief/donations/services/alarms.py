"""Callbacks that were refused are counted, and people are told."""

from datetime import datetime, timedelta

from django.db import transaction

from boai.foundations.notices.services.queueing import notify
from boai.foundations.trail.services import recording
from boai.ground.core.actors import SYSTEM
from boai.relief.donations.models import CallbackAlarm, PaymentOrder

QUIET = timedelta(minutes=10)
"""One notice in this time for each reason: a flood of forgeries is one message, not thousands."""


def count_refused_callback(
    *, channel: str, reason: str, digest: str, organisation_id: int | None, at: datetime
) -> None:
    """Count a refused callback; the first in ten minutes goes to the trail and to the cashiers.

    In a transaction of its own, after the refused act has rolled back.
    """
    with transaction.atomic():
        recent = CallbackAlarm.objects.filter(channel=channel, reason=reason, at__gt=at - QUIET)
        is_first = not recent.exists()
        CallbackAlarm.objects.create(channel=channel, reason=reason[:60], digest=digest, at=at)
        if not is_first:
            return
        recording.record(
            SYSTEM,
            "refuse-payment-notification",
            subject=f"donations.channel:{channel}",
            at=at,
            organisation_id=organisation_id,
            detail={"reason": reason, "digest": digest},
        )
        notify(
            at=at,
            organisation_id=organisation_id,
            role="CAS",
            title="支付通知未通过验证",
            body=f"渠道 {channel}，原因 {reason}。没有入账；请核对是否有人伪造通知。",
            url="/desk/donations/payments/",
        )


def count_unbooked_payment(
    *, channel: str, order_number: str, reason: str, digest: str, at: datetime
) -> None:
    """Count an accepted payment that could not be booked; it is tried again. The first in ten
    minutes for each reason goes to the trail and to the cashiers of the order's society."""
    recent = CallbackAlarm.objects.filter(channel=channel, reason=reason[:60], at__gt=at - QUIET)
    is_first = not recent.exists()
    CallbackAlarm.objects.create(channel=channel, reason=reason[:60], digest=digest, at=at)
    if not is_first:
        return
    of_order = PaymentOrder.objects.filter(number=order_number)
    organisation_id = of_order.values_list("organisation_id", flat=True).first()
    recording.record(
        SYSTEM,
        "payment-not-booked",
        subject=f"donations.payment-order:{order_number}",
        at=at,
        organisation_id=organisation_id,
        detail={"reason": reason, "digest": digest},
    )
    notify(
        at=at,
        organisation_id=organisation_id,
        role="CAS",
        title="已收到的支付暂未入账",
        body=f"订单 {order_number} 的支付已由渠道告知并留存，原因 {reason}，系统会继续重试。",
        url="/desk/donations/payments/",
    )


def tell_refund_due(organisation_id: int, order_number: str, at: datetime) -> None:
    """A payment arrived after the appeal was suspended: the cashiers owe it back (H29)."""
    recording.record(
        SYSTEM,
        "payment-after-suspension",
        subject=f"donations.payment-order:{order_number}",
        at=at,
        organisation_id=organisation_id,
    )
    notify(
        at=at,
        organisation_id=organisation_id,
        role="CAS",
        title="项目暂停后收到的支付，须原路退回",
        body=f"订单 {order_number} 在项目暂停后付款，未入账。",
        url="/desk/donations/payments/",
    )


def tell_refund_told(organisation_id: int, order_number: str, fen: int, at: datetime) -> None:
    """A channel says that money went back; the cashiers see whether a refund of ours stands for it."""
    recording.record(
        SYSTEM,
        "refund-told",
        subject=f"donations.payment-order:{order_number}",
        at=at,
        organisation_id=organisation_id,
        detail={"amount_fen": fen},
    )
    notify(
        at=at,
        organisation_id=organisation_id,
        role="CAS",
        title="渠道告知一笔退款",
        body=f"订单 {order_number}，渠道称已退回。请核对是否有对应的退款单。",
        url="/desk/donations/refunds/",
    )
