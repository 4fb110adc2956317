"""The site's own pages: start, my tasks, and what is shown when something goes wrong."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template import loader
from django.utils.translation import gettext
from django.views.decorators.cache import cache_control, never_cache

from boai.ground.core import clock
from boai.ground.core.tasks import tasks_of
from boai.ground.core.text import gettext_noop as _
from boai.ground.kit.web.acts import actor_of
from boai.ground.kit.web.doors import door
from boai.ground.kit.web.navigation import menu_for
from boai.site import front


@door("public")
def start(request: HttpRequest) -> HttpResponse:
    """The public start page: what came in, where it is, how to give, how to check."""
    at = clock.now()
    return render(
        request,
        "site/start.html",
        {"totals": front.totals(at), "appeals": front.open_appeals(), "at": at},
    )


@door("desk")
def desk(request: HttpRequest) -> HttpResponse:
    """My tasks: what waits for me, most pressing first."""
    at = clock.now()
    tasks = tasks_of(actor_of(request))
    context = {
        "title": gettext("我的待办"),
        "tasks": tasks,
        "urgent": sum(task.urgent for task in tasks),
        "late": sum(task.due is not None and task.due < at for task in tasks),
        "groups": menu_for(request),
        "at": at,
    }
    return render(request, "site/desk.html", context)


@door("desk")
@never_cache
def desk_count(request: HttpRequest) -> HttpResponse:
    """How many tasks wait for me, for the badge of the menu; nothing where none does."""
    count = len(tasks_of(actor_of(request)))
    return HttpResponse(str(count) if count else "", content_type="text/plain; charset=utf-8")


EMBLEMS = (("emblem.svg", "image/svg+xml"), ("emblem.png", "image/png"))
"""Names under which the operator puts its own emblem into ``BOAI_HOME``; none is shipped."""


@door("public")
@cache_control(max_age=3600)
def emblem(request: HttpRequest) -> HttpResponse:
    """The operator's own emblem."""
    for name, kind in EMBLEMS:
        path = settings.BOAI_HOME / name
        if path.is_file():
            return HttpResponse(path.read_bytes(), content_type=kind)
    raise Http404


@door("public")
def robots(request: HttpRequest) -> HttpResponse:
    """Public pages may be indexed; look-ups of single gifts and the desk may not."""
    lines = [
        "User-agent: *",
        *(f"Disallow: {p}" for p in ("/desk/", "/account/", "/gifts/", "/api/")),
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


WORDS = {
    400: (_("请求有误，无法识别。"), _("请返回上一页，刷新后重试。")),
    403: (
        _("您没有查看此页或办理此事的权限。"),
        _("请由有相应岗位的同事办理，或请管理员核对您的岗位。"),
    ),
    404: (_("没有找到这个页面。"), _("网址可能有误，或内容已移动。")),
    500: (
        _("系统出错了，这不是您的问题。"),
        _("刚才的办理没有生效，请稍后重试；若仍不行，请告知管理员时间。"),
    ),
}
CSRF_WORDS = (
    _("页面已过期，为安全起见没有提交。"),
    _("请返回上一页，刷新后重新提交。"),
)


def _error(request: HttpRequest, status: int, words: tuple[str, str]) -> HttpResponse:
    reason, mend = gettext(words[0]), gettext(words[1])
    if request.path.startswith("/api/"):
        return JsonResponse(
            {"type": "about:blank", "title": reason, "status": status, "detail": mend},
            status=status,
            content_type="application/problem+json",
            json_dumps_params={"ensure_ascii": False},
        )
    context: dict[str, Any] = {"status": status, "reason": reason, "mend": mend}
    return render(request, "site/error.html", context, status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400."""
    return _error(request, 400, WORDS[400])


def not_permitted(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403."""
    return _error(request, 403, WORDS[403])


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404."""
    return _error(request, 404, WORDS[404])


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form whose token does not fit (often: a page left open over night)."""
    return _error(request, 403, CSRF_WORDS)


def crashed(request: HttpRequest) -> HttpResponse:
    """500: drawn without database, menu or session, because any of them may be what failed."""
    reason, mend = (gettext(text) for text in WORDS[500])
    if request.path.startswith("/api/"):
        return JsonResponse(
            {"type": "about:blank", "title": reason, "status": 500, "detail": mend},
            status=500,
            content_type="application/problem+json",
            json_dumps_params={"ensure_ascii": False},
        )
    page = loader.render_to_string("site/crashed.html", {"reason": reason, "mend": mend})
    return HttpResponse(page, status=500)
