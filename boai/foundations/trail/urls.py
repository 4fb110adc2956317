"""Addresses of the room."""

from django.urls import path

from boai.foundations.trail.web import staff_pages as pages

public: list[object] = []
staff = [
    path("", pages.Acts.as_view(), name="trail-acts"),
    path("evidence/<slug:key>/", pages.evidence, name="trail-evidence"),
]
