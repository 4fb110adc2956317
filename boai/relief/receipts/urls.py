"""Addresses of the room."""

from django.urls import path

from boai.relief.receipts.web import act_pages, public_pages, staff_pages, stock_pages

public = [
    path("receipts/", public_pages.check, name="receipts-check"),
    path("receipts/<str:serial>.pdf", public_pages.voucher_pdf, name="receipts-public-pdf"),
]
staff = [
    path("", staff_pages.Receipts.as_view(), name="receipts-list"),
    path("waiting/", staff_pages.Waiting.as_view(), name="receipts-waiting"),
    path("waiting/all/", act_pages.ReviewMany.as_view(), name="receipts-review-many"),
    path("waiting/<int:slip_id>/", act_pages.Review.as_view(), name="receipts-review"),
    path("waiting/<int:slip_id>/return/", act_pages.SendBack.as_view(), name="receipts-return"),
    path("waiting/<int:slip_id>/withdraw/", act_pages.Withdraw.as_view(), name="receipts-withdraw"),
    path("stock/", stock_pages.Blocks.as_view(), name="receipts-stock"),
    path("stock/apply/", stock_pages.Apply.as_view(), name="receipts-apply"),
    path("stock/<int:block_id>/", stock_pages.Numbers.as_view(), name="receipts-block"),
    path("stock/<int:block_id>/take/", stock_pages.Take.as_view(), name="receipts-take"),
    path(
        "stock/<int:block_id>/close/", stock_pages.CloseApplication.as_view(), name="receipts-close"
    ),
    path("<str:serial>/", staff_pages.receipt, name="receipts-receipt"),
    path("<str:serial>/voucher.pdf", staff_pages.voucher_pdf, name="receipts-voucher"),
    path("<str:serial>/void/", act_pages.AskVoid.as_view(), name="receipts-void"),
    path("<str:serial>/reverse/", act_pages.AskReverse.as_view(), name="receipts-reverse"),
    path("<str:serial>/hand-over/", act_pages.HandOver.as_view(), name="receipts-hand-over"),
]
