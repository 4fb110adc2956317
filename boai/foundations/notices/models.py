"""Notices on the desk and messages to phones."""

from django.db import models
from django.db.models import Q

from boai.ground.kit.db.sealed import SealedText


class Notice(models.Model):
    """Something told to a role of an organisation or to one user. PII: none in title and body."""

    organisation_id = models.BigIntegerField(null=True)
    role = models.CharField(max_length=10, blank=True, default="")
    user_id = models.BigIntegerField(null=True)
    title = models.CharField(max_length=200)
    body = models.TextField(blank=True, default="")
    url = models.CharField(max_length=300, blank=True, default="")
    at = models.DateTimeField()

    class Meta:
        ordering = ("-id",)
        indexes = [
            models.Index(fields=("organisation_id", "role"), name="notices_by_role"),
            models.Index(fields=("user_id",), name="notices_by_user"),
        ]


class Reading(models.Model):
    """A user has read a notice. PII: none."""

    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="readings")
    user_id = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("notice", "user_id"), name="notices_read_once")
        ]


class Message(models.Model):
    """A message on its way to a phone, sent by the worker after commit.

    PII: ``phone`` is sealed and emptied once the message is sent or given up.
    """

    STATES = (("queued", "queued"), ("sent", "sent"), ("given-up", "given-up"))

    channel = models.CharField(max_length=20, default="console")
    phone = SealedText()
    text = models.TextField()
    state = models.CharField(max_length=10, choices=STATES, default="queued")
    attempts = models.IntegerField(default=0)
    next_try_at = models.DateTimeField()
    failure = models.CharField(max_length=200, blank=True, default="")
    queued_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=("next_try_at",), condition=Q(state="queued"), name="notices_waiting"
            )
        ]
        constraints = [
            models.CheckConstraint(condition=Q(attempts__gte=0), name="notices_attempts_count_up")
        ]
