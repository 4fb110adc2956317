"""Publishing: a head counts as published once enough witnesses have cosigned it (I-37)."""

from collections.abc import Callable
from datetime import datetime
from hashlib import sha256

from django.db import transaction

from boai.foundations.translog import files
from boai.foundations.translog.errors import PolicyIsUnreadable, PolicyNamesAnotherLog
from boai.foundations.translog.models import PublishedHead, SignedHead
from boai.foundations.translog.queries.publication import cosigners_of, note_of
from boai.ground.merkle.policy import Policy, evaluate


def publish_what_is_witnessed(at: datetime) -> int | None:
    """Publish the newest head with enough cosignatures; answers the published size, if any.

    *Refuses*: ``PolicyIsUnreadable``, ``PolicyNamesAnotherLog``.
    """
    with files.only_one_writer():
        return bring_up(at)


def bring_up(at: datetime, keep: Callable[[], None] | None = None) -> int | None:
    """The same for whoever holds the writer's lock already.

    The row comes before the file: a crash between the two is mended by the next call, and the file
    never shows what the database does not know to be published. ``keep`` writes what belongs into
    the same commit, the head itself; it is kept also where the policy cannot be read.
    """
    try:
        policy = files.read_policy()
    except (PolicyIsUnreadable, PolicyNamesAnotherLog):
        if keep is not None:
            keep()
        raise
    with transaction.atomic():
        if keep is not None:
            keep()
        newest = _newest_published()
        ready = _ready(policy, newest.size if newest else -1)
        if ready is not None:
            PublishedHead.objects.create(
                head=ready, published_at=at, policy=sha256(policy.text().encode()).hexdigest()
            )
            newest = ready
    if newest is None:
        return None
    note = note_of(newest, policy)
    if files.read_checkpoint() != note:
        # Read as a stranger would: what does not verify is not served.
        evaluate(note, policy)
        files.write(files.folder() / "checkpoint", note.encode())
    return newest.size


def _newest_published() -> SignedHead | None:
    row = PublishedHead.objects.select_related("head").order_by("-head__size").first()
    return row.head if row else None


def _ready(policy: Policy, above: int) -> SignedHead | None:
    """The newest head above a size that the policy accepts."""
    heads = SignedHead.objects.filter(size__gt=above).order_by("-size")
    if policy.least():
        heads = heads.filter(cosignatures__isnull=False).distinct()
    for head in heads.iterator(chunk_size=100):
        if policy.is_met_by(cosigners_of(head, policy)):
            return head
    return None
