"""Addresses of the room."""

from django.urls import path

from boai.foundations.places.web import staff_pages as pages

public: list[object] = []
staff = [path("", pages.Divisions.as_view(), name="places-divisions")]
