"""Addresses of the room."""

from django.urls import path

from boai.foundations.ledger.web import staff_pages as pages

public: list[object] = []
staff = [
    path("", pages.Journal.as_view(), name="ledger-journal"),
    path("entries/<int:entry_id>/", pages.entry, name="ledger-entry"),
    path("accounts/", pages.Accounts.as_view(), name="ledger-accounts"),
    path("funds/", pages.Funds.as_view(), name="ledger-funds"),
    path("funds/<int:fund_id>/", pages.FundPage.as_view(), name="ledger-fund"),
    path("trial-balance/", pages.TrialBalance.as_view(), name="ledger-trial-balance"),
]
