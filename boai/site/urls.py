"""All addresses: the site's own, then what each room declares."""

from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView

from boai.ground.kit.web.doors import door
from boai.site import health, pages
from boai.site.api import api, described
from boai.site.rooms import rooms_urls

Addresses = list[URLPattern | URLResolver]


def collected() -> Addresses:
    """``urls.public`` at the root, ``urls.staff`` under ``/desk/<room>/``."""
    found: Addresses = []
    for label, module in rooms_urls():
        found.extend(getattr(module, "public", []))
        staff = getattr(module, "staff", [])
        if staff:
            found.append(path(f"desk/{label}/", include(staff)))
    return found


favicon = door("public")(RedirectView.as_view(url="/static/kit/favicon.svg", permanent=True))

urlpatterns: Addresses = [
    path("", pages.start, name="start"),
    path("desk/", pages.desk, name="desk"),
    path("desk/count", pages.desk_count, name="desk-count"),
    path("emblem", pages.emblem, name="emblem"),
    path("health/live", health.live, name="health-live"),
    path("health/ready", health.ready, name="health-ready"),
    path("metrics", health.metrics, name="metrics"),
    path("robots.txt", pages.robots, name="robots"),
    path("favicon.ico", favicon),
    path("i18n/", include("django.conf.urls.i18n")),
    path("api/v1/openapi.json", described, name="openapi"),
    path("api/v1/", api.urls),
    *collected(),
]

handler400 = "boai.site.pages.bad_request"
handler403 = "boai.site.pages.not_permitted"
handler404 = "boai.site.pages.not_found"
handler500 = "boai.site.pages.crashed"
