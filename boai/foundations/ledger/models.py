"""Tables of the books. Rows are appended, never changed; what may change is named at each table."""

from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.db.models.functions import Now

from boai.foundations.ledger.values import KINDS, RESTRICTION_LABELS


class Account(models.Model):
    """A place value can be, of one society and one commodity. PII: none."""

    organisation_id = models.BigIntegerField()
    kind = models.CharField(max_length=12)
    ref = models.CharField(max_length=160, blank=True)
    commodity = models.CharField(max_length=40)
    lot = models.BigIntegerField(null=True)
    code = models.CharField(max_length=260, unique=True)

    class Meta:
        constraints = [
            CheckConstraint(condition=Q(kind__in=KINDS), name="ledger_account_kind_known"),
        ]
        indexes = [
            models.Index(fields=["organisation_id", "kind", "ref"], name="ledger_account_place"),
            models.Index(fields=["lot"], name="ledger_account_lot", condition=Q(lot__isnull=False)),
        ]


class Balance(models.Model):
    """The running balance of a scarce account, changed by the triggers of the postings only.

    ``posting_id`` is the posting that moved it last. PII: none.
    """

    account = models.OneToOneField(
        Account, primary_key=True, on_delete=models.PROTECT, related_name="+"
    )
    amount = models.BigIntegerField(default=0)
    posting_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            CheckConstraint(condition=Q(amount__gte=0), name="ledger_balance_not_below_zero"),
        ]


class Journal(models.Model):
    """One row a society: the lock under which its entries are numbered. PII: none."""

    organisation_id = models.BigIntegerField(primary_key=True)


class Entry(models.Model):
    """A journal entry: the postings of one act.

    ``digest`` covers the entry and all its postings; ``chain`` is the SHA-256 of the chain of the
    entry before and this digest. ``sequence`` and ``chain`` are empty until the numbering step has
    passed, then fixed. PII: the actor's person number (no name).
    """

    organisation_id = models.BigIntegerField()
    kind = models.CharField(max_length=40)
    key = models.CharField(max_length=200)
    inputs_digest = models.CharField(max_length=64)
    subject = models.CharField(max_length=140, blank=True)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now())
    person_id = models.BigIntegerField(null=True)
    actor = models.CharField(max_length=40)
    reverses = models.OneToOneField(
        "self", null=True, on_delete=models.PROTECT, related_name="reversal"
    )
    digest = models.CharField(max_length=64)
    sequence = models.BigIntegerField(null=True)
    chain = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["organisation_id", "key"], name="ledger_entry_key_once"),
            UniqueConstraint(
                fields=["organisation_id", "sequence"], name="ledger_entry_number_once"
            ),
            CheckConstraint(
                condition=Q(sequence__isnull=True, chain="") | Q(sequence__gte=1) & ~Q(chain=""),
                name="ledger_entry_numbered_with_chain",
            ),
        ]
        indexes = [
            models.Index(
                fields=["organisation_id", "id"],
                name="ledger_entry_unnumbered",
                condition=Q(sequence__isnull=True),
            ),
            models.Index(fields=["organisation_id", "at"], name="ledger_entry_by_time"),
            models.Index(fields=["subject"], name="ledger_entry_subject"),
        ]


class Posting(models.Model):
    """One movement with both sides in one row, so that it balances by construction (I-1).

    ``into_fund`` marks money arriving in a fund: its bank side is counted in the running balance
    when the inflow gets its interval. PII: none.
    """

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="postings")
    organisation_id = models.BigIntegerField()
    debit = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    credit = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    amount = models.BigIntegerField()
    lot = models.BigIntegerField(null=True)
    into_fund = models.BooleanField(default=False)

    class Meta:
        constraints = [
            CheckConstraint(condition=Q(amount__gt=0), name="ledger_posting_above_zero"),
            CheckConstraint(condition=~Q(debit=F("credit")), name="ledger_posting_two_places"),
        ]
        indexes = [
            models.Index(fields=["lot"], name="ledger_posting_lot", condition=Q(lot__isnull=False)),
        ]


class Fund(models.Model):
    """Money with one restriction. ``front``: all of the axis below it is consumed. PII: none."""

    organisation_id = models.BigIntegerField(db_index=True)
    name = models.CharField(max_length=120)
    restriction = models.CharField(
        max_length=12, choices=list(RESTRICTION_LABELS.items()), db_index=True
    )
    purpose = models.CharField(max_length=400, blank=True)
    appeal = models.CharField(max_length=140, blank=True)
    beneficiary_organisation_id = models.BigIntegerField(null=True)
    opened_at = models.DateTimeField()
    front = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            CheckConstraint(
                condition=Q(restriction__in=list(RESTRICTION_LABELS)),
                name="ledger_fund_restriction_known",
            ),
            CheckConstraint(
                condition=~Q(restriction="directed") | Q(beneficiary_organisation_id__isnull=False),
                name="ledger_fund_directed_names_receiver",
            ),
            UniqueConstraint(fields=["organisation_id", "name"], name="ledger_fund_name_once"),
        ]


class FundOutflow(models.Model):
    """Money leaving a fund: ``spend``, ``refund``, ``transfer`` or ``reversal``. PII: none."""

    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8)
    subject = models.CharField(max_length=140)
    posting = models.OneToOneField(Posting, on_delete=models.PROTECT, related_name="+")
    amount = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            CheckConstraint(condition=Q(amount__gt=0), name="ledger_outflow_above_zero"),
            CheckConstraint(
                condition=Q(kind__in=["spend", "refund", "transfer", "reversal"]),
                name="ledger_outflow_kind_known",
            ),
        ]
        indexes = [models.Index(fields=["subject"], name="ledger_outflow_subject")]


class FundInflow(models.Model):
    """Money arriving in a fund and the interval it occupies on the fund's axis.

    ``starts`` and ``ends`` are empty until the set-based step has assigned them, then fixed.
    ``continues`` names the outflow whose money this is (a transfer, or a spend taken back), piece
    for piece in the same order. PII: none (the source is a reference).
    """

    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="+")
    source = models.CharField(max_length=140)
    posting = models.OneToOneField(Posting, on_delete=models.PROTECT, related_name="+")
    amount = models.BigIntegerField()
    at = models.DateTimeField()
    continues = models.OneToOneField(
        FundOutflow, null=True, on_delete=models.PROTECT, related_name="+"
    )
    starts = models.BigIntegerField(null=True)
    ends = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            CheckConstraint(condition=Q(amount__gt=0), name="ledger_inflow_above_zero"),
            CheckConstraint(
                condition=Q(starts__isnull=True, ends__isnull=True)
                | Q(starts__gte=0, ends=F("starts") + F("amount")),
                name="ledger_inflow_is_as_long_as_its_amount",
            ),
            UniqueConstraint(fields=["fund", "starts"], name="ledger_inflow_place_once"),
        ]
        indexes = [
            models.Index(fields=["source"], name="ledger_inflow_source"),
            models.Index(
                fields=["fund", "id"],
                name="ledger_inflow_unassigned",
                condition=Q(starts__isnull=True),
            ),
        ]


class FundSpan(models.Model):
    """A piece of a fund's axis that an outflow has consumed: ``starts`` <= x < ``ends``. PII: none."""

    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="+")
    outflow = models.ForeignKey(FundOutflow, on_delete=models.PROTECT, related_name="spans")
    starts = models.BigIntegerField()
    ends = models.BigIntegerField()

    class Meta:
        constraints = [
            CheckConstraint(
                condition=Q(starts__gte=0, ends__gt=F("starts")), name="ledger_span_has_length"
            ),
            UniqueConstraint(fields=["fund", "starts"], name="ledger_span_place_once"),
        ]
