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


class Cosignature(models.Model):
    """A witness's line under a signed head, verified before it was kept. Append-only. PII: none."""

    head = models.ForeignKey(SignedHead, on_delete=models.PROTECT, related_name="cosignatures")
    witness = models.CharField(max_length=255)
    key_id = models.CharField(max_length=8)
    line = models.TextField()
    signed_at = models.DateTimeField()
    received_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["head", "witness", "key_id"], name="translog_cosigned_once"
            )
        ]


class PublishedHead(models.Model):
    """A signed head whose cosignatures were enough for the policy of that moment (I-37).

    Append-only and growing, so that what was published once stays published. PII: none.
    """

    head = models.OneToOneField(SignedHead, on_delete=models.PROTECT, related_name="published")
    published_at = models.DateTimeField()
    policy = models.CharField(max_length=64)


class WitnessContact(models.Model):
    """How a witness of the policy last answered, and when it is asked again. PII: none."""

    witness = models.CharField(max_length=255)
    key_id = models.CharField(max_length=8)
    state = models.CharField(max_length=20, default="", blank=True)
    detail = models.CharField(max_length=300, default="", blank=True)
    since = models.DateTimeField(null=True)
    asked_at = models.DateTimeField(null=True)
    next_at = models.DateTimeField(null=True)
    failures = models.IntegerField(default=0)
    seen_size = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["witness", "key_id"], name="translog_witness_once")
        ]


class Sequencer(models.Model):
    """One row, locked by whoever gives indexes to leaves. PII: none."""

    name = models.CharField(max_length=20, unique=True)
