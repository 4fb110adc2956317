"""Administrative divisions."""

from django.db import models
from django.db.models import F, Q


class Division(models.Model):
    """One division under one name for one period. PII: none.

    Lists of different years disagree, so a row keeps the list it was read from. ``valid_from`` is
    the day of the earliest list that has the row; ``valid_to`` the day of the first later list
    that lacks it, empty while it stands.
    """

    LEVELS = (
        ("province", "province"),
        ("city", "city"),
        ("county", "county"),
        ("street", "street"),
    )

    code = models.CharField(max_length=12)
    name = models.CharField(max_length=60)
    level = models.CharField(max_length=10, choices=LEVELS)
    parent_code = models.CharField(max_length=12, blank=True, default="", db_index=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    source = models.CharField(max_length=60)

    class Meta:
        ordering = ("code", "valid_from")
        constraints = [
            models.UniqueConstraint(fields=("code", "valid_from"), name="places_one_row_a_period"),
            models.UniqueConstraint(
                fields=("code",), condition=Q(valid_to=None), name="places_one_row_stands"
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from")),
                name="places_period_runs_forward",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class DivisionList(models.Model):
    """A list that was taken in: its day and the level it covers. PII: none."""

    source = models.CharField(max_length=60)
    level = models.CharField(max_length=10)
    day = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("source", "level"), name="places_list_taken_in_once")
        ]
