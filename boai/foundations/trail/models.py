"""The trail and its evidence."""

from django.db import models


class Act(models.Model):
    """One act: who, what, on which subject, when. Append-only.

    PII: none. ``actor_label`` and ``person_id`` are numbers; ``detail`` holds public values and
    ids only. ``digest`` covers every other column, so that a row altered behind the program's back
    is named by law trail-01.
    """

    at = models.DateTimeField(db_index=True)
    actor_label = models.CharField(max_length=40)
    person_id = models.BigIntegerField(null=True, db_index=True)
    organisation_id = models.BigIntegerField(null=True, db_index=True)
    verb = models.CharField(max_length=60)
    subject = models.CharField(max_length=120, db_index=True)
    detail = models.JSONField(default=dict)
    digest = models.CharField(max_length=64)

    class Meta:
        ordering = ("id",)


class Evidence(models.Model):
    """A stored picture or paper that belongs to a subject. Append-only.

    PII: pictures and papers may show people: files lie outside the public folders, are served only
    to those who may see them, and pictures are re-encoded without EXIF and places.
    """

    key = models.CharField(max_length=40, unique=True)
    subject = models.CharField(max_length=120, db_index=True)
    organisation_id = models.BigIntegerField(null=True)
    sha256 = models.CharField(max_length=64)
    media_type = models.CharField(max_length=40)
    filename = models.CharField(max_length=120)
    size = models.BigIntegerField()
    actor_label = models.CharField(max_length=40)
    person_id = models.BigIntegerField(null=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(fields=("subject", "sha256"), name="trail_one_copy_a_subject")
        ]
