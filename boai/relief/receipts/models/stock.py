"""What may be used up: numbers in blocks, and amounts that may be receipted."""

from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint

from boai.ground.kit.db.people import two_people
from boai.relief.receipts.values import BlockState, Medium


class Block(models.Model):
    """Numbers (号段) applied for at the finance department and, once granted, kept in hand. Which of
    them are used is said by the receipts that bear them. PII: two person numbers (no names).
    """

    organisation = models.ForeignKey(
        "organisations.Organisation", on_delete=models.PROTECT, related_name="+"
    )
    state = models.CharField(max_length=8, default=BlockState.APPLIED)
    medium = models.CharField(max_length=10, default=Medium.ELECTRONIC)
    wanted = models.IntegerField()
    purpose = models.CharField(max_length=200, blank=True)
    applied_by = models.ForeignKey("identity.Person", on_delete=models.PROTECT, related_name="+")
    applied_at = models.DateTimeField()
    code = models.CharField(max_length=12, default="", blank=True)
    first_number = models.BigIntegerField(null=True)
    last_number = models.BigIntegerField(null=True)
    document = models.CharField(max_length=80, default="", blank=True)
    granted_by = models.ForeignKey(
        "identity.Person", on_delete=models.PROTECT, related_name="+", null=True
    )
    granted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            CheckConstraint(condition=Q(state__in=list(BlockState)), name="receipts_block_state"),
            CheckConstraint(condition=Q(medium__in=list(Medium)), name="receipts_block_medium"),
            CheckConstraint(condition=Q(wanted__gt=0), name="receipts_block_wanted"),
            two_people("applied_by", "granted_by", name="receipts_block_two_people"),
            CheckConstraint(
                condition=~Q(state="held")
                | (
                    Q(
                        first_number__gt=0,
                        last_number__gte=F("first_number"),
                        granted_by__isnull=False,
                        granted_at__isnull=False,
                    )
                    & ~Q(code="")
                ),
                name="receipts_block_held_has_numbers",
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "state"], name="receipts_block_by_state"),
            models.Index(fields=["code", "first_number"], name="receipts_block_by_number"),
        ]


class Allowance(models.Model):
    """How much may be receipted for one thing, and how much is. Both sums are kept by the database
    out of the rows below; the constraint holds whatever the program believes. PII: none.
    """

    organisation = models.ForeignKey(
        "organisations.Organisation", on_delete=models.PROTECT, related_name="+"
    )
    subject = models.CharField(max_length=140, unique=True)
    entitled_fen = models.BigIntegerField(default=0)
    receipted_fen = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            CheckConstraint(
                condition=Q(receipted_fen__gte=0, receipted_fen__lte=F("entitled_fen")),
                name="receipts_never_above_what_was_given",
            )
        ]


class Entitlement(models.Model):
    """One reason why more or less may be receipted: a gift, a valuation, a refund, a reversal.

    PII: none.
    """

    allowance = models.ForeignKey(Allowance, on_delete=models.PROTECT, related_name="entitlements")
    amount_fen = models.BigIntegerField()
    reason = models.CharField(max_length=10)
    cause = models.CharField(max_length=140)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["cause", "reason"], name="receipts_entitlement_once"),
            CheckConstraint(
                condition=Q(reason__in=["gift", "valuation"], amount_fen__gt=0)
                | Q(reason__in=["refund", "reversal"], amount_fen__lt=0),
                name="receipts_entitlement_sign",
            ),
        ]
