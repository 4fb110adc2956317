"""Addresses of the room."""

from django.urls import path

from boai.foundations.organisations.web import staff_pages as pages

public: list[object] = []
staff = [
    path("", pages.Organisations.as_view(), name="organisations-list"),
    path("register/", pages.RegisterOrganisation.as_view(), name="organisations-register"),
    path("<int:organisation_id>/", pages.OneOrganisation.as_view(), name="organisations-one"),
    path("<int:organisation_id>/alias/", pages.AddAlias.as_view(), name="organisations-alias"),
]
