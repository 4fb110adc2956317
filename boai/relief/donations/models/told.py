"""What channels have told and nobody has looked into yet: accepted first, booked afterwards."""

from django.db import models
from django.db.models import Q

OUTCOMES = ("booked", "repeated", "closed", "ignored", "refund-due", "refused")
ANSWERS = ("paid", "closed", "waiting", "unknown", "refused", "silent")
"""What a channel answers about an order: ``unknown`` to it, or nothing at all (``silent``)."""


class ToldPayment(models.Model):
    """What a channel's verified notification says of one order, kept before anything is made of it.

    What was said stays as it was said. What it came to is written once; until then it waits, and
    ``tries`` and ``due_at`` say how often making something of it failed and when it is next tried.
    PII: none.
    """

    channel = models.CharField(max_length=32)
    merchant = models.CharField(max_length=64)
    notification_id = models.CharField(max_length=64)
    order_number = models.CharField(max_length=32)
    transaction = models.CharField(max_length=64)
    amount_fen = models.BigIntegerField()
    currency = models.CharField(max_length=8)
    says = models.CharField(max_length=8)
    paid_at = models.DateTimeField()
    digest = models.CharField(max_length=64)
    told_at = models.DateTimeField()
    outcome = models.CharField(max_length=12, default="", blank=True)
    reason = models.CharField(max_length=60, default="", blank=True)
    tries = models.IntegerField(default=0)
    due_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["channel", "notification_id"], name="donations_told_once"
            ),
            models.CheckConstraint(
                condition=Q(outcome__in=["", *OUTCOMES]), name="donations_told_outcome"
            ),
            models.CheckConstraint(
                condition=Q(says__in=["paid", "closed"]), name="donations_told_says"
            ),
            models.CheckConstraint(
                condition=~Q(outcome="refused") | ~Q(reason=""),
                name="donations_told_refusal_says_why",
            ),
        ]
        indexes = [
            models.Index(fields=["id"], condition=Q(outcome=""), name="donations_told_waiting"),
            models.Index(fields=["order_number"], name="donations_told_by_order"),
            models.Index(fields=["paid_at"], name="donations_told_by_day"),
        ]


class ToldRefund(models.Model):
    """What a channel's verified word says of money that went back; said once, never changed.

    ``in_all``: everything that has gone back of the order so far, else one refund (``request``).
    What went back without a refund of ours is a difference that the reconciliation names.
    PII: none.
    """

    channel = models.CharField(max_length=32)
    merchant = models.CharField(max_length=64)
    notification_id = models.CharField(max_length=64)
    order_number = models.CharField(max_length=32, db_index=True)
    transaction = models.CharField(max_length=64)
    request = models.CharField(max_length=64, default="", blank=True)
    amount_fen = models.BigIntegerField()
    in_all = models.BooleanField()
    refunded_at = models.DateTimeField()
    digest = models.CharField(max_length=64)
    told_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["channel", "notification_id"], name="donations_told_refund_once"
            ),
            models.UniqueConstraint(
                fields=["channel", "merchant", "order_number", "request"],
                condition=Q(in_all=False),
                name="donations_told_refund_request_once",
            ),
            models.CheckConstraint(
                condition=Q(amount_fen__gt=0), name="donations_told_refund_above_zero"
            ),
            models.CheckConstraint(
                condition=Q(in_all=True) | ~Q(request=""), name="donations_told_refund_is_named"
            ),
        ]
        indexes = [
            models.Index(
                fields=["channel", "merchant", "refunded_at"], name="donations_told_refund_day"
            ),
        ]


class AskedOrder(models.Model):
    """Each time a channel was asked about an order of which it said nothing. PII: none."""

    order = models.ForeignKey(
        "donations.PaymentOrder", on_delete=models.PROTECT, related_name="asked"
    )
    at = models.DateTimeField()
    answer = models.CharField(max_length=10)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(answer__in=ANSWERS), name="donations_asked_order_answer"
            ),
        ]
