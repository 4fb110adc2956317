"""Items, standards, units: nothing is taken for something else."""

from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boai.foundations.catalogue import queries
from boai.foundations.catalogue.errors import (
    CategoryIsNotKnown,
    ItemCodeIsTaken,
    ItemIsNotWellDescribed,
    ItemListIsNotKnown,
    NameMeansAnotherItem,
    ProtectiveClassDiffers,
)
from boai.foundations.catalogue.models import Item
from boai.foundations.catalogue.rules import normal_standard, number_in
from boai.foundations.catalogue.services import listing
from boai.foundations.catalogue.services.importing import import_catalogue
from boai.foundations.catalogue.services.seeding import seed_catalogue
from boai.foundations.catalogue.services.units import to_base
from boai.ground.core.actors import SYSTEM
from boai.ground.core.imports import FileReport, ImportOrder
from tests.factories.published import HOME, needs_shared

DATA = HOME / "ifrc-item-catalogue"


@pytest.fixture
def catalogue(db: None) -> None:
    assert seed_catalogue(SYSTEM) >= 60
    assert seed_catalogue(SYSTEM) == 0


def code(text: str) -> str | None:
    found = queries.match_item(text)
    return found.code if found else None


def test_exactly_seven_epidemic_classes(catalogue: None) -> None:
    assert len(queries.epidemic_classes()) == 7
    assert {c.regulated for c in queries.all_categories()} == {
        "",
        "drug",
        "device",
        "disinfectant",
    }


@pytest.mark.parametrize(
    "written",
    [
        "YY0469-2010",
        "YY 0469-2011",
        "YY/T 0469",
        "ＹＹ ０４６９—２０１１",
        "yy0469",
        "标准YY0469-2011，灭菌",
    ],
)
def test_one_standard_however_spelled(written: str) -> None:
    assert normal_standard(written) == "YY 0469-2011"


def test_other_standards() -> None:
    assert normal_standard("GB19082") == "GB 19082-2009"
    assert normal_standard("GB 19082-2003") == "GB 19082-2009"
    assert normal_standard("GB 19083-2010, 建议3M 1860") == "GB 19083-2010"
    assert normal_standard("GB/T 12345-1999") == "GB 12345-1999"
    assert normal_standard("没有标准") == ""


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("KN95口罩", "MASK-KN95"),
        ("kn 95 防护口罩", "MASK-KN95"),
        ("KN95", "MASK-KN95"),
        ("N95", "MASK-N95"),
        ("3M N95口罩1860", "MASK-N95"),
        ("医用防护口罩 | N95口罩", "MASK-RES"),
        ("医用防护口罩（GB19083-2010）", "MASK-RES"),
        ("KN95 医用防护口罩", None),
        ("医用外科口罩(YY0469-2010)", "MASK-SUR"),
        ("一次性使用医用外科口罩", "MASK-SUR"),
        ("口罩", "MASK-ANY"),
        ("防护服", "SUIT-ANY"),
        ("GB 19082-2003", "SUIT-MED"),
        ("GB 2626", None),
        ("84消毒液500ml", "CHLORINE"),
        ("护目镜", "GOGGLE"),
        ("不知何物", None),
        ("", None),
    ],
)
def test_matching(catalogue: None, written: str, meant: str | None) -> None:
    assert code(written) == meant


@given(st.text(max_size=12), st.text(max_size=12))
def test_kn95_is_never_taken_for_anything_else(before: str, after: str) -> None:
    from boai.foundations.catalogue.rules import fits_class

    text = f"{before} KN95 {after}"
    assert not fits_class(text, "N95")
    assert not fits_class(text, "medical-respirator")


def test_every_item_is_found_by_its_own_names(catalogue: None) -> None:
    for item in queries.all_items():
        for name in (item.name, item.code, *queries.aliases(item.id)):
            assert code(name) == item.code, name


@pytest.mark.parametrize(
    ("quantity", "unit", "spec", "expected"),
    [
        ("198件", "", "2500/箱", 495000),
        ("100", "箱", "2500只/箱", 250000),
        ("3箱", "", "", 6000),
        ("2", "箱", "50只/盒*40盒/箱", 4000),
        ("1.5万只", "", "", 15000),
        ("10,000", "", "", 10000),
        ("５００个", "", "", 500),
        ("12", "托", "", None),
        ("若干", "", "", None),
        ("-5", "", "", None),
        ("", "", "", None),
        ("0.333万只", "", "", 3330),
        ("1.5只", "", "", None),
    ],
)
def test_quantities(
    catalogue: None, quantity: str, unit: str, spec: str, expected: int | None
) -> None:
    mask = queries.match_item("医用外科口罩")
    assert mask is not None
    assert to_base(mask.id, quantity, unit, spec) == expected


@given(st.text(max_size=30))
def test_no_text_breaks_reading(text: str) -> None:
    number_in(text)
    normal_standard(text)


def test_listing_refuses_what_is_wrong(catalogue: None, at: datetime) -> None:
    def make(**given: object) -> int:
        wanted = {"code": "NEW", "name": "新品", "category_code": "E1", "unit": "只", **given}
        return listing.list_item(SYSTEM, at=at, **wanted)  # type: ignore[arg-type]

    for wrong, refusal in (
        ({"code": "CAP"}, ItemCodeIsTaken),
        ({"category_code": "XX"}, CategoryIsNotKnown),
        ({"name": "长" * 10000}, ItemIsNotWellDescribed),
        ({"unit": ""}, ItemIsNotWellDescribed),
        ({"packs": {"箱": 0}}, ItemIsNotWellDescribed),
        ({"aliases": ["护目镜"]}, NameMeansAnotherItem),
    ):
        with pytest.raises(refusal):
            make(**wrong)
    assert not Item.objects.filter(code="NEW").exists()
    made = make(standard="yy0469", protective_class="surgical", packs={"箱": 100})
    row = queries.item(made)
    assert row is not None and row.standard == "YY 0469-2011"
    respirator = queries.match_item("医用防护口罩")
    assert respirator is not None
    with pytest.raises(ProtectiveClassDiffers):
        listing.add_alias(SYSTEM, item_id=respirator.id, name="KN95防护", at=at)


def take(path: Path, at: datetime) -> FileReport:
    report = import_catalogue(ImportOrder(SYSTEM, path, 0, at))
    assert report.rows == (report.accepted + report.duplicate + report.quarantined + report.refused)
    return report


def test_other_files_are_refused(catalogue: None, tmp_path: Path, at: datetime) -> None:
    path = tmp_path / "x.csv"
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(ItemListIsNotKnown):
        take(path, at)


@needs_shared("ifrc-item-catalogue")
def test_the_ifrc_catalogue(catalogue: None, at: datetime) -> None:
    assert take(DATA / "supply_item_category_ifrc_standard.csv", at).accepted == 230
    big = take(DATA / "supply_item_ifrc_standard.csv", at)
    assert (big.rows, big.accepted) == (11782, 11782)
    assert take(DATA / "supply_item_ifrc_standard.csv", at).duplicate == 11782
    assert take(DATA / "supply_item_eic.csv", at).accepted == 0
    assert code("KN95口罩") == "MASK-KN95"
