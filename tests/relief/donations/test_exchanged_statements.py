"""Statements in the banks' own forms: camt and MT940, their balances, their dirt."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from boai.relief.donations.channels.interchange import mt940
from boai.relief.donations.channels.interchange.reading import Exchanged, read_exchanged
from boai.relief.donations.channels.interchange.values import StatementIsBroken
from boai.relief.donations.channels.statements.errors import (
    FileIsNotAListOfGifts,
    StatementBreaksOff,
)
from boai.relief.donations.models import Gift
from tests.factories.published import shared_data
from tests.factories.world import World
from tests.relief.donations.test_importing import take_in

SWIFT = """{{1:F01BKCHCNBJA300000000}}{{4:
:20:20200129
:25:8110701012301234567
:28C:29/1
:60F:C200128CNY1000,00
:61:2001290129C500,NTRFNONREF//G0129000001
:86:?20 防控捐款 ?32 王大?33明
:61:2001290129C20,5NTRFTX-77
:86:/NAME/Hope Fund/REMI/for the doctors/
:61:2001290129D30,00NCHGNONREF//G0129000003
:86:手续费
:61:2001290129RD30,00NCHGNONREF//G0129000004
:86:手续费退回
:62F:C200129CNY{closing}
-}}
"""
CAMT = """<?xml version="1.0" encoding="UTF-8"?>{before}
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><Stmt>
<Id>S1</Id><Acct><Id><Othr><Id>62270001</Id></Othr></Id><Ccy>CNY</Ccy></Acct>
<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="CNY">10.00</Amt>
 <CdtDbtInd>CRDT</CdtDbtInd></Bal>
<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="CNY">310.05</Amt>
 <CdtDbtInd>CRDT</CdtDbtInd></Bal>
<Ntry><Amt Ccy="CNY">300.05</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>
 <BookgDt><DtTm>2020-01-28T20:00:00+00:00</DtTm></BookgDt><NtryDtls>
 <TxDtls><Refs><EndToEndId>NOTPROVIDED</EndToEndId><TxId>T1</TxId></Refs><Amt Ccy="CNY">100</Amt>
  <CdtDbtInd>CRDT</CdtDbtInd><RltdPties><Dbtr><Pty><Nm>李四</Nm></Pty></Dbtr></RltdPties>
  <RmtInf><Ustrd>加油</Ustrd></RmtInf></TxDtls>
 <TxDtls><Refs><TxId>T2</TxId></Refs><Amt Ccy="CNY">200.05</Amt><CdtDbtInd>CRDT</CdtDbtInd>
  <RltdPties><Dbtr><Nm>某某公司</Nm></Dbtr></RltdPties></TxDtls></NtryDtls></Ntry>
<Ntry><Amt Ccy="CNY">50.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>PDNG</Cd></Sts>
 <BookgDt><Dt>2020-01-29</Dt></BookgDt><AcctSvcrRef>P1</AcctSvcrRef></Ntry>
<Ntry><Amt Ccy="USD">7.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>PDNG</Cd></Sts>
 <BookgDt><Dt>2020-01-29</Dt></BookgDt><AcctSvcrRef>P2</AcctSvcrRef></Ntry>
</Stmt></BkToCstmrStmt></Document>"""


def written(folder: Path, name: str, text: str, encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_an_mt940_becomes_gifts(world: World, at: datetime, tmp_path: Path, encoding: str) -> None:
    path = written(tmp_path, "a.sta", SWIFT.format(closing="1520,50"), encoding)
    later = at + timedelta(days=1)
    report = take_in(world, later, path)
    assert (report.rows, report.accepted, report.quarantined, report.refused) == (4, 2, 1, 1)
    assert report.amount_fen == 52_050
    [total] = report.totals
    assert (total.stated, total.agrees) == (152_050, True)
    first = Gift.objects.get(channel_reference="G0129000001")
    assert (first.amount_fen, first.message) == (50_000, "防控捐款")
    assert first.donor is not None and first.donor.name == "王大明"
    other = Gift.objects.get(channel_reference="TX-77")
    assert (other.amount_fen, other.message) == (2_050, "for the doctors")
    again = take_in(world, later, written(tmp_path, "b.sta", path.read_text(encoding) + "\n"))
    assert (again.accepted, again.duplicate) == (0, 2)


def test_a_closing_balance_that_does_not_follow_is_told(
    world: World, at: datetime, tmp_path: Path
) -> None:
    path = written(tmp_path, "a.sta", SWIFT.format(closing="1520,49"))
    [total] = take_in(world, at + timedelta(days=1), path, dry_run=True).totals
    assert (total.stated, total.computed, total.agrees) == (152_049, 152_050, False)


def test_a_camt_statement_becomes_gifts(world: World, at: datetime, tmp_path: Path) -> None:
    path = written(tmp_path, "a.xml", CAMT.format(before=""))
    report = take_in(world, at + timedelta(days=1), path)
    assert (report.accepted, report.quarantined, report.refused) == (2, 1, 1)
    assert [total.agrees for total in report.totals] == [True]
    gifts = {gift.channel_reference: gift for gift in Gift.objects.all()}
    assert {number: gift.amount_fen for number, gift in gifts.items()} == {
        "T1": 10_000,
        "T2": 20_005,
    }
    # Eight in the evening in Greenwich is four in the morning in China.
    assert gifts["T1"].given_at.isoformat().startswith("2020-01-28T20:00")


@pytest.mark.parametrize(
    ("name", "text", "place"),
    [
        (
            "doctype.xml",
            CAMT.format(before='<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/x">]>'),
            "DOC",
        ),
        ("half.xml", CAMT.format(before="")[:900], ""),
        ("amount.xml", CAMT.format(before="").replace("300.05", "3OO"), "Amt 3OO"),
        ("balance.sta", SWIFT.format(closing="1520,50").replace("C200128CNY", "X"), "5: :60F:"),
        ("line.sta", SWIFT.format(closing="1520,50").replace("2001290129C20", "2001X"), "8: :61:"),
        (
            "day.sta",
            SWIFT.format(closing="1520,50").replace("2001290129C20", "2013320129C20"),
            "8: ",
        ),
    ],
)
def test_a_broken_statement_is_refused_whole_with_its_place(
    world: World, at: datetime, tmp_path: Path, name: str, text: str, place: str
) -> None:
    with pytest.raises(StatementBreaksOff) as refused:
        take_in(world, at, written(tmp_path, name, text))
    assert place in refused.value.sentence()
    assert not Gift.objects.exists()


def test_a_text_with_a_tag_by_chance_is_no_statement(
    world: World, at: datetime, tmp_path: Path
) -> None:
    with pytest.raises(FileIsNotAListOfGifts):
        take_in(world, at, written(tmp_path, "a.txt", "note\n:20:00 meeting\n"))


@pytest.mark.parametrize(
    ("value", "booked", "day"),
    [("200102", "1231", date(2019, 12, 31)), ("191231", "0102", date(2020, 1, 2))],
)
def test_a_day_of_booking_without_a_year_is_the_nearest(value: str, booked: str, day: date) -> None:
    text = f":20:1\n:60F:C200101CNY0,\n:61:{value}{booked}C5,NTRFX1\n"
    [statement] = mt940.read(text)
    assert statement.lines[0].day == day
    assert statement.lines[0].amount == Decimal(5)


def real(name: str) -> Exchanged:
    found = read_exchanged(shared_data("bank-statements-intl") / name)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("name", "lines", "agree", "differ"),
    [
        ("mt940-ASNB-mt940.txt", 8, 31, 0),
        ("mt940-betterplace-sepa_mt9401.sta", 97, 26, 0),
        ("mt940-cmxl-mt940.sta", 16, 3, 0),
        # Abridged by whoever published them: their balances cannot follow, and that is told.
        ("mt940-jejik-abnamro.sta", 10, 0, 2),
        ("mt940-jejik-ing.sta", 7, 0, 1),
        ("camt053.v2.multi.statement.xml", 2, 2, 0),
        ("camt053.v8.xml", 1, 0, 1),
        ("camt054.v4.xml", 1, 0, 0),
    ],
)
def test_real_statements(name: str, lines: int, agree: int, differ: int) -> None:
    found = real(name)
    assert sum(len(sheet.rows) - 1 for sheet in found.sheets) == lines
    agreeing = [total.stated == total.computed for total in found.totals]
    assert (agreeing.count(True), agreeing.count(False)) == (agree, differ)


def test_every_real_statement_ends_as_a_report(world: World, at: datetime) -> None:
    folder = shared_data("bank-statements-intl")
    later = at + timedelta(days=365 * 10)
    for path in sorted(folder.glob("*.*")):
        if path.suffix == ".md":
            continue
        report = take_in(world, later, path)
        known = report.accepted + report.duplicate + report.quarantined + report.refused
        assert (known, report.accepted) == (report.rows, 0), path.name  # none is in yuan
    assert not Gift.objects.exists()


def test_broken_files_never_end_otherwise(tmp_path: Path) -> None:
    whole = SWIFT.format(closing="1520,50")
    for cut in range(0, len(whole), 7):
        try:
            read_exchanged(written(tmp_path, "cut.sta", whole[:cut] + "\x00" + whole[cut + 3 :]))
        except StatementIsBroken:
            continue
