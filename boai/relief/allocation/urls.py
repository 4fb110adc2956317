"""Addresses of the room."""

from django.urls import URLPattern, path

from boai.relief.allocation.web import list_pages, need_pages, proposal_pages, request_pages

public: list[URLPattern] = []

staff: list[URLPattern] = [
    path("", need_pages.Board.as_view(), name="allocation-needs"),
    path("needs/mine/", need_pages.Mine.as_view(), name="allocation-mine"),
    path("needs/post/", need_pages.Post.as_view(), name="allocation-post"),
    path("needs/<int:need_id>/end/", need_pages.End.as_view(), name="allocation-end"),
    path("lists/", list_pages.Lists.as_view(), name="allocation-lists"),
    path("lists/freeze/", list_pages.Freeze.as_view(), name="allocation-freeze"),
    path("lists/<int:list_id>/", list_pages.OneList.as_view(), name="allocation-list"),
    path("requests/", request_pages.Requests.as_view(), name="allocation-requests"),
    path("requests/new/", request_pages.Submit.as_view(), name="allocation-submit"),
    path("requests/<int:request_id>/", request_pages.one, name="allocation-request"),
    path(
        "requests/<int:request_id>/again/",
        request_pages.SubmitAgain.as_view(),
        name="allocation-again",
    ),
    path(
        "requests/<int:request_id>/withdraw/",
        request_pages.Withdraw.as_view(),
        name="allocation-withdraw",
    ),
    path(
        "requests/<int:request_id>/papers/",
        proposal_pages.Papers.as_view(),
        name="allocation-papers",
    ),
    path(
        "requests/<int:request_id>/propose/",
        proposal_pages.Propose.as_view(),
        name="allocation-propose",
    ),
    path(
        "requests/<int:request_id>/return/",
        proposal_pages.Return.as_view(),
        name="allocation-return",
    ),
]
