"""Lists of needs: one means needed, no number; nothing is taken in twice; no contact is kept."""

import json
from datetime import datetime
from pathlib import Path

import pytest

from boai.foundations.catalogue.services.seeding import seed_catalogue
from boai.foundations.organisations import queries as organisations
from boai.foundations.organisations.models import Organisation
from boai.ground.core.actors import SYSTEM
from boai.ground.core.errors import NotPermitted
from boai.ground.core.imports import FileReport, ImportOrder
from boai.relief.allocation.errors import NeedListIsNotKnown
from boai.relief.allocation.models import Need
from boai.relief.allocation.services.importing import import_needs
from tests.factories.published import HOME, needs_shared
from tests.factories.world import World

DATA = HOME / "hospital-needs-hubei-2020"
HEAD = """填写说明,,,,,
,,面部防护,,,其他
,,普通医用口罩,医用外科口罩,防护服,备注栏
标准,,YY/T 0969-2013,YY0469-2010,GB 19082-2003,
区县,医院名称,,,,
"""


def take(world: World, path: Path, at: datetime) -> FileReport:
    report = import_needs(ImportOrder(SYSTEM, path, world.places.city, at))
    assert report.rows == (report.accepted + report.duplicate + report.quarantined + report.refused)
    return report


def hospital(name: str, **goods: object) -> list[dict[str, object]]:
    return [
        {"key": "区县", "value": "测州市", "type": "string"},
        {"key": "医院名称", "value": name, "type": "string"},
        *({"key": key, "value": value, "type": "supply"} for key, value in goods.items()),
        {
            "key": "联系人/联系方式",
            "value": [{"name": "江老师", "tel": "139****6663"}],
            "type": "contact",
        },
    ]


def test_sheet_with_three_line_head(world: World, tmp_path: Path, at: datetime) -> None:
    seed_catalogue(SYSTEM)
    path = tmp_path / "needs.csv"
    rows = "测州市,测州市第一医院,1,YY 0469-2011,600,\n西县,西县人民医院,0,,1,\n"
    path.write_bytes((HEAD + rows).encode("gb18030"))
    report = take(world, path, at)
    assert (report.rows, report.accepted, report.quarantined) == (4, 3, 1)
    assert (report.problems[0].row, report.problems[0].column) == (6, "D")
    known = Need.objects.filter(organisation_id=world.places.hospital)
    assert {(n.goods, n.quantity) for n in known} == {("普通医用口罩", None), ("防护服", 600)}
    suit = known.get(goods="防护服")
    assert suit.item is not None and suit.item.code == "SUIT-MED"
    new = organisations.by_code_or_name("西县人民医院")
    assert new is not None and new.kind == "hospital"
    again = take(world, path, at)
    assert (again.accepted, again.duplicate, again.quarantined) == (0, 3, 1)
    assert Need.objects.count() == 3


def test_a_unit_that_appears_twice_is_one(world: World, tmp_path: Path, at: datetime) -> None:
    seed_catalogue(SYSTEM)
    path = tmp_path / "needs.json"
    document = [
        hospital("东山医院", 防护服=1, 手术衣=0, 床罩=None),
        hospital("东山医院", 防护服=500, 手术衣=20),
        hospital("东山医院", 防护服=700),
    ]
    path.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    report = take(world, path, at)
    assert (report.rows, report.accepted, report.quarantined) == (5, 3, 2)
    assert [p.code for p in report.problems] == ["quantity-is-text", "two-different-numbers"]
    assert Organisation.objects.filter(name="东山医院").count() == 1
    assert set(Need.objects.values_list("goods", "quantity")) == {("防护服", 500), ("手术衣", 20)}
    again = take(world, path, at)
    assert again.accepted == 0
    assert Need.objects.count() == 2


def test_nothing_is_kept_of_contacts(world: World, tmp_path: Path, at: datetime) -> None:
    path = tmp_path / "needs.json"
    path.write_text(json.dumps([hospital("东山医院", 防护服=1)]), encoding="utf-8")
    take(world, path, at)
    unit = Organisation.objects.filter(name="东山医院").values().get()
    assert "江老师" not in str(unit) and "6663" not in str(unit)


def test_other_files_and_strangers_are_refused(world: World, tmp_path: Path, at: datetime) -> None:
    for name, content in (("a.json", "{}"), ("b.json", "nonsense"), ("c.csv", "甲,乙\n1,2\n")):
        path = tmp_path / name
        path.write_text(content, encoding="utf-8")
        with pytest.raises(NeedListIsNotKnown):
            take(world, path, at)
    with pytest.raises(NotPermitted):
        import_needs(ImportOrder(world.cast.outsider, path, world.places.city, at))


def test_a_dry_run_changes_nothing(world: World, tmp_path: Path, at: datetime) -> None:
    path = tmp_path / "needs.json"
    path.write_text(json.dumps([hospital("东山医院", 防护服=9)]), encoding="utf-8")
    report = import_needs(ImportOrder(SYSTEM, path, world.places.city, at, dry_run=True))
    assert report.accepted == 1
    assert not Need.objects.exists()
    assert not Organisation.objects.filter(name="东山医院").exists()


@needs_shared("hospital-needs-hubei-2020")
def test_the_hospitals_of_hubei(world: World, at: datetime) -> None:
    seed_catalogue(SYSTEM)
    before = Organisation.objects.count()
    files = [p for p in sorted(DATA.glob("*.json")) if not p.name.startswith("receiving")]
    reports = [take(world, path, at) for path in files]
    assert sum(r.rows for r in reports) == 1260
    assert sum(r.accepted for r in reports) == 1243
    assert sum(r.quarantined for r in reports) == 16
    assert not Need.objects.filter(item=None).exists()
    assert not Need.objects.filter(quantity=1).exists()
    units = Organisation.objects.count() - before
    assert 115 <= units <= 128
    assert sum(take(world, path, at).accepted for path in files) == 0
    assert Organisation.objects.count() == before + units
