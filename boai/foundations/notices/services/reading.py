"""Marking notices as read."""

from datetime import datetime

from boai.foundations.notices.models import Reading
from boai.foundations.notices.queries import visible_to
from boai.ground.core.actors import Actor


def mark_read(actor: Actor, *, notice_id: int | None, at: datetime) -> int:
    """Mark one notice, or all that the actor can see, as read; answers how many were unread."""
    if actor.user_id is None:
        return 0
    unread = visible_to(actor).exclude(readings__user_id=actor.user_id)
    if notice_id is not None:
        unread = unread.filter(pk=notice_id)
    rows = [Reading(notice=notice, user_id=actor.user_id, at=at) for notice in unread]
    Reading.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)
