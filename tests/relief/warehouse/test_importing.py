"""Lists of goods: merged cells, units in quantities, nothing multiplied by guess, nothing twice."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from boai.foundations.catalogue import queries as catalogue
from boai.foundations.catalogue.services.seeding import seed_catalogue
from boai.foundations.ledger.queries import lot_position
from boai.ground.core.actors import SYSTEM
from boai.ground.core.errors import NotPermitted
from boai.ground.core.imports import FileReport, ImportOrder, importers
from boai.ground.core.laws import all_laws
from boai.ground.kit.spreadsheets.days import Hints
from boai.ground.kit.spreadsheets.reading import read_workbook, saved_on
from boai.relief.warehouse import queries
from boai.relief.warehouse.channels.lists.parsing import parse, quantity_in, role_of, unit_in
from boai.relief.warehouse.channels.lists.values import (
    FileIsNotAListOfGoods,
    ImportNeedsAStore,
    ImportNeedsTwoKeepers,
)
from boai.relief.warehouse.models import Lot, ReceivedNote
from boai.relief.warehouse.services.stores import open_store
from tests.factories.published import shared_data, workbook
from tests.factories.world import World

HEADING = ["捐赠单位", "品名", "规格型号", "计量单位", "数量总计"]


@pytest.fixture
def store(world: World, at: datetime) -> int:
    seed_catalogue(SYSTEM)
    return open_store(SYSTEM, organisation_id=world.places.city, name="主库", at=at)


def take_in(
    world: World, at: datetime, path: Path, kind: str = "goods-received", **more: object
) -> FileReport:
    order = {"actor": SYSTEM, "organisation_id": world.places.city, "at": at} | more
    report = importers()[kind](ImportOrder(path=path, **order))  # type: ignore[arg-type]
    ends = report.accepted + report.duplicate + report.quarantined + report.refused
    assert report.rows == ends
    return report


def laws_hold() -> bool:
    return not any(
        law.check().breaches for law in all_laws() if law.id.startswith(("ledger", "warehouse"))
    )


def test_quantities_units_and_headings() -> None:
    for cell, read in {
        "198件": (198, "件"),
        "1.5万只": (15_000, "只"),
        "1,200 支": (1200, "支"),
        "３箱": (3, "箱"),
        "20箱（定向）": (20, "箱"),
        "3箱零5盒": None,
        "约20箱": None,
        "": None,
        "1.25只": None,
        "-3只": (-3, "只"),
    }.items():
        assert quantity_in(cell) == read, cell
    assert quantity_in(15.0) == (15, "") and quantity_in(1.5) is None and quantity_in(True) is None
    assert unit_in("0.5g/支") == "支" and unit_in("\u200b") == ""
    for words, role in {
        "入库物资": "item",
        "数量总计": "quantity",
        "计量单位": "unit",
        "发放单位": "receiver",
        "捐赠单位": "donor",
        "规格": "spec",
    }.items():
        assert role_of(words) == role


def test_merged_donors_are_carried_and_merged_quantities_are_not(
    world: World, at: datetime, store: int, tmp_path: Path
) -> None:
    path = workbook(
        tmp_path / "a.xlsx",
        [
            ["捐赠物资公示（2020年1月28日）"],
            HEADING,
            ["甲公司", "压缩雾化机", "\u200b", "台", 17],
            ["", "病历车", "", "台", 4],
            ["", "治疗车", "", "台", ""],
            ["乙公司", "外科\xa0手套", "400副/箱", "箱", 10],
            ["", "", "", "", ""],
            ["测州市红十字会", "", "", "", ""],
            ["2020年1月29日", "", "", "", ""],
        ],
        merged=[(2, 0, 4, 0), (3, 4, 4, 4)],
    )
    report = take_in(world, at, path)
    assert (report.rows, report.accepted, report.refused) == (4, 3, 1)
    assert [(p.row, p.code) for p in report.problems if p.code != "UnitWasKept"] == [
        (5, "QuantityIsShared")
    ]
    notes = list(ReceivedNote.objects.order_by("pk"))
    assert [n.donor_label for n in notes] == ["甲公司", "乙公司"]
    assert all(n.counted_by_id != n.countersigned_by_id for n in notes)
    assert {n.counted_on.isoformat() for n in notes} == {"2020-01-28"}
    assert laws_hold()


def test_packs_are_multiplied_only_where_they_are_known(
    world: World, at: datetime, store: int, tmp_path: Path
) -> None:
    path = workbook(
        tmp_path / "a.xlsx",
        [
            ["数量总计", "捐赠单位", "规格型号", "品名"],
            ["2箱", "甲", "2500只/箱", "医用外科口罩"],
            ["3桶", "甲", "", "医用外科口罩"],
            ["40件", "甲", "", "从未见过的物件"],
        ],
    )
    report = take_in(world, at, path)
    assert report.accepted == 3
    known, kept, unknown = Lot.objects.order_by("pk")
    rows = catalogue.items_by_ids([known.item_id, kept.item_id, unknown.item_id])
    assert (known.received_quantity, rows[known.item_id].name) == (5000, "医用外科口罩")
    assert (kept.received_quantity, rows[kept.item_id].unit) == (3, "桶")
    assert rows[kept.item_id].regulated == rows[known.item_id].regulated == "device"
    assert kept.state == "quarantine"
    assert (unknown.received_quantity, rows[unknown.item_id].unit) == (40, "件")
    assert rows[unknown.item_id].category_code == "Z9"
    assert [p.code for p in report.problems] == ["DayIsUnknown", "UnitWasKept"]


def test_the_same_rows_again_add_nothing(
    world: World, at: datetime, store: int, tmp_path: Path
) -> None:
    rows: list[list[object]] = [["甲", "口罩", "", "只", 5]] * 3
    one = workbook(tmp_path / "a.xlsx", [["2020年1月28日"], HEADING, *rows])
    assert take_in(world, at, one).accepted == 3
    again = workbook(tmp_path / "b.xlsx", [["2020年1月28日"], [""], HEADING, *rows, rows[0]])
    report = take_in(world, at + timedelta(hours=1), again)
    assert (report.accepted, report.duplicate) == (1, 3)
    assert Lot.objects.count() == 4


def test_unusable_rows_are_refused_with_their_place(
    world: World, at: datetime, store: int, tmp_path: Path
) -> None:
    path = workbook(
        tmp_path / "a.xlsx",
        [
            ["2020年1月28日"],
            HEADING,
            ["甲", "口罩", "", "只", ""],
            ["甲", "口罩", "", "只", 0],
            ["甲", "口罩", "", "只", "若干"],
            ["甲", "", "", "只", 5],
            ["", "口罩", "", "只", 5],
            ["甲", "口罩", "", "", 5],
            ["甲", "口罩", "", "只", 10**13],
            ["合计", "", "", "", 7],
        ],
    )
    report = take_in(world, at, path)
    assert [p.code for p in report.problems] == [
        "QuantityIsMissing",
        "QuantityIsNotPositive",
        "QuantityIsNotWhole",
        "ItemIsMissing",
        "PartyIsMissing",
        "UnitIsMissing",
        "QuantityIsNotWhole",
    ]
    assert report.problems[0].column == "E" and not report.totals[0].agrees
    assert not Lot.objects.exists()


def test_issued_lists_take_only_what_the_books_have(
    world: World, at: datetime, store: int, tmp_path: Path
) -> None:
    came = [["2020年1月28日"], HEADING, ["甲", "从未见过的物件", "", "件", 50]]
    take_in(world, at, workbook(tmp_path / "in.xlsx", came))
    heading = ["发放单位", "品名", "规格", "计量单位", "数量"]
    out = [
        ["2020年1月29日"],
        heading,
        ["测州市第一医院", "从未见过的物件", "", "件", 30],
        ["记者协会", "从未见过的物件", "", "件", 15],
        ["记者协会", "从未见过的物件", "", "件", 30],
    ]
    path = workbook(tmp_path / "out.xlsx", out)
    report = take_in(world, at, path, "goods-issued")
    assert (report.accepted, report.quarantined) == (2, 1)
    assert report.problems[-1].code == "NotEnoughInStock"
    lot = Lot.objects.get()
    place = lot_position([lot.pk])[lot.pk]
    assert (place.on_hand, place.delivered, place.in_transit) == (5, 45, 0)
    assert take_in(world, at, path, "goods-issued").duplicate == 2
    assert laws_hold()


def test_a_dry_run_writes_nothing(world: World, at: datetime, store: int, tmp_path: Path) -> None:
    before = len(catalogue.all_items())
    path = workbook(tmp_path / "a.xlsx", [HEADING, ["甲", "从未见过的物件", "", "件", 50]])
    assert take_in(world, at, path, dry_run=True).accepted == 1
    assert not Lot.objects.exists() and len(catalogue.all_items()) == before


def test_whole_files_that_are_refused(
    world: World, at: datetime, store: int, tmp_path: Path
) -> None:
    gifts = workbook(tmp_path / "a.xlsx", [["捐赠人", "金额"], ["甲", 5]])
    with pytest.raises(FileIsNotAListOfGoods):
        take_in(world, at, gifts)
    goods = workbook(tmp_path / "b.xlsx", [HEADING, ["甲", "口罩", "", "只", 5]])
    with pytest.raises(FileIsNotAListOfGoods):
        take_in(world, at, goods, "goods-issued")
    with pytest.raises(ImportNeedsTwoKeepers):
        take_in(world, at, goods, organisation_id=world.places.county)
    for stranger in (world.cast.cashier, world.cast.outsider):
        with pytest.raises(NotPermitted):
            take_in(world, at, goods, actor=stranger)
    assert take_in(world, at, goods, actor=world.cast.keeper).accepted == 1
    assert queries.lots(organisation_id=world.places.city)


def test_without_a_store(world: World, at: datetime, tmp_path: Path) -> None:
    goods = workbook(tmp_path / "b.xlsx", [HEADING, ["甲", "口罩", "", "只", 5]])
    with pytest.raises(ImportNeedsAStore):
        take_in(world, at, goods)


@pytest.mark.parametrize(
    ("kind", "name", "rows"),
    [
        ("received", "第6期—2", 220),
        ("received", "第7期—2", 141),
        ("received", "8-2", 196),
        ("issued", "(2.1)", 219),
        ("issued", "一览表", 202),
    ],
)
def test_the_published_lists_of_wuhan(kind: str, name: str, rows: int) -> None:
    folder = shared_data("wuhan-redcross-2020") / f"goods-{kind}"
    [path] = [p for p in folder.iterdir() if p.stem.endswith(name)]
    found = parse(read_workbook(path), kind, Hints(path.name, saved_on(path)))  # type: ignore[arg-type]
    assert found is not None and len(found.rows) == rows
    assert all(row.party and row.item and row.day for row in found.rows if not row.code)
    usable = [row for row in found.rows if not row.code]
    assert len(usable) >= rows - 11


def test_the_goods_of_thirty_january(world: World, at: datetime, store: int) -> None:
    folder = shared_data("wuhan-redcross-2020") / "goods-received"
    [path] = folder.glob("*8-2.xlsx")
    later = at + timedelta(days=9)
    report = take_in(world, later, path)
    assert (report.rows, report.accepted) == (196, 196)
    assert take_in(world, later, path).duplicate == 196
    assert laws_hold()
