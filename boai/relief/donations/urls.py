"""Addresses of the room."""

from django.urls import path

from boai.relief.donations.api import gifts, notifications
from boai.relief.donations.web import (
    appeal_pages,
    column_pages,
    counter_pages,
    gift_pages,
    intake_pages,
    lookup_pages,
    public_pages,
    receipt_pages,
    reconciling_pages,
    refund_pages,
    sandbox_pages,
    statement_pages,
    undo_pages,
)

public = [
    path("give/", public_pages.appeals, name="donations-appeals"),
    path("give/<slug:slug>/", public_pages.give, name="donations-give"),
    path("give/done/<str:token>/", public_pages.done, name="donations-done"),
    path("give/done/<str:token>/<str:name>", public_pages.paper_file, name="donations-paper"),
    path("pay/sandbox/<str:token>/", sandbox_pages.pay, name="donations-sandbox-pay"),
    path("gifts/", lookup_pages.look_up, name="donations-look-up"),
]
staff = [
    path("", gift_pages.Gifts.as_view(), name="donations-gifts"),
    path("gifts/<str:number>/", gift_pages.gift_page, name="donations-gift"),
    path("payments/", gift_pages.Payments.as_view(), name="donations-payments"),
    path("refunds/", refund_pages.Refunds.as_view(), name="donations-refunds"),
    path("refunds/<str:number>/", refund_pages.PayRefund.as_view(), name="donations-refund"),
    path(
        "refunds/<str:number>/withdraw/",
        refund_pages.WithdrawRefund.as_view(),
        name="donations-refund-withdraw",
    ),
    path(
        "gifts/<str:number>/refund/",
        refund_pages.ProposeRefund.as_view(),
        name="donations-gift-refund",
    ),
    path(
        "payments/<str:number>/return/",
        refund_pages.ProposeOrderReturn.as_view(),
        name="donations-order-return",
    ),
    path(
        "gifts/<str:number>/receipt/",
        receipt_pages.AskReceipt.as_view(),
        name="donations-gift-receipt",
    ),
    path("receipts/", receipt_pages.AskReceipts.as_view(), name="donations-receipts"),
    path("reconciling/", reconciling_pages.Days.as_view(), name="donations-reconciling"),
    path(
        "reconciling/bill/",
        reconciling_pages.TakeInBill.as_view(),
        name="donations-reconciling-bill",
    ),
    path(
        "reconciling/close/<str:day>/<str:channel>/<path:merchant>",
        reconciling_pages.CloseDay.as_view(),
        name="donations-reconciling-close",
    ),
    path(
        "reconciling/reopen/<str:day>/<str:channel>/<path:merchant>",
        reconciling_pages.ReopenDay.as_view(),
        name="donations-reconciling-reopen",
    ),
    path(
        "reconciling/follow/<str:day>/<str:channel>/<path:merchant>",
        reconciling_pages.FollowItem.as_view(),
        name="donations-reconciling-follow",
    ),
    path(
        "reconciling/pair/<str:day>/<str:channel>/<path:merchant>/line/<int:line_id>",
        reconciling_pages.PairLine.as_view(),
        name="donations-reconciling-pair",
    ),
    path(
        "reconciling/day/<str:day>/<str:channel>/<path:merchant>",
        reconciling_pages.Day.as_view(),
        name="donations-reconciling-day",
    ),
    path("intakes/", intake_pages.Intakes.as_view(), name="donations-intakes"),
    path("intakes/new/", statement_pages.BringStatement.as_view(), name="donations-bring"),
    path("intakes/files/<int:file_id>/", statement_pages.statement, name="donations-statement"),
    path(
        "intakes/files/<int:file_id>/progress/",
        statement_pages.statement_progress,
        name="donations-statement-progress",
    ),
    path(
        "intakes/files/<int:file_id>/take-in/",
        statement_pages.TakeInStatement.as_view(),
        name="donations-statement-take-in",
    ),
    path(
        "intakes/files/<int:file_id>/columns/",
        column_pages.TeachColumns.as_view(),
        name="donations-statement-columns",
    ),
    path(
        "intakes/files/<int:file_id>/remove/",
        statement_pages.GiveUpStatement.as_view(),
        name="donations-statement-remove",
    ),
    path(
        "intakes/files/<int:file_id>/turn/",
        statement_pages.TurnForStatement.as_view(),
        name="donations-statement-turn",
    ),
    path(
        "intakes/<int:intake_id>/cancel/",
        intake_pages.CancelIntake.as_view(),
        name="donations-intake-cancel",
    ),
    path(
        "intakes/<int:intake_id>/undo/",
        undo_pages.ProposeUndo.as_view(),
        name="donations-intake-undo",
    ),
    path(
        "intakes/<int:intake_id>/undo/confirm/",
        undo_pages.ConfirmUndo.as_view(),
        name="donations-intake-undo-confirm",
    ),
    path(
        "intakes/<int:intake_id>/undo/withdraw/",
        undo_pages.WithdrawUndo.as_view(),
        name="donations-intake-undo-withdraw",
    ),
    path(
        "intakes/<int:intake_id>/resume/",
        intake_pages.ResumeIntake.as_view(),
        name="donations-intake-resume",
    ),
    path(
        "intakes/<int:intake_id>/turn/",
        intake_pages.TurnForIntake.as_view(),
        name="donations-intake-turn",
    ),
    path(
        "intakes/<int:intake_id>/",
        intake_pages.IntakeRows.as_view(),
        name="donations-intake",
    ),
    path(
        "intakes/<int:intake_id>/progress/",
        intake_pages.intake_progress,
        name="donations-intake-progress",
    ),
    path("cash/", counter_pages.RegisterCash.as_view(), name="donations-cash"),
    path(
        "cash/<str:number>/",
        counter_pages.CountersignCash.as_view(),
        name="donations-cash-countersign",
    ),
    path("goods/", counter_pages.RegisterHomeGoods.as_view(), name="donations-goods"),
    path(
        "goods/overseas/",
        counter_pages.RegisterOverseasGoods.as_view(),
        name="donations-goods-overseas",
    ),
    path("appeals/", appeal_pages.Appeals.as_view(), name="donations-appeal-list"),
    path("appeals/draft/", appeal_pages.DraftAppeal.as_view(), name="donations-appeal-draft"),
    path("appeals/rules/", appeal_pages.AdoptRule.as_view(), name="donations-rule-adopt"),
    path("appeals/<int:appeal_id>/", appeal_pages.appeal_page, name="donations-appeal"),
    path("appeals/<int:appeal_id>/poster/", appeal_pages.poster, name="donations-appeal-poster"),
    path(
        "appeals/<int:appeal_id>/approve/",
        appeal_pages.ApproveAppeal.as_view(),
        name="donations-appeal-approve",
    ),
    path(
        "appeals/<int:appeal_id>/open/",
        appeal_pages.OpenAppeal.as_view(),
        name="donations-appeal-open",
    ),
    path(
        "appeals/<int:appeal_id>/suspend/",
        appeal_pages.SuspendAppeal.as_view(),
        name="donations-appeal-suspend",
    ),
    path(
        "appeals/<int:appeal_id>/close/",
        appeal_pages.CloseAppeal.as_view(),
        name="donations-appeal-close",
    ),
]
api = [("/notify", notifications.router), ("/gifts", gifts.router)]
