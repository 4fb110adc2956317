"""Pages for staff."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from boai.foundations.notices import queries
from boai.foundations.notices.services.reading import mark_read
from boai.foundations.notices.values import NoticeRow
from boai.ground.core import clock
from boai.ground.core.text import gettext_noop as _
from boai.ground.kit.web.acts import ActPage, actor_of
from boai.ground.kit.web.context import fills_frame
from boai.ground.kit.web.doors import door


@fills_frame("unread_notices")
def unread_notices(request: HttpRequest) -> int:
    """How many notices wait, for the bell in the frame."""
    return queries.unread_count(actor_of(request))


@door("desk")
class Inbox(ActPage):
    """The newest notices; the one act is to mark all as read."""

    title = _("通知")
    template_name = "notices/inbox.html"
    submit_label = _("全部标为已读")
    success = _("已全部标为已读。")

    def context(self) -> Mapping[str, Any]:
        """The notices, newest first."""
        found: list[NoticeRow] = queries.inbox(self.actor)
        return {"notices": found, "unread": queries.unread_count(self.actor)}

    def act(self, form: Any) -> int:
        """Mark all as read."""
        return mark_read(self.actor, notice_id=None, at=self.at)

    def done_url(self, outcome: Any) -> str:
        """Back to the inbox."""
        return reverse("notices-inbox")


@door("desk")
@require_POST
def open_notice(request: HttpRequest, notice_id: int) -> HttpResponse:
    """Mark one notice as read and go where it points; only to addresses of this house."""
    actor = actor_of(request)
    mark_read(actor, notice_id=notice_id, at=clock.now())
    target = next((n.url for n in queries.inbox(actor) if n.id == notice_id), "")
    safe = target.startswith("/") and url_has_allowed_host_and_scheme(target, allowed_hosts=None)
    return HttpResponseRedirect(target if safe else reverse("notices-inbox"))
