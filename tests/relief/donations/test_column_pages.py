"""Columns that nobody knows: somebody says once what they mean, the next file is read by it."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from boai.ground.core import clock
from boai.ground.core.actors import Actor
from boai.relief.donations.channels.statements.headers import CHANNELS, ROLE_LABELS
from boai.relief.donations.importing import carrying
from boai.relief.donations.importing.opening import taught_in
from boai.relief.donations.models import ColumnProfile, Gift, StatementFile
from boai.relief.donations.services import teaching
from tests.factories.world import World
from tests.relief.donations.test_statement_pages import brought, content, page, text

Browser = Callable[[Actor | None], Client]
STRANGE = ["Ngày", "Có", "Nợ", "Số dư", "Nội dung", "Mã"]
ROWS = [
    ["2020-02-01", "50.00", "", "150.00", "ung ho", "VN1"],
    ["2020-02-02", "", "20.00", "130.00", "phi", "VN2"],
    ["2020-02-02", "7.5", "", "137.50", "ung ho", "VN3"],
    ["合计", "57.50", "", "", "", ""],
]
MEANT = ["day", "income", "expense", "balance", "memo", "number"]


def said(meanings: list[str], **more: str) -> dict[str, str]:
    columns = {f"column_{place}": meaning for place, meaning in enumerate(meanings)}
    return (
        {"name": "某外地银行流水", "channel": "bank", "currency": "CNY", "factor": "1"}
        | columns
        | more
    )


def unknown(browser: Client, rows: list[list[str]] = ROWS) -> StatementFile:
    return brought(browser, content(rows, heading=STRANGE), "外地银行.csv")


def columns(file: StatementFile) -> str:
    return page(file, "donations-statement-columns")


def test_said_once_and_read_by_it_ever_after(world: World, client_for: Browser) -> None:
    browser = client_for(world.cast.cashier)
    file = unknown(browser)
    assert file.found == {"unknown": True}
    assert "指明各列含义" in text(browser.get(page(file)))
    asked = text(browser.get(columns(file)))
    for part in (*STRANGE, "2020-02-01", "ung ho", "收入金额", "不使用"):
        assert part in asked
    assert browser.post(columns(file), said(MEANT)).status_code == 302
    file.refresh_from_db()
    assert (file.found["accepted"], file.found["refused"]) == (2, 1)
    assert file.found["totals"][0][2:4] == [5750, 5750] and file.found["balances"][0][1] is True
    shown = text(browser.get(page(file)))
    assert "某外地银行流水 v1" in shown and "逐行余额" in shown and "连续" in shown
    browser.post(page(file, "donations-statement-take-in"))
    carrying.carry(clock.now(), patience=60)
    assert set(Gift.objects.values_list("channel", "amount_fen", "channel_reference")) == {
        ("bank", 5000, "VN1"),
        ("bank", 750, "VN3"),
    }
    later = unknown(browser, [*ROWS[:3], ["2020-02-03", "1", "", "138.50", "x", "VN4"]])
    assert (later.found["accepted"], later.found["duplicate"]) == (1, 2)


def test_a_change_is_a_version_of_its_own(world: World, client_for: Browser) -> None:
    browser = client_for(world.cast.accountant)
    file = unknown(browser)
    browser.post(columns(file), said(MEANT))
    browser.post(columns(file), said(MEANT, currency="other", name="外币户"))
    assert list(ColumnProfile.objects.values_list("version", "name").order_by("version")) == [
        (1, "某外地银行流水"),
        (2, "外币户"),
    ]
    file.refresh_from_db()
    assert (file.found["accepted"], file.found["refused"]) == (0, 3)
    assert "外币户 v2" in text(browser.get(page(file)))


def test_another_society_has_not_learnt_it(world: World, client_for: Browser) -> None:
    browser = client_for(world.cast.cashier)
    file = unknown(browser)
    browser.post(columns(file), said(MEANT))
    assert len(taught_in(world.places.city)) == 1 and taught_in(world.places.county) == {}


def test_a_balance_that_does_not_follow_is_told(world: World, client_for: Browser) -> None:
    browser = client_for(world.cast.cashier)
    file = unknown(browser, [ROWS[0], ["2020-02-02", "", "20.00", "131.00", "phi", "VN2"], ROWS[2]])
    browser.post(columns(file), said(MEANT))
    file.refresh_from_db()
    assert file.found["balances"][0][1] is False
    assert "不连续" in text(browser.get(page(file)))


REFUSED = {
    "no amount": (["day", "", "", "", "memo", "number"], "还缺少：金额"),
    "nobody": (["", "income", "", "", "", ""], "还缺少：捐赠人"),
    "twice": (["day", "income", "income", "", "", ""], "有两列都当作“收入金额”"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_makes_no_list_is_refused(world: World, client_for: Browser, case: str) -> None:
    meanings, told = REFUSED[case]
    browser = client_for(world.cast.cashier)
    file = unknown(browser)
    answer = browser.post(columns(file), said(meanings))
    assert answer.status_code == 422 and told in text(answer)
    assert not ColumnProfile.objects.exists()


def test_wrong_choices_and_addresses(world: World, client_for: Browser) -> None:
    browser = client_for(world.cast.cashier)
    file = unknown(browser)
    for wrong in ({"column_0": "goods"}, {"name": ""}, {"factor": "3"}, {"channel": "x"}):
        assert browser.post(columns(file), said(MEANT, **wrong)).status_code == 422
    for query in ("heading=99", "heading=-1", "heading=x", "sheet=7", "heading=²"):
        assert browser.get(f"{columns(file)}?{query}").status_code == 200
    assert "2020-02-01" in text(browser.get(f"{columns(file)}?heading=1"))


def test_who_sees_masked_names_sees_covered_rows(world: World, client_for: Browser) -> None:
    file = brought(
        client_for(world.cast.intake), content([["欧阳小红", "8"]], heading=["甲栏", "乙栏"])
    )
    shown = text(client_for(world.cast.intake).get(columns(file)))
    assert "甲栏" in shown and "欧阳小红" not in shown and "欧**红" in shown
    assert "欧阳小红" in text(client_for(world.cast.cashier).get(columns(file)))


def test_strangers(world: World, client_for: Browser) -> None:
    file = unknown(client_for(world.cast.cashier))
    assert client_for(None).get(columns(file)).status_code == 302
    assert client_for(world.cast.driver).get(columns(file)).status_code == 403
    outsider = client_for(world.cast.outsider)
    assert outsider.get(columns(file)).status_code in (403, 404)
    assert outsider.post(columns(file), said(MEANT)).status_code in (403, 404)
    assert not ColumnProfile.objects.exists()


def test_the_reader_knows_every_meaning_that_is_offered() -> None:
    assert set(teaching.MEANINGS) <= set(ROLE_LABELS)
    assert "bank" in CHANNELS


@pytest.mark.parametrize(
    "tried",
    [
        "UPDATE donations_columnprofile SET columns = '{}'",
        "DELETE FROM donations_columnprofile",
        "INSERT INTO donations_columnprofile (organisation_id, fingerprint, version, name, columns,"
        " factor, channel, currency, by, at) SELECT organisation_id, fingerprint, version, name,"
        " columns, factor, channel, currency, by, at FROM donations_columnprofile",
        "INSERT INTO donations_columnprofile (organisation_id, fingerprint, version, name, columns,"
        " factor, channel, currency, by, at) SELECT organisation_id, fingerprint, 2, name,"
        " columns, 7, channel, currency, by, at FROM donations_columnprofile",
    ],
)
def test_what_was_said_stays(world: World, client_for: Browser, at: datetime, tried: str) -> None:
    teaching.teach(
        world.cast.cashier,
        organisation_id=world.places.city,
        fingerprint="f",
        name="n",
        meanings=["day", "amount"],
        factor=1,
        channel="",
        currency="",
        at=at + timedelta(days=1),
    )
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(tried)
