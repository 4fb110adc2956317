"""Addresses of dispatch."""

from django.urls import path

from boai.relief.dispatch.web import hand_over_pages as hand_over
from boai.relief.dispatch.web import pages
from boai.relief.dispatch.web import return_pages as returns

staff = [
    path("", pages.Waybills.as_view(), name="dispatch-waybills"),
    path("arriving/", hand_over.arriving, name="dispatch-arriving"),
    path("differences/", hand_over.Differences.as_view(), name="dispatch-differences"),
    path("differences/<int:pk>/", hand_over.Propose.as_view(), name="dispatch-difference"),
    path("differences/<int:pk>/settle/", hand_over.Settle.as_view(), name="dispatch-settle"),
    path("waybills/<str:number>/", pages.waybill, name="dispatch-waybill"),
    path("waybills/<str:number>/paper/", pages.paper, name="dispatch-paper"),
    path("waybills/<str:number>/photo/<str:key>/", pages.photo, name="dispatch-photo"),
    path("waybills/<str:number>/load/", pages.Load.as_view(), name="dispatch-load"),
    path(
        "waybills/<str:number>/countersign/",
        pages.CountersignLoading.as_view(),
        name="dispatch-countersign",
    ),
    path("waybills/<str:number>/unload/", pages.Unload.as_view(), name="dispatch-unload"),
    path("waybills/<str:number>/sign/", hand_over.SignDelivery.as_view(), name="dispatch-sign"),
    path("waybills/<str:number>/return/", returns.SendBack.as_view(), name="dispatch-send-back"),
    path("returns/", returns.Returns.as_view(), name="dispatch-returns"),
    path("returns/<str:number>/", returns.one_return, name="dispatch-return"),
    path(
        "returns/<str:number>/count/", returns.CountReturn.as_view(), name="dispatch-count-return"
    ),
    path(
        "returns/<str:number>/receive/",
        returns.ReceiveReturn.as_view(),
        name="dispatch-receive-return",
    ),
    path(
        "returns/<str:number>/withdraw/",
        returns.WithdrawReturn.as_view(),
        name="dispatch-withdraw-return",
    ),
]
