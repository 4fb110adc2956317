"""Tables of the room. What was given stays as it was given; only states beside it move."""

from django.db import models
from django.db.models import Q

from boai.ground.kit.db.people import two_people
from boai.ground.kit.db.sealed import SealedText
from boai.relief.donations.models.intake import ColumnProfile, Intake, StagedGift, StatementFile
from boai.relief.donations.models.reconciling import ChannelLine, DayClosing, Pairing
from boai.relief.donations.models.told import AskedOrder, ToldPayment, ToldRefund
from boai.relief.donations.models.undo import IntakeUndo

__all__ = [
    "Appeal",
    "AskedOrder",
    "CallbackAlarm",
    "ChannelLine",
    "ColumnProfile",
    "DayClosing",
    "Donor",
    "Gift",
    "GiftLine",
    "Intake",
    "IntakeUndo",
    "LookupAttempt",
    "NamingConsent",
    "Pairing",
    "PaymentNotification",
    "PaymentOrder",
    "Refund",
    "RuleVersion",
    "StagedGift",
    "StatementFile",
    "ToldPayment",
    "ToldRefund",
]


class RuleVersion(models.Model):
    """The text that an appeal promises to its givers; a new text is a new version. PII: none."""

    version = models.CharField(max_length=40, unique=True)
    title = models.CharField(max_length=120)
    text = models.TextField()
    adopted_at = models.DateTimeField()


class Appeal(models.Model):
    """A call for gifts, approved by the command before it is published (S1-16).

    PII: none (person ids only).
    """

    slug = models.CharField(max_length=40, unique=True)
    organisation = models.ForeignKey(
        "organisations.Organisation", on_delete=models.PROTECT, related_name="+"
    )
    title = models.CharField(max_length=80)
    summary = models.CharField(max_length=200, default="", blank=True)
    purpose = models.TextField()
    emergency = models.BooleanField(default=False)
    rule = models.ForeignKey(RuleVersion, on_delete=models.PROTECT, related_name="+")
    target_fen = models.BigIntegerField(null=True)
    suggested_fen = models.JSONField(default=list)
    state = models.CharField(max_length=12, default="draft")
    drafted_by = models.BigIntegerField(null=True)
    drafted_at = models.DateTimeField()
    approved_by = models.BigIntegerField(null=True)
    approved_at = models.DateTimeField(null=True)
    approval_basis = models.CharField(max_length=200, default="", blank=True)
    opened_at = models.DateTimeField(null=True)
    suspended_at = models.DateTimeField(null=True)
    suspension_reason = models.CharField(max_length=200, default="", blank=True)
    closed_at = models.DateTimeField(null=True)
    fund_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "title"], name="donations_appeal_title_once"
            ),
            two_people("drafted_by", "approved_by", name="donations_appeal_two_people"),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "approved", "open", "suspended", "closed"]),
                name="donations_appeal_state",
            ),
            models.CheckConstraint(
                condition=Q(state="draft")
                | (Q(approved_by__isnull=False, approved_at__isnull=False) & ~Q(approval_basis="")),
                name="donations_appeal_approved_before_published",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "approved"])
                | Q(opened_at__isnull=False, fund_id__isnull=False),
                name="donations_appeal_open_has_fund",
            ),
            models.CheckConstraint(
                condition=~Q(state="suspended") | Q(suspended_at__isnull=False),
                name="donations_appeal_suspended_has_moment",
            ),
            models.CheckConstraint(
                condition=Q(target_fen__isnull=True) | Q(target_fen__gt=0),
                name="donations_appeal_target_positive",
            ),
        ]


class Donor(models.Model):
    """Who gave. PII: name, telephone (sealed), blind indexes of both, uscc of organisations."""

    organisation = models.ForeignKey(
        "organisations.Organisation", on_delete=models.PROTECT, related_name="+"
    )
    kind = models.CharField(max_length=12, default="person")
    name = SealedText(null=True)
    name_index = models.CharField(max_length=64, default="", blank=True, db_index=True)
    phone = SealedText(null=True)
    phone_index = models.CharField(max_length=64, default="", blank=True, db_index=True)
    uscc = models.CharField(max_length=18, default="", blank=True)
    identity_index = models.CharField(max_length=64, null=True)
    """Blind index over name and telephone or uscc; empty where a name alone says nothing."""
    since = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "identity_index"], name="donations_donor_once"
            ),
        ]


class Gift(models.Model):
    """One gift of money or goods. Append-only but for its state, papers and naming consent.

    PII: ``display_name`` (only under a consent in force, else empty), ``phone_index`` (blind),
    ``query_code`` (a shared secret with the giver).
    """

    number = models.CharField(max_length=24, unique=True)
    kind = models.CharField(max_length=8)
    organisation = models.ForeignKey(
        "organisations.Organisation", on_delete=models.PROTECT, related_name="+"
    )
    appeal = models.ForeignKey(Appeal, on_delete=models.PROTECT, related_name="+", null=True)
    fund_id = models.BigIntegerField(null=True)
    donor = models.ForeignKey(Donor, on_delete=models.PROTECT, related_name="+", null=True)
    amount_fen = models.BigIntegerField(null=True)
    channel = models.CharField(max_length=32)
    merchant = models.CharField(max_length=64, default="", blank=True)
    channel_reference = models.CharField(max_length=128)
    purpose = models.CharField(max_length=300, default="", blank=True)
    directed_to = models.ForeignKey(
        "organisations.Organisation", on_delete=models.PROTECT, related_name="+", null=True
    )
    message = models.CharField(max_length=200, default="", blank=True)
    overseas = models.BooleanField(default=False)
    source = models.CharField(max_length=120, default="", blank=True)
    intake_id = models.BigIntegerField(null=True)
    given_at = models.DateTimeField()
    registered_at = models.DateTimeField()
    registered_by = models.BigIntegerField(null=True)
    late_reason = models.CharField(max_length=200, default="", blank=True)
    query_code = models.CharField(max_length=6)
    phone_index = models.CharField(max_length=64, default="", blank=True, db_index=True)
    state = models.CharField(max_length=10, default="announced")
    confirmed_at = models.DateTimeField(null=True)
    countersigned_by = models.BigIntegerField(null=True)
    entry_id = models.BigIntegerField(null=True)
    consignment_id = models.BigIntegerField(null=True)
    directed_order = models.CharField(max_length=80, default="", blank=True)
    named = models.BooleanField(default=False)
    display_name = models.CharField(max_length=60, default="", blank=True)
    search_tokens = models.TextField(default="", blank=True)
    """Tokens of the display name only, for the love list; emptied with the consent."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["channel", "merchant", "channel_reference"],
                name="donations_gift_once_per_channel_reference",
            ),
            two_people("registered_by", "countersigned_by", name="donations_gift_two_people"),
            models.CheckConstraint(
                condition=Q(state__in=["announced", "confirmed", "reversed"]),
                name="donations_gift_state",
            ),
            models.CheckConstraint(
                condition=Q(
                    kind="cash",
                    amount_fen__isnull=False,
                    amount_fen__gt=0,
                    fund_id__isnull=False,
                )
                | Q(kind="in-kind", amount_fen__isnull=True),
                name="donations_gift_money_or_goods",
            ),
            models.CheckConstraint(
                condition=Q(state="announced") | Q(confirmed_at__isnull=False),
                name="donations_gift_confirmed_has_moment",
            ),
            models.CheckConstraint(
                condition=~Q(kind="cash", state="confirmed") | Q(entry_id__isnull=False),
                name="donations_gift_confirmed_is_posted",
            ),
            models.CheckConstraint(
                condition=~Q(channel="counter", state="confirmed")
                | Q(registered_by__isnull=False, countersigned_by__isnull=False),
                name="donations_gift_cash_has_two_signatures",
            ),
            models.CheckConstraint(
                condition=(Q(named=True) & ~Q(display_name=""))
                | Q(named=False, display_name="", search_tokens=""),
                name="donations_gift_name_only_with_consent",
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "-given_at"], name="donations_gift_by_day"),
            models.Index(fields=["state", "-confirmed_at"], name="donations_gift_by_confirmed"),
            models.Index(
                fields=["intake_id"],
                condition=Q(intake_id__isnull=False),
                name="donations_gift_by_intake",
            ),
        ]


class GiftLine(models.Model):
    """One item of a gift of goods: as announced, and as the store counted it. PII: none."""

    gift = models.ForeignKey(Gift, on_delete=models.PROTECT, related_name="lines")
    item = models.ForeignKey("catalogue.Item", on_delete=models.PROTECT, related_name="+")
    quantity = models.BigIntegerField()
    spec = models.CharField(max_length=120, default="", blank=True)
    expected_on = models.DateField(null=True)
    directed_to = models.ForeignKey(
        "organisations.Organisation", on_delete=models.PROTECT, related_name="+", null=True
    )
    stated_value_fen = models.BigIntegerField(null=True)
    received_quantity = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="donations_line_quantity"),
            models.CheckConstraint(
                condition=Q(stated_value_fen__isnull=True) | Q(stated_value_fen__gt=0),
                name="donations_line_value_unknown_is_empty",
            ),
            models.CheckConstraint(
                condition=Q(received_quantity__isnull=True) | Q(received_quantity__gte=0),
                name="donations_line_received",
            ),
        ]


class NamingConsent(models.Model):
    """Each giving and withdrawing of the consent to be named (I-33). PII: none (no name)."""

    gift = models.ForeignKey(Gift, on_delete=models.PROTECT, related_name="+")
    named = models.BooleanField()
    by = models.CharField(max_length=20)
    at = models.DateTimeField()


class PaymentOrder(models.Model):
    """What a phone page asked a channel to collect.

    PII: donor name and telephone (sealed), phone index (blind), display name under consent (sealed).
    """

    number = models.CharField(max_length=32, unique=True)
    token = models.CharField(max_length=43, unique=True)
    form_key = models.CharField(max_length=64, unique=True)
    form_digest = models.CharField(max_length=64)
    organisation = models.ForeignKey(
        "organisations.Organisation", on_delete=models.PROTECT, related_name="+"
    )
    appeal = models.ForeignKey(Appeal, on_delete=models.PROTECT, related_name="+")
    amount_fen = models.BigIntegerField()
    currency = models.CharField(max_length=3, default="CNY")
    channel = models.CharField(max_length=32)
    merchant = models.CharField(max_length=64)
    donor_name = SealedText(null=True)
    phone = SealedText(null=True)
    named = models.BooleanField(default=False)
    display_name = SealedText(null=True)
    message = models.CharField(max_length=200, default="", blank=True)
    placed_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    state = models.CharField(max_length=12, default="placed")
    paid_at = models.DateTimeField(null=True)
    transaction = models.CharField(max_length=64, null=True, unique=True)
    gift = models.OneToOneField(Gift, on_delete=models.PROTECT, related_name="+", null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["placed", "paid", "closed", "refund-due"]),
                name="donations_order_state",
            ),
            models.CheckConstraint(
                condition=Q(amount_fen__gt=0), name="donations_order_amount_positive"
            ),
            models.CheckConstraint(
                condition=~Q(state="paid") | Q(gift__isnull=False, transaction__isnull=False),
                name="donations_order_paid_has_gift",
            ),
        ]


class PaymentNotification(models.Model):
    """Every genuine notification once, with a digest of what it said. PII: none."""

    channel = models.CharField(max_length=32)
    notification_id = models.CharField(max_length=64)
    order_number = models.CharField(max_length=32)
    digest = models.CharField(max_length=64)
    outcome = models.CharField(max_length=20)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["channel", "notification_id"], name="donations_notification_once"
            )
        ]


class CallbackAlarm(models.Model):
    """A callback that was refused, counted with the reason. PII: none."""

    channel = models.CharField(max_length=32)
    reason = models.CharField(max_length=60)
    digest = models.CharField(max_length=64)
    at = models.DateTimeField(db_index=True)


class LookupAttempt(models.Model):
    """How often somebody guessed wrong lately. PII: none (keyed digest of address or number)."""

    key = models.CharField(max_length=64, unique=True)
    window_start = models.DateTimeField()
    count = models.IntegerField(default=0)


class Refund(models.Model):
    """Money that goes back to its giver, or a gift that was booked by mistake: asked for by one
    person, paid by another. A withdrawn one stays, with its reason.

    PII: two person ids; the reason is written for the file, never published.
    """

    number = models.CharField(max_length=24, unique=True)
    organisation = models.ForeignKey(
        "organisations.Organisation", on_delete=models.PROTECT, related_name="+"
    )
    kind = models.CharField(max_length=8)
    gift = models.ForeignKey(Gift, on_delete=models.PROTECT, related_name="refunds", null=True)
    order = models.ForeignKey(
        PaymentOrder, on_delete=models.PROTECT, related_name="refunds", null=True
    )
    amount_fen = models.BigIntegerField()
    reason = models.CharField(max_length=300)
    state = models.CharField(max_length=9, default="proposed")
    proposed_by = models.BigIntegerField()
    proposed_at = models.DateTimeField()
    paid_by = models.BigIntegerField(null=True)
    paid_at = models.DateTimeField(null=True)
    entry_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            two_people("proposed_by", "paid_by", name="donations_refund_two_people"),
            models.CheckConstraint(
                condition=Q(state__in=["proposed", "paid", "withdrawn"]),
                name="donations_refund_state",
            ),
            models.CheckConstraint(
                condition=Q(kind="order", order__isnull=False, gift__isnull=True)
                | Q(kind__in=["refund", "reversal"], gift__isnull=False, order__isnull=True),
                name="donations_refund_of_a_gift_or_an_order",
            ),
            models.CheckConstraint(
                condition=Q(amount_fen__gt=0), name="donations_refund_above_zero"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="donations_refund_has_reason"),
            models.CheckConstraint(
                condition=~Q(state="paid")
                | Q(paid_by__isnull=False, paid_at__isnull=False)
                & (Q(kind="order") | Q(entry_id__isnull=False)),
                name="donations_refund_paid_is_signed_and_booked",
            ),
            models.UniqueConstraint(
                fields=["order"],
                condition=Q(kind="order") & ~Q(state="withdrawn"),
                name="donations_refund_order_once",
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "state"], name="donations_refund_by_state"),
        ]
