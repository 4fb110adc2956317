"""Tables of the room."""

from django.db import models
from django.db.models import Q

from boai.foundations.certificates.values import CANCELLED, ISSUED, REPLACED
from boai.ground.kit.db.sealed import SealedText


class Paper(models.Model):
    """A paper that was handed out. PII: holder (sealed). Append-only but its state.

    ``facts`` are public-safe; ``check_code`` is printed on the paper and shown to its holder only.
    """

    number = models.CharField(max_length=32, unique=True)
    kind = models.CharField(max_length=40)
    organisation = models.ForeignKey(
        "organisations.Organisation", on_delete=models.PROTECT, related_name="+"
    )
    subject = models.CharField(max_length=120, db_index=True)
    holder = SealedText()
    facts = models.JSONField(default=dict)
    check_code = models.CharField(max_length=8)
    template_version = models.CharField(max_length=20)
    replaces = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="replaced_by"
    )
    digest = models.CharField(max_length=64)
    issued_at = models.DateTimeField()
    state = models.CharField(max_length=10, default=ISSUED)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "subject"],
                condition=Q(state=ISSUED),
                name="certificates_one_live_paper",
            ),
            models.CheckConstraint(
                condition=Q(state=ISSUED, closed_at__isnull=True)
                | Q(state__in=[REPLACED, CANCELLED], closed_at__isnull=False),
                name="certificates_state_fits",
            ),
        ]
        indexes = [models.Index(fields=["organisation", "-issued_at"], name="certificates_of_org")]


class WrongCheck(models.Model):
    """How often one address gave a wrong number or code lately. PII: none (keyed digest).

    A table and not the cache: the cache is each process's own, and whoever guesses is spread over
    all of them.
    """

    key = models.CharField(max_length=64, unique=True)
    window_start = models.DateTimeField(db_index=True)
    count = models.IntegerField(default=0)
