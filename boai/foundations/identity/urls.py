"""Addresses of identity."""

from django.urls import URLPattern, URLResolver, include, path

from boai.foundations.identity.web import staff_pages as pages

public: list[URLPattern | URLResolver] = [path("account/", include("allauth.urls"))]

staff: list[URLPattern | URLResolver] = [
    path("", pages.staff, name="identity-staff"),
    path("new/", pages.open_account, name="identity-open-account"),
    path("<int:user_id>/", pages.user, name="identity-user"),
    path("<int:user_id>/appoint/", pages.appoint, name="identity-appoint"),
    path("posts/<int:post_id>/end/", pages.end_post, name="identity-end-post"),
    path("seat/", pages.seat, name="identity-seat"),
    path("security/", pages.security, name="identity-security"),
]
