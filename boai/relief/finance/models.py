"""Tables of finance."""

from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint

from boai.ground.kit.db.people import two_people
from boai.relief.finance.values import ACCOUNT_USES, Basis, Kind, State


class Decision(models.Model):
    """A collective decision (三重一大): meeting, day, result, minutes. Append-only.

    PII: the recorder's person number (no name); minutes may name staff.
    """

    organisation = models.ForeignKey(
        "organisations.Organisation", on_delete=models.PROTECT, related_name="+"
    )
    meeting = models.CharField(max_length=120)
    held_on = models.DateField()
    approved = models.BooleanField()
    minutes = models.TextField()
    evidence_key = models.CharField(max_length=80, blank=True)
    recorded_by = models.ForeignKey(
        "identity.Person", on_delete=models.PROTECT, related_name="+", null=True
    )
    recorded_at = models.DateTimeField()


class Attendee(models.Model):
    """Who took part in a collective decision. Append-only. PII: person number (no name)."""

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="attendees")
    person = models.ForeignKey("identity.Person", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            UniqueConstraint(fields=["decision", "person"], name="finance_attendee_once")
        ]


class Disbursement(models.Model):
    """Money to be paid out of a fund. What was proposed stays; only the progress changes.

    ``serves`` is the appeal that it is spent for. ``source`` names the directed gift, where there
    is one. PII: person numbers of proposer, decider and payer (no names).
    """

    number = models.CharField(max_length=32, unique=True)
    organisation = models.ForeignKey(
        "organisations.Organisation", on_delete=models.PROTECT, related_name="+"
    )
    fund = models.ForeignKey("ledger.Fund", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10)
    basis = models.CharField(max_length=10)
    payee_organisation = models.ForeignKey(
        "organisations.Organisation", on_delete=models.PROTECT, related_name="+"
    )
    amount_fen = models.BigIntegerField()
    purpose = models.CharField(max_length=400)
    serves = models.CharField(max_length=140, blank=True)
    source = models.CharField(max_length=140, blank=True)
    is_large = models.BooleanField(default=False)
    proposed_by = models.ForeignKey(
        "identity.Person", on_delete=models.PROTECT, related_name="+", null=True
    )
    proposed_at = models.DateTimeField()
    state = models.CharField(max_length=10, default=State.PROPOSED)
    decision = models.ForeignKey(
        Decision, on_delete=models.PROTECT, related_name="disbursements", null=True
    )
    decided_by = models.ForeignKey(
        "identity.Person", on_delete=models.PROTECT, related_name="+", null=True
    )
    decided_at = models.DateTimeField(null=True)
    paid_by = models.ForeignKey(
        "identity.Person", on_delete=models.PROTECT, related_name="+", null=True
    )
    paid_at = models.DateTimeField(null=True)
    paid_on = models.DateField(null=True)
    bank = models.CharField(max_length=80, blank=True)
    batch = models.IntegerField(null=True)
    entry_id = models.BigIntegerField(null=True)
    consignment_id = models.BigIntegerField(null=True)
    confirmed_by = models.ForeignKey(
        "identity.Person", on_delete=models.PROTECT, related_name="+", null=True
    )
    confirmed_at = models.DateTimeField(null=True)
    ended_reason = models.CharField(max_length=400, blank=True)

    class Meta:
        constraints = [
            CheckConstraint(condition=Q(amount_fen__gt=0), name="finance_amount_above_zero"),
            CheckConstraint(condition=Q(kind__in=list(Kind)), name="finance_kind_known"),
            CheckConstraint(condition=Q(state__in=list(State)), name="finance_state_known"),
            CheckConstraint(condition=Q(basis__in=list(Basis)), name="finance_basis_known"),
            CheckConstraint(
                condition=~Q(payee_organisation=F("organisation")), name="finance_payee_is_another"
            ),
            two_people("proposed_by", "decided_by", name="finance_proposer_is_not_decider"),
            two_people("proposed_by", "paid_by", name="finance_proposer_is_not_payer"),
            two_people("decided_by", "paid_by", name="finance_decider_is_not_payer"),
            CheckConstraint(
                condition=~Q(state__in=["paid", "confirmed"])
                | Q(
                    paid_by__isnull=False,
                    decided_by__isnull=False,
                    paid_at__isnull=False,
                    paid_on__isnull=False,
                    batch__isnull=False,
                    entry_id__isnull=False,
                ),
                name="finance_paid_is_signed_and_booked",
            ),
            UniqueConstraint(fields=["organisation", "serves", "batch"], name="finance_batch_once"),
            UniqueConstraint(
                fields=["source"],
                condition=~Q(source="") & ~Q(state="cancelled"),
                name="finance_directed_gift_once",
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "state"], name="finance_by_state"),
            models.Index(fields=["organisation", "paid_on"], name="finance_by_paid_day"),
            models.Index(fields=["payee_organisation", "state"], name="finance_by_payee"),
        ]


class PurchaseLine(models.Model):
    """One item of a purchase. Append-only. PII: none."""

    disbursement = models.ForeignKey(Disbursement, on_delete=models.PROTECT, related_name="lines")
    item = models.ForeignKey("catalogue.Item", on_delete=models.PROTECT, related_name="+")
    quantity = models.BigIntegerField()
    unit_price_fen = models.BigIntegerField()
    spec = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            CheckConstraint(
                condition=Q(quantity__gt=0, unit_price_fen__gt=0),
                name="finance_purchase_line_above_zero",
            )
        ]


class AccountCode(models.Model):
    """Which account of the accounting rules stands for a use; the newest counts. Append-only.

    PII: the person number of who said so (no name).
    """

    organisation = models.ForeignKey(
        "organisations.Organisation", on_delete=models.PROTECT, related_name="+"
    )
    use = models.CharField(max_length=24)
    code = models.CharField(max_length=20)
    name = models.CharField(max_length=80)
    set_by = models.ForeignKey("identity.Person", on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField()

    class Meta:
        constraints = [
            CheckConstraint(
                condition=Q(use__in=sorted(ACCOUNT_USES)), name="finance_account_use_known"
            ),
            CheckConstraint(
                condition=~Q(code="") & ~Q(name=""), name="finance_account_code_is_said"
            ),
        ]
        indexes = [models.Index(fields=["organisation", "use", "-id"], name="finance_code_newest")]
