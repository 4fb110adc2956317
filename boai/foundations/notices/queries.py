"""Reads of the room."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from boai.foundations.notices.models import Message, Notice, Reading
from boai.foundations.notices.values import NoticeRow
from boai.ground.core.actors import Actor


def visible_to(actor: Actor) -> QuerySet[Notice]:
    """The notices for this user, and for the roles held in the present organisation."""
    if actor.user_id is None:
        return Notice.objects.none()
    mine = Q(user_id=actor.user_id)
    if actor.organisation_id is not None:
        mine |= Q(user_id=None, organisation_id=actor.organisation_id, role__in=["", *actor.roles])
    return Notice.objects.filter(mine)


def inbox(actor: Actor, limit: int = 50) -> list[NoticeRow]:
    """The newest notices, with whether they were read."""
    read = Exists(Reading.objects.filter(notice=OuterRef("pk"), user_id=actor.user_id or 0))
    found = visible_to(actor).annotate(is_read=read)[:limit]
    return [NoticeRow(n.pk, n.title, n.body, n.url, n.at, n.is_read) for n in found]


def unread_count(actor: Actor) -> int:
    """How many notices the actor has not read."""
    return visible_to(actor).exclude(readings__user_id=actor.user_id or 0).count()


def waiting_messages() -> int:
    """How many messages are on their way, for the health page."""
    return Message.objects.filter(state="queued").count()
