"""The tree of societies and the bodies beside it."""

from django.db import models
from django.db.models import F, Q


class Organisation(models.Model):
    """A society or an outside body. PII: none (institutions only, no contact persons)."""

    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    normal_name = models.CharField(max_length=120, db_index=True)
    short_name = models.CharField(max_length=60, blank=True, default="")
    kind = models.CharField(max_length=12)
    level = models.CharField(max_length=10, blank=True, default="")
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    division_code = models.CharField(max_length=12, blank=True, default="", db_index=True)
    uscc = models.CharField(max_length=18, null=True, unique=True)
    address = models.CharField(max_length=200, blank=True, default="")
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ("code",)
        indexes = [models.Index(fields=("kind", "division_code"), name="organisations_by_kind")]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    kind__in=(
                        "society",
                        "hospital",
                        "command",
                        "company",
                        "supervisor",
                        "government",
                        "other",
                    )
                ),
                name="organisations_kind_is_known",
            ),
            models.CheckConstraint(
                condition=Q(level__in=("", "national", "province", "city", "county", "grassroots")),
                name="organisations_level_is_known",
            ),
            models.CheckConstraint(
                condition=Q(parent=None) | ~Q(parent=F("id")), name="organisations_not_own_parent"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Ancestry(models.Model):
    """The tree's closure: one row per organisation and ancestor, itself at depth 0. PII: none."""

    ancestor = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="below")
    descendant = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="above")
    depth = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=("ancestor", "descendant"), name="organisations_one_way_up"
            )
        ]


class Alias(models.Model):
    """Another name by which an organisation is known. PII: none."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="aliases")
    name = models.CharField(max_length=120)
    normal_name = models.CharField(max_length=120, db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=("organisation", "normal_name"), name="organisations_alias_once"
            )
        ]


class Setting(models.Model):
    """A value that holds for an organisation and those below it. PII: none."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=80)
    value = models.JSONField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=("organisation", "key"), name="organisations_setting_once"
            )
        ]
