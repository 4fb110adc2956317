"""Text tables as a stream: the same rows as when read whole, in the memory of a few lines."""

import tracemalloc
from pathlib import Path

import pytest

from boai.ground.kit.spreadsheets import streaming
from boai.ground.kit.spreadsheets.errors import (
    FileIsNotATable,
    FileIsTooLarge,
    TableHasTooManyRows,
)
from boai.ground.kit.spreadsheets.reading import read_workbook
from boai.ground.kit.spreadsheets.streaming import digest_of_file, is_packed, open_text

ROWS = [["姓名", "金额"], *[[f"张{n}", f"{n}.00"] for n in range(200)], ["签发", "2020-01-28"]]


def written(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le"])
@pytest.mark.parametrize("mark", [",", "\t", ";"])
def test_the_rows_are_those_of_the_whole_file(tmp_path: Path, encoding: str, mark: str) -> None:
    path = written(tmp_path / "a.csv", "\r\n".join(mark.join(r) for r in ROWS), encoding)
    table = open_text(path)
    assert list(table.stream()) == ROWS == read_workbook(path)[0].rows
    assert (table.rows, table.ends.rows[:2], table.ends.rows[-1]) == (202, ROWS[:2], ROWS[-1])
    assert len(table.ends.rows) == streaming.KEPT_HEAD + streaming.KEPT_TAIL
    assert not is_packed(path)


def test_a_character_cut_by_the_first_piece_and_a_late_odd_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streaming, "_PIECE", 7)
    path = written(tmp_path / "a.csv", "a,张三丰\n1,李四\n")
    assert list(open_text(path).stream()) == [["a", "张三丰"], ["1", "李四"]]
    late = written(tmp_path / "b.csv", "name,amount\n" * 9 + "张三,1\n", "gb18030")
    assert list(open_text(late).stream())[-1] == ["张三", "1"]


def test_zero_characters_are_left_out(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", "a,b\n" * 2000 + "x\x00y,1\n")
    assert list(open_text(path).stream())[-1] == ["xy", "1"]


def test_what_is_no_table_or_beyond_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    noise = tmp_path / "n.csv"
    noise.write_bytes(b"a,b\n" * 300_000 + b"\xff\xff\xff\n")
    with pytest.raises(FileIsNotATable):
        open_text(noise)
    path = written(tmp_path / "a.csv", "a\n" * 30)
    monkeypatch.setattr(streaming, "MOST_ROWS", 29)
    with pytest.raises(TableHasTooManyRows):
        open_text(path)
    monkeypatch.setattr(streaming, "LARGEST_TEXT", 59)
    with pytest.raises(FileIsTooLarge):
        open_text(path)


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", "张三,100.00,加油武汉\n" * 100_000)
    tracemalloc.start()
    try:
        table = open_text(path)
        assert sum(1 for _row in table.stream()) == table.rows == 100_000
        digest_of_file(path)
        assert tracemalloc.get_traced_memory()[1] < 12 * 2**20
    finally:
        tracemalloc.stop()
