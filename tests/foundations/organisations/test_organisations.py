"""The tree, names, settings, seeds and lists."""

import time
from datetime import datetime
from pathlib import Path

import pytest

from boai.foundations.organisations import queries
from boai.foundations.organisations.errors import (
    CodeIsTaken,
    CreditCodeIsWrong,
    OrganisationIsNotWellDescribed,
    ParentIsNotKnown,
)
from boai.foundations.organisations.models import Organisation
from boai.foundations.organisations.rules import names_within, uscc_is_well_formed
from boai.foundations.organisations.services import registering
from boai.foundations.organisations.services.importing import (
    import_facilities,
    import_organisations,
)
from boai.foundations.organisations.services.seeding import seed_societies
from boai.foundations.organisations.services.settings import set_value
from boai.foundations.organisations.values import RegisterOrder
from boai.foundations.places.services.seeding import seed_divisions
from boai.ground.core.actors import SYSTEM
from boai.ground.core.errors import NotFound
from boai.ground.core.imports import FileReport, ImportOrder
from tests.factories.published import HOME, needs_shared
from tests.factories.world import World

DATA = HOME


def test_tree(world: World, at: datetime) -> None:
    places = world.places
    assert set(queries.subtree_ids(places.province)) == {
        places.province,
        places.city,
        places.county,
        places.second_county,
    }
    assert queries.ancestor_ids(places.county) == [places.city, places.province]
    assert queries.is_within(places.county, places.province)
    assert not queries.is_within(places.county, places.foreign_city)


def test_many_are_registered_in_one_go_with_their_line_up(db: None, at: datetime) -> None:
    orders = [
        RegisterOrder("B", "乙会分部", "society", parent_code="A"),
        RegisterOrder("A", "甲会总部", "society"),
        RegisterOrder("C", "丙会分部", "society", parent_code="B", aliases=("丙会",)),
    ]
    registering.register_many(SYSTEM, orders, at=at)
    a, b, c = (queries.by_code_or_name(code) for code in "ABC")
    assert a and b and c
    assert queries.ancestor_ids(c.id) == [b.id, a.id]
    assert registering.register_many(SYSTEM, orders, at=at) == []
    with pytest.raises(ParentIsNotKnown):
        registering.register_many(
            SYSTEM, [RegisterOrder("D", "丁会分部", "society", parent_code="X")], at=at
        )


def test_names_match_whole_or_by_alias_never_by_guess(world: World, at: datetime) -> None:
    full = "华中科技大学同济医学院附属协和医院"
    hospital = registering.register(SYSTEM, code="H9", name=full, kind="hospital", at=at)
    assert queries.match_name("协和医院") is None
    registering.add_alias(SYSTEM, organisation_id=hospital, name="武汉协和医院", at=at)
    registering.add_alias(SYSTEM, organisation_id=hospital, name="武汉协和医院", at=at)
    for written in (full, "武汉 协和医院", "华中科技大学 同济医学院附属协和医院\u200b"):
        found = queries.match_name(written, kind="hospital")
        assert found is not None and found.id == hospital
    assert queries.match_name("武汉协和医院", kind="society") is None
    registering.register(SYSTEM, code="H10", name="武汉协和医院", kind="hospital", at=at)
    assert queries.match_name("武汉协和医院") is None


def test_names_in_brackets() -> None:
    assert names_within("南口医院(南口中西医结合医院)") == ("南口医院", "南口中西医结合医院")
    assert names_within("第一人民医院（西院）") == ("第一人民医院",)
    assert names_within("第一人民医院") == ()


def test_settings_come_down_the_tree(world: World, at: datetime) -> None:
    places = world.places
    set_value(SYSTEM, organisation_id=places.province, key="k", value="16:00", at=at)
    assert queries.setting(places.county, "k") == "16:00"
    set_value(SYSTEM, organisation_id=places.city, key="k", value="17:00", at=at)
    assert queries.setting(places.county, "k") == "17:00"
    assert queries.setting(places.province, "k") == "16:00"
    assert queries.setting(places.foreign_city, "k", "none") == "none"
    # The first that says something, each from the nearest unit.
    assert queries.first_setting(places.county, ("none", "k")) == "17:00"
    assert queries.first_setting(places.province, ("none", "k")) == "16:00"
    assert queries.first_setting(places.foreign_city, ("none", "k")) is None


def test_wrong_input_is_refused(world: World, at: datetime) -> None:
    def register(**given: object) -> int:
        wanted = {"code": "X1", "name": "某单位", "kind": "other", **given}
        return registering.register(SYSTEM, at=at, **wanted)  # type: ignore[arg-type]

    for wrong, refusal in (
        ({"code": "T-C"}, CodeIsTaken),
        ({"name": "某" * 10000}, OrganisationIsNotWellDescribed),
        ({"name": ""}, OrganisationIsNotWellDescribed),
        ({"kind": "club"}, OrganisationIsNotWellDescribed),
        ({"parent_id": 10**9}, ParentIsNotKnown),
        ({"uscc": "91420000MA0000000X"}, CreditCodeIsWrong),
    ):
        with pytest.raises(refusal):
            register(**wrong)
    with pytest.raises(NotFound):
        registering.add_alias(SYSTEM, organisation_id=10**9, name="别名", at=at)
    assert uscc_is_well_formed("91350100M000100Y43")


def test_societies_of_all_divisions_in_under_five_seconds(db: None, at: datetime) -> None:
    seed_divisions(SYSTEM)
    began = time.process_time()
    assert seed_societies(SYSTEM, at=at) == 1 + 31 + 333 + 2844
    assert time.process_time() - began < 5
    assert seed_societies(SYSTEM, at=at) == 0
    hubei = queries.by_code_or_name("湖北省红十字会")
    assert hubei is not None and hubei.code == "RC420000"
    jiangan = queries.match_name("武汉市江岸区红十字会")
    assert jiangan is not None
    line = queries.rows(queries.ancestor_ids(jiangan.id))
    assert {o.code for o in line.values()} == {"RC420100", "RC420000", "RC000000"}
    assert Organisation.objects.values("name").distinct().count() == Organisation.objects.count()


def take(importer: object, path: Path, at: datetime) -> FileReport:
    report = importer(ImportOrder(SYSTEM, path, 0, at))  # type: ignore[operator]
    assert report.rows == (report.accepted + report.duplicate + report.quarantined + report.refused)
    return report


def test_import_of_organisations(world: World, tmp_path: Path, at: datetime) -> None:
    path = tmp_path / "o.csv"
    path.write_text(
        "代码,名称,类别,级别,上级代码\nN1,新区红十字会,society,county,T-C\n"
        "N2,某处,club,,\nN3,无上级会,society,,NONE\nT-C,测州市红十字会,society,,\n",
        encoding="utf-8",
    )
    report = take(import_organisations, path, at)
    assert (report.accepted, report.refused, report.duplicate) == (1, 2, 1)
    assert take(import_organisations, path, at).accepted == 0


def test_import_of_facilities(db: None, tmp_path: Path, at: datetime) -> None:
    seed_divisions(SYSTEM)
    path = tmp_path / "f.csv"
    path.write_text(
        "province,city,suburb,name,address\n"
        "湖南省,长沙市,开福区,长沙市第一医院(湘雅附一医院),路1号\n"
        "湖南省,长沙市,岳麓区,长沙市第一医院(湘雅附一医院),路1号\n"
        "湖南省,不存在市,,某医院,\n湖南省,长沙市,,,\n",
        encoding="utf-8",
    )
    report = take(import_facilities, path, at)
    assert (report.accepted, report.duplicate, report.quarantined, report.refused) == (1, 1, 1, 1)
    found = queries.match_name("湘雅附一医院")
    assert found is not None and found.division_code == "430105"
    assert take(import_facilities, path, at).accepted == 0


@needs_shared("hospitals-national-2020")
def test_published_lists_of_hospitals(db: None, at: datetime) -> None:
    seed_divisions(SYSTEM)
    path = DATA / "hospitals-national-2020" / "hospital.json"
    first = take(import_facilities, path, at)
    assert first.rows == 2083
    assert first.accepted > 2000
    assert take(import_facilities, path, at).accepted == 0
    hunan = DATA / "designated-hospitals-2020"
    assert take(import_facilities, hunan / "hunan.csv", at).rows == 116
    assert take(import_facilities, hunan / "hunan.xlsx", at).accepted <= 1
