"""Bombs are refused before anybody parses them."""

import zipfile
from pathlib import Path

import pytest

from boai.ground.kit.spreadsheets import guard as guarding
from boai.ground.kit.spreadsheets.errors import (
    FileHasTooManyParts,
    FileInflatesTooMuch,
    FileIsNotATable,
    FileIsTooLarge,
    TableHasTooManyRows,
)
from boai.ground.kit.spreadsheets.guard import column_letters, column_number, guard
from boai.ground.kit.spreadsheets.reading import read_workbook
from boai.ground.kit.spreadsheets.writing import write_xlsx

SHEET = "xl/worksheets/sheet1.xml"


def packed(path: Path, parts: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in parts.items():
            file.writestr(name, content)
    return path


def test_a_file_that_inflates_a_hundredfold(tmp_path: Path) -> None:
    bomb = packed(tmp_path / "a.xlsx", {SHEET: b"0" * 3_000_000})
    assert bomb.stat().st_size < 10_000
    with pytest.raises(FileInflatesTooMuch):
        guard(bomb)
    with pytest.raises(FileInflatesTooMuch):
        read_workbook(bomb)


def test_padding_beside_the_bomb_does_not_hide_it(tmp_path: Path) -> None:
    import os

    bomb = packed(tmp_path / "a.xlsx", {"pad": os.urandom(400_000), SHEET: b"0" * 3_000_000})
    with pytest.raises(FileInflatesTooMuch):
        guard(bomb)


def test_a_header_that_lies_about_the_size(tmp_path: Path) -> None:
    bomb = packed(tmp_path / "a.xlsx", {SHEET: b"0" * 3_000_000})
    raw = bytearray(bomb.read_bytes())
    real = (3_000_000).to_bytes(4, "little")
    while real in raw:
        at = raw.index(real)
        raw[at : at + 4] = (100).to_bytes(4, "little")
    bomb.write_bytes(raw)
    with pytest.raises((FileInflatesTooMuch, FileIsNotATable)):
        guard(bomb)


def test_a_packed_file_in_a_packed_file(tmp_path: Path) -> None:
    inner = packed(tmp_path / "b.zip", {"c": b"hello"})
    with pytest.raises(FileHasTooManyParts):
        guard(packed(tmp_path / "a.xlsx", {"b.zip": inner.read_bytes()}))


def test_thousands_of_parts(tmp_path: Path) -> None:
    with pytest.raises(FileHasTooManyParts):
        guard(packed(tmp_path / "a.xlsx", {f"p{n}": b"" for n in range(2001)}))


def test_one_cell_in_the_farthest_corner(tmp_path: Path) -> None:
    sheet = b'<worksheet><sheetData><row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>'
    with pytest.raises(TableHasTooManyRows):
        guard(packed(tmp_path / "a.xlsx", {SHEET: sheet}))


def test_a_cell_at_the_seam_of_two_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guarding, "_PIECE", 50)
    sheet = b"<worksheet>" + b" " * 30 + b'<c r="A400000"><v>1</v></c></worksheet>'
    with pytest.raises(TableHasTooManyRows):
        guard(packed(tmp_path / "a.xlsx", {SHEET: sheet}))


def test_too_large_and_broken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tmp_path / "a.xlsx"
    broken.write_bytes(b"PK\x03\x04" + b"junk" * 50)
    with pytest.raises(FileIsNotATable):
        read_workbook(broken)
    monkeypatch.setattr(guarding, "LARGEST_FILE", 100)
    with pytest.raises(FileIsTooLarge):
        guard(broken)


def test_an_honest_list_of_fifty_thousand_passes(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(write_xlsx(["单号", "金额"], ([f"{n:028d}", "1.00"] for n in range(50_000))))
    guard(path)
    assert len(read_workbook(path)[0].rows) == 50_001


def test_column_names() -> None:
    for number, letters in ((1, "A"), (26, "Z"), (27, "AA"), (16384, "XFD")):
        assert column_number(letters) == number
        assert column_letters(number) == letters
