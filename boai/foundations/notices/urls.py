"""Addresses of the room."""

from django.urls import path

from boai.foundations.notices.web import staff_pages as pages

public: list[object] = []
staff = [
    path("", pages.Inbox.as_view(), name="notices-inbox"),
    path("<int:notice_id>/open/", pages.open_notice, name="notices-open"),
]
