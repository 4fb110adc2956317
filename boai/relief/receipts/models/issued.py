"""Receipts as they were issued, and those that were voided before anybody took them."""

from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint

from boai.ground.kit.db.people import two_people
from boai.ground.kit.db.sealed import SealedText
from boai.relief.receipts.models.slips import Slip
from boai.relief.receipts.models.stock import Allowance, Block
from boai.relief.receipts.values import Kind, Medium, State


class Receipt(models.Model):
    """A receipt (捐赠票据): all that its paper says, as it was said. Append-only but for what became
    of it. ``digest`` covers every word; ``seal`` chains it to the number before under the house's
    key, which is not in the database (H18).

    PII: payer's name (sealed), payer's credit code (organisations), two names of staff.
    """

    organisation = models.ForeignKey(
        "organisations.Organisation", on_delete=models.PROTECT, related_name="+"
    )
    allowance = models.ForeignKey(Allowance, on_delete=models.PROTECT, related_name="receipts")
    block = models.ForeignKey(Block, on_delete=models.PROTECT, related_name="receipts")
    slip = models.OneToOneField(Slip, on_delete=models.PROTECT, related_name="written")
    code = models.CharField(max_length=12)
    number = models.BigIntegerField()
    serial = models.CharField(max_length=24, unique=True)
    kind = models.CharField(max_length=4)
    original = models.OneToOneField(
        "self", on_delete=models.PROTECT, related_name="reversal", null=True
    )
    medium = models.CharField(max_length=10)
    amount_fen = models.BigIntegerField()
    payer = SealedText()
    payer_uscc = models.CharField(max_length=18, default="", blank=True)
    payee = models.CharField(max_length=120)
    project_code = models.CharField(max_length=20, default="", blank=True)
    project = models.CharField(max_length=60)
    unit = models.CharField(max_length=10)
    note = models.CharField(max_length=300, default="", blank=True)
    collector = models.ForeignKey("identity.Person", on_delete=models.PROTECT, related_name="+")
    reviewer = models.ForeignKey("identity.Person", on_delete=models.PROTECT, related_name="+")
    collector_name = models.CharField(max_length=60)
    reviewer_name = models.CharField(max_length=60)
    issued_on = models.DateField()
    issued_at = models.DateTimeField()
    check_code = models.CharField(max_length=8)
    digest = models.CharField(max_length=64)
    seal = models.CharField(max_length=64)
    state = models.CharField(max_length=8, default=State.ISSUED)
    handed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            CheckConstraint(condition=Q(kind__in=list(Kind)), name="receipts_kind"),
            CheckConstraint(condition=Q(state__in=list(State)), name="receipts_state"),
            CheckConstraint(condition=Q(medium__in=list(Medium)), name="receipts_medium"),
            two_people("collector", "reviewer", name="receipts_two_people"),
            CheckConstraint(
                condition=Q(kind="blue", amount_fen__gt=0, original__isnull=True)
                | Q(kind="red", amount_fen__lt=0, original__isnull=False),
                name="receipts_blue_or_red",
            ),
            UniqueConstraint(fields=["code", "number"], name="receipts_number_once"),
            UniqueConstraint(fields=["block", "number"], name="receipts_number_of_block"),
        ]
        indexes = [
            models.Index(fields=["organisation", "-issued_at"], name="receipts_by_day"),
            models.Index(fields=["allowance", "state"], name="receipts_by_subject"),
        ]


class Voiding(models.Model):
    """A receipt that was voided (作废) before it was handed out; its number stays used.

    PII: two person numbers (no names).
    """

    receipt = models.OneToOneField(Receipt, on_delete=models.PROTECT, related_name="voiding")
    slip = models.OneToOneField(Slip, on_delete=models.PROTECT, related_name="+")
    asked_by = models.ForeignKey("identity.Person", on_delete=models.PROTECT, related_name="+")
    reviewed_by = models.ForeignKey("identity.Person", on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            two_people("asked_by", "reviewed_by", name="receipts_voiding_two_people"),
            CheckConstraint(condition=~Q(reason=""), name="receipts_voiding_has_reason"),
        ]
