"""What waits for those who publish: days without a bulletin, drafts of others."""

from collections.abc import Iterator
from datetime import timedelta

from django.urls import reverse
from django.utils.translation import gettext

from boai.ground.core.actors import Actor
from boai.ground.core.clock import day_of, now, start_of
from boai.ground.core.tasks import Task, offers_tasks
from boai.window.disclosure import permissions, queries

MOST = 20


@offers_tasks
def to_prepare(actor: Actor) -> Iterator[Task]:
    """Days that are over and have no draft; each day is due on the evening after (H05)."""
    own = actor.organisation_id
    if own is None or not permissions.may_prepare(actor, own):
        return
    yesterday = day_of(now()) - timedelta(days=1)
    waiting = [m for m in queries.missing_days(own, yesterday) if m.draft_id is None]
    for missing in waiting[:MOST]:
        yield Task(
            title=gettext("编制 %(day)s 的收支公示") % {"day": missing.day.isoformat()},
            detail=missing.appeal_title,
            url=reverse("disclosure-prepare", args=[missing.appeal, missing.day.isoformat()]),
            since=start_of(missing.day + timedelta(days=1)),
            due=start_of(missing.day + timedelta(days=2)),
        )


@offers_tasks
def to_publish(actor: Actor) -> Iterator[Task]:
    """Drafts that somebody else has prepared (I-32)."""
    own = actor.organisation_id
    if own is None or not permissions.may_publish(actor, own):
        return
    for draft in queries.drafts(own)[:MOST]:
        if draft.prepared_by != actor.person_id:
            yield Task(
                title=gettext("核对发布 %(day)s 的收支公示") % {"day": draft.day.isoformat()},
                detail=draft.organisation_name,
                url=reverse("disclosure-draft", args=[draft.id]),
                since=draft.prepared_at,
                due=draft.prepared_at + timedelta(hours=24),
            )
