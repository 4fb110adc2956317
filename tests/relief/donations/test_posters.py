"""The poster of an appeal: it opens the appeal's page, names its basis, and refuses closed ones."""

import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
import zxingcpp
from django.conf import settings
from django.test import Client
from PIL import Image

from boai.ground.core.actors import Actor
from boai.ground.kit.documents import render_png
from boai.relief.donations import documents, queries
from boai.relief.donations.services import appeals
from tests.factories.world import World
from tests.relief.donations.conftest import Opened

Browser = Callable[[Actor | None], Client]


def way(appeal: Opened) -> str:
    return f"/desk/donations/appeals/{appeal.id}/poster/"


@pytest.mark.parametrize("paper", ["a4", "a3"])
def test_a_poster_is_one_page_and_its_code_opens_the_appeal(
    world: World, appeal: Opened, client_for: Browser, paper: str
) -> None:
    sent = {"paper": paper, "place": "江汉路柜台"}
    answer = client_for(world.cast.programme).get(way(appeal), sent)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF")
    assert f"poster-{appeal.slug}-{paper}.pdf" in answer["Content-Disposition"]


def test_the_code_can_be_read_from_the_picture(
    world: World, appeal: Opened, at: datetime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = queries.appeal_by_id(appeal.id)
    assert row is not None
    address = f"{settings.BOAI_PUBLIC_URL}/give/{appeal.slug}/"
    monkeypatch.setattr(documents, "render_pdf", lambda name, data, at: render_png(name, data))
    picture = documents.appeal_poster(
        row, address, basis="防指〔2020〕3号", paper="a4", place="", at=at
    )
    path = tmp_path / "poster.png"
    path.write_bytes(picture)
    codes = zxingcpp.read_barcodes(Image.open(path))
    assert [code.text for code in codes] == [address]


@pytest.mark.skipif(not shutil.which("pdfinfo"), reason="poppler-utils is not installed")
@pytest.mark.parametrize("paper", ["a4", "a3"])
def test_the_longest_words_stay_on_one_page(
    world: World, appeal: Opened, at: datetime, tmp_path: Path, paper: str
) -> None:
    row = queries.appeal_by_id(appeal.id)
    assert row is not None
    long = replace(row, title="长" * 80, summary="文" * 200)
    path = tmp_path / "poster.pdf"
    path.write_bytes(
        documents.appeal_poster(
            long, "https://a.example/give/a/", basis="据" * 200, paper=paper, place="江" * 20, at=at
        )
    )
    told = subprocess.run(["pdfinfo", path], capture_output=True, text=True, check=True).stdout
    assert "Pages:           1\n" in told


def test_the_desk_offers_it_and_wrong_words_come_back_with_reasons(
    world: World, appeal: Opened, client_for: Browser
) -> None:
    browser = client_for(world.cast.programme)
    page = browser.get(f"/desk/donations/appeals/{appeal.id}/").content.decode()
    assert way(appeal) in page and "二维码海报" in page
    for sent in ({"paper": "a2"}, {"paper": "a4", "place": "长" * 21}, {}):
        wrong = browser.get(way(appeal), sent)
        assert wrong.status_code == 422
        assert "field-error" in wrong.content.decode() or "invalid" in wrong.content.decode()


def test_only_what_takes_gifts_is_put_on_walls(
    world: World, appeal: Opened, client_for: Browser, at: datetime
) -> None:
    browser, sent = client_for(world.cast.programme), {"paper": "a4"}
    assert client_for(None).get(way(appeal), sent).status_code == 302
    assert client_for(world.cast.outsider).get(way(appeal), sent).status_code in (403, 404)
    appeals.suspend_appeal(world.cast.programme, appeal_id=appeal.id, reason="物资已足", at=at)
    assert browser.get(way(appeal), sent).status_code == 404
    assert "二维码海报" not in browser.get(f"/desk/donations/appeals/{appeal.id}/").content.decode()
