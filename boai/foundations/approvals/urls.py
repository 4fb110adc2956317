"""Addresses of approvals."""

from django.urls import URLPattern, path

from boai.foundations.approvals.web import staff_pages as pages

public: list[URLPattern] = []

staff: list[URLPattern] = [
    path("", pages.Cases.as_view(), name="approvals-cases"),
    path("<int:case_id>/", pages.case, name="approvals-case"),
    path("<int:case_id>/decide/", pages.Decide.as_view(), name="approvals-decide"),
    path("<int:case_id>/void/", pages.Void.as_view(), name="approvals-void"),
]
