"""Tables without domain."""

from django.db import models


class NumberSeries(models.Model):
    """The next running number of one series of one day. PII: none."""

    name = models.CharField(max_length=80, unique=True)
    next_number = models.BigIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(next_number__gte=1), name="kit_series_counts_up"
            )
        ]


class JobRun(models.Model):
    """When a timed job last ran, and what it said if it failed. PII: none."""

    name = models.CharField(max_length=80, unique=True)
    last_started = models.DateTimeField(null=True)
    last_ended = models.DateTimeField(null=True)
    failure = models.TextField(default="", blank=True)


class ClockMark(models.Model):
    """One row: the latest moment at which this house believed its clock (I-45). PII: none.

    ``confirmations`` counts how often people said that the clock is right, ``confirmed_at`` when
    they last did. The mark moves forward; only a confirmation puts it back.
    """

    seen_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    confirmations = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="kit_clockmark_is_one_row")
        ]
