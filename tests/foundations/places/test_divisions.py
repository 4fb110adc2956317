"""Divisions: the seed, lists of other years, what is dropped."""

from datetime import date, datetime
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction

from boai.foundations.places import queries
from boai.foundations.places.errors import DivisionListIsNotKnown
from boai.foundations.places.models import Division
from boai.foundations.places.rules import is_statistical_only, lawful_parent
from boai.foundations.places.services.importing import import_divisions
from boai.foundations.places.services.seeding import seed_divisions
from boai.ground.core.actors import SYSTEM
from boai.ground.core.imports import FileReport, ImportOrder
from tests.factories.published import HOME, needs_shared

DATA = HOME / "divisions-china"


def take(path: Path, at: datetime, *, dry_run: bool = False) -> FileReport:
    report = import_divisions(ImportOrder(SYSTEM, path, 0, at, dry_run=dry_run))
    assert report.rows == (report.accepted + report.duplicate + report.quarantined + report.refused)
    return report


def tsv(folder: Path, revision: str, *rows: tuple[str, str]) -> Path:
    path = folder / f"{revision}.tsv"
    lines = ["Source\tRevision\tCode\tName", *(f"gb\t{revision}\t{c}\t{n}" for c, n in rows)]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_seed_holds_the_lawful_divisions_and_twice_changes_nothing(db: None) -> None:
    assert seed_divisions(SYSTEM) == 31 + 333 + 2844
    assert seed_divisions(SYSTEM) == 0
    names = {d.name for d in queries.all_of_levels(("city", "county"))}
    assert not names & {"市辖区", "县", "省直辖县级行政区划"}
    assert {"临平区", "钱塘区", "偃师区", "米林市", "错那市", "白杨市"} <= names
    assert queries.full_name("420102") == "湖北省武汉市江岸区"
    assert queries.full_name("110101") == "北京市东城区"
    assert len(queries.children("")) == 31
    assert queries.division("42") == queries.division("420000")


def test_parents_skip_cities_that_are_none() -> None:
    assert lawful_parent("429004") == "420000"
    assert lawful_parent("110101") == "110000"
    assert lawful_parent("420102") == "420100"
    assert is_statistical_only("130171") and not is_statistical_only("130181")


def test_lists_of_several_years_in_any_order_keep_their_periods(
    db: None, tmp_path: Path, at: datetime
) -> None:
    rows = (("370000", "山东省"), ("370100", "济南市"))
    new = tsv(tmp_path, "201904", *rows, ("370116", "莱芜区"))
    old = tsv(tmp_path, "200712", *rows, ("371200", "莱芜市"))
    assert take(new, at).accepted == 3
    assert take(old, at).accepted == 3
    assert take(old, at).duplicate == 3
    assert queries.division("371200") is None
    then = queries.division("371200", on=date(2010, 1, 1))
    assert then is not None and then.valid_to == date(2019, 4, 28)
    assert queries.division("370116", on=date(2010, 1, 1)) is None
    jinan = queries.division("370100")
    assert jinan is not None and jinan.valid_from == date(2007, 12, 28)


def test_a_new_name_begins_a_new_period(db: None, tmp_path: Path, at: datetime) -> None:
    take(tsv(tmp_path, "200712", ("421023", "监利县")), at)
    take(tsv(tmp_path, "201904", ("421023", "监利市")), at)
    now = queries.division("421023")
    before = queries.division("421023", on=date(2008, 1, 1))
    assert now is not None and before is not None
    assert (before.name, now.name, before.valid_to) == ("监利县", "监利市", now.valid_from)


def test_pseudo_rows_are_refused_each_with_its_place(
    db: None, tmp_path: Path, at: datetime
) -> None:
    path = tmp_path / "areas.csv"
    path.write_text(
        'code,name,cityCode,provinceCode\n1101,"市辖区",,11\n130171,"开发区",1301,13\n'
        '130181,"辛集市",1301,13\nabc,"x",,\n',
        encoding="utf-8",
    )
    assert take(path, at, dry_run=True).accepted == 1
    assert not Division.objects.exists()
    report = take(path, at)
    assert (report.accepted, report.refused) == (1, 3)
    assert [(p.row, p.code) for p in report.problems] == [
        (2, "pseudo-city"),
        (3, "statistical-code"),
        (5, "not-readable"),
    ]


def test_other_files_are_refused(db: None, tmp_path: Path, at: datetime) -> None:
    path = tmp_path / "x.csv"
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(DivisionListIsNotKnown):
        take(path, at)


def test_the_database_keeps_one_standing_row(db: None) -> None:
    row = {"code": "420000", "name": "湖北省", "level": "province", "source": "x"}
    Division.objects.create(**row, valid_from=date(2020, 1, 1))
    for wrong in (
        {"valid_from": date(2021, 1, 1)},
        {"valid_from": date(2019, 1, 1), "valid_to": date(2018, 1, 1)},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Division.objects.create(**row, **wrong)


@needs_shared("divisions-china")
def test_the_published_family(db: None, at: datetime) -> None:
    seed_divisions(SYSTEM)
    cities, areas = take(DATA / "cities.csv", at), take(DATA / "areas.csv", at)
    assert (cities.rows, cities.duplicate, cities.refused) == (342, 333, 9)
    assert (areas.rows, areas.duplicate, areas.refused) == (2978, 2847, 131)
    assert take(DATA / "gb2260-200712.tsv", at).accepted > 0
    assert take(DATA / "gb2260-200712.tsv", at).accepted == 0
    assert len(queries.all_of_levels(("county",))) == 2844
