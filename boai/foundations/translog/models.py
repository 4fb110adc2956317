"""Tables of the transparency log."""

from django.db import models
from django.db.models import Q


class Leaf(models.Model):
    """One public act, as the tree holds it. Append-only; the index is assigned once.

    PII: none. The body holds allow-listed public facts, and salted commitments where something
    must not be readable.
    """

    ref = models.CharField(max_length=140, unique=True)
    kind = models.CharField(max_length=60)
    body = models.TextField()
    leaf_hash = models.CharField(max_length=64)
    queued_at = models.DateTimeField()
    tree_index = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tree_index"], name="translog_leaf_index_once"),
            models.CheckConstraint(
                condition=Q(tree_index__isnull=True) | Q(tree_index__gte=0),
                name="translog_leaf_index_not_negative",
            ),
        ]
        indexes = [
            models.Index(fields=["kind", "tree_index"], name="translog_leaf_by_kind"),
            models.Index(
                fields=["id"], condition=Q(tree_index__isnull=True), name="translog_leaf_waiting"
            ),
        ]


class LeafSalt(models.Model):
    """The salt under one commitment of a leaf. Deleting it closes the commitment for ever (I-38).

    PII: opens a commitment together with the value, which only the room that owns it keeps.
    """

    ref = models.CharField(max_length=140)
    name = models.CharField(max_length=40)
    salt = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["ref", "name"], name="translog_salt_once"),
        ]


class SignedHead(models.Model):
    """A head that the log has signed, kept for ever. PII: none."""

    size = models.BigIntegerField(unique=True)
    root = models.CharField(max_length=64)
    note = models.TextField()
    signed_at = models.DateTimeField()


class Sequencer(models.Model):
    """One row, locked by whoever gives indexes to leaves. PII: none."""

    name = models.CharField(max_length=20, unique=True)
