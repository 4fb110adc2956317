"""Tables of the taking in of files: how far each file is, and its rows until they are settled."""

from django.db import models
from django.db.models import Q

from boai.ground.kit.db.sealed import SealedText


class Intake(models.Model):
    """One file that is taken in, and how far it is; moves in the transaction that does the work.

    ``position`` is the last row that has been settled; ``counts`` are the rows by how they ended.
    PII: none (the file's name is cut, its content is known by a digest).
    """

    organisation_id = models.BigIntegerField()
    digest = models.CharField(max_length=64)
    file = models.CharField(max_length=120)
    profile = models.CharField(max_length=20, default="", blank=True)
    channel = models.CharField(max_length=32, default="", blank=True)
    by = models.CharField(max_length=40)
    state = models.CharField(max_length=10, default="reading")
    rows = models.BigIntegerField(default=0)
    staged = models.BigIntegerField(default=0)
    position = models.BigIntegerField(default=0)
    accepted = models.BigIntegerField(default=0)
    duplicate = models.BigIntegerField(default=0)
    quarantined = models.BigIntegerField(default=0)
    refused = models.BigIntegerField(default=0)
    amount_fen = models.BigIntegerField(default=0)
    begun_at = models.DateTimeField()
    moved_at = models.DateTimeField()
    told = models.JSONField(default=dict)
    """What the file says of itself: the totals it states, remarks on its sheets."""
    carried_by = models.BigIntegerField(null=True)
    """The account for which the worker goes on with it; empty where nobody asked the worker."""
    halted = models.CharField(max_length=300, null=True)
    """Why the worker stopped; empty while nothing is in the way."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation_id", "digest"],
                condition=Q(state__in=["reading", "posting"]),
                name="donations_intake_one_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["reading", "posting", "finished", "cancelled"]),
                name="donations_intake_state",
            ),
            models.CheckConstraint(
                condition=~Q(state="finished")
                | Q(
                    rows=models.F("accepted")
                    + models.F("duplicate")
                    + models.F("quarantined")
                    + models.F("refused")
                ),
                name="donations_intake_every_row_ends",
            ),
        ]


class StagedGift(models.Model):
    """One row of a file between reading and booking; rows that were not taken stay, emptied, with
    the reason.

    ``set_by``: what equal rows share (a transaction number, or a digest of day, donor and amount);
    ``says``: a digest of all that a row with a number says. ``occurrence`` counts equal rows down
    the file, ``rank`` those of them that may be gifts, ``times`` how many there are.

    PII: donor (sealed, gone once the row is settled), memo and purpose as the giver wrote them.
    """

    intake_id = models.BigIntegerField()
    position = models.BigIntegerField()
    sheet = models.CharField(max_length=40)
    line = models.BigIntegerField()
    account = models.CharField(max_length=30, default="", blank=True)
    amount_fen = models.BigIntegerField(default=0)
    donor = SealedText(null=True)
    numbered = models.BooleanField(default=False)
    set_by = models.CharField(max_length=128, default="", blank=True)
    says = models.CharField(max_length=64, default="", blank=True)
    given_at = models.DateTimeField(null=True)
    memo = models.CharField(max_length=200, default="", blank=True)
    purpose = models.CharField(max_length=300, default="", blank=True)
    verdict = models.CharField(max_length=12, default="gift")
    column = models.CharField(max_length=8, default="", blank=True)
    code = models.CharField(max_length=40, default="", blank=True)
    occurrence = models.BigIntegerField(default=1)
    rank = models.BigIntegerField(default=1)
    times = models.BigIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["intake_id", "position"], name="donations_staged_position_once"
            ),
        ]


class StatementFile(models.Model):
    """A file that somebody brought through the browser, until its rows are staged: looked at first,
    then asked to be taken in by somebody who may book.

    Its content lies sealed under ``BOAI_HOME/statements`` and is gone as soon as the rows are
    staged, the file is given up, or nobody has asked for it in time. ``found`` is what a dry run
    said: numbers, places and codes.
    PII: none here (content sealed outside; the file's name as its maker gave it).
    """

    organisation_id = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    name = models.CharField(max_length=120)
    size = models.BigIntegerField()
    day = models.DateField(null=True)
    state = models.CharField(max_length=8, default="kept")
    by = models.CharField(max_length=40)
    brought_by = models.BigIntegerField()
    brought_at = models.DateTimeField()
    asked_by = models.BigIntegerField(null=True)
    asked_at = models.DateTimeField(null=True)
    found = models.JSONField(default=dict)
    stopped = models.CharField(max_length=300, default="", blank=True)
    intake_id = models.BigIntegerField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["kept", "asked", "taken", "gone"]),
                name="donations_statement_state",
            ),
            models.CheckConstraint(
                condition=~Q(state="asked") | Q(asked_by__isnull=False, asked_at__isnull=False),
                name="donations_statement_asked_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(state="taken", intake_id__isnull=False, ended_at__isnull=False)
                | Q(state="gone", ended_at__isnull=False)
                | Q(state__in=["kept", "asked"], intake_id__isnull=True, ended_at__isnull=True),
                name="donations_statement_ends_whole",
            ),
            models.UniqueConstraint(
                fields=["organisation_id", "sha256"],
                condition=Q(state__in=["kept", "asked"]),
                name="donations_statement_kept_once",
            ),
        ]


class ColumnProfile(models.Model):
    """What a society has said the columns of lists with one heading mean; the newest version holds.

    ``fingerprint`` is a digest of the heading's words; ``columns`` maps a meaning to the place of
    its column (from 0). A change is a new version. PII: none (a heading names no giver).
    """

    organisation_id = models.BigIntegerField()
    fingerprint = models.CharField(max_length=64)
    version = models.IntegerField()
    name = models.CharField(max_length=60)
    columns = models.JSONField()
    factor = models.IntegerField(default=1)
    channel = models.CharField(max_length=32, default="", blank=True)
    currency = models.CharField(max_length=8, default="", blank=True)
    by = models.CharField(max_length=40)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation_id", "fingerprint", "version"],
                name="donations_profile_version_once",
            ),
            models.CheckConstraint(condition=Q(version__gte=1), name="donations_profile_version"),
            models.CheckConstraint(
                condition=Q(factor__in=[1, 10000]), name="donations_profile_factor"
            ),
            models.CheckConstraint(
                condition=Q(currency__in=["", "CNY", "other"]), name="donations_profile_currency"
            ),
            models.CheckConstraint(
                condition=~Q(name="") & ~Q(fingerprint=""), name="donations_profile_is_named"
            ),
        ]
