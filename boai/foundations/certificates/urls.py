"""Addresses of the room."""

from django.urls import path

from boai.foundations.certificates.web import public_pages, staff_pages

public = [
    path("verify/", public_pages.verify, name="certificates-verify"),
    path("papers/<str:number>.pdf", public_pages.paper_pdf, name="certificates-pdf"),
    path("papers/<str:number>.png", public_pages.paper_png, name="certificates-png"),
    path("papers/<str:number>.html", public_pages.saved, name="certificates-saved"),
    path("papers/<str:number>.tlog-proof", public_pages.bundle, name="certificates-bundle"),
]

staff = [
    path("", staff_pages.Papers.as_view(), name="certificates-papers"),
    path("<str:number>/", staff_pages.paper, name="certificates-paper"),
    path("<str:number>/replace/", staff_pages.Replace.as_view(), name="certificates-replace"),
    path("<str:number>/cancel/", staff_pages.Cancel.as_view(), name="certificates-cancel"),
]
