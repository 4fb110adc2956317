"""Who is asking, and may they come through this door: settled before any view runs."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from boai.foundations.identity import queries
from boai.foundations.identity.web.second_factor import has_second_factor
from boai.ground.core.actors import PUBLIC, Actor
from boai.ground.core.clock import now
from boai.ground.core.errors import NotFound
from boai.ground.kit.web.doors import DESK_DOOR, PUBLIC_DOOR, door_of

SEAT = "boai_seat"
"""Session key: the organisation in whose posts the user acts."""

FOREIGN = (
    "allauth.",
    "ninja.",
    "django.views.i18n",
    "django.views.static",
    "django.contrib.staticfiles",
)
"""Modules whose views carry no tag: sign-in, the API (each operation checks by itself), static files."""


class ActorMiddleware:
    """Set ``request.actor`` and ``request.may``; hold each view to the action of its tag."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Read the actor anew at each request, so that a lost post is lost at once (I-25)."""
        actor = actor_of(request)
        request.actor = actor  # type: ignore[attr-defined]
        request.may = partial(queries.may, actor)  # type: ignore[attr-defined]
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """Let the request pass, ask for sign-in, or refuse. A view without a tag is never open."""
        action = door_of(view)
        if action is None:
            if is_foreign(view):
                return None
            raise ImproperlyConfigured(f"{view!r} has no action tag")
        return refuse_or_pass(request, action)


def is_foreign(view: Any) -> bool:
    """Whether a view comes from a library that settles its own doors."""
    inner = getattr(view, "func", view)  # a functools.partial hides its function
    module = str(getattr(inner, "__module__", ""))
    return module.startswith(FOREIGN)


def actor_of(request: HttpRequest) -> Actor:
    """The actor of a request: a person in the chosen post, else the public."""
    user = request.user
    if not user.is_authenticated:
        return PUBLIC
    at = now()
    chosen = request.session.get(SEAT)
    try:
        actor = queries.actor_for(user.pk, organisation_id=chosen, at=at)
        if chosen is not None and actor.organisation_id is None:
            # The chosen post has ended: fall back to the oldest that is left.
            request.session.pop(SEAT, None)
            actor = queries.actor_for(user.pk, at=at)
    except NotFound:
        return PUBLIC
    return actor


def refuse_or_pass(request: HttpRequest, action: str) -> HttpResponse | None:
    """Hold one request against one action."""
    if action == PUBLIC_DOOR:
        return None
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if action != DESK_DOOR and queries.may(actor, action):
        return _second_factor_first(request, actor, action)
    if actor.kind != "person":
        return redirect_to_login(request.get_full_path())
    if action == DESK_DOOR:
        return None
    raise PermissionDenied(action)


def _second_factor_first(request: HttpRequest, actor: Actor, action: str) -> HttpResponse | None:
    """In production nobody signs for money or goods with a password alone."""
    if settings.BOAI_MODE != "production" or actor.user_id is None:
        return None
    signs = any(grant.signs for grant in queries.grants(actor, action))
    if not signs or has_second_factor(actor.user_id):
        return None
    messages.warning(request, _("办理签字事项前，请先设置双重验证（动态口令或通行密钥）。"))
    return HttpResponseRedirect(reverse("identity-security"))
