"""Lists as societies publish them: the real ones where they are at hand, small ones made here."""

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

import pytest
import xlsxwriter

ROOT = Path(__file__).resolve().parents[2]


HOME = Path(os.environ.get("BOAI_SHARED_DATA", ROOT.parent / "shared" / "data"))
"""Where the real lists are: ``BOAI_SHARED_DATA``, else ``../shared/data``."""


def needs_shared(folder: str) -> pytest.MarkDecorator:
    """Skips a test, saying why, where a folder of real lists is not at hand; on CI it must be."""
    absent = not (HOME / folder).is_dir() and not os.environ.get("CI")
    return pytest.mark.skipif(absent, reason=f"the published lists of {folder} are not in {HOME}")


def shared_data(folder: str) -> Path:
    """The folder of real lists; without it the test is skipped, on CI it fails."""
    if not (HOME / folder).is_dir():
        said = f"the published lists of {folder} are not in {HOME}"
        pytest.fail(said) if os.environ.get("CI") else pytest.skip(said)
    return HOME / folder


def workbook(
    path: Path,
    rows: Sequence[Sequence[object]],
    *,
    merged: Iterable[tuple[int, int, int, int]] = (),
    sheet: str = "Sheet1",
) -> Path:
    """An xlsx of one sheet; ``merged`` are rectangles (top, left, bottom, right) from 0."""
    book = xlsxwriter.Workbook(path, {"strings_to_numbers": False})
    page = book.add_worksheet(sheet)
    for at, row in enumerate(rows):
        for place, cell in enumerate(row):
            if isinstance(cell, (int, float)):
                page.write_number(at, place, cell)
            elif cell != "":
                page.write_string(at, place, str(cell))
    for top, left, bottom, right in merged:
        page.merge_range(top, left, bottom, right, rows[top][left])
    book.close()
    return path
