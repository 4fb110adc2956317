"""Policies, cases, committees, votes, recusals."""

from django.db import models
from django.db.models import F, Q


class ApprovalPolicy(models.Model):
    """How cases of one kind are decided, for one organisation or (empty) for all. PII: none."""

    kind = models.CharField(max_length=60)
    organisation = models.ForeignKey(
        "organisations.Organisation", on_delete=models.PROTECT, related_name="+", null=True
    )
    quorum = models.PositiveSmallIntegerField()
    share_numerator = models.PositiveSmallIntegerField()
    share_denominator = models.PositiveSmallIntegerField()
    warn_first = models.PositiveSmallIntegerField()
    warn_second = models.PositiveSmallIntegerField()
    flag_after = models.PositiveSmallIntegerField()
    since = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(quorum__gte=1)
                & Q(share_numerator__gte=1)
                & Q(share_numerator__lte=F("share_denominator")),
                name="approvals_policy_is_possible",
            ),
            models.CheckConstraint(
                condition=Q(warn_first__lte=F("warn_second")) & Q(warn_second__lte=F("flag_after")),
                name="approvals_policy_clock_in_order",
            ),
        ]
        indexes = [models.Index(fields=["kind", "organisation", "since"])]


class Case(models.Model):
    """One thing to be decided: content frozen word for word, digest, committee, clock (I-23).

    PII: the opener's person id only; content is made by the room that asks and holds none.
    """

    class State(models.TextChoices):
        OPEN = "open"
        APPROVED = "approved"
        REFUSED = "refused"
        VOID = "void"

    kind = models.CharField(max_length=60)
    subject = models.CharField(max_length=160)
    organisation = models.ForeignKey(
        "organisations.Organisation", on_delete=models.PROTECT, related_name="+"
    )
    title = models.CharField(max_length=200)
    content = models.JSONField()
    digest = models.CharField(max_length=64)
    quorum = models.PositiveSmallIntegerField()
    share_numerator = models.PositiveSmallIntegerField()
    share_denominator = models.PositiveSmallIntegerField()
    warn_first = models.PositiveSmallIntegerField()
    warn_second = models.PositiveSmallIntegerField()
    flag_after = models.PositiveSmallIntegerField()
    opened_at = models.DateTimeField()
    opened_by_person_id = models.BigIntegerField(null=True)
    replaces = models.OneToOneField("self", on_delete=models.PROTECT, related_name="+", null=True)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    decided_at = models.DateTimeField(null=True)
    minutes = models.PositiveIntegerField(null=True)
    late = models.BooleanField(default=False)
    void_reason = models.CharField(max_length=300, default="", blank=True)
    warned = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="open", decided_at__isnull=True)
                | (~Q(state="open") & Q(decided_at__isnull=False)),
                name="approvals_case_decided_with_a_time",
            ),
            models.UniqueConstraint(
                fields=["kind", "subject"],
                condition=Q(state="open"),
                name="approvals_one_open_case_per_subject",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "opened_at"]),
            models.Index(fields=["subject"]),
        ]


class Member(models.Model):
    """A person on a case's committee as it stood when the case was opened. PII: person id."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="members")
    person_id = models.BigIntegerField()
    excluded = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "person_id"], name="approvals_member_once")
        ]
        indexes = [models.Index(fields=["person_id"])]


class Vote(models.Model):
    """One person's word on one case, for ever (I-21, I-23). PII: person id."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="votes")
    person_id = models.BigIntegerField()
    user_id = models.BigIntegerField()
    approve = models.BooleanField()
    reason = models.CharField(max_length=500, default="", blank=True)
    digest = models.CharField(max_length=64)
    cast_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "person_id"], name="approvals_one_vote")
        ]


class Recusal(models.Model):
    """A member stands aside and says why. PII: person id and the declared interest (internal)."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="recusals")
    person_id = models.BigIntegerField()
    interest = models.CharField(max_length=500)
    declared_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "person_id"], name="approvals_one_recusal")
        ]
