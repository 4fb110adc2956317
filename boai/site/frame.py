"""What the site gives to every page's frame: the society, the public menus, the post."""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django.urls import Resolver404, resolve, reverse
from django.utils.translation import gettext

from boai.foundations.organisations import queries as organisations
from boai.ground.core.text import gettext_noop as _
from boai.ground.kit.web.context import fills_frame
from boai.site.society import society_name


@dataclass(frozen=True, slots=True)
class Link:
    """One line of a public menu."""

    label: str
    url: str
    icon: str
    active: bool


# (label, path that must exist, icon)
MAIN = (
    (_("捐款捐物"), "/#give", "heart"),
    (_("查我的捐赠"), "/gifts/", "search"),
    (_("爱心榜"), "/lovelist/", "people"),
    (_("公示"), "/bulletins/", "megaphone"),
    (_("验证"), "/verify/", "patch-check"),
)
TABS = (
    (_("首页"), "/", "house"),
    (_("查捐赠"), "/gifts/", "search"),
    (_("爱心榜"), "/lovelist/", "heart"),
    (_("公示"), "/bulletins/", "megaphone"),
)
FOOT = (
    (_("开放数据"), "/open-data/", "database"),
    (_("透明日志"), "/log/", "shield-check"),
    (_("证书验证"), "/verify/", "patch-check"),
    (_("运行状况"), "/health/ready", "activity"),
    (_("工作人员登录"), "/desk/", "person"),
)


def links(request: HttpRequest, wanted: tuple[tuple[str, str, str], ...]) -> list[Link]:
    """The lines whose pages exist here."""
    found = []
    for label, url, icon in wanted:
        plain = url.split("#")[0]
        try:
            resolve(plain)
        except Resolver404:
            continue
        active = request.path == plain if plain == "/" else request.path.startswith(plain)
        found.append(Link(gettext(label), url, icon, active and "#" not in url))
    return found


@fills_frame("society_name")
def _society_name(request: HttpRequest) -> str:
    return society_name()


@fills_frame("emblem_url")
def _emblem_url(request: HttpRequest) -> str:
    there = any((settings.BOAI_HOME / name).is_file() for name in ("emblem.svg", "emblem.png"))
    return reverse("emblem") if there else ""


@fills_frame("public_menu")
def _public_menu(request: HttpRequest) -> list[Link]:
    return links(request, MAIN)


@fills_frame("tab_menu")
def _tab_menu(request: HttpRequest) -> list[Link]:
    return links(request, TABS)


@fills_frame("foot_menu")
def _foot_menu(request: HttpRequest) -> list[Link]:
    return links(request, FOOT)


@fills_frame("post_label")
def _post_label(request: HttpRequest) -> str:
    actor = getattr(request, "actor", None)
    if actor is None or actor.organisation_id is None:
        return ""
    place = organisations.row(actor.organisation_id)
    return str(place.short_name or place.name) if place is not None else ""
