"""Pages about oneself: which post to act in, how to sign in safely; and the locked door."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from boai.foundations.identity import queries
from boai.foundations.identity.errors import NotYourPost
from boai.foundations.identity.values import ROLES
from boai.foundations.identity.web.middleware import SEAT
from boai.foundations.identity.web.second_factor import (
    has_second_factor,
    should_have_second_factor,
)
from boai.ground.core.clock import now
from boai.ground.core.errors import NotFound
from boai.ground.kit.web.acts import actor_of
from boai.ground.kit.web.doors import door


@door("desk")
def seat(request: HttpRequest) -> HttpResponse:
    """Choose the organisation in whose posts to act."""
    actor = actor_of(request)
    if actor.user_id is None:
        raise NotFound
    seats = queries.seats_of(actor.user_id, at=now())
    if request.method == "POST":
        asked = request.POST.get("organisation", "")
        chosen = next((s for s in seats if str(s.organisation_id) == asked), None)
        if chosen is None:
            raise NotYourPost
        request.session[SEAT] = chosen.organisation_id
        messages.success(
            request, _("现在以“%(name)s”的岗位办事。") % {"name": chosen.organisation_name}
        )
        return HttpResponseRedirect("/desk/")
    lines = [
        {
            "id": s.organisation_id,
            "name": s.organisation_name,
            "roles": "、".join(_(ROLES[role]) for role in s.roles),
            "current": s.organisation_id == actor.organisation_id,
        }
        for s in seats
    ]
    return TemplateResponse(request, "identity/seat.html", {"title": _("切换岗位"), "seats": lines})


@door("desk")
def security(request: HttpRequest) -> HttpResponse:
    """The second factor and the password."""
    actor = actor_of(request)
    if actor.user_id is None:
        raise NotFound
    return TemplateResponse(
        request,
        "identity/security.html",
        {
            "title": _("我的安全"),
            "has": has_second_factor(actor.user_id),
            "should_have": should_have_second_factor(actor),
            "seats": queries.seats_of(actor.user_id, at=now()),
        },
    )


def locked(
    request: HttpRequest, credentials: Any = None, *args: Any, **kwargs: Any
) -> HttpResponse:
    """What django-axes shows after too many wrong passwords."""
    minutes = round(float(settings.AXES_COOLOFF_TIME) * 60)
    return TemplateResponse(
        request, "identity/locked.html", {"minutes": minutes}, status=429
    ).render()
