"""What channels have told and nobody has looked into yet: accepted first, booked afterwards."""

from django.db import models
from django.db.models import Q

OUTCOMES = ("booked", "repeated", "closed", "ignored", "refund-due", "refused")


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
        ]
