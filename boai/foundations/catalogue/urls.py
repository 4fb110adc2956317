"""Addresses of the room."""

from django.urls import path

from boai.foundations.catalogue.web import staff_pages as pages

public: list[object] = []
staff = [
    path("", pages.Items.as_view(), name="catalogue-items"),
    path("new/", pages.ListItem.as_view(), name="catalogue-new"),
    path("<int:item_id>/", pages.one_item, name="catalogue-item"),
    path("<int:item_id>/alias/", pages.AddAlias.as_view(), name="catalogue-alias"),
    path("<int:item_id>/kit/", pages.ListKit.as_view(), name="catalogue-kit"),
]
