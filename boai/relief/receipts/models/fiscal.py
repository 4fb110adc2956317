"""What the finance department's platform was told of a receipt, and what it answered."""

from django.db import models
from django.db.models import CheckConstraint, Q

from boai.relief.receipts.models.issued import Receipt
from boai.relief.receipts.values import FiscalState


class Transmission(models.Model):
    """One electronic receipt on its way to the fiscal platform: written with the receipt, sent by
    the worker after commit, under an idempotency key that never changes. PII: none (digest only).
    """

    receipt = models.OneToOneField(Receipt, on_delete=models.PROTECT, related_name="transmission")
    key = models.CharField(max_length=40, unique=True)
    content_digest = models.CharField(max_length=64)
    state = models.CharField(max_length=10, default=FiscalState.WAITING)
    attempts = models.IntegerField(default=0)
    next_try_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    fiscal_code = models.CharField(max_length=20, default="", blank=True)
    signature = models.CharField(max_length=128, default="", blank=True)
    reason = models.CharField(max_length=200, default="", blank=True)
    failure = models.CharField(max_length=60, default="", blank=True)

    class Meta:
        constraints = [
            CheckConstraint(condition=Q(state__in=list(FiscalState)), name="receipts_fiscal_state"),
            CheckConstraint(
                condition=~Q(state="issued")
                | (Q(answered_at__isnull=False) & ~Q(fiscal_code="") & ~Q(signature="")),
                name="receipts_fiscal_issued_is_signed",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_try_at"],
                condition=Q(state__in=["waiting", "sent"]),
                name="receipts_fiscal_due",
            )
        ]
