"""Addresses of identity."""

from django.urls import URLPattern, URLResolver, include, path

from boai.foundations.identity.web import own_pages, staff_pages

public: list[URLPattern | URLResolver] = [path("account/", include("allauth.urls"))]

staff: list[URLPattern | URLResolver] = [
    path("", staff_pages.Staff.as_view(), name="identity-staff"),
    path("new/", staff_pages.OpenAccount.as_view(), name="identity-open-account"),
    path("<int:user_id>/", staff_pages.user, name="identity-user"),
    path("<int:user_id>/appoint/", staff_pages.Appoint.as_view(), name="identity-appoint"),
    path("<int:user_id>/close/", staff_pages.CloseAccount.as_view(), name="identity-close-account"),
    path("posts/<int:post_id>/end/", staff_pages.EndPost.as_view(), name="identity-end-post"),
    path("seat/", own_pages.seat, name="identity-seat"),
    path("security/", own_pages.security, name="identity-security"),
]
