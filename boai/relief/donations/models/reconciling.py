"""Tables of the reconciliation: what a channel's own bill says, and how each day was closed."""

from django.db import models
from django.db.models import F, Q

from boai.ground.kit.db.sealed import SealedText


class ChannelLine(models.Model):
    """One payment on a channel's own bill: the channel's word, beside the books and never booked.

    PII: the payer's name (sealed), used to propose a counterpart only.
    """

    organisation = models.ForeignKey(
        "organisations.Organisation", on_delete=models.PROTECT, related_name="+"
    )
    channel = models.CharField(max_length=32)
    merchant = models.CharField(max_length=64)
    day = models.DateField()
    reference = models.CharField(max_length=128)
    amount_fen = models.BigIntegerField()
    name = SealedText(null=True)
    file = models.CharField(max_length=120)
    taken_by = models.BigIntegerField()
    taken_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["channel", "merchant", "reference"], name="donations_channel_line_once"
            ),
            models.CheckConstraint(
                condition=Q(amount_fen__gt=0) & ~Q(reference=""),
                name="donations_channel_line_is_a_payment",
            ),
        ]
        indexes = [models.Index(fields=["organisation", "day"], name="donations_channel_line_day")]


class Pairing(models.Model):
    """A person says that a line and a gift under another number are the same money. PII: none
    (person id only)."""

    line = models.OneToOneField(ChannelLine, on_delete=models.PROTECT, related_name="pairing")
    gift = models.OneToOneField("donations.Gift", on_delete=models.PROTECT, related_name="pairing")
    note = models.CharField(max_length=300)
    by = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(note=""), name="donations_pairing_says_why"),
        ]


class FollowedItem(models.Model):
    """Who looks after something that is left over, and what is known of it; the last word counts.

    PII: two person ids; the note is written for the file, never published.
    """

    organisation = models.ForeignKey(
        "organisations.Organisation", on_delete=models.PROTECT, related_name="+"
    )
    item = models.CharField(max_length=200)
    owner = models.BigIntegerField()
    note = models.CharField(max_length=300, default="", blank=True)
    by = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["organisation", "item"], name="donations_followed_item")]


class DayClosing(models.Model):
    """A day of one account closed or opened again; each is a row of its own, with what both sides
    came to at that moment. PII: none (person id only)."""

    organisation = models.ForeignKey(
        "organisations.Organisation", on_delete=models.PROTECT, related_name="+"
    )
    channel = models.CharField(max_length=32)
    merchant = models.CharField(max_length=64)
    day = models.DateField()
    turn = models.IntegerField()
    deed = models.CharField(max_length=8)
    channel_fen = models.BigIntegerField()
    books_fen = models.BigIntegerField()
    difference_fen = models.BigIntegerField()
    left_over = models.IntegerField()
    note = models.CharField(max_length=300, default="", blank=True)
    by = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "day", "channel", "merchant", "turn"],
                name="donations_day_closing_once",
            ),
            models.CheckConstraint(
                condition=Q(deed__in=["closed", "reopened"]), name="donations_day_closing_deed"
            ),
            models.CheckConstraint(
                condition=Q(difference_fen=F("channel_fen") - F("books_fen")),
                name="donations_day_closing_adds_up",
            ),
            models.CheckConstraint(
                condition=~Q(note="") | Q(deed="closed", difference_fen=0, left_over=0),
                name="donations_day_closing_says_why",
            ),
        ]
