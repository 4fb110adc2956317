"""Addresses of the room."""

from django.urls import path

from boai.relief.finance.web import act_pages as acts
from boai.relief.finance.web import staff_pages as pages
from boai.relief.finance.web import voucher_pages as vouchers

public: list[object] = []
staff = [
    path("", pages.Disbursements.as_view(), name="finance-disbursements"),
    path("funds/", pages.Funds.as_view(), name="finance-funds"),
    path("large/", pages.LargePurchases.as_view(), name="finance-large"),
    path("received/", pages.Received.as_view(), name="finance-received"),
    path("received/<slug:number>/", pages.received, name="finance-received-one"),
    path("propose/", acts.Propose.as_view(), name="finance-propose"),
    path("vouchers/", vouchers.Vouchers.as_view(), name="finance-vouchers"),
    path("vouchers/accounts/", vouchers.Accounts.as_view(), name="finance-accounts"),
    path("vouchers/accounts/<slug:use>/", vouchers.AssignAccount.as_view(), name="finance-account"),
    path("vouchers/<str:month>/", vouchers.Vouchers.as_view(), name="finance-vouchers-month"),
    path("<slug:number>/", pages.disbursement, name="finance-disbursement"),
    path("<slug:number>/form.pdf", pages.payment_form, name="finance-payment-form"),
    path("<slug:number>/decide/", acts.Decide.as_view(), name="finance-decide"),
    path("<slug:number>/countersign/", acts.Countersign.as_view(), name="finance-countersign"),
    path("<slug:number>/pay/", acts.Pay.as_view(), name="finance-pay"),
    path("<slug:number>/call-off/", acts.CallOff.as_view(), name="finance-call-off"),
    path("<slug:number>/receive/", acts.Receive.as_view(), name="finance-receive"),
    path("<slug:number>/confirm/", acts.Confirm.as_view(), name="finance-confirm"),
]
