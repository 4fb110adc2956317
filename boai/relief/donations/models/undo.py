"""The taking back of a whole file: asked for by one person, confirmed by another."""

from django.db import models
from django.db.models import Q

from boai.ground.kit.db.people import two_people


class IntakeUndo(models.Model):
    """One file whose gifts are to be reversed, all of them or none.

    PII: two person ids; the reason is written for the file, never published.
    """

    organisation_id = models.BigIntegerField()
    intake_id = models.BigIntegerField()
    reason = models.CharField(max_length=300)
    state = models.CharField(max_length=9, default="proposed")
    proposed_by = models.BigIntegerField()
    proposed_user = models.BigIntegerField()
    proposed_at = models.DateTimeField()
    confirmed_by = models.BigIntegerField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    gifts = models.BigIntegerField(default=0)
    amount_fen = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            two_people("proposed_by", "confirmed_by", name="donations_undo_two_people"),
            models.CheckConstraint(
                condition=Q(state__in=["proposed", "done", "withdrawn"]),
                name="donations_undo_state",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="donations_undo_has_reason"),
            models.CheckConstraint(
                condition=~Q(state="done")
                | Q(confirmed_by__isnull=False, confirmed_at__isnull=False),
                name="donations_undo_done_is_signed",
            ),
            models.UniqueConstraint(
                fields=["intake_id"],
                condition=~Q(state="withdrawn"),
                name="donations_undo_once",
            ),
        ]
