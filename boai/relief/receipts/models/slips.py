"""What the first person writes and the second one answers."""

from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint

from boai.ground.kit.db.people import two_people
from boai.ground.kit.db.sealed import SealedText
from boai.relief.receipts.models.stock import Allowance
from boai.relief.receipts.values import Medium, SlipKind, SlipState


class Slip(models.Model):
    """A slip (办票单): one person asks that a receipt be issued, voided or reversed, another answers.

    PII: payer's name (sealed), two person numbers (no names).
    """

    organisation = models.ForeignKey(
        "organisations.Organisation", on_delete=models.PROTECT, related_name="+"
    )
    allowance = models.ForeignKey(Allowance, on_delete=models.PROTECT, related_name="slips")
    kind = models.CharField(max_length=8)
    receipt = models.ForeignKey(
        "receipts.Receipt", on_delete=models.PROTECT, related_name="slips", null=True
    )
    medium = models.CharField(max_length=10, default=Medium.ELECTRONIC)
    amount_fen = models.BigIntegerField(null=True)
    payer = SealedText(null=True)
    payer_uscc = models.CharField(max_length=18, default="", blank=True)
    unit = models.CharField(max_length=10, default="", blank=True)
    note = models.CharField(max_length=200, default="", blank=True)
    reason = models.CharField(max_length=300, default="", blank=True)
    asked_by = models.ForeignKey("identity.Person", on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=9, default=SlipState.WAITING)
    reviewed_by = models.ForeignKey(
        "identity.Person", on_delete=models.PROTECT, related_name="+", null=True
    )
    reviewed_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=300, default="", blank=True)

    class Meta:
        constraints = [
            CheckConstraint(condition=Q(kind__in=list(SlipKind)), name="receipts_slip_kind"),
            CheckConstraint(condition=Q(state__in=list(SlipState)), name="receipts_slip_state"),
            CheckConstraint(condition=Q(medium__in=list(Medium)), name="receipts_slip_medium"),
            two_people("asked_by", "reviewed_by", name="receipts_slip_two_people"),
            CheckConstraint(
                condition=Q(
                    kind="issue", amount_fen__gt=0, receipt__isnull=True, payer__isnull=False
                )
                | (
                    Q(kind__in=["void", "reverse"], amount_fen__isnull=True, receipt__isnull=False)
                    & ~Q(reason="")
                ),
                name="receipts_slip_says_what",
            ),
            CheckConstraint(
                condition=~Q(state="done")
                | Q(reviewed_by__isnull=False, reviewed_at__isnull=False),
                name="receipts_slip_done_is_signed",
            ),
            UniqueConstraint(
                fields=["receipt"],
                condition=Q(state="waiting", receipt__isnull=False),
                name="receipts_slip_one_at_a_time",
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "state"], name="receipts_slip_by_state"),
            models.Index(fields=["allowance", "state"], name="receipts_slip_by_subject"),
        ]
