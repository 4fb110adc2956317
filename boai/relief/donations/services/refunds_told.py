"""What channels tell of money that went back: written down, compared with its order, never booked.

Money of a gift goes back only by two people of the society (``refunding``). What a channel tells of
it is the other side: kept for the reconciliation, where each difference is named.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import Sum

from boai.relief.donations import errors
from boai.relief.donations.models import PaymentOrder, ToldRefund
from boai.relief.donations.services import alarms
from boai.relief.donations.values import RefundNews


@transaction.atomic
def note_refund(news: RefundNews, *, at: datetime) -> bool:
    """Write down what a channel tells of a refund; safe to repeat, in any order. Answers whether it
    was new.

    *Refuses* (nothing changes): ``NotificationContradicts`` when the order is unknown, is another
    merchant's, was paid by another transaction, or less was paid than is said to have gone back.
    """
    order = PaymentOrder.objects.select_for_update().filter(number=news.order_number).first()
    if order is None:
        raise errors.NotificationContradicts(reason="unknown-order")
    if (order.channel, order.merchant) != (news.channel, news.merchant):
        raise errors.NotificationContradicts(reason="other-merchant")
    if order.transaction not in (None, news.transaction):
        raise errors.NotificationContradicts(reason="other-transaction")
    if _heard_before(news):
        return False
    _refuse_more_than_paid(order, news)
    ToldRefund.objects.create(
        channel=news.channel,
        merchant=news.merchant,
        notification_id=news.notification_id,
        order_number=news.order_number,
        transaction=news.transaction,
        request=news.request,
        amount_fen=news.amount_fen,
        in_all=news.in_all,
        refunded_at=news.refunded_at,
        digest=news.content_digest,
        told_at=at,
    )
    alarms.tell_refund_told(order.organisation_id, order.number, news.amount_fen, at)
    return True


def _heard_before(news: RefundNews) -> bool:
    """Whether this was told before, also under another number where the refund has its own name."""
    own = ToldRefund.objects.filter(channel=news.channel)
    known = own.filter(notification_id=news.notification_id).first()
    if known is not None and known.digest != news.content_digest:
        raise errors.NotificationContradicts(reason="other-contents")
    if known is None and not news.in_all:
        known = own.filter(
            merchant=news.merchant,
            order_number=news.order_number,
            request=news.request,
            in_all=False,
        ).first()
        if known is not None and known.amount_fen != news.amount_fen:
            raise errors.NotificationContradicts(reason="other-amount")
    return known is not None


def _refuse_more_than_paid(order: PaymentOrder, news: RefundNews) -> None:
    before = 0
    if not news.in_all:
        own = ToldRefund.objects.filter(
            channel=news.channel, merchant=news.merchant, order_number=order.number, in_all=False
        )
        before = own.aggregate(sum=Sum("amount_fen"))["sum"] or 0
    if news.amount_fen <= 0 or before + news.amount_fen > order.amount_fen:
        raise errors.NotificationContradicts(reason="other-amount")
