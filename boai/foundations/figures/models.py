"""Tables of the room: the queue of additions and the totals that it is folded into."""

from django.db import models


class Addition(models.Model):
    """What some act added to a measure, not folded yet. Written by the feeds only. PII: none."""

    measure = models.CharField(max_length=60)
    organisation_id = models.BigIntegerField()
    day = models.DateField()
    dimension = models.CharField(max_length=60)
    number = models.BigIntegerField()
    amount = models.BigIntegerField()


class DayTotal(models.Model):
    """The sum of a measure on one day, at one node of the tree of organisations. PII: none.

    ``own``: of the organisation itself; otherwise of it and all below it, so that a province or
    the nation is one indexed read.
    """

    measure = models.CharField(max_length=60)
    node_id = models.BigIntegerField()
    own = models.BooleanField()
    day = models.DateField()
    dimension = models.CharField(max_length=60)
    number = models.BigIntegerField()
    amount = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["measure", "node_id", "own", "day", "dimension"],
                name="figures_total_once",
            ),
        ]
