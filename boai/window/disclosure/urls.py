"""Addresses of the room."""

from django.urls import path

from boai.window.disclosure.web import bulletin_pages, open_data, public_pages, staff_pages

public = [
    path("trace/", public_pages.ask, name="disclosure-ask"),
    path("trace/<str:number>/", public_pages.follow, name="disclosure-trace"),
    path("lovelist/", public_pages.LoveList.as_view(), name="disclosure-lovelist"),
    path("bulletins/", bulletin_pages.Bulletins.as_view(), name="disclosure-bulletins"),
    path("bulletins/<str:number>/", bulletin_pages.show, name="disclosure-bulletin"),
    path("bulletins/<str:number>/pdf", bulletin_pages.as_pdf, name="disclosure-bulletin-pdf"),
    path("bulletins/<str:number>/proof", bulletin_pages.as_proof, name="disclosure-bulletin-proof"),
    path("bulletins/<str:number>/csv", bulletin_pages.as_csv, name="disclosure-bulletin-csv"),
    path("bulletins/<str:number>/json", bulletin_pages.as_json, name="disclosure-bulletin-json"),
    path("open-data/", open_data.about, name="disclosure-open-data"),
    path("open-data/datapackage.json", open_data.package, name="disclosure-datapackage"),
    path("open-data/<str:name>.csv", open_data.as_csv, name="disclosure-open-csv"),
    path("open-data/<str:name>.json", open_data.as_json, name="disclosure-open-json"),
]
staff = [
    path("", staff_pages.Work.as_view(), name="disclosure-work"),
    path(
        "prepare/<slug:appeal>/<str:day>/", staff_pages.Prepare.as_view(), name="disclosure-prepare"
    ),
    path("draft/<int:bulletin_id>/", staff_pages.Publish.as_view(), name="disclosure-draft"),
    path("withdraw/<int:bulletin_id>/", staff_pages.Withdraw.as_view(), name="disclosure-withdraw"),
    path("correct/<str:number>/", staff_pages.Correct.as_view(), name="disclosure-correct"),
]
