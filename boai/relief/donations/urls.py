"""Addresses of the room."""

from django.urls import path

from boai.relief.donations.api import gifts, notifications
from boai.relief.donations.web import lookup_pages, public_pages, sandbox_pages

public = [
    path("give/", public_pages.appeals, name="donations-appeals"),
    path("give/<slug:slug>/", public_pages.give, name="donations-give"),
    path("give/done/<str:token>/", public_pages.done, name="donations-done"),
    path("give/done/<str:token>/<str:name>", public_pages.paper_file, name="donations-paper"),
    path("pay/sandbox/<str:token>/", sandbox_pages.pay, name="donations-sandbox-pay"),
    path("gifts/", lookup_pages.look_up, name="donations-look-up"),
]
staff: list[object] = []
api = [("/notify", notifications.router), ("/gifts", gifts.router)]
