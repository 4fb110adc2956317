"""Tables of the room: bulletins. Everything else that is shown is read from other rooms."""

from django.db import models
from django.db.models import Q

from boai.ground.kit.db.people import two_people

_PUBLISHED = Q(
    number__isnull=False,
    serial__isnull=False,
    published_by__isnull=False,
    published_at__isnull=False,
)


class Bulletin(models.Model):
    """One day's income and expenditure of one series, as one version.

    Append-only but for the step from draft to published or withdrawn (I-30). PII: person ids of
    preparer and publisher.
    """

    organisation = models.ForeignKey(
        "organisations.Organisation", on_delete=models.PROTECT, related_name="+"
    )
    appeal = models.CharField(max_length=40, default="", blank=True)
    day = models.DateField()
    version = models.IntegerField(default=1)
    corrects = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="corrected_by"
    )
    reason = models.CharField(max_length=300, default="", blank=True)
    previous = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    log_size = models.BigIntegerField()
    rule_version = models.CharField(max_length=20)
    content = models.TextField()
    digest = models.CharField(max_length=64)
    prepared_by = models.BigIntegerField(null=True)
    prepared_at = models.DateTimeField()
    state = models.CharField(max_length=10, default="draft")
    number = models.CharField(max_length=24, null=True, unique=True)
    serial = models.IntegerField(null=True)
    published_by = models.BigIntegerField(null=True)
    published_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            two_people("prepared_by", "published_by", name="disclosure_bulletin_two_people"),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "published", "withdrawn"]),
                name="disclosure_bulletin_state",
            ),
            models.CheckConstraint(
                condition=(Q(state="published") & _PUBLISHED)
                | (~Q(state="published") & Q(number__isnull=True, serial__isnull=True)),
                name="disclosure_bulletin_numbered_when_published",
            ),
            models.CheckConstraint(
                condition=Q(version=1, corrects__isnull=True)
                | (Q(version__gt=1, corrects__isnull=False) & ~Q(reason="")),
                name="disclosure_bulletin_correction_explains",
            ),
            models.UniqueConstraint(
                fields=["organisation", "appeal", "day", "version"],
                condition=~Q(state="withdrawn"),
                name="disclosure_bulletin_once_a_day",
            ),
            models.UniqueConstraint(
                fields=["organisation", "appeal", "serial"], name="disclosure_bulletin_serial_once"
            ),
        ]
        indexes = [models.Index(fields=["state", "-day"], name="disclosure_bulletin_by_day")]
