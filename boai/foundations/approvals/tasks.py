"""What waits for committee members."""

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext as _

from boai.foundations.approvals import queries
from boai.ground.core.actors import Actor
from boai.ground.core.tasks import Task, offers_tasks


@offers_tasks
def cases_to_decide(actor: Actor) -> Iterable[Task]:
    """Cases on which the person has not spoken; always urgent, the clock runs."""
    for case in queries.cases_waiting_for(actor):
        yield Task(
            title=_("待决策：%(title)s") % {"title": case.title},
            detail=_("已表态 %(cast)s / %(all)s 人")
            % {"cast": case.tally.cast, "all": case.tally.may_vote},
            url=reverse("approvals-decide", args=[case.id]),
            since=case.opened_at,
            due=case.due_at,
            urgent=True,
        )
