"""Addresses of the warehouse."""

from django.urls import path

from boai.relief.warehouse.web import keeper_pages as keeper
from boai.relief.warehouse.web import note_pages as notes
from boai.relief.warehouse.web import packing_lists as packings
from boai.relief.warehouse.web import packing_pages as pack
from boai.relief.warehouse.web import quality_pages as quality
from boai.relief.warehouse.web import stock_pages as stock

staff = [
    path("", stock.Stock.as_view(), name="warehouse-stock"),
    path("items/", stock.ItemTotals.as_view(), name="warehouse-items"),
    path("find/", stock.find, name="warehouse-find"),
    path("arrivals/", keeper.arrivals, name="warehouse-arrivals"),
    path("arrivals/<int:consignment_id>/", keeper.CountGoods.as_view(), name="warehouse-count"),
    path("receive/", keeper.CountGoods.as_view(), name="warehouse-receive"),
    path("notes/", notes.ReceivedNotes.as_view(), name="warehouse-notes"),
    path("notes/<str:number>/", notes.note, name="warehouse-note"),
    path("notes/<str:number>/paper/", notes.note_paper, name="warehouse-note-paper"),
    path("notes/<str:number>/sign/", keeper.Countersign.as_view(), name="warehouse-countersign"),
    path("notes/<str:number>/withdraw/", keeper.WithdrawNote.as_view(), name="warehouse-withdraw"),
    path("issues/", notes.IssueNotes.as_view(), name="warehouse-issues"),
    path("inspections/", quality.Inspections.as_view(), name="warehouse-inspections"),
    path("lots/<str:number>/", stock.lot, name="warehouse-lot"),
    path("lots/<str:number>/label/<str:size>/", stock.label, name="warehouse-label"),
    path("lots/<str:number>/inspect/", quality.Inspect.as_view(), name="warehouse-inspect"),
    path("lots/<str:number>/recall/", quality.Recall.as_view(), name="warehouse-recall"),
    path("lots/<str:number>/count/", quality.CountLot.as_view(), name="warehouse-count-lot"),
    path("lots/<str:number>/adjust/", quality.Adjust.as_view(), name="warehouse-adjust"),
    path("lots/<str:number>/split/", quality.Split.as_view(), name="warehouse-split"),
    path("lots/<str:number>/divide/", pack.Divide.as_view(), name="warehouse-divide"),
    path("lots/<str:number>/merge/", pack.Merge.as_view(), name="warehouse-merge"),
    path("packings/", packings.Packings.as_view(), name="warehouse-packings"),
    path("packings/lots/", packings.PackableLots.as_view(), name="warehouse-packable"),
    path("packings/kits/<int:kit_id>/", pack.PackKits.as_view(), name="warehouse-pack-kits"),
    path("packings/<str:number>/", packings.one_packing, name="warehouse-packing"),
    path(
        "packings/<str:number>/sign/", packings.SignPacking.as_view(), name="warehouse-sign-packing"
    ),
    path(
        "packings/<str:number>/withdraw/",
        packings.WithdrawPacking.as_view(),
        name="warehouse-withdraw-packing",
    ),
    path("adjustments/", quality.Adjustments.as_view(), name="warehouse-adjustments"),
    path("adjustments/<int:pk>/", quality.SignAdjustment.as_view(), name="warehouse-adjustment"),
    path("stores/", quality.Stores.as_view(), name="warehouse-stores"),
    path("stores/new/", quality.OpenStore.as_view(), name="warehouse-open-store"),
]
